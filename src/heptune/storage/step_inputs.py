"""What a step is, and what its result depends on: a flat map from names that the user knows to values."""

import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Generic, TypeVar

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
    """

    result: type[Result]
    function: Callable[..., Result]
    libraries: tuple[str, ...] = ()

    @property
    def number(self) -> int:
        """1 to 7."""
        return self.result.step_number

    @property
    def name(self) -> str:
        """The name in files, settings and messages."""
        return self.result.step_name


def inputs_of(
    step: Step[Result], config: BaseModel, upstream: tuple[BaseModel, ...], given: Mapping[str, str]
) -> dict[str, str]:
    """Return what the result depends on, by the name that the user is told when it changes."""
    settings = config.model_dump(mode="json")
    inputs = {f"{step.name}.{key}": json.dumps(value, ensure_ascii=False) for key, value in settings.items()}
    names = list(inspect.signature(step.function).parameters)[2:]
    for name, record in zip(names, upstream, strict=False):
        inputs[f"result:{name.lstrip('_')}"] = fingerprint_of(record)
    inputs |= {f"file:{name}": digest for name, digest in given.items()}
    return inputs | {f"version:{library}": _version_of(library) for library in ("heptune", *step.libraries)}


def describe_change(name: str, old: str | None, new: str | None) -> str:
    """Return in words which input has another value than before."""
    kind, _colon, rest = name.partition(":")
    if kind == "result":
        return _("the result of an earlier step ({name})", name=rest)
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
