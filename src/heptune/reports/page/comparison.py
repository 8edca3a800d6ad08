"""Finished runs beside each other, on the same test rows where they are the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from heptune.evaluation.significance import adjusted, compare_accuracy, compare_macro_f1
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
        other_rows: Names of runs that were tested on other rows, and cannot be compared row by row.
    """

    runs: tuple[RunFacts, ...]
    names: tuple[str, ...]
    against_first: dict[str, PairedComparison]
    other_rows: tuple[str, ...]


def compare_runs(runs: Sequence[RunFacts]) -> ComparedRuns:
    """Compare each run with the first, row by row where the test rows are the same."""
    names = _names(runs)
    first = runs[0]
    compare = compare_macro_f1 if first.plan.primary_metric == "macro_f1" else compare_accuracy
    compared, apart = {}, []
    for name, run in zip(names[1:], runs[1:], strict=True):
        if _same_rows(first, run):
            answers = run.answers
            compared[name] = compare(answers.truth, answers.predicted, first.answers.predicted)
        else:
            apart.append(name)
    return ComparedRuns(tuple(runs), names, adjusted(compared), tuple(apart))


def _same_rows(first: RunFacts, other: RunFacts) -> bool:
    same = first.dataset.splits["test"].sha256 == other.dataset.splits["test"].sha256
    return same and first.dataset.label_names == other.dataset.label_names and len(first.answers.truth) > 0


def _names(runs: Sequence[RunFacts]) -> tuple[str, ...]:
    """Return the shortest ends of the folders' paths that are all different."""
    paths = [run.conclusion.folder.resolve().parts for run in runs]
    for length in range(1, max(map(len, paths)) + 1):
        names = ["/".join(parts[-length:]) for parts in paths]
        if all(one != other for one, other in pairwise(sorted(names))):
            break
    return tuple(names)
