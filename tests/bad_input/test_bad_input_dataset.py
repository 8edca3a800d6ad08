"""Bad data through steps 1 to 3: one clear error that leaves nothing half-written, or the right rows."""

import json
import os
import signal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from three_steps import prepare

from heptune.errors import FAULTS_SHOWN, HeptuneError, InterruptedRunError, InvalidInputError, ResourceError
from heptune.schemas.dataset import LabelInfo
from heptune.steps import step1_goal
from heptune.steps.step2_sources import step as step2_sources
from heptune.steps.step2_sources.settings import SourcesConfig
from heptune.steps.step3_dataset import step as step3_dataset
from heptune.steps.step3_dataset.settings import DatasetConfig
from heptune.storage.run_store import open_run

BOM = b"\xef\xbb\xbf"


def write_csv(path, rows, header="text,label"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([header, *(",".join(row) for row in rows)]) + "\n", encoding="utf-8")
    return path


def some_rows(count, *labels):
    return [(f"text number {number}", labels[number % len(labels)]) for number in range(count)]


def refused(tmp_path, data, **settings) -> HeptuneError:
    with pytest.raises(HeptuneError) as caught:
        prepare(tmp_path / "run", data, **settings)
    left = {path.name for path in (tmp_path / "run").iterdir()}
    assert left <= {"events.jsonl", ".lock", "1_goal.json", "2_sources.json"}
    assert caught.value.message
    assert caught.value.remedy, caught.value.code
    assert "Traceback" not in str(caught.value)
    return caught.value


def names(prepared):
    return list(prepared.dataset.label_names)


# --- files and columns


def test_a_web_address_is_no_data_set(tmp_path):
    address = "https://huggingface.co/datasets/mteb/x"
    error = refused(tmp_path, address)
    assert (error.exit_code, error.code, error.found) == (2, "address_as_data", address)


def test_a_missing_file_is_named_with_its_neighbours(tmp_path):
    write_csv(tmp_path / "reviews.csv", some_rows(4, "a", "b"))
    error = refused(tmp_path, tmp_path / "review.csv")
    assert (error.exit_code, error.code, error.where) == (3, "missing_path", str(tmp_path / "review.csv"))
    assert "reviews.csv" in error.remedy


@pytest.mark.parametrize(
    ("content", "code"),
    [("", "empty_file"), ("text,label\n", "no_rows"), ("text,label\n\n\n", "no_rows")],
)
def test_a_file_without_rows_is_named(tmp_path, content, code):
    (tmp_path / "a.csv").write_text(content)
    error = refused(tmp_path, tmp_path / "a.csv")
    assert (error.exit_code, error.code, error.where) == (3, code, str(tmp_path / "a.csv"))


def test_a_misspelt_column_is_answered_with_the_file_the_columns_and_the_nearest(tmp_path):
    """Case C06, first run."""
    path = write_csv(tmp_path / "train.csv", some_rows(8, "a", "b"), "Text,Category")
    error = refused(tmp_path, path, text_column="text", label_column="label")
    assert (error.exit_code, error.code) == (3, "missing_column")
    assert (error.where, error.found) == (str(path), "Text, Category")
    assert 'Did you mean "Text"?' in error.remedy
    assert not (tmp_path / "run" / "3_dataset.json").exists()


@pytest.mark.parametrize("suffix", ["csv", "tsv", "jsonl", "json", "parquet", "arrow"])
def test_plain_string_labels_work_from_every_kind_of_file(tmp_path, suffix):
    """Case C06, second run."""
    path, rows = tmp_path / f"train.{suffix}", some_rows(8, "yes", "no")
    table = pa.table({"Text": [text for text, _ in rows], "Category": [label for _, label in rows]})
    if suffix == "parquet":
        pq.write_table(table, path)
    elif suffix == "arrow":
        with pa.ipc.new_file(str(path), table.schema) as writer:
            writer.write_table(table)
    elif suffix in ("csv", "tsv"):
        comma = "," if suffix == "csv" else "\t"
        path.write_text("\n".join(comma.join(row) for row in [("Text", "Category"), *rows]))
    else:
        lines = [json.dumps(row) for row in table.to_pylist()]
        path.write_text("\n".join(lines) if suffix == "jsonl" else f"[{','.join(lines)}]")
    prepared = prepare(tmp_path / "run", path)
    assert (prepared.dataset.text_column, prepared.dataset.label_column) == ("Text", "Category")
    assert sorted(prepared.pairs()) == sorted(rows)
    assert names(prepared) == ["no", "yes"]


def test_a_column_that_only_the_test_file_lacks_is_named_with_that_file(tmp_path):
    write_csv(tmp_path / "d" / "train.csv", some_rows(8, "a", "b"))
    test = write_csv(tmp_path / "d" / "test.csv", some_rows(4, "a", "b"), "sentence,label")
    error = refused(tmp_path, tmp_path / "d")
    assert (error.code, error.where, error.expected) == ("missing_column", str(test), "text")


def test_a_doubled_column_is_named(tmp_path):
    error = refused(tmp_path, write_csv(tmp_path / "a.csv", [("x", "y", "a")], "text,text,label"))
    assert (error.exit_code, error.code) == (3, "bad_column_names")
    assert "text" in str(error.faults[0])


def test_without_a_label_column_the_columns_are_listed(tmp_path):
    rows = [(str(number), f"text number {number}") for number in range(9)]
    error = refused(tmp_path, write_csv(tmp_path / "a.csv", rows, "id,text"))
    assert (error.exit_code, error.code, error.found) == (3, "columns_not_found", "id, text")


@pytest.mark.parametrize("settings", [{}, {"text_column": "text"}])
def test_a_nested_text_column_is_named_with_its_type_and_no_other_is_taken_for_it(tmp_path, settings):
    path = tmp_path / "a.parquet"
    columns = {"text": [["a", "b"]] * 6, "title": ["a title that is long"] * 6, "label": ["x", "y"] * 3}
    pq.write_table(pa.table(columns), path)
    error = refused(tmp_path, path, **settings)
    assert (error.exit_code, error.code, error.where) == (3, "nested_column", str(path))
    assert "list" in error.found


def test_categorical_columns_and_nested_ones_beside_them_are_read(tmp_path):
    path, rows = tmp_path / "a.parquet", some_rows(8, "x", "y")
    texts, labels = zip(*rows, strict=True)
    columns = {
        "text": pa.array(texts).dictionary_encode(),
        "label": pa.array(labels).dictionary_encode(),
        "meta": [[1, 2]] * 8,
    }
    pq.write_table(pa.table(columns), path)
    assert sorted(prepare(tmp_path / "run", path).pairs()) == sorted(rows)


def test_faults_far_down_in_a_file_stop_the_step(tmp_path):
    path = write_csv(tmp_path / "a.csv", [*some_rows(2_000, "a", "b"), ("one", "cell", "too many"), ("too few",)])
    error = refused(tmp_path, path)
    assert (error.code, error.where, len(error.faults)) == ("broken_rows", str(path), 2)


def test_settings_of_a_format_that_the_file_has_not_are_refused(tmp_path):
    error = refused(tmp_path, write_csv(tmp_path / "a.csv", some_rows(4, "a", "b")), sheet="Sheet1")
    assert (error.exit_code, error.code) == (2, "setting_without_effect")


# --- empty cells


@pytest.mark.parametrize("empty", ["", "  ", "\u200b", "\u3000"])
def test_rows_without_a_text_are_dropped_counted_and_shown_with_file_and_line(tmp_path, empty):
    rows = some_rows(8, "a", "b")
    path = write_csv(tmp_path / "train.csv", [*rows[:3], (empty, "a"), *rows[3:], ("no label", "")])
    dataset = prepare(tmp_path / "run", path).dataset
    assert (dataset.dropped, dataset.rows_read) == (2, 10)
    assert [(row.file, row.position, row.column) for row in dataset.dropped_examples] == [
        ("train.csv", 5, "text"),
        ("train.csv", 11, "label"),
    ]
    assert sum(split.rows for split in dataset.splits.values()) == 8


def test_the_policy_error_stops_at_the_first_empty_row_with_its_line(tmp_path):
    path = write_csv(tmp_path / "train.csv", [*some_rows(8, "a", "b"), ("", "a")])
    error = refused(tmp_path, path, empty_rows="error")
    assert (error.exit_code, error.code) == (3, "empty_rows")
    assert [str(fault) for fault in error.faults] == ["train.csv, line 10: text is empty"]
    assert error.expected == "none"


def test_in_a_parquet_file_the_row_is_counted(tmp_path):
    pq.write_table(pa.table({"text": ["one", "", None], "label": ["a", "b", "b"]}), tmp_path / "a.parquet")
    error = refused(tmp_path, tmp_path / "a.parquet", empty_rows="error")
    assert error.code == "class_vanished"
    pq.write_table(pa.table({"text": ["one", "two", None], "label": ["a", "b", "b"]}), tmp_path / "a.parquet")
    error = refused(tmp_path, tmp_path / "a.parquet", empty_rows="error")
    assert [str(fault) for fault in error.faults] == ["a.parquet, row 3: text is empty"]


@pytest.mark.parametrize(("empty", "full", "is_many"), [(20, 20, False), (21, 379, True), (21, 399, False)])
def test_many_empty_rows_are_an_error(tmp_path, empty, full, is_many):
    path = write_csv(tmp_path / "a.csv", [*[("", "a")] * empty, *some_rows(full, "a", "b")])
    if not is_many:
        assert prepare(tmp_path / "run", path).dataset.dropped == empty
        return
    error = refused(tmp_path, path)
    assert (error.exit_code, error.code, len(error.faults)) == (3, "empty_rows", FAULTS_SHOWN)
    assert error.message == f"{empty} of {empty + full} rows have no text or no label."
    assert error.found == f"{empty - FAULTS_SHOWN} more"


def test_empty_rows_of_several_files_are_shown_up_to_twenty_and_the_rest_is_counted(tmp_path):
    for name in ("train", "validation", "test"):
        write_csv(tmp_path / "d" / f"{name}.csv", [*[("", "a")] * 15, *some_rows(30, "a", "b")])
    error = refused(tmp_path, tmp_path / "d")
    assert (error.code, len(error.faults), error.found) == ("empty_rows", FAULTS_SHOWN, "25 more")
    assert str(error).count("more") == 1


def test_a_class_that_would_vanish_is_an_error(tmp_path):
    error = refused(tmp_path, write_csv(tmp_path / "a.csv", [*some_rows(8, "a", "b"), ("", "rare"), (" ", "rare")]))
    assert (error.exit_code, error.code) == (3, "class_vanished")
    assert "rare" in error.message


def test_words_that_look_missing_or_like_numbers_are_texts_and_labels(tmp_path):
    """Case C03."""
    rows = [("null", "number"), ("NA", "region"), ("00123", "code"), ("nan", "bread"), ("None", "NA")]
    prepared = prepare(tmp_path / "run", write_csv(tmp_path / "words.csv", [*rows, ("", "bread")]))
    assert sorted(prepared.pairs()) == sorted(rows)
    assert names(prepared) == ["NA", "bread", "code", "number", "region"]
    assert [(row.file, row.position, row.column) for row in prepared.dataset.dropped_examples] == [
        ("words.csv", 7, "text")
    ]


def test_a_text_column_of_digits_is_text(tmp_path):
    rows = [(f"00{number}", "odd" if number % 2 else "even") for number in range(20)]
    assert sorted(prepare(tmp_path / "run", write_csv(tmp_path / "a.csv", rows)).pairs()) == sorted(rows)


# --- classes


def test_one_class_is_an_error_that_names_it(tmp_path):
    error = refused(tmp_path, write_csv(tmp_path / "a.csv", some_rows(8, "good")))
    assert (error.exit_code, error.code, error.found) == (3, "one_class", "good")
    assert error.where == f"{tmp_path / 'a.csv'}, column label"


def test_no_label_at_all_is_an_error(tmp_path):
    error = refused(tmp_path, write_csv(tmp_path / "a.csv", some_rows(8, " ")))
    assert (error.code, error.found) == ("one_class", "no label at all")


def test_a_sample_that_draws_one_class_only_is_an_error(tmp_path):
    path = write_csv(tmp_path / "a.csv", [*some_rows(50, "often"), *some_rows(3, "rare")])
    error = refused(tmp_path, path, sample=1)
    assert (error.exit_code, error.code, error.found) == (3, "one_class", "often")


def test_a_class_in_the_test_rows_alone_is_named_with_its_count(tmp_path):
    write_csv(tmp_path / "d" / "train.csv", some_rows(8, "a", "b"))
    write_csv(tmp_path / "d" / "test.csv", [*some_rows(4, "a", "b"), ("x", "c"), ("y", "c"), ("z", "d")])
    error = refused(tmp_path, tmp_path / "d")
    assert (error.exit_code, error.code) == (3, "class_only_in_test")
    assert [str(fault) for fault in error.faults] == [
        "c: 2 test rows, no training row",
        "d: 1 test rows, no training row",
    ]


def test_a_class_with_one_row_stays_in_train_and_is_a_warning(tmp_path):
    path = write_csv(tmp_path / "a.csv", [*some_rows(40, "a", "b"), ("the only one", "rare")])
    for seed in range(5):
        prepared = prepare(tmp_path / f"run{seed}", path, seed=seed)
        assert ("the only one", "rare") in prepared.pairs("train")
        assert prepared.warnings == ["a single training row of: rare"]
        assert sorted(prepared.pairs()) == sorted([*some_rows(40, "a", "b"), ("the only one", "rare")])


def test_a_first_row_that_was_taken_for_the_header_is_a_warning(tmp_path):
    path = write_csv(tmp_path / "a.csv", some_rows(40, "pos", "neg"), header="the first text,pos")
    (warning,) = prepare(tmp_path / "run", path).warnings
    assert '"pos"' in warning
    assert "first row is missing" in warning


def test_a_class_that_the_sample_did_not_draw_is_a_warning(tmp_path):
    path = write_csv(tmp_path / "a.csv", [*some_rows(60, "a", "b"), ("the only one", "rare")])
    prepared = prepare(tmp_path / "run", path, sample=10, seed=2)
    assert prepared.warnings == ["no training row of: rare"]
    assert names(prepared) == ["a", "b", "rare"]


def test_rows_too_few_to_test_on_are_a_warning(tmp_path):
    prepared = prepare(tmp_path / "run", write_csv(tmp_path / "a.csv", [("one", "a"), ("two", "b")]))
    assert {name: split.rows for name, split in prepared.dataset.splits.items()} == {"test": 0, "train": 2}
    assert any("--test" in warning for warning in prepared.warnings)


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["0", "1", "3", "7"], ["0", "1", "3", "7"]),
        (["1", "2", "3", "4"], ["1", "2", "3", "4"]),
        (["10", "9", "2"], ["2", "9", "10"]),
        (["-1", "1", "0"], ["-1", "0", "1"]),
        (["TRUE", "FALSE"], ["FALSE", "TRUE"]),
    ],
)
def test_labels_of_any_kind_come_back_as_they_were_in_the_order_of_numbers(tmp_path, labels, expected):
    """Case C07."""
    rows = some_rows(4 * len(labels), *labels)
    prepared = prepare(tmp_path / "run", write_csv(tmp_path / "a.csv", rows))
    assert names(prepared) == expected
    assert sorted(prepared.pairs()) == sorted(rows)
    assert all(set(prepared.rows(split)["label"].to_pylist()) <= set(range(len(labels))) for split in ("train", "test"))


def test_integer_labels_of_a_typed_file_come_back_as_they_were(tmp_path):
    table = pa.table({"text": [f"text {number}" for number in range(12)], "label": [10, 9, None, 2] * 3})
    pq.write_table(table.slice(0, 12), tmp_path / "a.parquet")
    prepared = prepare(tmp_path / "run", tmp_path / "a.parquet")
    assert (names(prepared), prepared.dataset.dropped) == (["2", "9", "10"], 3)


def test_the_declared_order_is_kept_everywhere(tmp_path):
    """Case C09."""
    rows = some_rows(8, "negative", "positive")
    path = write_csv(tmp_path / "a.csv", rows)
    prepared = prepare(tmp_path / "run", path, goal={"labels": {"positive": "happy", "negative": None}})
    assert prepared.dataset.labels == (
        LabelInfo(name="positive", identifier="positive", meaning="happy"),
        LabelInfo(name="negative", identifier="negative", meaning=None),
    )
    assert sorted(prepared.pairs()) == sorted(rows)
    for split, info in prepared.dataset.splits.items():
        ids = prepared.rows(split)["label"].to_pylist()
        assert info.by_label == (ids.count(0), ids.count(1))


def test_labels_that_the_goal_does_not_declare_are_named(tmp_path):
    path = write_csv(tmp_path / "a.csv", some_rows(9, "positive", "negative", "Positive"))
    error = refused(tmp_path, path, goal={"labels": ["positive", "negative"]})
    assert (error.exit_code, error.code, error.found) == (2, "undeclared_label", "Positive")


def test_a_declared_label_without_rows_is_a_class_and_a_warning(tmp_path):
    path = write_csv(tmp_path / "a.csv", some_rows(20, "a", "b"))
    prepared = prepare(tmp_path / "run", path, goal={"labels": ["c", "b", "a"]})
    assert names(prepared) == ["c", "b", "a"]
    assert prepared.warnings == ["no training row of: c"]


def test_a_column_with_a_value_a_row_does_not_look_like_labels(tmp_path):
    rows = [(f"text number {number}", f"value {number}") for number in range(30)]
    error = refused(tmp_path, write_csv(tmp_path / "a.csv", rows))
    assert (error.exit_code, error.code, error.where) == (3, "too_many_labels", f"{tmp_path / 'a.csv'}, column label")
    assert error.found == "30 different values in 30 rows"


def test_chinese_labels_and_columns_come_back_as_they_were(tmp_path):
    rows = [(f"第{number}条评论，味道不错", "好评" if number % 2 else "差评") for number in range(20)]
    prepared = prepare(tmp_path / "run", write_csv(tmp_path / "外卖.csv", rows, "评论,标签"))
    assert (prepared.dataset.text_column, prepared.dataset.label_column) == ("评论", "标签")
    assert sorted(prepared.pairs()) == sorted(rows)
    assert next(iter(prepared.dataset.scripts)) == "han"


# --- ids and names in two columns


def three_columns(tmp_path, rows):
    return write_csv(
        tmp_path / "a.csv", [(f"text number {n}", *row) for n, row in enumerate(rows)], "text,label,label_text"
    )


def test_ids_come_from_the_first_column_and_names_from_the_second(tmp_path):
    path = three_columns(tmp_path, [("2", "negative"), ("10", "positive"), ("-1", "unknown")] * 6)
    dataset = prepare(tmp_path / "run", path).dataset
    assert (dataset.label_column, dataset.label_name_column) == ("label", "label_text")
    assert [(label.identifier, label.name) for label in dataset.labels] == [
        ("-1", "unknown"),
        ("2", "negative"),
        ("10", "positive"),
    ]


def test_names_that_fit_in_the_first_rows_only_are_left_out(tmp_path):
    path = three_columns(tmp_path, [*[("0", "bad"), ("1", "good")] * 600, ("1", "fine")])
    dataset = prepare(tmp_path / "run", path).dataset
    assert (dataset.label_name_column, dataset.label_names) == (None, ("0", "1"))


def test_rows_that_are_dropped_do_not_spoil_the_names(tmp_path):
    path = three_columns(tmp_path, [*[("0", "bad"), ("1", "good")] * 6, ("", "good"), ("1", "")])
    dataset = prepare(tmp_path / "run", path).dataset
    assert (dataset.label_names, dataset.dropped) == (("bad", "good"), 1)


def test_a_test_file_without_the_names_takes_those_of_the_training_file(tmp_path):
    (tmp_path / "d").mkdir()
    three_columns(tmp_path / "d", [("0", "bad"), ("1", "good")] * 6).rename(tmp_path / "d" / "train.csv")
    write_csv(tmp_path / "d" / "test.csv", some_rows(4, "1", "0"))
    prepared = prepare(tmp_path / "run", tmp_path / "d")
    assert prepared.pairs("test") == some_rows(4, "good", "bad")


# --- encodings


def test_a_byte_order_mark_changes_nothing_in_rows_columns_and_digests(tmp_path):
    """Case C01."""
    jsonl = (
        b'{"text":"parcel is late","label":"complaint","meta":{"a":1}}\n'
        b'{"text":"thank you","label":"praise","meta":{"b":2}}\n'
    )
    csv = b"text,label\nparcel is late,complaint\nthank you,praise\n"
    seen = []
    for number, (name, content) in enumerate(
        [("train.jsonl", jsonl), ("train.jsonl", BOM + jsonl), ("train.csv", csv), ("train.csv", BOM + csv)]
    ):
        path = tmp_path / str(number) / name
        path.parent.mkdir()
        path.write_bytes(content)
        write_csv(path.parent / "test.csv", [("so late", "complaint")])
        prepared = prepare(tmp_path / f"run{number}", path, sources={"test": str(path.parent / "test.csv")})
        digests = {split: info.sha256 for split, info in prepared.dataset.splits.items()}
        seen.append((prepared.dataset.text_column, names(prepared), prepared.pairs("train"), digests))
        assert bool(prepared.dataset.notes) == content.startswith(BOM)
    assert seen[0][:3] == ("text", ["complaint", "praise"], [("parcel is late", "complaint"), ("thank you", "praise")])
    assert seen[1:] == seen[:1] * 3


def test_what_was_read_in_an_odd_way_is_said_once_with_the_name_of_the_file(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(write_csv(path, some_rows(8, "好", "坏")).read_text(encoding="utf-8").encode("gb18030"))
    prepared = prepare(tmp_path / "run", path)
    assert sorted(prepared.pairs()) == sorted(some_rows(8, "好", "坏"))
    assert [note.count("a.csv") for note in prepared.dataset.notes] == [1]


# --- around the files


@pytest.mark.parametrize("change", ["changed", "removed"])
def test_a_file_that_changes_between_the_steps_is_an_error(tmp_path, change):
    path = write_csv(tmp_path / "a.csv", some_rows(8, "a", "b"))
    with open_run(tmp_path / "run") as run:
        goal = run.step(step1_goal.STEP, step1_goal.GoalConfig())
        sources = run.step(step2_sources.STEP, SourcesConfig(data=str(path), method="tfidf"))
        if change == "changed":
            write_csv(path, some_rows(9, "a", "b"))
        else:
            path.unlink()
        with pytest.raises(InvalidInputError) as caught:
            run.step(step3_dataset.STEP, DatasetConfig(), goal, sources)
    assert (caught.value.exit_code, caught.value.code, caught.value.where) == (3, "file_changed", str(path))
    assert not (tmp_path / "run" / "dataset").exists()


@pytest.mark.parametrize("place", ["/proc/heptune-run", "{tmp_path}/a.csv/run"])
def test_a_run_folder_that_cannot_be_written_is_a_resource_error(tmp_path, place):
    """As a superuser no permission binds; a file in the way and /proc bind everybody."""
    path = write_csv(tmp_path / "a.csv", some_rows(8, "a", "b"))
    with pytest.raises(ResourceError) as caught:
        prepare(Path(place.format(tmp_path=tmp_path)), path)
    assert (caught.value.exit_code, caught.value.code) == (6, "not_writable")
    assert caught.value.remedy


@pytest.mark.skipif(os.geteuid() == 0, reason="permissions do not bind a superuser")
def test_a_run_folder_without_permission_is_a_resource_error(tmp_path):
    path = write_csv(tmp_path / "a.csv", some_rows(8, "a", "b"))
    (tmp_path / "run").mkdir(mode=0o500)
    with pytest.raises(ResourceError):
        prepare(tmp_path / "run", path)


def test_a_signal_while_the_rows_are_read_stops_the_step_and_leaves_nothing_half_written(tmp_path):
    path = write_csv(tmp_path / "a.csv", some_rows(25_000, "a", "b"))

    def interrupt(event):
        if event.name == "step_started" and event.fields["name"] == "dataset":
            os.kill(os.getpid(), signal.SIGINT)

    config = SourcesConfig(data=str(path), method="tfidf")
    with open_run(tmp_path / "run", listeners=(interrupt,)) as run:
        goal = run.step(step1_goal.STEP, step1_goal.GoalConfig())
        sources = run.step(step2_sources.STEP, config)
        with pytest.raises(InterruptedRunError) as caught:
            run.step(step3_dataset.STEP, DatasetConfig(), goal, sources)
    assert caught.value.exit_code == 130
    left = {path.name for path in (tmp_path / "run").iterdir()}
    assert left <= {"events.jsonl", ".lock", "1_goal.json", "2_sources.json"}
