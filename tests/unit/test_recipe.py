"""A recipe: strict, all faults at once, nothing ignored."""

import pytest

from heptune.api import dump_recipe
from heptune.errors import UsageError
from heptune.recipe import make_recipe, parse_assignments, read_recipe, ready_recipes
from heptune.recipe_yaml import parse_yaml

LEAST = {"sources": {"data": "rows.csv"}}


def recipe(text="", **sections):
    return make_recipe(LEAST, parse_yaml(text, where="recipe.yaml") if text else {}, sections, where="recipe.yaml")


def refused(*layers, where="recipe.yaml"):
    with pytest.raises(UsageError) as caught:
        make_recipe(*layers, where=where)
    return caught.value


def faults(*layers):
    return {fault.where: fault.message for fault in refused(*layers).faults}


def test_data_is_all_that_has_to_be_said():
    made = make_recipe(LEAST)
    assert made.sources.data == "rows.csv"
    assert made.training.seed == made.dataset.seed == made.model.seed == 42
    assert "sources" in faults({})


def test_all_faults_are_told_at_once_with_their_paths_and_a_guess():
    error = refused(
        LEAST,
        {
            "goal": {"requir": "accuracy >= 0.5", "labels": [{"name": "a", "meening": "b"}]},
            "datset": {"sample": 3},
            "dataset": {"sample": "many", "test_share": "1.5", "empty_rows": "keep"},
            "training": {"epochs": "0", "learning_rate": "fast", "warmup_share": "-1"},
        },
    )
    found = {fault.where: fault.message for fault in error.faults}
    assert set(found) == {
        "goal.requir", "goal.labels.0.meening", "datset", "dataset.sample", "dataset.test_share", "dataset.empty_rows",
        "training.epochs", "training.learning_rate", "training.warmup_share",
    }  # fmt: skip
    assert "did you mean require?" in found["goal.requir"]
    assert "did you mean meaning?" in found["goal.labels.0.meening"]
    assert "did you mean dataset?" in found["datset"]
    assert "'many'" in found["dataset.sample"]
    assert "'drop' or 'error'" in found["dataset.empty_rows"]
    assert str(len(found)) in error.message
    assert error.where == "recipe.yaml"
    assert "heptune schema" in error.remedy


def test_a_word_that_is_like_nothing_gets_no_guess():
    assert faults(LEAST, {"training": {"zzzzz": "1"}})["training.zzzzz"] == "unknown setting"


@pytest.mark.parametrize("section", ["goal", "sources", "dataset", "tokens", "model", "evaluation", "training"])
def test_every_section_refuses_what_it_does_not_know(section):
    assert f"{section}.unknown_thing" in faults(LEAST, {section: {"unknown_thing": "1"}})


@pytest.mark.parametrize("section", ["dataset", "goal", "training"])
def test_a_section_that_is_no_section_is_a_fault(section):
    assert section in faults(LEAST, {section: "text"})
    assert section in faults(LEAST, {section: ["a"]})


@pytest.mark.parametrize("task", ["multi_label", "regression", "generation"])
def test_other_kinds_of_task_are_refused(task):
    assert "goal.task" in faults(LEAST, {"goal": {"task": task}})


def test_a_section_without_settings_sets_nothing():
    """As when all its lines are commented out."""
    made = recipe("dataset:\n  # sample: 3\ntraining: {}\ngoal: null\n")
    assert made == make_recipe(LEAST)


def test_numbers_are_read_from_text_by_the_settings_type():
    made = recipe("training: {learning_rate: 1e-4, epochs: 3, warmup_share: .5}\ndataset: {sample: 1000, seed: 007}")
    assert made.training.learning_rate == 1e-4
    assert (made.training.epochs, made.training.warmup_share) == (3, 0.5)
    assert (made.dataset.sample, made.dataset.seed) == (1000, 7)


def test_texts_stay_as_they_were_written():
    made = recipe(
        "goal: {labels: [NO, yes, 00123, 1e5, 2024-01-01, 1_000, .inf, 'null', \"~\", True]}\n"
        "dataset: {text_column: NO, label_column: 00123, sheet: 1e-4, encoding: off}"
    )
    names = [label.name for label in made.goal.labels]
    assert names == ["NO", "yes", "00123", "1e5", "2024-01-01", "1_000", ".inf", "null", "~", "True"]
    assert (made.dataset.text_column, made.dataset.label_column) == ("NO", "00123")
    assert (made.dataset.sheet, made.dataset.encoding) == ("1e-4", "off")


def test_labels_may_be_a_list_of_names_definitions_or_an_object_of_meanings():
    by_name = recipe("goal: {labels: [b, a]}").goal.labels
    assert [(label.name, label.meaning) for label in by_name] == [("b", None), ("a", None)]
    by_meaning = recipe("goal:\n  labels:\n    NO: refuses\n    YES: agrees\n").goal.labels
    assert [(label.name, label.meaning) for label in by_meaning] == [("NO", "refuses"), ("YES", "agrees")]
    defined = recipe("goal: {labels: [{name: b, meaning: x}, {name: a}]}").goal.labels
    assert [(label.name, label.meaning) for label in defined] == [("b", "x"), ("a", None)]


@pytest.mark.parametrize("nothing", ["null", "~", ""])
def test_null_means_not_set(nothing):
    made = recipe(f"dataset:\n  sample: {nothing}\n  text_column: {nothing}\n")
    assert made.dataset.sample is None
    assert made.dataset.text_column is None


def test_null_where_a_label_is_meant_says_how_to_write_it():
    found = faults(LEAST, parse_yaml("goal: {labels: [null, number]}", where="x"))
    assert "quotation marks" in found["goal.labels.0"]
    assert "quotation marks" in faults(LEAST, {"dataset": {"seed": None}})["dataset.seed"]


def test_later_layers_go_over_earlier_ones_setting_by_setting():
    made = make_recipe(
        {"sources": {"data": "a", "model": "m"}, "training": {"epochs": "3", "seed": "1"}},
        {"training": {"epochs": "5"}, "goal": {"labels": {"model": "x", "goal": "y"}}},
        {"sources": {"data": "b"}, "goal": {"labels": ["c", "d"]}},
    )
    assert (made.sources.data, made.sources.model) == ("b", "m")
    assert (made.training.epochs, made.training.seed) == (5, 1)
    assert [label.name for label in made.goal.labels] == ["c", "d"]  # replaced as a whole


def test_assignments_set_one_setting_each():
    layer = parse_assignments(
        ["training.epochs=3", "training.learning_rate=1e-4", "dataset.text_column=a=b", "goal.require=macro_f1 >= 0.75"]
    )
    assert layer == {
        "training": {"epochs": "3", "learning_rate": "1e-4"},
        "dataset": {"text_column": "a=b"},
        "goal": {"require": "macro_f1 >= 0.75"},
    }
    assert make_recipe(LEAST, layer).training.learning_rate == 1e-4


@pytest.mark.parametrize(
    ("value", "meaning"),
    [
        ("null", None), ("~", None), ("", None), ("'null'", "null"), ('"~"', "~"), ("NO", "NO"), ("00123", "00123"),
        (",", ","), ("|", "|"), (";", ";"), ("#text", "#text"), ("@user", "@user"), ("a: b", "a: b"), ("%", "%"),
        ("- x", "- x"), ("*", "*"), ("&a", "&a"), ("!x", "!x"), ("a #b", "a #b"), (r"C:\data\x.csv", r"C:\data\x.csv"),
        ("[a, 'b c', NO]", ["a", "b c", "NO"]), ("{NO: refuses}", {"NO": "refuses"}), ("'a b'", "a b"),
    ],
)  # fmt: skip
def test_the_value_of_an_assignment_is_text_a_list_an_object_or_null(value, meaning):
    assert parse_assignments([f"dataset.delimiter={value}"]) == {"dataset": {"delimiter": meaning}}


def test_the_last_assignment_wins():
    assert parse_assignments(["training.epochs=3", "training.epochs=4"]) == {"training": {"epochs": "4"}}


@pytest.mark.parametrize(
    "assignment", ["", "epochs", "epochs=3", "training.=3", ".epochs=3", "=3", "training..epochs=3"]
)
def test_what_is_no_assignment_is_refused(assignment):
    with pytest.raises(UsageError) as caught:
        parse_assignments([assignment])
    assert caught.value.code == "bad_setting"
    assert caught.value.expected == "step.key=value"
    assert caught.value.found == assignment


@pytest.mark.parametrize("assignment", ["goal.labels=[a, b", "goal.labels={a: b: c}", "dataset.sheet='x"])
def test_a_list_or_object_that_is_not_closed_is_refused(assignment):
    with pytest.raises(UsageError) as caught:
        parse_assignments([assignment])
    assert caught.value.code == "bad_yaml"
    assert assignment in caught.value.where


def test_settings_without_effect_with_tfidf_are_all_named():
    settings = {"tokens": {"max_length": 64}, "training": {"epochs": 3, "patience": 1, "seed": 7}}
    made = make_recipe(LEAST, settings, {"goal": {"max_training_minutes": 5}})
    made.check_settings_for("full")
    with pytest.raises(UsageError) as caught:
        made.check_settings_for("tfidf")
    assert caught.value.code == "setting_without_effect"
    assert [fault.where for fault in caught.value.faults] == [
        "goal.max_training_minutes", "tokens.max_length", "training.epochs", "training.patience",
    ]  # fmt: skip


@pytest.mark.parametrize("method", ["tfidf", "auto"])
def test_the_recipe_in_the_folder_of_a_tfidf_run_can_be_run_again(method):
    made = make_recipe(LEAST, {"sources": {"method": method}})
    again = make_recipe(parse_yaml(dump_recipe(made), where="recipe.yaml"))
    again.check_settings_for("tfidf")
    assert again == made


@pytest.mark.parametrize("name", ready_recipes())
def test_ready_recipes_are_whole(name):
    made = make_recipe(read_recipe(name), where=name)
    made.check_settings_for("full")
    assert made.sources.data


def test_the_names_of_ready_recipes():
    assert {"article", "tweets", "quickstart"} <= set(ready_recipes())


def test_the_article_is_the_reference_job_with_its_own_settings():
    made = make_recipe(read_recipe("article"))
    assert (made.sources.model, made.sources.data) == ("gpt2", "mteb/tweet_sentiment_extraction")
    training = made.training
    assert (training.batch_size, training.micro_batch_size) == (4, 1)  # accumulated over four
    assert (training.epochs, training.learning_rate, training.patience) == (3, 5e-5, 0)
    dataset = made.dataset
    assert (dataset.validation_share, dataset.calibration_share) == (0, 0)
    assert (dataset.sample, dataset.test_sample, dataset.seed) == (1000, 1000, 42)


def test_tweets_is_the_same_data_with_the_starter():
    made = make_recipe(read_recipe("tweets"))
    assert made.sources.data == make_recipe(read_recipe("article")).sources.data
    assert made.sources.model == "starter"
    assert made.training == make_recipe(LEAST).training


def test_quickstart_needs_no_network():
    made = make_recipe(read_recipe("quickstart"))
    assert made.sources.data == "sample:english"
    assert {label.name for label in made.goal.labels} == {"negative", "neutral", "positive"}


def test_a_recipe_file_is_read_with_or_without_a_byte_order_mark(tmp_path):
    plain, marked = tmp_path / "a.yaml", tmp_path / "b.yaml"
    plain.write_text("sources: {data: 数据.csv}\n", encoding="utf-8")
    marked.write_text("sources: {data: 数据.csv}\n", encoding="utf-8-sig")
    assert read_recipe(str(plain)) == read_recipe(str(marked)) == {"sources": {"data": "数据.csv"}}


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00bad", "folder"])
def test_a_recipe_that_cannot_be_read_names_the_ready_ones(tmp_path, content):
    path = tmp_path / "r.yaml"
    if content == "folder":
        path.mkdir()
    elif content:
        path.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        read_recipe(str(path))
    assert caught.value.code == "bad_recipe"
    assert caught.value.where == str(path)
    assert "article" in caught.value.remedy
