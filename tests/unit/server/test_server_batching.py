"""The line in front of a model: everybody's own answers in order, nobody waits more than they must, or for ever."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heptune.bundle.predictor import Prediction
from heptune.errors import ResourceError
from heptune.server import batching
from heptune.server.batching import MOST_FILLING, PASS_TOKENS, Batcher, OverloadedError

SHORT, LONG = "a short text", "word " * 700


def answer(text):
    return Prediction(label=text, score=1.0, scores={text: 1.0}, truncated=False, error=None)


class Model:
    """Answers with the text; remembers what it scored in one go, and takes its time."""

    def __init__(self, seconds=0.0, fault=None):
        self.passes, self.seconds, self.fault = [], seconds, fault

    def predict(self, texts):
        self.passes.append(list(texts))
        time.sleep(self.seconds)
        if self.fault and self.fault in texts:
            raise ResourceError("there is not enough memory", code="out_of_memory")
        return [answer(text) for text in texts]


def at_work(model, scenario, **options):
    """Run a scenario with the line at work."""

    async def main():
        with ThreadPoolExecutor(1) as worker:
            batcher = Batcher(model.predict, worker, **({"max_tokens": 512, "max_wait": 1e9} | options))
            line = asyncio.create_task(batcher.run())
            try:
                return await scenario(batcher)
            finally:
                line.cancel()
                await asyncio.gather(line, return_exceptions=True)

    return asyncio.run(main())


def labels(predictions):
    return [prediction.label for prediction in predictions]


words = st.integers(0, 400).map(lambda count: "word " * count + str(count))


@given(st.lists(st.lists(words, max_size=8), min_size=1, max_size=8))
def test_everybody_gets_the_answers_to_their_own_texts_in_order_and_passes_keep_the_budget(requests):
    async def scenario(batcher):
        answers = await asyncio.gather(*(batcher.predict(texts, deadline=30) for texts in requests))
        assert batcher.waiting_texts == 0
        return answers, batcher

    model = Model()
    answers, batcher = at_work(model, scenario)
    assert [labels(one) for one in answers] == requests
    assert sorted(text for one in model.passes for text in one) == sorted(text for one in requests for text in one)
    for one in model.passes:
        tokens = list(map(batcher.tokens_of, one))
        computed = max(tokens) * len(tokens)
        assert len(one) == 1 or (computed <= PASS_TOKENS and computed <= MOST_FILLING * sum(tokens))


def test_what_comes_while_the_model_works_is_scored_together_without_a_timer():
    async def scenario(batcher):
        first = asyncio.create_task(batcher.predict([SHORT], deadline=30))
        await asyncio.sleep(0.02)
        await asyncio.gather(first, *(batcher.predict([f"{SHORT} {n}"], deadline=30) for n in range(40)))

    model = Model(seconds=0.1)
    at_work(model, scenario)
    assert [len(one) for one in model.passes] == [1, 40]


def test_a_long_text_is_scored_by_itself():
    async def scenario(batcher):
        await asyncio.gather(*(batcher.predict([text], deadline=30) for text in (SHORT, LONG, "another", "third")))

    model = Model()
    at_work(model, scenario)
    assert [LONG] in model.passes
    assert sorted(map(len, model.passes)) == [1, 3]


def test_who_sends_much_does_not_hold_up_who_sends_little():
    async def scenario(batcher):
        much = asyncio.create_task(batcher.predict([f"{LONG} {n}" for n in range(50)], deadline=30))
        await asyncio.sleep(0.05)
        before = len(model.passes)
        await batcher.predict([SHORT], deadline=30)
        await much
        return before

    model = Model(seconds=0.02)
    before = at_work(model, scenario)
    # Behind the pass that is under way, or one that was chosen just before.
    assert model.passes.index([SHORT]) - before <= 1
    assert len(model.passes) > before + 10


def test_a_long_text_among_ever_new_short_ones_gets_its_turn():
    """Against a clock that the model moves on: by the pace, each pass takes its seconds."""
    now = 0.0
    texts = iter(range(10**6))

    async def scenario():
        nonlocal now
        with ThreadPoolExecutor(1) as worker:
            batcher = Batcher(Model().predict, worker, max_tokens=512, max_wait=1e9, clock=lambda: now)
            line = [asyncio.create_task(batcher.predict([LONG], deadline=60))]
            await asyncio.sleep(0)
            for passed in range(200):
                line += [
                    asyncio.create_task(batcher.predict([f"{SHORT} {next(texts)}"], deadline=60)) for _ in range(64)
                ]
                await asyncio.sleep(0)
                taken = batcher._take()
                await batcher._score(taken)
                now += 0.2
                if any(one.text == LONG for one in taken):
                    for task in line:
                        task.cancel()
                    await asyncio.gather(*line, return_exceptions=True)
                    return passed
        return None

    passed = asyncio.run(scenario())
    assert passed is not None
    assert passed < 10


def test_after_the_deadline_nothing_of_the_request_waits_any_more():
    async def scenario(batcher):
        first = asyncio.create_task(batcher.predict([SHORT], deadline=30))
        await asyncio.sleep(0.02)
        with pytest.raises(TimeoutError):
            await batcher.predict(["too", "late"], deadline=0.05)
        assert batcher.waiting_texts == 0
        assert labels(await first) == [SHORT]
        assert labels(await batcher.predict(["later"], deadline=30)) == ["later"]

    model = Model(seconds=0.3)
    at_work(model, scenario)
    assert model.passes == [[SHORT], ["later"]]


def test_too_much_work_is_refused_at_once_and_told_when_to_come_again():
    async def scenario(batcher):
        waiting = [asyncio.create_task(batcher.predict([f"{LONG} {n}"], deadline=30)) for n in range(60)]
        await asyncio.sleep(0)
        begin = time.perf_counter()
        with pytest.raises(OverloadedError) as caught:
            await batcher.predict([SHORT], deadline=30)
        assert time.perf_counter() - begin < 0.1
        assert 1 <= caught.value.seconds <= 10
        answers = await asyncio.gather(*waiting, return_exceptions=True)
        batcher.check_room()
        return [one for one in answers if isinstance(one, OverloadedError)]

    refused = at_work(Model(), scenario, max_wait=2.0)
    # At 5,000 tokens a second two seconds are 20 texts of 512.
    assert 30 <= len(refused) <= 40


def test_an_empty_line_takes_a_request_of_any_size():
    async def scenario(batcher):
        return await batcher.predict([LONG] * 100, deadline=30)

    assert len(at_work(Model(), scenario, max_wait=0.001)) == 100


def test_a_fault_of_the_model_is_told_to_those_whom_it_meets_and_the_line_goes_on():
    async def scenario(batcher):
        both = await asyncio.gather(
            batcher.predict(["broken"], deadline=30),
            batcher.predict(["beside it"], deadline=30),
            return_exceptions=True,
        )
        assert [type(one) for one in both] == [ResourceError, ResourceError]
        return labels(await batcher.predict(["afterwards"], deadline=30))

    assert at_work(Model(fault="broken"), scenario) == ["afterwards"]


def test_the_pace_is_that_of_full_passes():
    async def scenario(batcher):
        await batcher.warm_up([SHORT])
        first = batcher.pace
        await batcher.predict([SHORT], deadline=30)
        assert batcher.pace == first
        return first

    model = Model(seconds=0.1)
    pace = at_work(model, scenario)
    assert PASS_TOKENS / 0.3 < pace < 1.2 * PASS_TOKENS / 0.1
    assert len(set(model.passes[0])) == len(model.passes[0]), "copies would be scored once"


@pytest.mark.parametrize(
    ("text", "least", "most"), [("", 16, 16), ("很好" * 50, 70, 110), (LONG, 512, 600), ("\ud800", 16, 16)]
)
def test_tokens_are_guessed_about_right(text, least, most):
    batcher = Batcher(list, None, max_tokens=512, max_wait=1)
    assert least <= batcher.tokens_of(text) <= most


def test_without_a_limit_of_the_model_a_text_costs_its_whole_length():
    assert Batcher(list, None, max_tokens=None, max_wait=1).tokens_of(LONG) > 900
    assert batching.LEAST_TOKENS * 64 == PASS_TOKENS
