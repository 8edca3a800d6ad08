import pytest

from heptune.errors import UsageError
from heptune.evaluation.requirement import judge, parse_requirement
from heptune.schemas.requirement import Requirement
from heptune.schemas.score import Score


@pytest.mark.parametrize(
    ("text", "metric", "comparison", "threshold"),
    [
        ("macro_f1 >= 0.75", "macro_f1", ">=", 0.75),
        ("macro_f1>=0.75", "macro_f1", ">=", 0.75),
        ("  accuracy\t≥ .9 ", "accuracy", ">=", 0.9),
        ("accuracy ≧ 1", "accuracy", ">=", 1.0),
        ("accuracy >= 75%", "accuracy", ">=", 0.75),
        ("accuracy >= 72.5 %", "accuracy", ">=", 0.725),
        ("accuracy＞＝７５％", "accuracy", ">=", 0.75),
        ("log_loss <= 1.5", "log_loss", "<=", 1.5),
        ("log_loss ≤ 4e-1", "log_loss", "<=", 0.4),
        ("ece⩽5%", "ece", "<=", 0.05),
    ],
)
def test_requirements_are_read_as_users_write_them(text, metric, comparison, threshold):
    assert parse_requirement(text) == Requirement(metric=metric, comparison=comparison, threshold=threshold, on="test")


@pytest.mark.parametrize("text", ["macro_f1 >= 0.75", "log_loss <= 1.5"])
def test_a_requirement_prints_as_it_is_written(text):
    assert str(parse_requirement(text)) == text


@pytest.mark.parametrize(
    ("text", "code", "found"),
    [
        ("", "invalid_requirement", "''"),
        ("0.75", "invalid_requirement", "'0.75'"),
        ("macro_f1", "invalid_requirement", "'macro_f1'"),
        ("macro_f1 >=", "invalid_requirement", "'macro_f1 >='"),
        (">= 0.75", "invalid_requirement", "'>= 0.75'"),
        ("macro f1 >= 0.75", "invalid_requirement", "'macro f1 >= 0.75'"),
        ("accuracy >= " + "9" * 1000, "invalid_requirement", None),
        ("f1 >= 0.75", "unknown_metric", "f1"),
        ("accuracy <= 0.5", "wrong_comparison", "<="),
        ("log_loss >= 0.5", "wrong_comparison", ">="),
        ("accuracy > 0.5", "wrong_comparison", ">"),
        ("accuracy = 0.5", "wrong_comparison", "="),
        ("accuracy >= high", "invalid_threshold", "high"),
        ("accuracy >= nan", "invalid_threshold", "nan"),
        ("accuracy >= inf", "invalid_threshold", "inf"),
        ("accuracy >= 0,75", "invalid_threshold", "0,75"),
        ("accuracy >= 0.7 on test", "invalid_threshold", "0.7 on test"),
        ("accuracy >= 75", "threshold_out_of_range", "75"),
        ("accuracy >= 101%", "threshold_out_of_range", "101%"),
        ("accuracy >= -0.1", "threshold_out_of_range", "-0.1"),
        ("log_loss <= -1", "threshold_out_of_range", "-1"),
        ("log_loss <= 40%", "threshold_out_of_range", "40%"),
        ("log_loss <= 1e999", "threshold_out_of_range", "1e999"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_was_found(text, code, found):
    with pytest.raises(UsageError) as caught:
        parse_requirement(text, where="--require")
    assert (caught.value.code, caught.value.where) == (code, "--require")
    assert caught.value.expected
    assert found is None or caught.value.found == found


@pytest.mark.parametrize(
    ("text", "meant"),
    [("accuracy >= 75", "75%"), ("accuracy <= 0.5", "accuracy >="), ("macrof1 >= 0.5", "macro_f1")],
)
def test_the_likely_intention_is_named(text, meant):
    with pytest.raises(UsageError) as caught:
        parse_requirement(text)
    assert meant in caught.value.remedy


def test_all_faults_are_named_at_once():
    with pytest.raises(UsageError) as caught:
        parse_requirement("accuracy <= 75")
    assert [fault.where for fault in caught.value.faults] == ["<=", "75"]
    with pytest.raises(UsageError) as caught:
        parse_requirement("acuracy = x")
    assert [fault.where for fault in caught.value.faults] == ["acuracy", "=", "x"]


@pytest.mark.parametrize(
    ("text", "low", "high", "verdict"),
    [
        ("accuracy >= 0.75", 0.76, 0.84, "met"),
        ("accuracy >= 0.75", 0.75, 0.84, "met"),
        ("accuracy >= 0.75", 0.74, 0.84, "inconclusive"),
        ("accuracy >= 0.75", 0.66, 0.75, "inconclusive"),
        ("accuracy >= 0.75", 0.66, 0.74, "not_met"),
        ("log_loss <= 0.75", 0.66, 0.74, "met"),
        ("log_loss <= 0.75", 0.66, 0.75, "met"),
        ("log_loss <= 0.75", 0.66, 0.76, "inconclusive"),
        ("log_loss <= 0.75", 0.75, 0.84, "inconclusive"),
        ("log_loss <= 0.75", 0.76, 0.84, "not_met"),
    ],
)
def test_the_verdict_needs_the_whole_interval_on_one_side(text, low, high, verdict):
    score = Score(value=(low + high) / 2, low=low, high=high, method="bootstrap")
    assert judge(parse_requirement(text), score) == verdict


@pytest.mark.parametrize(("value", "verdict"), [(0.04, "met"), (0.05, "met"), (0.06, "not_met")])
def test_without_an_interval_the_value_decides(value, verdict):
    assert judge(parse_requirement("ece <= 0.05"), Score(value=value)) == verdict
