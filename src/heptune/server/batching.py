"""Texts of all callers in one line; whenever the model is free, it takes what waits.

A text's place in the line is when it arrived, plus a few times the time that the texts of its request up to it need by
themselves. So who sends much, or long texts, waits for it, others hardly, and nobody for ever. Texts that are scored
together are of like length: a short one does not pay for a long one.
"""

import asyncio
import math
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field

from heptune.bundle.predictor import Prediction

# Tokens that are scored in one go: enough for good matrix shapes, short enough for those who come meanwhile.
PASS_TOKENS = 1_024
# What a pass may compute for each token that it holds, where texts are filled up to the longest.
MOST_FILLING = 1.5
# A text of a few words costs as much as one of this many tokens.
LEAST_TOKENS = 16
# Bytes of UTF-8 to a token, roughly, in English as in Chinese.
BYTES_PER_TOKEN = 3.5
# Cutting up what is longer than the model reads takes time too, but less.
TOKENS_PER_CUT_TOKEN = 0.02
# How much longer than by itself a request may take before later ones stop overtaking it.
PATIENCE = 4.0
# Of the pace before the first full pass, in tokens per second.
FIRST_PACE = 5_000.0


@dataclass(frozen=True, slots=True)
class Pass:
    """What was scored in one go.

    Attributes:
        texts: How many.
        tokens: Of them all, as estimated.
        seconds: It took.
    """

    texts: int
    tokens: int
    seconds: float


class OverloadedError(Exception):
    """More waits than can be answered in time.

    Args:
        seconds: After which it is worth asking again.
    """

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(slots=True)
class _Request:
    """A request whose texts wait or are being scored."""

    answers: list[Prediction | None]
    done: asyncio.Future[None]
    missing: int = field(init=False)

    def __post_init__(self) -> None:
        self.missing = len(self.answers)

    def answer(self, place: int, prediction: Prediction) -> None:
        self.answers[place] = prediction
        self.missing -= 1
        if not self.missing and not self.done.done():
            self.done.set_result(None)


@dataclass(slots=True)
class _Waiting:
    """A text in the line."""

    turn: float
    tokens: int
    text: str
    request: _Request
    place: int


class Batcher:
    """The line in front of one model. All methods are called in one event loop.

    Args:
        predict: Scores texts; it runs in the worker.
        worker: Whose thread is the model's.
        max_tokens: Most tokens that the model reads of a text; None for all.
        max_wait: Seconds of work that may wait.
        on_pass: Told of each pass.
        clock: Seconds; for tests.
    """

    def __init__(
        self,
        predict: Callable[[Sequence[str]], list[Prediction]],
        worker: Executor,
        *,
        max_tokens: int | None,
        max_wait: float,
        on_pass: Callable[[Pass], None] = lambda _pass: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._predict = predict
        self._worker = worker
        self._max_tokens = max_tokens
        self._max_wait = max_wait
        self._on_pass = on_pass
        self._clock = clock
        self._line: list[_Waiting] = []
        self._waiting_tokens = 0
        self._pace = FIRST_PACE
        self._something_waits = asyncio.Event()

    @property
    def waiting_texts(self) -> int:
        """How many texts wait."""
        return len(self._line)

    @property
    def pace(self) -> float:
        """Tokens per second of full passes."""
        return self._pace

    def check_room(self) -> None:
        """Refuse before anything is read of a request.

        Raises:
            OverloadedError: more waits than can be answered in time.
        """
        seconds = self._waiting_tokens / self._pace
        if seconds > self._max_wait:
            raise OverloadedError(max(1, math.ceil(seconds - self._max_wait / 2)))

    async def predict(self, texts: Sequence[str], *, deadline: float) -> list[Prediction]:
        """Return an answer or a named error for each text, in their order.

        Raises:
            OverloadedError: more waits than can be answered in time.
            TimeoutError: there was no answer in `deadline` seconds; what still waits is taken out of the line.
            HeptuneError: the model could not score them.
        """
        if not texts:
            return []
        self.check_room()
        request = _Request([None] * len(texts), asyncio.get_running_loop().create_future())
        self._stand_in_line(texts, request)
        try:
            async with asyncio.timeout(deadline):
                await request.done
        finally:
            if request.missing:
                self._leave_line(request)
        return [answer for answer in request.answers if answer is not None]

    async def run(self) -> None:
        """Score what waits, until cancelled."""
        while True:
            await self._something_waits.wait()
            chosen = self._take()
            if chosen:
                await self._score(chosen)

    async def warm_up(self, texts: Sequence[str]) -> None:
        """Score a full pass of made-up texts twice, so that the pace is known before the first caller.

        Raises:
            HeptuneError: the model cannot score them.
        """
        many: list[str] = []
        tokens = 0
        while tokens < PASS_TOKENS:
            many.append(f"{texts[len(many) % len(texts)]} {len(many)}")
            tokens += self.tokens_of(many[-1])
        for _time in range(2):
            begin = time.perf_counter()
            await asyncio.get_running_loop().run_in_executor(self._worker, self._predict, many)
            self._pace = tokens / max(time.perf_counter() - begin, 1e-6)

    def tokens_of(self, text: str) -> int:
        """Return about how many tokens the model computes for a text."""
        whole = len(text.encode("utf-8", "surrogatepass")) / BYTES_PER_TOKEN + 2
        read = min(whole, self._max_tokens or whole)
        return max(LEAST_TOKENS, round(read + (whole - read) * TOKENS_PER_CUT_TOKEN))

    def _stand_in_line(self, texts: Sequence[str], request: _Request) -> None:
        turn = self._clock()
        for place, text in enumerate(texts):
            tokens = self.tokens_of(text)
            turn += PATIENCE * tokens / self._pace
            self._line.append(_Waiting(turn, tokens, text, request, place))
            self._waiting_tokens += tokens
        self._something_waits.set()

    def _leave_line(self, request: _Request) -> None:
        self._keep([one for one in self._line if one.request is not request])

    def _keep(self, line: list[_Waiting]) -> None:
        self._line = line
        self._waiting_tokens = sum(one.tokens for one in line)
        if not line:
            self._something_waits.clear()

    def _take(self) -> list[_Waiting]:
        """Take the first of the line, and those behind it that are about as long, up to a pass."""
        self._line.sort(key=lambda one: one.turn)
        chosen: list[_Waiting] = []
        left: list[_Waiting] = []
        longest = tokens = 0
        for one in self._line:
            computed = max(longest, one.tokens) * (len(chosen) + 1)
            if chosen and (computed > PASS_TOKENS or computed > MOST_FILLING * (tokens + one.tokens)):
                left.append(one)
                continue
            chosen.append(one)
            longest, tokens = max(longest, one.tokens), tokens + one.tokens
        self._keep(left)
        return chosen

    async def _score(self, chosen: list[_Waiting]) -> None:
        """Score them and hand out the answers; a fault of the model is told to each of their requests."""
        begin = time.perf_counter()
        loop = asyncio.get_running_loop()
        try:
            answers = await loop.run_in_executor(self._worker, self._predict, [one.text for one in chosen])
        except Exception as error:  # noqa: BLE001 - the line has to go on, and each caller hears of it
            for one in chosen:
                if not one.request.done.done():
                    one.request.done.set_exception(error)
            return
        for one, answer in zip(chosen, answers, strict=True):
            one.request.answer(one.place, answer)
        done = Pass(len(chosen), sum(one.tokens for one in chosen), time.perf_counter() - begin)
        if done.tokens >= PASS_TOKENS / 2:  # a small one tells of its overhead, not of the pace
            self._pace += 0.3 * (done.tokens / max(done.seconds, 1e-6) - self._pace)
        self._on_pass(done)
