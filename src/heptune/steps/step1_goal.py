"""Step 1: what the classifier is for."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from heptune.data.text import is_blank
from heptune.errors import UsageError
from heptune.evaluation.requirement import parse_requirement
from heptune.i18n import _
from heptune.schemas.config import Config, checked_by
from heptune.schemas.goal import Goal, LabelDefinition, TaskKind
from heptune.storage.run_store import Run
from heptune.storage.step_inputs import Step

# As far as BCP 47 goes without its registry: a language, then subtags.
LANGUAGE_CODE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def _as_definitions(value: Any) -> Any:  # noqa: ANN401 - whatever stands in the recipe
    """Accept a list of names, or an object from name to meaning, besides a list of definitions."""
    if isinstance(value, dict):
        return [{"name": name, "meaning": meaning} for name, meaning in value.items()]
    if isinstance(value, list | tuple):
        return [{"name": item} if isinstance(item, str) else item for item in value]
    return value


def _check_task(task: TaskKind) -> None:
    if task != "single_label":
        raise UsageError(
            _("This kind of task is not built yet."),
            code="task_not_built",
            where="goal.task",
            expected=_("single_label: one label for each text"),
            found=task,
        )


def _check_labels(labels: Sequence[LabelDefinition]) -> None:
    """Scores travel by name: two classes of one name could not be told apart."""
    wrong = [name for name, count in Counter(label.name for label in labels).items() if count > 1 or is_blank(name)]
    if wrong:
        raise UsageError(
            _("A label is declared twice, or has no name."),
            code="bad_labels",
            where="goal.labels",
            expected=_("each label once"),
            found=", ".join(map(repr, wrong)),
            remedy=_("Correct the list, or leave it out: labels are then taken from the data."),
        )


def _check_languages(codes: Sequence[str]) -> None:
    wrong = [code for code in codes if not LANGUAGE_CODE.fullmatch(code)]
    if wrong:
        raise UsageError(
            _("This is no code of a language."),
            code="bad_language",
            where="goal.languages",
            expected=_("codes such as en, zh, pt-BR"),
            found=", ".join(map(repr, wrong)),
        )


LabelsInput = dict[str, str | None] | list[str | LabelDefinition]


class GoalConfig(Config):
    """What is to be decided, and when it is good enough."""

    task: Annotated[TaskKind, checked_by(_check_task)] = Field(
        "single_label",
        description="Kind of task: one label for each text. Other kinds (multi-label, sentence pairs, ordinal, "
        "regression, generation) are not built yet and are refused.",
    )
    labels: Annotated[
        tuple[LabelDefinition, ...],
        BeforeValidator(_as_definitions, json_schema_input_type=LabelsInput),
        checked_by(_check_labels),
    ] = Field(
        (),
        description="The labels in the order you want them, as a list of names or an object from name to meaning. "
        "Without it they are taken from the data.",
    )
    require: Annotated[str | None, checked_by(partial(parse_requirement, where="goal.require"))] = Field(
        None,
        description='What the test score has to reach, such as "macro_f1 >= 0.75"; if it does not, the exit code is 4.',
    )
    languages: Annotated[tuple[str, ...], checked_by(_check_languages)] = Field(
        (),
        description="Languages of the texts (BCP 47 codes such as en, zh). Without it scripts are taken from the data.",
    )
    card_languages: tuple[Literal["en", "zh"], ...] = Field(
        (), description="Languages of the bundle's model card, one after the other. Without it yours, once."
    )
    max_training_minutes: float | None = Field(
        None, gt=0, description="Stop training after this many minutes and keep the best epoch so far."
    )
    min_accepted_accuracy: float | None = Field(
        None,
        gt=0,
        lt=1,
        description="How often answers that stand by themselves are to be right; the others are marked for a person. "
        "The threshold is found on rows that nothing was learnt from, so that this is broken in one of twenty cases at "
        "most.",
    )
    set_coverage: float | None = Field(
        None,
        gt=0,
        lt=1,
        description="How often a set of labels is to hold the right one; each answer then comes with such a set.",
    )
    costs: dict[str, dict[str, Annotated[float, Field(ge=0)]]] = Field(
        {},
        description="What a mistake costs, by true label and decision, such as {complaint: {praise: 5}}; others cost "
        "1. Each answer then comes with the decision of the least expected cost.",
    )


def define_goal(_run: Run, config: GoalConfig) -> Goal:
    """Write down the goal before anything is looked at."""
    return Goal(
        task=config.task,
        labels=config.labels,
        requirement=parse_requirement(config.require, where="goal.require") if config.require else None,
        languages=config.languages,
        card_languages=config.card_languages,
        max_training_minutes=config.max_training_minutes,
        min_accepted_accuracy=config.min_accepted_accuracy,
        set_coverage=config.set_coverage,
        costs=config.costs,
    )


STEP = Step(Goal, define_goal)
