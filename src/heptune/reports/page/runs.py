"""Run folders that a user named."""

from collections.abc import Sequence
from pathlib import Path

from heptune.errors import MissingError, UsageError
from heptune.i18n import _
from heptune.reports.page.facts import RunFacts, gather_facts


def read_run(folder: Path) -> RunFacts:
    """Read a finished run.

    Raises:
        MissingError: there is none.
        InvalidInputError: a newer Heptune wrote it, or it is damaged.
    """
    facts = gather_facts(folder)
    if facts is None:
        raise MissingError(
            _("There is no finished run here."),
            code="no_run",
            where=str(folder),
            remedy=_("Give the folder of a run that came to its end."),
        )
    return facts


def read_runs(folders: Sequence[Path]) -> list[RunFacts]:
    """Read several runs, which are to be different ones.

    Raises:
        UsageError: there is one alone, or one twice.
        MissingError: one is not there.
    """
    if len({folder.resolve() for folder in folders}) < max(2, len(folders)):
        raise UsageError(
            _("A comparison takes two different runs or more."),
            code="too_few_runs",
            where="RUN",
            found=", ".join(map(str, folders)),
            remedy=_("Name the folders of the runs, the one to compare with first."),
        )
    return [read_run(folder) for folder in folders]
