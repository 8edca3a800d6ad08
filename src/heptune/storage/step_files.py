"""The file of a step's result in the run folder, and what can go wrong with it."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from heptune.errors import InvalidInputError
from heptune.i18n import _
from heptune.schemas.record import Record, StepResult, fingerprint_of

Result = TypeVar("Result", bound=StepResult)


class StoredStep(Record):
    """A step's file in the run folder."""

    step: int
    name: str
    schema_version: int
    fingerprint: str
    inputs: dict[str, str]
    artifacts: dict[str, str]
    seconds: float
    result: dict[str, Any]


def step_file(number: int, name: str) -> str:
    """Return the name of a step's file in the run folder."""
    return f"{number}_{name}.json"


def read_stored_step(folder: Path, number: int, name: str) -> StoredStep | None:
    """Return a step's stored result; None where there is none that can be used."""
    try:
        return StoredStep.model_validate_json((folder / step_file(number, name)).read_bytes())
    except (OSError, ValidationError):
        return None


def read_result(folder: Path, result: type[Result]) -> Result | None:
    """Return the record of one step of a run folder; None where that step has not been done.

    Raises:
        InvalidInputError: a newer Heptune wrote it, or it is damaged.
    """
    stored = read_stored_step(folder, result.step_number, result.step_name)
    path = folder / step_file(result.step_number, result.step_name)
    if stored is None:
        if path.is_file():
            raise _damaged(path)
        return None
    if stored.schema_version > result.schema_version:
        raise InvalidInputError(
            _("A newer version of Heptune made this run."),
            code="newer_version",
            where=str(path),
            expected=_("schema version {version} or older", version=result.schema_version),
            found=str(stored.schema_version),
            remedy=_("Upgrade: pip install --upgrade heptune"),
        )
    record = intact_result(stored, result)
    if record is None:
        raise _damaged(path)
    return record


def _damaged(path: Path) -> InvalidInputError:
    return InvalidInputError(
        _("The result of this step is not as it was written."),
        code="damaged_result",
        where=str(path),
        remedy=_("Run the same command again: the step is done anew."),
    )


def read_current_results(folder: Path, kinds: Iterable[type[StepResult]]) -> list[StepResult]:
    """Return the results of a run folder that belong together, in order of the steps.

    Where a step was done anew and the run stopped there, the files of later steps are still those of the run before;
    they are left out.

    Raises:
        InvalidInputError: a newer Heptune wrote one, or it is damaged.
    """
    results: list[StepResult] = []
    known: set[str] = set()
    for kind in kinds:
        stored, record = read_stored_step(folder, kind.step_number, kind.step_name), read_result(folder, kind)
        if stored is None or record is None or not _builds_on(stored) <= known:
            break
        results.append(record)
        known |= {fingerprint_of(form) for form in record.forms()}
    return results


def current_steps(folder: Path, kinds: Iterable[type[StepResult]]) -> Iterator[StoredStep]:
    """Yield the stored steps that belong together, in order, up to the first that is missing, damaged or outdated."""
    known: set[str] = set()
    for kind in kinds:
        stored = read_stored_step(folder, kind.step_number, kind.step_name)
        record = intact_result(stored, kind) if stored else None
        if stored is None or record is None or not _builds_on(stored) <= known:
            return
        yield stored
        known |= {fingerprint_of(form) for form in record.forms()}


def _builds_on(stored: StoredStep) -> set[str]:
    return {value for name, value in stored.inputs.items() if name.startswith("result:")}


def intact_result(stored: StoredStep, result: type[Result]) -> Result | None:
    """Return the record as it was stored; None where it was changed since, or has another version's fields."""
    try:
        record = result.model_validate(stored.result)
    except ValidationError:
        return None
    is_intact = stored.schema_version == result.schema_version and fingerprint_of(record) == stored.fingerprint
    return record if is_intact else None


def stored_seconds(folder: Path, results: Iterable[type[StepResult]]) -> dict[str, float]:
    """Return how long each step of a run folder took when it was done, in seconds, by name."""
    steps = (read_stored_step(folder, result.step_number, result.step_name) for result in results)
    return {step.name: step.seconds for step in steps if step}
