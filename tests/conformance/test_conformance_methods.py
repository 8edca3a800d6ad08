"""What every way to learn has to do. A new method is done when it passes."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from methods_at_work import LABELS, Learnt, easy_rows, learn, make_rows, write_bundle

from heptune.bundle.predictor import Predictor
from heptune.evaluation.temperature import with_temperature
from heptune.methods.method import Watch

TEST = easy_rows(60, seed=2, classes=2)
SPLITS = {"train": easy_rows(120, classes=2), "validation": easy_rows(20, seed=1, classes=2), "test": TEST}
TEXTS = [*TEST["text"].to_pylist(), "", "ok", "a word of no training row: zebra", "好的 😀", "good " * 300]
TWO = LABELS[:2]
SEEDS = {"full/bert": ("seed", "model_seed"), "full/gpt2": ("seed", "model_seed")}


@dataclass(frozen=True)
class Subject:
    """A method that is tried: its name, the seeds that it draws by, and the folder of its pretrained model."""

    name: Any
    seeds: tuple[str, ...]
    model: Path | None

    def learn(self, folder: Path, splits: Any = SPLITS, **settings: Any) -> Learnt:
        """Fit it."""
        return learn(folder, splits, name=self.name, model=self.model, **({"labels": TWO, "epochs": 8} | settings))


@pytest.fixture(
    params=["tfidf", "full/bert", "full/gpt2", "linear-probe/qwen3-embedding"],
    scope="module",
)
def subject(request: pytest.FixtureRequest, tiny_model: Callable[[str], Path]) -> Subject:
    name, _slash, architecture = request.param.partition("/")
    return Subject(name, SEEDS.get(request.param, ()), tiny_model(architecture) if architecture else None)


@pytest.fixture(scope="module")
def learnt(subject: Subject, tmp_path_factory: pytest.TempPathFactory) -> Learnt:
    return subject.learn(tmp_path_factory.mktemp("learnt"))


@pytest.fixture(scope="module")
def learnt_a_little(subject: Subject, tmp_path_factory: pytest.TempPathFactory) -> Learnt:
    return subject.learn(tmp_path_factory.mktemp("little"), epochs=1)


@pytest.fixture(scope="module")
def opened(learnt: Learnt, tmp_path_factory: pytest.TempPathFactory) -> Predictor:
    return write_bundle(learnt, tmp_path_factory.mktemp("bundles") / "bundle", TWO)


class TestEveryMethod:
    def test_beats_the_majority_on_an_easy_problem(self, learnt):
        predicted = learnt.method.predict_proba(TEST["text"].to_pylist()).argmax(axis=1)
        assert np.mean(predicted == TEST["label"].to_numpy()) > 0.75  # of two equal classes

    def test_gives_distributions(self, learnt):
        probabilities = learnt.method.predict_proba(TEXTS[:60])
        assert probabilities.shape == (60, 2)
        assert probabilities.dtype == np.float64
        assert probabilities.min() >= 0
        assert probabilities.sum(axis=1) == pytest.approx(np.ones(60))

    def test_says_what_it_did(self, learnt):
        assert learnt.report.train_rows_per_second > 0
        assert learnt.report.seconds > 0
        assert learnt.report.chosen_by
        assert sum(row.texts for row in learnt.tokens.truncated_by_label) == 200
        assert sum(learnt.tokens.length_histogram.values()) == 200
        assert [row.text for row in learnt.tokens.preview] == SPLITS["train"]["text"].to_pylist()[:3]
        assert all(row.tokens for row in learnt.tokens.preview)

    def test_saves_and_opens_to_equal_predictions(self, learnt, opened):
        texts = [text for text in TEXTS if text]
        assert opened.predict_proba(texts) == pytest.approx(learnt.method.predict_proba(texts), abs=1e-6)

    def test_a_temperature_in_the_last_layer_equals_one_that_comes_afterwards(self, subject, tmp_path):
        method = subject.learn(tmp_path, epochs=1).method
        before = method.predict_proba(TEXTS[:60])
        assert method.fold_temperature(1.7) is None
        assert method.predict_proba(TEXTS[:60]) == pytest.approx(with_temperature(before, 1.7), abs=1e-6)

    def test_an_opened_bundle_gives_each_text_its_own_answer(self, opened):
        together = opened.predict(TEXTS)
        for text, answer in zip(TEXTS, together, strict=True):
            alone = opened.predict([text])[0]
            assert (alone.label, alone.error) == (answer.label, answer.error)
            assert alone.scores == pytest.approx(answer.scores, abs=1e-6)

    def test_the_label_is_the_name_of_the_highest_score(self, opened):
        for answer in opened.predict(TEXTS[:60]):
            assert list(answer.scores) == list(TWO)
            assert answer.score == max(answer.scores.values()) == answer.scores[answer.label]

    def test_the_same_seed_gives_the_same_predictions(self, subject, learnt_a_little, tmp_path):
        again = subject.learn(tmp_path / "again", epochs=1)
        assert np.array_equal(again.method.predict_proba(TEXTS[:60]), learnt_a_little.method.predict_proba(TEXTS[:60]))
        losses = [[epoch.training_loss for epoch in each.report.history] for each in (learnt_a_little, again)]
        assert losses[0] == losses[1]

    @pytest.mark.parametrize("seeds", [{"seed": 43}, {"model_seed": 43}])
    def test_another_seed_gives_other_predictions_where_chance_plays_a_part(
        self, subject, learnt_a_little, tmp_path, seeds
    ):
        other = subject.learn(tmp_path / "other", epochs=1, **seeds)
        same = np.array_equal(other.method.predict_proba(TEXTS[:60]), learnt_a_little.method.predict_proba(TEXTS[:60]))
        assert same != any(seed in subject.seeds for seed in seeds)

    def test_learns_from_a_row_of_each_class(self, subject, tmp_path):
        learnt = subject.learn(tmp_path, {"train": make_rows(["good", "bad"], [0, 1])}, epochs=1)
        assert np.isfinite(learnt.method.predict_proba(["good"])).all()

    def test_one_row_in_validation_is_enough(self, subject, tmp_path):
        learnt = subject.learn(
            tmp_path, {"train": easy_rows(8, classes=2), "validation": make_rows(["good"], [1])}, epochs=1
        )
        assert np.isfinite(learnt.method.predict_proba(["good"])).all()

    def test_a_class_without_training_rows_breaks_nothing(self, subject, tmp_path):
        train = make_rows(["good parcel", "bad parcel", "very good", "very bad"], [0, 2, 0, 2])
        splits = {"train": train, "validation": make_rows(["good", "so", "bad"], [0, 1, 2])}
        learnt = subject.learn(tmp_path / "encoded", splits, labels=LABELS, epochs=1)
        probabilities = write_bundle(learnt, tmp_path / "bundle").predict_proba(["good", "bad", "so"])
        assert probabilities.shape == (3, 3)
        assert probabilities.sum(axis=1) == pytest.approx(np.ones(3))

    def test_texts_without_a_word_break_nothing(self, subject, tmp_path):
        texts = ["😀", "!!!", "👍", "?"] * 4
        learnt = subject.learn(tmp_path, {"train": make_rows(texts, [0, 1] * 8)}, epochs=1)
        assert np.isfinite(learnt.method.predict_proba(["😀", "a word", "?!"])).all()

    def test_neither_test_nor_calibration_rows_are_learnt_from(self, subject, learnt_a_little, tmp_path):
        splits = SPLITS | {"test": easy_rows(30, seed=9, classes=2), "calibration": easy_rows(30, seed=8, classes=2)}
        other = subject.learn(tmp_path / "other", splits, epochs=1)
        assert np.array_equal(other.method.predict_proba(TEXTS[:60]), learnt_a_little.method.predict_proba(TEXTS[:60]))

    def test_is_stopped_where_it_polls(self, subject, tmp_path):
        def stop() -> None:
            raise InterruptedError

        watch = Watch(check=stop, progress=lambda *_name, **_fields: None, notice=lambda _sentence: None)
        with pytest.raises(InterruptedError):
            subject.learn(tmp_path, watch=watch)
