"""A commented recipe: what was inferred is written out, and it reads back to the same settings."""

import pytest
from methods_at_work import easy_rows
from three_steps import prepare

from heptune.recipe import Recipe, make_recipe
from heptune.recipe_yaml import parse_yaml
from heptune.reports.recipe_text import recipe_text


@pytest.fixture
def data(tmp_path):
    def write(header, *, name=False, labels=("bad", "so-so", "good")):
        rows = easy_rows(40)
        lines = [
            ",".join([text, str(label) if name else labels[label], *([labels[label]] if name else [])])
            for text, label in zip(rows["text"].to_pylist(), rows["label"].to_pylist(), strict=True)
        ]
        (tmp_path / "rows.csv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        return tmp_path / "rows.csv"

    return write


def written(path, tmp_path, **sections):
    made = make_recipe({"sources": {"data": str(path)}}, sections)
    prepared = prepare(tmp_path / "run", path, goal=made.goal.model_dump(mode="json"), fresh=True)
    text = recipe_text(made, (prepared.sources, prepared.dataset))
    return text, make_recipe(parse_yaml(text, where="recipe.yaml"))


def test_what_was_inferred_is_written_out(data, tmp_path):
    text, read = written(data("message,category"), tmp_path)
    assert (read.dataset.text_column, read.dataset.label_column) == ("message", "category")
    assert [label.name for label in read.goal.labels] == ["bad", "good", "so-so"]
    assert read.sources.method == "tfidf"
    assert read.sources.model is None
    assert "\n  # model:" in text


def test_everything_else_stands_as_a_comment_with_its_default_and_its_meaning(data, tmp_path):
    text, _read = written(data("text,label"), tmp_path)
    for section, field in Recipe.model_fields.items():
        assert f"\n# {field.description}\n{section}:" in text
        for key, setting in field.annotation.model_fields.items():
            assert f"  # {setting.description}\n" in text
            assert f"\n  {key}: " in text or f"\n  # {key}: " in text


def test_every_comment_can_be_taken_away(data, tmp_path):
    """The defaults in the comments are the defaults."""
    text, read = written(data("text,label"), tmp_path)
    lines = []
    for line in text.splitlines():
        key = line.removeprefix("  # ").partition(":")[0]
        setting = line.startswith("  # ") and any(
            key in field.annotation.model_fields for field in Recipe.model_fields.values()
        )
        is_default = setting and " " not in key
        lines.append(
            line.replace("  # ", "  ", 1) if is_default else line.replace("{}", "") if line.endswith(": {}") else line
        )
    assert make_recipe(parse_yaml("\n".join(lines), where="x")) == read


def test_what_the_user_set_is_kept(data, tmp_path):
    sections = {
        "goal": {
            "labels": {"good": "is pleased", "bad": "is not", "so-so": "is neither"},
            "require": "accuracy >= 0.5",
        },
        "training": {"epochs": "3", "learning_rate": "1e-4"},
        "dataset": {"seed": "7"},
    }
    _text, read = written(data("text,label"), tmp_path, **sections)
    assert [(label.name, label.meaning) for label in read.goal.labels] == [
        ("good", "is pleased"), ("bad", "is not"), ("so-so", "is neither"),
    ]  # fmt: skip
    assert read.goal.require == "accuracy >= 0.5"
    assert (read.training.epochs, read.training.learning_rate, read.dataset.seed) == (3, 1e-4, 7)


def test_ids_with_names_in_a_column_of_their_own_are_found_again(data, tmp_path):
    path = data("text,label,label_text", name=True)
    text, read = written(path, tmp_path)
    assert [label.name for label in read.goal.labels] == ["bad", "so-so", "good"]  # in the order of the ids
    again = prepare(
        tmp_path / "again", path, goal=read.goal.model_dump(mode="json"), **read.dataset.model_dump(exclude_unset=True)
    )
    assert again.dataset.label_names == ("bad", "so-so", "good")
    assert again.dataset.label_name_column == "label_text"
    assert text.count("label_column") == 1


@pytest.mark.parametrize(
    "labels",
    [
        ("NO", "null", "00123"),
        ("~", "true", "1e5"),
        ("是", "否", "😀"),
        ("a: b", "#c", "- d"),
        ("x\u2028y", "w\x7f", "z\x85"),
    ],
    ids=ascii,
)
def test_labels_that_look_like_yaml_read_back_as_they_are(data, tmp_path, labels):
    _text, read = written(data("text,label", labels=labels), tmp_path)
    assert {label.name for label in read.goal.labels} == set(labels)
