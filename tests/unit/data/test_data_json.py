import json

import pytest

from heptune.data.readers.open_table import open_table
from heptune.data.table import CHUNK_ROWS
from heptune.errors import InvalidInputError


def write(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


def rows_of(table, *names):
    names = names or table.columns
    rows = []
    for chunk in table.chunks(names):
        cells = [chunk.columns[name].to_pylist() for name in names]
        rows += [(position, *row) for position, *row in zip(chunk.positions.to_pylist(), *cells, strict=True)]
    return rows


def faults_of(table, *names):
    with pytest.raises(InvalidInputError) as caught:
        rows_of(table, *names)
    return [str(fault) for fault in caught.value.faults]


SCALARS = (
    '{"text": "NA", "label": 1.50}\n\n{"label": true, "text": null}\n{"text": "é\\u4e2d", "more": -0, "label": NaN}\n'
)
SCALAR_ROWS = [("NA", "1.50", None), (None, "true", None), ("é中", "NaN", "-0")]


def test_json_lines_keep_values_as_they_are_written(tmp_path):
    table = open_table(write(tmp_path / "a.jsonl", SCALARS))
    assert table.format == "jsonl"
    assert table.columns == ("text", "label", "more")
    assert rows_of(table) == [(line, *row) for line, row in zip((1, 3, 4), SCALAR_ROWS, strict=True)]


def test_a_json_list_keeps_values_as_they_are_written(tmp_path):
    objects = ",".join(line for line in SCALARS.split("\n") if line)
    table = open_table(write(tmp_path / "a.json", f"[{objects}]"))
    assert table.format == "json"
    assert table.columns == ("text", "label", "more")
    assert rows_of(table) == [(row, *cells) for row, cells in enumerate(SCALAR_ROWS, start=1)]


def test_a_mark_changes_neither_columns_nor_rows(tmp_path):
    text = (
        '{"text":"parcel is late","label":"complaint","meta":{"a":1}}\n'
        '{"text":"thank you","label":"praise","meta":{"b":2}}\n'
    )
    plain = open_table(write(tmp_path / "plain.jsonl", text))
    marked = open_table(write(tmp_path / "marked.jsonl", text, "utf-8-sig"))
    assert marked.columns == plain.columns == ("text", "label")
    assert marked.unreadable == plain.unreadable == {"meta": "object"}
    assert rows_of(marked) == rows_of(plain) == [(1, "parcel is late", "complaint"), (2, "thank you", "praise")]
    assert "byte-order mark" in marked.notes[0]


def test_broken_json_lines_are_told_at_once_with_their_lines(tmp_path):
    deep = "[" * 100_000
    text = (
        '{"text": "fine"}\n{"text": "open\n["no object"]\n{"text": "twice", "text": "again"}\n{"text": {"nested": 1}}\n'
        f'{{"text": "half \\ud83d"}}\n{deep}\n{{"text": ["a"]}}\n"te\0xt"\n{{"text": "fine", "other": [1]}}\n'
    )
    faults = faults_of(open_table(write(tmp_path / "a.jsonl", text)), "text")
    assert faults == [
        "line 2: is not JSON: Invalid control character at (character 15)",
        "line 3: is array, not an object with columns",
        "line 4: the key 'text' stands twice",
        "line 5: column 'text': holds object where text is needed",
        "line 6: column 'text': holds half of a surrogate pair, which is no character",
        "line 7: is nested too deeply",
        "line 8: column 'text': holds array where text is needed",
        "line 9: holds a zero byte, which no text has",
    ]


def test_a_file_without_any_good_line_is_refused_when_opened(tmp_path):
    with pytest.raises(InvalidInputError) as caught:
        open_table(write(tmp_path / "a.jsonl", "[\n{\n"))
    assert len(caught.value.faults) == 2
    assert ".json" in caught.value.remedy


@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
@pytest.mark.parametrize("text", ["", "\ufeff", "\n\n"])
def test_empty_files_are_refused(tmp_path, name, text):
    with pytest.raises(InvalidInputError) as caught:
        open_table(write(tmp_path / name, text))
    assert caught.value.code == "empty_file"


def test_long_json_lines_come_in_chunks(tmp_path, monkeypatch):
    lines = "".join(json.dumps({"text": f"word {i}"}) + "\n" for i in range(CHUNK_ROWS + 5))
    table = open_table(write(tmp_path / "a.jsonl", lines))
    assert [len(chunk.positions) for chunk in table.chunks(["text"])] == [CHUNK_ROWS, 5]
    monkeypatch.setattr("heptune.data.readers.json_lines.CHUNK_CHARACTERS", 50_000)
    assert all(len(chunk.positions) < 3_000 for chunk in table.chunks(["text"]))


@pytest.mark.parametrize(
    "document",
    [
        [{"text": "a", "label": 1}, {"text": "b", "label": 0}],
        {"text": ["a", "b"], "label": [1, 0]},
        {"version": "1.0", "tags": ["x"], "data": [{"text": "a", "label": 1}, {"text": "b", "label": 0}]},
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_three_shapes_of_a_document_are_the_same_table(tmp_path, document, indent):
    table = open_table(write(tmp_path / "a.json", json.dumps(document, indent=indent)))
    assert table.columns == ("text", "label")
    assert table.notes == ()
    assert rows_of(table) == [(1, "a", "1"), (2, "b", "0")]


def test_json_lines_named_json_are_read_and_said(tmp_path):
    table = open_table(write(tmp_path / "a.json", '\n{"text": "a"}\n{"text": "b"}\n'))
    assert table.format == "jsonl"
    assert "JSON Lines" in table.notes[0]
    assert rows_of(table) == [(2, "a"), (3, "b")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[]", "no_rows"),
        ('"text"', "unknown_json_shape"),
        ("{}", "unknown_json_shape"),
        ('{"text": ["a"], "label": ["b", "c"]}', "unknown_json_shape"),
        ('{"text": {"0": "a"}}', "unknown_json_shape"),
        ('{"a": [{"text": 1}], "b": [{"text": 2}]}', "unknown_json_shape"),
        ('[{"text": "a"}', "broken_json"),
        ("[" * 100_000, "broken_json"),
        ("[1, 2]", "broken_rows"),
    ],
)
def test_documents_without_rows_are_refused_when_opened(tmp_path, text, code):
    with pytest.raises(InvalidInputError) as caught:
        open_table(write(tmp_path / "a.json", text))
    assert caught.value.code == code


def test_faults_of_a_document_carry_row_numbers(tmp_path):
    text = '[{"text": "a"}, 7, {"text": "b", "text": "c"}, {"text": {"d": 1}}]'
    assert faults_of(open_table(write(tmp_path / "a.json", text))) == [
        "row 2: is a string or a number, not an object with columns",
        "row 3: the key 'text' stands twice",
        "row 4: column 'text': holds object where text is needed",
    ]


def test_a_document_too_large_for_memory_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("heptune.data.readers.json_file.MAXIMUM_CHARACTERS", 10)
    with pytest.raises(InvalidInputError) as caught:
        open_table(write(tmp_path / "a.json", '[{"text": "a"}]'))
    assert caught.value.code == "too_large"
