"""What a step is, and what its result depends on: a flat map from names that the user knows to values."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from heptune.i18n import _
from heptune.schemas.record import StepResult, fingerprint_of

# Characters of a setting that are shown where it changed.
LONGEST_SETTING = 60

Result = TypeVar("Result", bound=StepResult)


@dataclass(frozen=True, slots=True)
class Step(Generic[Result]):
    """One of the seven steps.

    Attributes:
        result: The record that the step gives; it knows the step's number and name.
        function: Called with the run, the config, the results it builds on, and living objects by keyword.
        libraries: Distributions whose versions are inputs of the step.
        free_settings: Settings that take or save resources and do not decide the result; they may change.
        changed_files: Names the files outside the run folder that a stored result records and that are gone or others.
    """

    result: type[Result]
    function: Callable[..., Result]
    libraries: tuple[str, ...] = ()
    free_settings: frozenset[str] = frozenset()
    changed_files: Callable[[Result], Iterable[str]] = lambda _result: ()

    @property
    def number(self) -> int:
        """1 to 7."""
        return self.result.step_number

    @property
    def name(self) -> str:
        """The name in files, settings and messages."""
        return self.result.step_name


def inputs_of(
    step: Step[Result], config: BaseModel, upstream: tuple[StepResult, ...], given: Mapping[str, str]
) -> dict[str, str]:
    """Return what the result depends on, by the name that the user is told when it changes."""
    settings = config.model_dump(mode="json", exclude=set(step.free_settings))
    inputs = {f"{step.name}.{key}": json.dumps(value, ensure_ascii=False) for key, value in settings.items()}
    inputs |= {f"result:{record.step_number}_{record.step_name}": fingerprint_of(record) for record in upstream}
    inputs |= {f"file:{name}": digest for name, digest in given.items()}
    return inputs | {f"version:{library}": _version_of(library) for library in ("heptune", *step.libraries)}


def settings_of(step: str, inputs: Mapping[str, str]) -> dict[str, Any]:
    """Return the settings among the inputs that a step's result was made from, by key."""
    prefix = f"{step}."
    return {name.removeprefix(prefix): json.loads(value) for name, value in inputs.items() if name.startswith(prefix)}


def describe_change(name: str, old: str | None, new: str | None) -> str:
    """Return in words which input has another value than before."""
    kind, _colon, rest = name.partition(":")
    if kind == "result":
        number, _underscore, step = rest.partition("_")
        return _("the result of step {number} ({name})", number=number, name=step)
    if kind == "file":
        return _("the file {name}", name=rest)
    if kind == "version":
        return _("the version of {name} ({old} → {new})", name=rest, old=old, new=new)
    return _("the setting {name} ({old} → {new})", name=name, old=_shown(old), new=_shown(new))


def _shown(setting: str | None) -> str:
    """Return a setting's JSON as short as a line allows."""
    if setting in (None, "null"):
        return _("not set")
    return setting if len(setting) <= LONGEST_SETTING else setting[: LONGEST_SETTING - 1] + "…"


def _version_of(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "absent"
