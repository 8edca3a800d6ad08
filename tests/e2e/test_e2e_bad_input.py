"""Bad input at the command line: one clear message, the right exit code, no traceback, nothing half-written."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from command_line import leftovers, snapshot
from made_up_data import messages, write_csv

ROWS = messages(60)
HEADER = "text,label\n"
CSV = HEADER + "".join(f"{text},{label}\n" for text, label in ROWS)
TWO_ROWS = CSV[: CSV.index("\n", CSV.index("\n", len(HEADER)) + 1) + 1]
JSONL = "".join(json.dumps({"text": text, "label": label}) + "\n" for text, label in ROWS)


def with_empty(count, column):
    """The rows, with some whose text (0) or label (1) is empty."""
    empty = [("", "good") if column == 0 else (f"more {number}", "") for number in range(count)]
    return HEADER + "".join(f"{text},{label}\n" for text, label in [*ROWS, *empty])


BAD_FILES = {
    "empty file": ("d.csv", b"", "empty_file", "d.csv"),
    "header only": ("d.csv", HEADER.encode(), "no_rows", "d.csv"),
    "ragged rows": ("d.csv", (CSV + "a,b,c\nd\n").encode(), "broken_rows", "line 62"),
    "unbalanced quotes": ("d.csv", (HEADER + '"open,bad\n' + CSV[len(HEADER) :]).encode(), "broken_rows", "line 2"),
    "undecodable bytes": ("d.csv", CSV.encode() + b"\x81\x8d\xff,good\n", "undecodable", "0x81"),
    "zero bytes": ("d.csv", CSV.encode() + b"a\0b,good\n", "broken_rows", "line 62"),
    "doubled column": ("d.csv", b"text,text,label\na,b,good\n", "bad_column_names", "stands 2 times"),
    "one class": ("d.csv", (HEADER + "a,good\nb,good\nc,good\n").encode(), "one_class", "same label"),
    "many empty texts": ("d.csv", with_empty(30, 0).encode(), "empty_rows", "line 62"),
    "many empty labels": ("d.csv", with_empty(30, 1).encode(), "empty_rows", "label is empty"),
    "a class without texts": ("d.csv", (CSV + ",third\n").encode(), "class_vanished", "third"),
    "no label column": ("d.csv", b"a,b\n" + b"".join(b"%d,%d\n" % (n, n) for n in range(60)), "", "--label-column"),
    "broken JSON lines": ("d.jsonl", (JSONL + '{"text": \n').encode(), "broken_rows", "line 61"),
    "JSON that is no object": ("d.jsonl", (JSONL + "[1]\n").encode(), "broken_rows", "line 61"),
    "a broken Parquet": ("d.parquet", b"PAR1 and no more", "damaged_file", "d.parquet"),
    "an unknown format": ("d.doc", CSV.encode(), "unknown_format", "d.doc"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file_gives_one_message_and_leaves_nothing(heptune, workplace, case):
    name, content, code, says = BAD_FILES[case]
    (workplace / name).write_bytes(content)
    outcome = heptune("run", name, "--method", "tfidf", "--out", "run")
    assert outcome.code == 3
    assert outcome.err.startswith("error: ")
    assert name in outcome.out + outcome.err
    assert says in outcome.err
    assert "Traceback" not in outcome.err
    assert leftovers(workplace) == []
    assert {path.name for path in workplace.glob("run/*")} <= {
        "1_goal.json", "2_sources.json", "recipe.yaml", "events.jsonl", ".lock",
    }  # fmt: skip
    as_json = heptune("run", name, "--method", "tfidf", "--out", "run", "--format", "json")
    assert as_json.error["code"] == code or not code
    assert as_json.error["message"] in outcome.err


@pytest.mark.parametrize("case", ["ragged rows", "many empty texts", "broken JSON lines"])
def test_a_file_that_goes_bad_leaves_the_earlier_run_as_it_was(heptune, workplace, case):
    name, content, _code, _says = BAD_FILES[case]
    (workplace / name).write_text(JSONL if name.endswith("jsonl") else CSV)
    assert heptune("run", name, "--method", "tfidf", "--out", "run").code == 0
    old = snapshot(workplace / "run")
    (workplace / name).write_bytes(content)
    assert heptune("run", name, "--method", "tfidf", "--out", "run").code == 3
    new = snapshot(workplace / "run")
    assert {path: new[path] for path in old if path != "2_sources.json"} == {
        path: old[path] for path in old if path != "2_sources.json"
    }
    assert leftovers(workplace) == []


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "gb18030", "latin-1"])
def test_what_can_be_read_rightly_is_read_rightly_and_said(heptune, workplace, codec):
    word = "schön" if codec == "latin-1" else "很好"
    more = "".join(f"{word}吃，送餐很快 {number},好\n" for number in range(40))
    more = "".join(f"{word} übergroß {number},völlig\n" for number in range(40)) if codec == "latin-1" else more
    (workplace / "d.csv").write_bytes((CSV + more).encode(codec))
    outcome = heptune("run", "d.csv", "--method", "tfidf", "--stop-after", "3", "--format", "json")
    assert outcome.code == 0, outcome.out
    result = outcome.json["result"]
    assert [label["name"] for label in result["labels"]][-1] == ("völlig" if codec == "latin-1" else "好")
    assert result["columns"] == ["text", "label"]
    assert result["notes"]


def test_a_few_empty_rows_are_dropped_counted_and_shown_or_refused_where_asked(heptune, workplace):
    (workplace / "d.csv").write_text(with_empty(3, 0))
    outcome = heptune("run", "d.csv", "--method", "tfidf", "--stop-after", "3")
    assert outcome.code == 0
    assert "3 rows without text or label are left out: d.csv:62, d.csv:63, d.csv:64" in outcome.out
    refused = heptune("run", "d.csv", "--method", "tfidf", "--set", "dataset.empty_rows=error", "--format", "json")
    assert (refused.code, refused.error["code"], refused.error["fault_count"]) == (3, "empty_rows", 3)


def test_a_class_with_one_row_is_a_warning_and_stays_in_train(heptune, workplace):
    (workplace / "d.csv").write_text(CSV + "the only one,rare\n")
    outcome = heptune("run", "d.csv", "--method", "tfidf")
    assert outcome.code == 0
    assert "mind: a single training row of: rare" in outcome.out


def test_a_class_that_only_test_rows_have_is_refused(heptune, workplace):
    (workplace / "train.csv").write_text(CSV)
    (workplace / "test.csv").write_text(TWO_ROWS + "what,third\n")
    command = ["run", "train.csv", "--test", "test.csv", "--method", "tfidf", "--format", "json"]
    outcome = heptune(*command)
    assert (outcome.code, outcome.error["code"]) == (3, "class_only_in_test")
    assert outcome.error["faults"] == [{"where": "third", "message": "1 test rows, no training row"}]


def test_two_test_sets_are_refused(heptune, workplace):
    write_csv(workplace / "data/train.csv", ROWS)
    write_csv(workplace / "data/test.csv", ROWS[:4])
    write_csv(workplace / "more.csv", ROWS[4:8])
    outcome = heptune("run", "data", "--test", "more.csv", "--method", "tfidf", "--format", "json")
    assert (outcome.code, outcome.error["code"]) == (2, "two_test_sets")


def test_categories_in_parquet_are_labels_and_nested_columns_are_refused_by_name(heptune, workplace):
    texts, labels = zip(*ROWS, strict=True)
    table = pa.table({"text": list(texts), "label": pa.array(labels).dictionary_encode()})
    pq.write_table(table, workplace / "d.parquet")
    assert heptune("run", "d.parquet", "--method", "tfidf", "--stop-after", "3").code == 0
    nested = pa.table({"text": list(texts), "label": [[label] for label in labels]})
    pq.write_table(nested, workplace / "d.parquet")
    outcome = heptune("run", "d.parquet", "--method", "tfidf", "--format", "json")
    assert outcome.code == 3
    assert "list" in outcome.error["found"]


def test_a_line_of_100_mb_is_refused_with_its_number(heptune, workplace):
    with (workplace / "d.csv").open("wb") as stream:
        stream.write(CSV.encode())
        for _ in range(100):
            stream.write(b"x" * 2**20)
    outcome = heptune("run", "d.csv", "--method", "tfidf", "--format", "json")
    assert outcome.code == 3
    assert outcome.error["faults"][0]["where"] == "line 62"


@pytest.mark.parametrize(
    ("missing", "code", "says"),
    [
        ("tokenizer.json", "missing_file", "tokenizer"),
        ("model.safetensors", "missing_file", "weights"),
        ("config.json", "missing_file", "config.json"),
    ],
)
def test_a_model_folder_that_lacks_a_part_is_refused(heptune, data, workplace, bert, missing, code, says):
    folder = workplace / "model"
    folder.mkdir()
    for path in bert.iterdir():
        if path.name != missing:
            (folder / path.name).write_bytes(path.read_bytes())
    outcome = heptune("run", data, "--model", "./model", "--format", "json")
    assert (outcome.code, outcome.error["code"]) == (3, code)
    assert says in outcome.error["message"]
    assert outcome.error["where"] == "model"


def test_a_model_folder_that_is_not_there_is_said_to_be_so(heptune, data):
    outcome = heptune("run", data, "--model", "./nowhere", "--format", "json")
    assert outcome.code in (2, 5)
    assert outcome.error["where"] == "./nowhere"


def test_no_network_and_nothing_cached_is_said_with_a_way_out(heptune, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    outcome = heptune("run", "mteb/tweet_sentiment_extraction", "--model", "gpt2", "--format", "json")
    assert outcome.code == 5
    assert "127.0.0.1:9" in outcome.error["where"] + outcome.error["found"]
    assert "HF_" in outcome.error["remedy"]


@pytest.mark.parametrize("rows", [3, 5])
def test_a_handful_of_rows_is_enough(heptune, workplace, rows):
    (workplace / "d.csv").write_text(HEADER + "".join(f"{text},{label}\n" for text, label in ROWS[:rows]))
    outcome = heptune("run", "d.csv", "--method", "tfidf", "--format", "json")
    assert outcome.code == 0
    assert outcome.json["test"]["n"] == 1


@pytest.mark.parametrize("case", ["too few", "all empty"])
def test_without_a_row_to_test_on_a_run_is_refused_before_training(heptune, workplace, case):
    if case == "too few":
        (workplace / "d.csv").write_text(TWO_ROWS)
        outcome = heptune("run", "d.csv", "--method", "tfidf", "--format", "json")
    else:
        (workplace / "d.csv").write_text(CSV)
        (workplace / "test.csv").write_text(HEADER + ",good\n")
        outcome = heptune("run", "d.csv", "--test", "test.csv", "--method", "tfidf", "--format", "json")
    assert outcome.code == 3
    assert outcome.error["message"]
