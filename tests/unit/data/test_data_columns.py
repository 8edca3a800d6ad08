"""Which column is the text and which the label."""

import pyarrow as pa
import pytest

from heptune.data.columns import choose_columns, missing_column, stands_one_to_one
from heptune.errors import InvalidInputError, UsageError

LONG = ["a long enough text", "another long enough text", "a third text that is long", "and a fourth one of them"]
SHORT = ["good", "bad", "good", "bad"]
IDS = ["k1", "k2", "k3", "k4"]


def table(**columns):
    return pa.table({name: pa.array(values, pa.large_string()) for name, values in columns.items()})


def choose(sample, **options):
    return choose_columns(sample, **({"text": None, "label": None, "where": "a.csv"} | options))


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("text", "label"),
        ("Text", "Category"),
        ("sentence", "label"),
        ("review", "sentiment"),
        ("内容", "标签"),
        ("utterance", "INTENT"),
    ],
)
def test_customary_names_are_known_in_any_case_and_order(text, label):
    chosen = choose(table(id=IDS, **{label: SHORT, text: LONG}))
    assert (chosen.text, chosen.label, chosen.label_name) == (text, label, None)


def test_a_column_of_digits_can_be_the_text_when_its_name_says_so():
    chosen = choose(table(text=["00123", "7", "8", "9"], label=SHORT))
    assert (chosen.text, chosen.label) == ("text", "label")


def test_without_customary_names_the_content_tells():
    chosen = choose(table(id=IDS, a=LONG, b=SHORT))
    assert (chosen.text, chosen.label) == ("a", "b")


def test_of_two_rows_the_shorter_column_is_the_label():
    chosen = choose(table(a=LONG[:2], b=SHORT[:2]))
    assert (chosen.text, chosen.label) == ("a", "b")


def test_what_the_user_names_is_taken_and_the_reason_says_so():
    sample = table(text=LONG, label=SHORT, title=IDS, kind=SHORT)
    assert choose(sample, text="title", label="kind").reason == "as given"
    chosen = choose(sample, text="title")
    assert (chosen.text, chosen.label, chosen.reason) == (
        "title",
        "label",
        "one as given, the other by name and content",
    )
    chosen = choose(sample, label="kind")
    assert (chosen.text, chosen.label) == ("text", "kind")


def test_the_text_column_can_be_named_as_label():
    chosen = choose(table(text=SHORT, body=LONG), label="text")
    assert (chosen.text, chosen.label) == ("body", "text")


@pytest.mark.parametrize(
    ("name", "hint"), [("text", 'Did you mean "Text"?'), ("Txet", 'Did you mean "Text"?'), ("zzz", "")]
)
def test_a_missing_column_is_named_with_the_file_the_columns_and_the_nearest_one(name, hint):
    with pytest.raises(InvalidInputError) as caught:
        choose(table(Text=LONG, Category=SHORT), text=name)
    error = caught.value
    assert (error.code, error.where, error.expected) == ("missing_column", "a.csv", name)
    assert error.found == "Text, Category"
    assert ("Did you mean" in error.remedy) == bool(hint)
    assert hint in error.remedy
    assert "dataset.text_column" in error.remedy


def test_the_hint_of_a_missing_column_knows_names_of_any_script():
    error = missing_column("内", ["内容", "标签"], where="a.csv", setting="dataset.text_column")
    assert "内容" in error.remedy


def test_one_column_cannot_be_both():
    with pytest.raises(UsageError) as caught:
        choose(table(text=LONG, label=SHORT), text="label", label="label")
    assert caught.value.code == "same_column"


@pytest.mark.parametrize(
    "sample", [table(text=LONG), table(id=IDS, text=LONG), table(label=SHORT), table(a=SHORT, b=SHORT, label=SHORT)]
)
def test_when_no_column_can_be_told_the_columns_are_listed(sample):
    with pytest.raises(InvalidInputError) as caught:
        choose(sample)
    assert caught.value.code == "columns_not_found"
    assert caught.value.found == ", ".join(sample.column_names)
    assert "--label-column" in caught.value.remedy


@pytest.mark.parametrize("options", [{"text": "text"}, {}])
def test_a_nested_column_is_named_with_its_type(options):
    with pytest.raises(InvalidInputError) as caught:
        choose(table(label=SHORT, title=LONG), nested={"text": "list<string>"}, **options)
    error = caught.value
    assert (error.code, error.where, error.found) == ("nested_column", "a.csv", "list<string>")
    assert '"text"' in error.message


def test_a_nested_label_column_is_not_passed_over_in_silence():
    with pytest.raises(InvalidInputError) as caught:
        choose(table(text=LONG, kind=SHORT), nested={"labels": "list<string>"})
    assert caught.value.code == "nested_column"
    chosen = choose(table(text=LONG, kind=SHORT), nested={"labels": "list<string>"}, label="kind")
    assert chosen.label == "kind"


def test_nested_columns_beside_what_is_needed_do_no_harm():
    nested = {"meta": "struct<a: int64>", "title": "list<string>"}
    chosen = choose(table(sentence=LONG, label=SHORT), nested=nested)
    assert (chosen.text, chosen.label) == ("sentence", "label")


@pytest.mark.parametrize("name", ["label_text", "label_name", "labelname", "Label_Text"])
def test_names_are_taken_from_the_column_that_goes_one_to_one_with_integer_ids(name):
    sample = table(text=LONG, label=["0", "1", "0", "1"], **{name: SHORT})
    assert choose(sample).label_name == name


@pytest.mark.parametrize(
    ("ids", "names"),
    [
        (["0", "1", "0", "1"], ["good", "bad", "bad", "bad"]),
        (["0", "1", "2", "1"], ["good", "bad", "good", "bad"]),
        (["a", "b", "a", "b"], SHORT),
        (["0", "1.5", "0", "1.5"], SHORT),
    ],
)
def test_names_that_do_not_go_one_to_one_with_integers_are_left_out(ids, names):
    assert choose(table(text=LONG, label=ids, label_text=names)).label_name is None


def test_rows_with_an_empty_label_or_name_do_not_spoil_the_names():
    sample = table(text=[*LONG, "x", "y"], label=["-1", "2", "-1", "2", "", "2"], label_text=[*SHORT, "bad", None])
    assert choose(sample).label_name == "label_text"


def test_one_to_one_holds_in_both_directions():
    assert stands_one_to_one(["a", "b", "a"], ["1", "2", "1"])
    assert not stands_one_to_one(["a", "b"], ["1", "1"])
    assert not stands_one_to_one(["a", "a"], ["1", "2"])
    assert stands_one_to_one(["a", "", None, "b"], ["1", "1", "2", "2"])
