"""From the values of the label column to classes in one stated order."""

import pytest

from heptune.data.labels import in_class_order, order_labels
from heptune.errors import UsageError
from heptune.schemas.goal import LabelDefinition


def declared(*names):
    return [LabelDefinition(name=name, meaning=f"about {name}") for name in names]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["10", "9", "2"], ["2", "9", "10"]),
        (["7", "0", "3", "1"], ["0", "1", "3", "7"]),
        (["1", "-1", "0", "-10"], ["-10", "-1", "0", "1"]),
        (["2.5", "10", "-0.5"], ["-0.5", "2.5", "10"]),
        (["01", "1", "00"], ["00", "01", "1"]),
        (["1", "b", "10", "9"], ["1", "10", "9", "b"]),
        (["nan", "1", "0"], ["0", "1", "nan"]),
        (["inf", "2", "10"], ["10", "2", "inf"]),
        (["好评", "差评", "中评"], ["中评", "好评", "差评"]),
        (["TRUE", "FALSE"], ["FALSE", "TRUE"]),
        (["NA", "null", "None"], ["NA", "None", "null"]),
        ([], []),
    ],
)
def test_numbers_by_value_and_all_else_by_code_point(values, expected):
    assert in_class_order(values) == expected
    assert in_class_order(reversed(values)) == expected


def test_the_declared_order_is_the_class_order_and_carries_the_meanings():
    labels = order_labels({"negative", "positive"}, declared("positive", "negative"), {})
    assert [label.name for label in labels] == ["positive", "negative"]
    assert [label.identifier for label in labels] == ["positive", "negative"]
    assert labels[0].meaning == "about positive"


def test_labels_are_given_by_name_where_names_stand_in_a_column_of_their_own():
    names = {"0": "negative", "1": "neutral", "2": "positive"}
    labels = order_labels(["2", "0", "1"], [], names)
    assert [(label.identifier, label.name) for label in labels] == list(names.items())
    labels = order_labels(["2", "0", "1"], declared("positive", "neutral", "negative"), names)
    assert [label.identifier for label in labels] == ["2", "1", "0"]


def test_a_declared_label_without_rows_stays_a_class():
    labels = order_labels({"a", "b"}, declared("b", "a", "c"), {})
    assert [label.name for label in labels] == ["b", "a", "c"]


def test_labels_that_are_not_declared_are_named():
    with pytest.raises(UsageError) as caught:
        order_labels({"a", "b", "d", "c"}, declared("a", "b"), {})
    assert (caught.value.code, caught.value.where, caught.value.found) == ("undeclared_label", "goal.labels", "c, d")
    assert caught.value.expected == "a, b"
