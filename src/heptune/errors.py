"""The one tree of exceptions. Each says where, what was expected, what was found and what to do.

The class decides the exit code of the command line; `code` names the kind of fault for programs that read the JSON.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from heptune.i18n import _

FAULTS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault among several of a file or a recipe."""

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


class HeptuneError(Exception):
    """Base of everything Heptune raises on purpose.

    Args:
        message: One sentence that says what is wrong.
        code: Short name of the kind of fault, such as `missing_column`.
        where: File, line, column, or dotted setting.
        expected: What would have been right.
        found: What was there instead.
        remedy: What the user can do.
        faults: All single faults, when there are several; the first 20 are shown, the rest is counted.
    """

    exit_code = 1

    def __init__(
        self,
        message: str,
        *,
        code: str,
        where: str = "",
        expected: str = "",
        found: str = "",
        remedy: str = "",
        faults: Sequence[Fault] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.where = where
        self.expected = expected
        self.found = found
        self.remedy = remedy
        self.faults = tuple(faults)

    def __str__(self) -> str:
        lines = [self.message]
        lines += [f"  {fault}" for fault in self.faults[:FAULTS_SHOWN]]
        if len(self.faults) > FAULTS_SHOWN:
            lines.append("  " + _("… and {count} more", count=len(self.faults) - FAULTS_SHOWN))
        for title, text in (
            (_("where"), self.where),
            (_("expected"), self.expected),
            (_("found"), self.found),
            (_("do"), self.remedy),
        ):
            if text:
                lines.append(f"  {title}: {text}")
        return "\n".join(lines)

    def to_dict(self) -> dict[str, object]:
        """Return the fields as `--format json` prints them below `error`."""
        fields: dict[str, object] = {
            "code": self.code,
            "message": self.message,
            "where": self.where,
            "expected": self.expected,
            "found": self.found,
            "remedy": self.remedy,
        }
        if self.faults:
            shown = self.faults[:FAULTS_SHOWN]
            fields["faults"] = [{"where": fault.where, "message": fault.message} for fault in shown]
            fields["fault_count"] = len(self.faults)
        return fields


class UsageError(HeptuneError):
    """The command line or the recipe asks for something that does not exist or does not fit together."""

    exit_code = 2


class InvalidInputError(HeptuneError):
    """The content of a data file, a model folder or a bundle is not what it must be."""

    exit_code = 3


class QualityGateError(HeptuneError):
    """The requirement was not met, or the test set is too small to tell."""

    exit_code = 4


class MissingError(HeptuneError):
    """Something that is needed is not there: a model, an optional extra, the network."""

    exit_code = 5


class ResourceError(HeptuneError):
    """The machine has not enough memory or disk, or does not let us write."""

    exit_code = 6


class RunFolderInUseError(HeptuneError):
    """Another process writes to this run folder."""

    exit_code = 7


class InterruptedRunError(HeptuneError):
    """The user or the system asked the run to stop.

    Args:
        exit_code: 130 after SIGINT, 143 after SIGTERM.
    """

    def __init__(self, message: str, *, exit_code: int, remedy: str = "") -> None:
        super().__init__(message, code="interrupted", remedy=remedy)
        self.exit_code = exit_code
