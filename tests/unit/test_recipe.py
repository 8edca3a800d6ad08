"""A recipe: strict, all faults at once, nothing ignored."""

import pytest

from heptune import i18n
from heptune.errors import UsageError
from heptune.recipe import make_recipe, parse_assignments, read_recipe, ready_recipes
from heptune.recipe_yaml import dump_yaml, parse_yaml
from heptune.steps.step2_sources.method import ChosenMethod

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


@pytest.mark.parametrize("task", ["multi_label", "sentence_pair", "ordinal", "regression", "generation"])
def test_other_kinds_of_task_are_known_and_refused(task):
    error = refused(LEAST, {"goal": {"task": task}})
    assert (error.exit_code, error.code, error.where, error.found) == (2, "task_not_built", "goal.task", task)
    assert error.message == "This kind of task is not built yet."
    assert "single_label" in error.expected


def test_settings_that_only_we_can_judge_are_told_with_all_other_faults():
    found = faults(
        LEAST,
        {
            "goal": {"task": "ordinal", "labels": ["a", "a"], "require": "f1 >= 0.5"},
            "evaluation": {"primary_metric": "f1"},
            "training": {"epochs": "0"},
        },
    )
    assert set(found) == {"goal.task", "goal.labels", "goal.require", "evaluation.primary_metric", "training.epochs"}
    assert found["evaluation.primary_metric"] == (
        "There is no metric named 'f1' (found: f1); expected: one of accuracy, macro_f1, log_loss, ece. "
        "Did you mean macro_f1?"
    )
    assert found["goal.task"] == (
        "This kind of task is not built yet (found: ordinal); expected: single_label: one label for each text"
    )


def test_several_faults_of_one_setting_are_told_each():
    error = refused(LEAST, {"goal": {"require": "f1 >= much"}, "training": {"epochs": "0"}})
    assert [fault.where for fault in error.faults] == ["goal.require", "goal.require", "training.epochs"]


@pytest.mark.parametrize("setting", ["data", "test", "model"])
def test_a_name_of_nothing_is_a_fault(setting):
    assert f"sources.{setting}" in faults(LEAST, {"sources": {setting: ""}})


def test_a_single_fault_keeps_its_code_and_its_remedy():
    error = refused(LEAST, {"evaluation": {"primary_metric": "f1"}})
    assert (error.code, error.where, error.found) == ("unknown_metric", "evaluation.primary_metric", "f1")
    assert "macro_f1" in error.remedy


@pytest.mark.parametrize("section", ["dataset", "model", "training"])
@pytest.mark.parametrize(
    ("seed", "fits"), [(0, True), (2**63 - 1, True), (2**63, False), (2**64 - 1, False), (-1, False)]
)
def test_a_seed_is_a_number_that_every_generator_takes(section, seed, fits):
    layer = {section: {"seed": str(seed)}}
    if fits:
        assert getattr(make_recipe(LEAST, layer), section).seed == seed
    else:
        assert f"{section}.seed" in faults(LEAST, layer)


@pytest.mark.parametrize(
    "layer",
    [
        {"training": {"learning_rate": "inf"}},
        {"training": {"weight_decay": "nan"}},
        {"training": {"max_gradient_norm": "inf"}},
        {"training": {"batch_size": str(10**20)}},
        {"training": {"micro_batch_size": str(2**31)}},
        {"training": {"epochs": "0"}},
        {"dataset": {"sample": str(2**31)}},
        {"goal": {"max_training_minutes": "inf"}},
    ],
)
def test_a_number_that_nothing_can_count_with_is_a_fault(layer):
    ((section, settings),) = layer.items()
    ((name, _value),) = settings.items()
    assert any(where.startswith(f"{section}.{name}") for where in faults(LEAST, layer))


def test_what_is_no_code_of_a_language_is_a_fault():
    error = refused(LEAST, {"goal": {"languages": ["en", "klingon!!"]}})
    assert (error.code, error.where, error.found) == ("bad_language", "goal.languages", "'klingon!!'")


@pytest.mark.parametrize("code", ["en", "zh", "zh-Hans-CN", "sr-Latn", "en-US"])
def test_codes_of_languages_are_let_through(code):
    assert make_recipe(LEAST, {"goal": {"languages": [code]}}).goal.languages == (code,)


def test_shares_that_leave_nothing_to_learn_from_are_refused():
    error = refused(LEAST, {"dataset": {"validation_share": "0.5", "calibration_share": "0.5"}})
    assert error.code == "no_training_rows"
    assert make_recipe(LEAST, {"dataset": {"validation_share": "0.5", "calibration_share": "0.4"}})


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


TFIDF = ChosenMethod("tfidf", None, i18n._("as given"))
PROBE = ChosenMethod("linear-probe", "starter", i18n._("as given"))
FULL = ChosenMethod("full", "starter", i18n._("as given"))


def idle(made, parts=("whole",)):
    """The settings that are refused as they have no effect."""
    try:
        made.check_effects(parts)
    except UsageError as error:
        return [fault.where for fault in error.faults if error.code == "setting_without_effect"]
    return []


def test_settings_without_effect_with_tfidf_are_all_named():
    settings = {"tokens": {"max_length": 64}, "training": {"epochs": 3, "patience": 1, "learning_rate": None}}
    made = make_recipe(LEAST, settings, {"goal": {"max_training_minutes": 5}})
    assert idle(made.with_method(FULL)) == []
    assert idle(made.with_method(TFIDF)) == [
        "goal.max_training_minutes", "tokens.max_length", "training.epochs", "training.patience",
    ]  # fmt: skip


def test_settings_of_the_training_loop_have_no_effect_with_a_linear_probe():
    settings = {"tokens": {"max_length": 64}, "goal": {"max_training_minutes": 5}}
    followed = {"precision": "fp32", "micro_batch_size": 1, "without": ["packing"], "price_per_hour": 2.0}
    loop = {"epochs": 3, "patience": 1, "head": "new", "learning_rate": 0.1, "seed": 7}
    made = make_recipe(LEAST, settings, {"training": followed | loop, "evaluation": {"baselines": ["linear-probe"]}})
    assert idle(made.with_method(PROBE)) == [
        "goal.max_training_minutes", "training.epochs", "training.head", "training.learning_rate",
        "training.patience", "training.seed", "evaluation.baselines",
    ]  # fmt: skip
    assert idle(made.with_method(FULL)) == []


def test_the_seed_of_training_has_an_effect_on_tfidf_only_as_one_of_all():
    for seed in (0, 7):
        assert idle(recipe(training={"seed": seed}).with_method(TFIDF)) == ["training.seed"]
    assert idle(recipe(training={"seed": 7}, model={"seed": 7}).with_method(TFIDF)) == []
    assert idle(recipe(training={"seed": 7}).with_method(FULL)) == []


@pytest.mark.parametrize(
    ("settings", "parts", "expected"),
    [
        ({"dataset": {"test_share": 0.3}}, ("train", "test"), ["dataset.test_share"]),
        ({"dataset": {"test_share": 0.3}}, ("whole",), []),
        ({"dataset": {"validation_share": 0.3}}, ("whole", "validation"), ["dataset.validation_share"]),
        ({"dataset": {"validation_share": 0}}, ("whole", "validation"), []),
        ({"dataset": {"validation_share": 0}, "training": {"patience": 5}}, ("whole",), ["training.patience"]),
        ({"dataset": {"validation_share": 0}, "training": {"patience": 5}}, ("whole", "validation"), []),
        ({"dataset": {"validation_share": 0}, "training": {"patience": 0}}, ("whole",), []),
        ({"dataset": {"validation_share": 0}, "training": {"patience": 5}}, (), []),
        ({"dataset": {"test_share": None}}, ("train", "test"), []),
    ],
)
def test_a_setting_that_the_data_leave_without_effect_is_refused(settings, parts, expected):
    """Not so a default, a 0, or where nothing is known yet."""
    assert idle(make_recipe(LEAST, settings).with_method(FULL), parts) == expected


@pytest.mark.parametrize("setting", ["configuration", "data_revision"])
@pytest.mark.parametrize(("data", "expected"), [("rows.csv", True), ("sample:english", True), ("owner/name", False)])
def test_settings_of_the_hub_have_no_effect_on_local_data(setting, data, expected):
    made = recipe(sources={"data": data, setting: "main"})
    assert idle(made) == ([f"sources.{setting}"] if expected else [])


@pytest.mark.parametrize(("model", "expected"), [(None, True), ("starter", True), (".", True), ("gpt2", False)])
def test_a_model_revision_has_an_effect_on_a_model_of_the_hub_only(model, expected):
    made = recipe(sources={"model": model, "model_revision": "main"})
    assert idle(made) == (["sources.model_revision"] if expected else [])


@pytest.mark.parametrize("chosen", [TFIDF, PROBE, FULL])
@pytest.mark.parametrize("parts", [("whole",), ("train", "validation", "test")])
def test_the_recipe_in_a_run_folder_can_be_run_again_and_names_the_method(chosen, parts):
    made = make_recipe(LEAST).with_method(chosen)
    again = make_recipe(parse_yaml(dump_yaml(made.model_dump(mode="json")), where="recipe.yaml"))
    assert idle(again, parts) == []
    assert again == made
    assert (again.sources.method, again.sources.model) == (chosen.method, chosen.model)


@pytest.mark.parametrize("name", ready_recipes())
def test_ready_recipes_are_whole(name):
    made = make_recipe(read_recipe(name), where=name)
    method = ChosenMethod("full", made.sources.model or "starter", i18n._("as given"))
    assert idle(made.with_method(method), ("train", "test")) == []
    assert made.sources.data


def test_the_names_of_ready_recipes():
    assert {"article", "tweets", "quickstart"} <= set(ready_recipes())


def test_the_article_is_the_reference_job_with_its_own_settings():
    made = make_recipe(read_recipe("article"))
    assert (made.sources.model, made.sources.data) == ("gpt2", "mteb/tweet_sentiment_extraction")
    training = made.training
    assert (training.batch_size, training.micro_batch_size) == (4, 1)  # accumulated over four
    assert (training.epochs, training.learning_rate, training.patience) == (3, 5e-5, 0)
    assert (training.warmup_share, training.weight_decay) == (0, 0)
    assert (training.precision, training.seed) == ("fp32", 42)
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
