"""Judging rows that are too few to set some aside: each is judged by models that learnt from others."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from heptune.data.folded_rows import FoldedRows
from heptune.data.splits import stratified_split
from heptune.errors import UsageError
from heptune.evaluation.predictions import FloatArray
from heptune.i18n import _
from heptune.methods.baselines import PROBE, Encoder, fit_baselines, open_baseline
from heptune.methods.method import Method, TrainingSettings, Watch
from heptune.schemas.dataset import DatasetSplits
from heptune.schemas.evaluation import BaselineName
from heptune.steps.step7_training.scoring import MODEL


@dataclass(frozen=True, slots=True)
class FoldTraining:
    """How the models of the folds are made: as the one that ships, but for their rows and seeds.

    Attributes:
        make_method: Makes a method that has learnt nothing yet.
        settings: How to train.
        model_seed: Of the new weights.
        max_length: Longest sequence in tokens; None leaves it to the method.
        class_count: C.
        begins_from_probe: Whether a model may begin from the baseline of its own rows.
        baselines: What is judged besides.
        encoder: The network of a linear probe.
        validation: Rows given to choose the epoch by; None takes a share.
        validation_share: Share of a model's rows that chooses its epoch.
    """

    make_method: Callable[[], Method]
    settings: TrainingSettings
    model_seed: int
    max_length: int | None
    class_count: int
    begins_from_probe: bool
    baselines: tuple[BaselineName, ...]
    encoder: Encoder | None
    validation: pa.Table | None
    validation_share: float


def refuse_what_takes_test_rows(dataset: DatasetSplits, *, seeds: int, robustness: bool) -> None:
    """Refuse what the model that ships would have to be asked about rows that it did not learn from.

    Args:
        dataset: Says whether there are such rows.
        seeds: How often to train on the same rows.
        robustness: Whether to ask for changed texts.

    Raises:
        UsageError: there are none, and several seeds or changed texts are asked for.
    """
    asked = {"training.seeds": seeds > 1, "evaluation.robustness": robustness}
    idle = [setting for setting, is_asked in asked.items() if is_asked]
    if dataset.cross_validation and idle:
        raise UsageError(
            _("This takes test rows that are set aside; so few rows are judged by cross-validation."),
            code="takes_test_rows",
            where=", ".join(idle),
            remedy=_("Leave it out, or add --set dataset.test_share=0.2."),
        )


def judge_out_of_fold(
    training: FoldTraining, rows: pa.Table, folded: FoldedRows, watch: Watch
) -> tuple[dict[str, FloatArray], ...]:
    """Return the probabilities `[n, C]` of the model and of each baseline by name, for each repetition.

    A row whose model has a single class to learn has no answer (nan). Later repetitions take other seeds too, so that
    what lies between them is all that chance does.

    Args:
        training: How models are made.
        rows: With `text` and `label` (inner class id) `[n]`.
        folded: Their folds.
        watch: Polled and told.

    Raises:
        UsageError: a training diverges.
        InvalidInputError: the rows outside of a fold give no token.
        ResourceError: there is not enough memory.
    """
    classes = rows["label"].to_numpy()
    told = _told_once(watch)
    number, judged = 0, []
    for repetition, numbers in enumerate(folded.folds):
        answers = {name: np.full((len(rows), training.class_count), np.nan) for name in (MODEL, *training.baselines)}
        for asked, learnt in _halves(numbers):
            watch.check()
            number += 1
            if len(np.unique(classes[learnt])) < 2:
                continue
            splits = _splits(training, rows, learnt, folded.groups)
            texts = rows["text"].take(pa.array(asked)).to_pylist()
            for name, probabilities in _learn_and_answer(
                training, splits, texts, offset=repetition, watch=_numbered(told, number, folded.trainings)
            ).items():
                answers[name][asked] = probabilities
        judged.append(answers)
    return tuple(judged)


def _halves(numbers: npt.NDArray[np.int64]) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """Yield for each fold the rows in it, and all others."""
    for fold in np.unique(numbers):
        yield np.flatnonzero(numbers == fold), np.flatnonzero(numbers != fold)


def _splits(
    training: FoldTraining, rows: pa.Table, learnt: npt.NDArray[np.int64], groups: npt.NDArray[np.int64]
) -> dict[str, pa.Table]:
    """Return the rows of a fold's model: to learn from, and to choose its epoch by."""
    if training.validation is not None:
        return {"train": rows.take(pa.array(learnt)), "validation": training.validation}
    classes = rows["label"].to_numpy()[learnt].astype(np.int64)
    size = round(training.validation_share * len(learnt))
    rest, aside = stratified_split(classes, size, training.settings.seed, groups[learnt])
    if len(aside) < size / 2:  # as step 3 has it: rather torn groups than next to nothing to choose by
        rest, aside = stratified_split(classes, size, training.settings.seed)
    parts = {"train": learnt[rest], "validation": learnt[aside]}
    return {name: rows.take(pa.array(part)) for name, part in parts.items() if len(part)}


def _learn_and_answer(
    training: FoldTraining, splits: Mapping[str, pa.Table], texts: list[str], *, offset: int, watch: Watch
) -> dict[str, FloatArray]:
    """Return the probabilities that a new model and new baselines give some texts, by name."""
    method, model_seed = training.make_method(), training.model_seed + offset
    settings = replace(training.settings, seed=training.settings.seed + offset)
    with tempfile.TemporaryDirectory() as place:
        encoded, folder = Path(place, "tokens"), Path(place, "baselines")
        encoded.mkdir()
        folder.mkdir()
        method.encode(splits, encoded, max_length=training.max_length)
        encoder = training.encoder and replace(training.encoder, encoded=encoded, seed=model_seed)
        fitted = fit_baselines(
            training.baselines, splits, folder, class_count=training.class_count, encoder=encoder, watch=watch
        )
        answers = {name: open_baseline(name, folder, encoder)(texts) for name in fitted}
        method.initialize(encoded, seed=model_seed)
        probe = folder / PROBE if training.begins_from_probe and PROBE in fitted else None
        method.fit(splits, encoded, settings, watch, probe=probe)
    return answers | {MODEL: method.predict_proba(texts)}


def _told_once(watch: Watch) -> Watch:
    """Return a watch that tells each sentence once, however many trainings tell it, and of their progress alone."""
    told: set[str] = set()

    def notice(message: str) -> None:
        if message not in told:
            told.add(message)
            watch.notice(message)

    def progress(name: str, **fields: Any) -> None:  # noqa: ANN401 - as the event has them
        if name == "progress":
            watch.progress(name, **fields)

    return replace(watch, notice=notice, progress=progress)


def _numbered(watch: Watch, number: int, trainings: int) -> Watch:
    """Return a watch whose progress says which of the trainings it is."""

    def progress(name: str, **fields: Any) -> None:  # noqa: ANN401 - as the event has them
        watch.progress(name, training=number, trainings=trainings, **fields)

    return replace(watch, progress=progress)
