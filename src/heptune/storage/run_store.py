"""A run folder: each step's result under its number, with the inputs that it was made from.

A step whose inputs are unchanged and whose artifacts are whole is not done again; a step that is done again names the
inputs that changed.
"""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from heptune.errors import InvalidInputError, UsageError
from heptune.i18n import _
from heptune.schemas.finding import CheckedResult, Finding
from heptune.schemas.record import StepResult, fingerprint_of
from heptune.storage.artifacts import (
    MANIFEST,
    atomic_file,
    atomic_folder,
    changed_files,
    make_folder,
    read_manifest,
    sha256_of_file,
    translated_write_errors,
    write_json,
)
from heptune.storage.events import EventLog, Listener, ending_told
from heptune.storage.foreign import foreign_content
from heptune.storage.interruption import Interruption, interruptible
from heptune.storage.leftovers import remove_leftovers
from heptune.storage.locks import HOLDER_FILE, LOCK_FILE, locked
from heptune.storage.step_files import StoredStep, intact_result, read_stored_step, step_file
from heptune.storage.step_inputs import Step, describe_change, inputs_of

EVENTS_FILE = "events.jsonl"

Result = TypeVar("Result", bound=StepResult)


class Run:
    """An opened run folder; made by `open_run`.

    Attributes:
        folder: The run folder.
        events: The stream of what happens.
        interruption: Polled by long loops.
        seconds: Wall-clock seconds each step took in this process, by name.
    """

    def __init__(self, folder: Path, *, fresh: bool, events: EventLog, interruption: Interruption) -> None:
        self.folder = folder
        self.events = events
        self.interruption = interruption
        self.seconds: dict[str, float] = {}
        self._fresh = fresh
        self._artifacts: dict[str, str] = {}

    def step(
        self,
        step: Step[Result],
        config: BaseModel,
        *upstream: StepResult,
        given: Mapping[str, str] | None = None,
        **living: object,
    ) -> Result:
        """Do a step, or take its stored result where nothing that it depends on has changed.

        Args:
            step: Which one.
            config: The step's section of the recipe.
            upstream: Records that the step builds on; their content decides whether it has to be done again.
            given: Digests of things outside the run folder that the step reads.
            living: Objects made from the above, handed to the function as they are.
        """
        self.interruption.check()
        started = time.perf_counter()
        inputs = inputs_of(step, config, upstream, given or {})
        self.events.emit("step_started", step=step.number, name=step.name)
        stored = None if self._fresh else read_stored_step(self.folder, step.number, step.name)
        reasons = self._reasons_to_do_again(step, stored, inputs)
        reused = intact_result(stored, step.result) if stored and not reasons else None
        if reused is not None:
            result = reused
        else:
            self._artifacts = {}
            result = step.function(self, config, *upstream, **living)
            self._store(step, result, inputs, time.perf_counter() - started)
        self.seconds[step.name] = round(time.perf_counter() - started, 3)
        self.events.emit(
            "step_finished",
            step=step.number,
            name=step.name,
            seconds=self.seconds[step.name],
            reused=reused is not None,
            changed=reasons,
        )
        for warning in result.warnings:
            self.events.emit("warning", step=step.number, message=warning)
        if isinstance(result, CheckedResult):
            self._tell_findings(step.number, result.findings)
        return result

    @contextmanager
    def artifact_folder(self, name: str, **options: Any) -> Iterator[Path]:  # noqa: ANN401 - atomic_folder's own
        """Give a temporary folder that becomes the artifact `name` of the current step when the block ends well."""
        with atomic_folder(self.folder / name, **options) as folder:
            yield folder
        self._artifacts[name] = sha256_of_file(self.folder / name / MANIFEST)

    @contextmanager
    def artifact_file(self, name: str) -> Iterator[Path]:
        """Give a temporary file that becomes the artifact `name` of the current step when the block ends well."""
        with atomic_file(self.folder / name) as path:
            yield path
        self._artifacts[name] = sha256_of_file(self.folder / name)

    def earlier_result(self, result: type[Result], *, with_artifacts: bool = False) -> Result | None:
        """Return what a step gave in an earlier run in this folder, unless nothing of it is to be reused.

        Args:
            result: The record that the step gives.
            with_artifacts: None as well where what the step wrote is no longer as it was.
        """
        stored = None if self._fresh else read_stored_step(self.folder, result.step_number, result.step_name)
        if stored is None:
            return None
        if with_artifacts and not all(_is_whole(self.folder / name, of) for name, of in stored.artifacts.items()):
            return None
        return intact_result(stored, result)

    def announce_download(self, name: str, size: int) -> None:
        """Tell the user before `size` bytes are fetched."""
        self.events.emit("download", what=name, bytes=size)

    def notice(self, message: str) -> None:
        """Tell the user something that was decided or found."""
        self.events.emit("notice", message=message)

    def _tell_findings(self, step: int, findings: Iterable[Finding]) -> None:
        for finding in findings:
            if finding.outcome == "found":
                self.events.emit(
                    "finding",
                    step=step,
                    code=finding.code,
                    severity=finding.severity,
                    message=f"{finding.summary}",
                    remedy=f"{finding.remedy}",
                )

    def _reasons_to_do_again(
        self, step: Step[Result], stored: StoredStep | None, inputs: Mapping[str, str]
    ) -> list[str]:
        file = step_file(step.number, step.name)
        if stored is None:
            return [] if self._fresh or not (self.folder / file).exists() else [_describe_damage(file)]
        names = sorted(stored.inputs.keys() | inputs.keys())
        changed = [name for name in names if stored.inputs.get(name) != inputs.get(name)]
        damaged = [name for name, digest in stored.artifacts.items() if not _is_whole(self.folder / name, digest)]
        if not changed:
            result = intact_result(stored, step.result)
            damaged += [] if result else [file]
            changed = [f"file:{name}" for name in step.changed_files(result)] if result else []
        return [
            *(describe_change(name, stored.inputs.get(name), inputs.get(name)) for name in changed),
            *(_describe_damage(name) for name in damaged),
        ]

    def _store(self, step: Step[Result], result: Result, inputs: dict[str, str], seconds: float) -> None:
        stored = StoredStep(
            step=step.number,
            name=step.name,
            schema_version=result.schema_version,
            fingerprint=fingerprint_of(result),
            inputs=inputs,
            artifacts=self._artifacts,
            seconds=round(seconds, 3),
            result=result.model_dump(mode="json"),
        )
        write_json(self.folder / step_file(step.number, step.name), stored.model_dump(mode="json"))


@contextmanager
def open_run(folder: Path, *, fresh: bool = False, listeners: tuple[Listener, ...] = ()) -> Iterator[Run]:
    """Open or make a run folder and hold it for the block.

    Args:
        folder: Where the run lies.
        fresh: Reuse nothing of an earlier run.
        listeners: Called with every event.

    Raises:
        RunFolderInUseError: another process works in it.
        UsageError: the folder holds other things than a run.
        ResourceError: it cannot be written.
    """
    with translated_write_errors(folder):
        _refuse_foreign_folder(folder)
    make_folder(folder)
    with locked(folder), interruptible() as interruption:
        remove_leftovers(folder)
        events = EventLog(folder / EVENTS_FILE, listeners)
        with ending_told(events):
            yield Run(folder, fresh=fresh, events=events, interruption=interruption)


def _refuse_foreign_folder(folder: Path) -> None:
    found = foreign_content(folder, marks={EVENTS_FILE}, ignored={LOCK_FILE, HOLDER_FILE})
    if found:
        raise UsageError(
            _("This is not a run folder."),
            code="not_a_run_folder",
            where=str(folder),
            expected=_("a new or empty folder, or that of an earlier run"),
            found=found,
            remedy=_("Choose another place with --out FOLDER."),
        )


def _describe_damage(name: str) -> str:
    return _("{artifact} in the run folder", artifact=name)


def _is_whole(path: Path, digest: str) -> bool:
    try:
        if not path.is_dir():
            return sha256_of_file(path) == digest
        return sha256_of_file(path / MANIFEST) == digest and not changed_files(path, read_manifest(path))
    except (OSError, InvalidInputError):
        return False
