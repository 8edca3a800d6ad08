"""Step 1 writes the goal down, and refuses what cannot be one."""

import pytest
from pydantic import ValidationError

from heptune.errors import UsageError
from heptune.recipe import make_recipe
from heptune.schemas.goal import Goal
from heptune.steps.step1_goal import STEP, GoalConfig
from heptune.storage.run_store import open_run


def define(tmp_path, **settings) -> Goal:
    with open_run(tmp_path / "run") as run:
        return run.step(STEP, GoalConfig.model_validate(settings))


def test_nothing_need_be_said(tmp_path):
    goal = define(tmp_path)
    assert (goal.task, goal.labels, goal.requirement, goal.languages) == ("single_label", (), None, ())


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["positive", "negative"], [("positive", None), ("negative", None)]),
        ({"b": "bad things", "a": None}, [("b", "bad things"), ("a", None)]),
        ([{"name": "b", "meaning": "bad"}, "a"], [("b", "bad"), ("a", None)]),
    ],
)
def test_labels_are_names_or_names_with_meanings_in_the_order_given(tmp_path, labels, expected):
    assert [(label.name, label.meaning) for label in define(tmp_path, labels=labels).labels] == expected


def test_the_requirement_is_read(tmp_path):
    assert str(define(tmp_path, require="macro_f1≥75%").requirement) == "macro_f1 >= 0.75"


@pytest.mark.parametrize(
    ("settings", "code", "where", "found"),
    [
        ({"require": "macro_f1 > 3 bananas"}, "invalid_requirement", "goal.require", ""),
        ({"require": "f1 >= 0.5"}, "unknown_metric", "goal.require", "macro_f1"),
        ({"task": "multi_label"}, "task_not_built", "goal.task", "single_label"),
        ({"labels": ["a", "b", "a"]}, "bad_labels", "goal.labels", "'a'"),
        ({"labels": ["a", " "]}, "bad_labels", "goal.labels", "' '"),
        ({"labels": {"": "nothing", "b": None}}, "bad_labels", "goal.labels", "''"),
    ],
)
def test_a_goal_that_makes_no_sense_is_refused_with_its_setting(settings, code, where, found):
    with pytest.raises(UsageError) as caught:
        make_recipe({"sources": {"data": "d.csv"}, "goal": settings})
    assert (caught.value.exit_code, caught.value.code, caught.value.where) == (2, code, where)
    assert found in str(caught.value)


@pytest.mark.parametrize(
    "settings",
    [
        {"task": "multi_label"},
        {"task": "song"},
        {"max_training_minutes": 0},
        {"labels": [1]},
        {"label": ["a"]},
        {"labels": "positive"},
    ],
)
def test_unknown_keys_and_unfit_values_are_refused(settings):
    with pytest.raises(ValidationError):
        GoalConfig.model_validate(settings)
