"""Finished runs beside each other, on the same test rows where they are the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from heptune.evaluation.clusters import clusters_of
from heptune.evaluation.judging import compare_rows
from heptune.evaluation.predictions import IntArray
from heptune.evaluation.significance import adjusted
from heptune.i18n import Sentence, _
from heptune.reports.page.facts import RunFacts
from heptune.schemas.scores import PairedComparison


@dataclass(frozen=True, slots=True)
class ComparedRuns:
    """Some runs.

    Attributes:
        runs: In the order given.
        names: What each is called, unlike any other.
        against_first: Each later run against the first one on the same rows, by name, in the metric that counts for the
            first run; p-values are adjusted for their number.
        apart: Why other runs cannot be compared row by row, by name.
    """

    runs: tuple[RunFacts, ...]
    names: tuple[str, ...]
    against_first: dict[str, PairedComparison]
    apart: dict[str, Sentence]


def compare_runs(runs: Sequence[RunFacts]) -> ComparedRuns:
    """Compare each run with the first, row by row where the test rows are the same."""
    names = _names(runs)
    first = runs[0]
    compared, apart = {}, {}
    for name, run in zip(names[1:], runs[1:], strict=True):
        if (reason := _why_apart(first, run)) is not None:
            apart[name] = reason
        else:
            compared[name] = _compare(first, run.answers.predicted)
    return ComparedRuns(tuple(runs), names, adjusted(compared), apart)


def _compare(first: RunFacts, predicted: IntArray) -> PairedComparison:
    """Compare other answers with those of the first run, in the metric that counts for it."""
    answers = (first.answers.truth, predicted, first.answers.predicted)
    clusters = None if first.groups is None else clusters_of(first.groups)
    return compare_rows("macro_f1" if first.plan.primary_metric == "macro_f1" else "accuracy", *answers, clusters)


def _why_apart(first: RunFacts, other: RunFacts) -> Sentence | None:
    """Return why two runs cannot be compared row by row; None where they can."""
    if first.dataset.label_names != other.dataset.label_names:
        return _("it has other labels, or the same in another order")
    if first.dataset.splits["test"].sha256 != other.dataset.splits["test"].sha256:
        return _("it was tested on other rows")
    if not len(first.answers.truth) == len(other.answers.truth) > 0:
        return _("the answers to the test rows are no longer there")
    if first.dataset.group_by is not None and first.groups is None:
        return _("the groups of the test rows are no longer there")
    return None


def _names(runs: Sequence[RunFacts]) -> tuple[str, ...]:
    """Return the shortest ends of the folders' paths that are all different."""
    paths = [run.conclusion.folder.resolve().parts for run in runs]
    for length in range(1, max(map(len, paths)) + 1):
        names = ["/".join(parts[-length:]) for parts in paths]
        if all(one != other for one, other in pairwise(sorted(names))):
            break
    return tuple(names)
