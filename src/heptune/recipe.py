"""A recipe: the settings of the seven steps in one strict document."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, Field, ValidationError

from heptune.errors import Fault, UsageError
from heptune.i18n import _
from heptune.methods.baselines import PROBE
from heptune.recipe_yaml import parse_yaml
from heptune.schemas.config import Config, SettingError
from heptune.steps.step1_goal import GoalConfig
from heptune.steps.step2_sources.method import ChosenMethod
from heptune.steps.step2_sources.settings import SourcesConfig, idle_settings
from heptune.steps.step3_dataset.settings import DatasetConfig
from heptune.steps.step4_tokens import TokensConfig
from heptune.steps.step5_model import ModelConfig
from heptune.steps.step6_evaluation import EvaluationConfig
from heptune.steps.step7_training.settings import TrainingConfig

# What has no effect with a method, by section. `--seed` sets all seeds, whatever the method.
IGNORED: dict[str, dict[str, set[str]]] = {
    "tfidf": {
        "goal": {"max_training_minutes"},
        "tokens": {"max_length"},
        "training": set(TrainingConfig.model_fields) - {"seed"},
    },
    "linear-probe": {
        "goal": {"max_training_minutes"},
        "training": set(TrainingConfig.model_fields)
        - {"seed", "precision", "micro_batch_size", "without", "price_per_hour"},
    },
}
# Those that find, read and tokenize the data.
DATA_STEPS = frozenset({"sources", "dataset", "tokens"})


class Recipe(Config):
    """The settings of the seven steps; what is left out has a default or is found out."""

    goal: GoalConfig = Field(default_factory=GoalConfig, description="Step 1: what the classifier is for.")
    sources: SourcesConfig = Field(description="Step 2: which model and which data.")
    dataset: DatasetConfig = Field(default_factory=DatasetConfig, description="Step 3: how rows are read and split.")
    tokens: TokensConfig = Field(default_factory=TokensConfig, description="Step 4: how texts become tokens.")
    model: ModelConfig = Field(default_factory=ModelConfig, description="Step 5: how the model is initialised.")
    evaluation: EvaluationConfig = Field(
        default_factory=EvaluationConfig, description="Step 6: how success is measured."
    )
    training: TrainingConfig = Field(default_factory=TrainingConfig, description="Step 7: how the model learns.")

    def with_method(self, chosen: ChosenMethod) -> "Recipe":
        """Return the recipe with the method and the model that `auto` came to stand for."""
        revision = chosen.revision or self.sources.model_revision
        update = {"method": chosen.method, "model": chosen.model, "model_revision": revision}
        sources = self.sources.model_copy(update=update)
        return self.model_copy(update={"sources": sources})

    def check_effects(self, parts: Iterable[str]) -> None:
        """Refuse settings that ask for something and have no effect; a default, or a share of 0, asks for nothing.

        Args:
            parts: What the data bring, as far as is known: `train` or `whole`, `validation`, `test`.

        Raises:
            UsageError: naming each of them.
        """
        reasons = {**self._idle_with_parts(set(parts)), **self._idle_with_method()}
        faults = [Fault(where, reason) for where, reason in reasons.items() if self._asks_for(where)]
        faults += idle_settings(self.sources)
        if faults:
            raise UsageError(
                _("Some settings have no effect."),
                code="setting_without_effect",
                where=faults[0].where if len(faults) == 1 else "",
                faults=faults,
                remedy=_("Leave them out."),
            )

    def _idle_with_method(self) -> dict[str, str]:
        method = self.sources.method
        ignored = IGNORED.get(method, {})
        keys = [f"{section}.{name}" for section, names in ignored.items() for name in sorted(names)]
        if ignored and self.training.seed != self.model.seed:
            keys.append("training.seed")
        if method in IGNORED and PROBE in (self.evaluation.baselines or ()):
            keys.append("evaluation.baselines")
        return {key: _("has no effect with the method {method}", method=method) for key in keys}

    def _idle_with_parts(self, parts: set[str]) -> dict[str, str]:
        idle: dict[str, str] = {}
        if "test" in parts:
            idle["dataset.test_share"] = _("has no effect where test rows are given")
            idle["dataset.time"] = _("has no effect where test rows are given")
        elif parts & {"train", "whole"}:
            idle["dataset.leakage"] = _("has no effect without given test rows")
        if "validation" in parts:
            idle["dataset.validation_share"] = _("has no effect where validation rows are given")
        elif parts & {"train", "whole"} and self.dataset.validation_share == 0:
            idle["training.patience"] = _("has no effect without validation rows")
            idle["training.seeds"] = _("has no effect without validation rows")
        return idle

    def _asks_for(self, key: str) -> bool:
        name, _dot, setting = key.partition(".")
        section: BaseModel = getattr(self, name)
        nothing = {type(section).model_fields[setting].get_default(), *(() if setting == "seed" else (0,))}
        return getattr(section, setting) not in nothing


def make_recipe(*layers: Mapping[str, Any], where: str = "") -> Recipe:
    """Merge layers of settings, later ones over earlier ones, and check the whole.

    Raises:
        UsageError: with every unknown key and every unfit value at once.
    """
    merged: dict[str, Any] = {}
    for layer in layers:
        merged = _merge(merged, layer)
    # A section all of whose lines are commented out sets nothing.
    sections = {name: section for name, section in merged.items() if section is not None}
    try:
        return Recipe.model_validate(sections)
    except ValidationError as error:
        raise _usage_error(error, where) from error


def given(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a section that are given; None is none, and a path is a text."""
    return {
        name: str(value) if isinstance(value, Path) else value for name, value in settings.items() if value is not None
    }


def refuse_other_steps(sections: Mapping[str, Any]) -> None:
    """Refuse settings of steps that come after the data were looked at.

    Raises:
        UsageError: naming the steps.
    """
    idle = sorted(sections.keys() - DATA_STEPS)
    if idle:
        raise UsageError(
            _("Data are checked before anything is trained."),
            code="setting_without_effect",
            where="--set",
            expected=_("settings of {steps}", steps=", ".join(sorted(DATA_STEPS))),
            found=", ".join(idle),
            remedy=_("Leave them out."),
        )


def read_recipe(name: str) -> dict[str, Any]:
    """Read a recipe file, or one of the ready recipes by name.

    Raises:
        UsageError: it is not there, or it is not YAML that a recipe can be.
    """
    path = Path(name)
    if name in ready_recipes():
        text = resources.files("heptune").joinpath("resources", "recipes", f"{name}.yaml").read_text(encoding="utf-8")
    else:
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(
                _("The recipe cannot be read."),
                code="bad_recipe",
                where=name,
                found=(error.strerror if isinstance(error, OSError) else None) or str(error),
                remedy=_("Ready recipes: {names}.", names=", ".join(ready_recipes())),
            ) from error
    return parse_yaml(text, where=name)


def ready_recipes() -> list[str]:
    """Return the names of the recipes inside the package."""
    folder = resources.files("heptune").joinpath("resources", "recipes")
    return sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml"))


def parse_assignments(assignments: Iterable[str]) -> dict[str, Any]:
    """Turn `step.key=value` into a layer of settings.

    A list, an object, a text in quotation marks, null and ~ are read as in a recipe file, all else as it stands: in a
    file `#` would begin a comment, and `,` or `|` could not be a delimiter.

    Raises:
        UsageError: an assignment has not this form.
    """
    layer: dict[str, Any] = {}
    for assignment in assignments:
        key, equals, value = assignment.partition("=")
        parts = key.strip().split(".")
        if not equals or not all(parts) or len(parts) < 2:
            raise UsageError(
                _("This is not a setting."),
                code="bad_setting",
                where=f"--set {assignment}",
                expected="step.key=value",
                found=assignment,
                remedy=_("For example: --set dataset.validation_share=0.2"),
            )
        parsed = _parse_value(value, where=f"--set {assignment}")
        for part in reversed(parts):
            parsed = {part: parsed}
        layer = _merge(layer, parsed)
    return layer


def _parse_value(value: str, *, where: str) -> Any:  # noqa: ANN401 - whatever the user wrote
    value = value.strip(" ")
    if value in ("", "~", "null") or value[0] in "[{\"'":
        return parse_yaml(value, where=where, top_level=False)
    return value


def _merge(lower: Mapping[str, Any], upper: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(lower)
    for key, value in upper.items():
        below = merged.get(key)
        if key in Recipe.model_fields and isinstance(below, Mapping) and isinstance(value, Mapping):
            merged[key] = _merge(below, value)
        else:
            merged[key] = value
    return merged


def _usage_error(error: ValidationError, where: str) -> UsageError:
    faults = [fault for details in error.errors() for fault in _faults(details)]
    own = _own_error(error.errors()[0])
    if own and error.error_count() == 1:
        return own
    return UsageError(
        _("The recipe has {count} faults.", count=len(faults)) if len(faults) > 1 else _("The recipe has a fault."),
        code="bad_recipe",
        where=where,
        faults=faults,
        remedy=_("All settings: heptune schema"),
    )


def _own_error(details: Any) -> UsageError | None:  # noqa: ANN401 - pydantic's error details
    cause = details.get("ctx", {}).get("error")
    return cause.error if isinstance(cause, SettingError) else None


def _faults(details: Any) -> list[Fault]:  # noqa: ANN401 - pydantic's error details
    own = _own_error(details)
    if own is None:
        return [_fault(details)]
    if own.faults:
        return [Fault(own.where, str(fault)) for fault in own.faults]
    found = f" ({_('found')}: {own.found})" if own.found else ""
    expected = f"; {_('expected')}: {own.expected}" if own.expected else ""
    remedy = f". {own.remedy}" if own.remedy else ""
    return [Fault(own.where, own.message.rstrip(".") + found + expected + remedy)]


def _fault(details: Any) -> Fault:  # noqa: ANN401 - pydantic's error details
    path = ".".join(str(part) for part in details["loc"])
    if details["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(details["loc"][-1]), _known_keys(details["loc"][:-1]), n=1)
        hint = _("; did you mean {name}?", name=near[0]) if near else ""
        return Fault(path, _("unknown setting") + hint)
    if details["type"] == "missing":
        return Fault(path, _("is missing"))
    found = details["input"]
    if found is None:
        return Fault(path, _("null is no value here; where the text null is meant, write it in quotation marks"))
    if details["type"] == "tuple_type":
        return Fault(path, _("expected a list") + f" ({_('found')}: {found!r})")
    shown = "" if isinstance(found, dict) else f" ({_('found')}: {found!r})"
    return Fault(path, str(details["msg"]) + shown)


def _known_keys(path: Sequence[str | int]) -> list[str]:
    model: type[BaseModel] = Recipe
    for part in (part for part in path if isinstance(part, str)):  # numbers are places in a list
        field = model.model_fields.get(part)
        inner = [field.annotation, *get_args(field.annotation)] if field else []
        nested = [kind for kind in inner if isinstance(kind, type) and issubclass(kind, BaseModel)]
        if not nested:
            return []
        model = nested[0]
    return list(model.model_fields)
