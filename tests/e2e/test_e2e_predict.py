"""`heptune predict`: an answer for every text, in its place, for programs and for people."""

import json
import os
import shutil

import pytest
from command_line import Outcome, call, start
from made_up_data import messages, write_csv

import heptune as library

KEYS = ["text", "label", "score", "scores", "truncated", "error"]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """The folder of a finished run of tfidf; never changed."""
    folder = tmp_path_factory.mktemp("trained")
    data = write_csv(folder / "d.csv", messages(120))
    with pytest.MonkeyPatch.context() as surroundings:
        surroundings.setenv("XDG_STATE_HOME", str(folder / "state"))
        return library.run(data, sources={"method": "tfidf"}, out=folder / "run").folder


@pytest.fixture
def bundle(trained, workplace):
    """A tfidf bundle that tells good from bad; the test's own."""
    shutil.copytree(trained / "bundle", workplace / "run" / "bundle")
    return "run/bundle"


def rows(outcome: Outcome):
    assert outcome.code == 0, outcome.err
    return [json.loads(line) for line in outcome.out.splitlines()]


def test_json_lines_carry_the_text_the_label_and_all_scores_by_name(heptune, bundle):
    (row,) = rows(heptune("predict", bundle, "--text", "a great phone"))
    assert list(row) == KEYS
    assert (row["text"], row["label"], row["truncated"], row["error"]) == ("a great phone", "good", False, None)
    assert list(row["scores"]) == ["bad", "good"]
    assert row["score"] == max(row["scores"].values()) == row["scores"][row["label"]]
    assert sum(row["scores"].values()) == pytest.approx(1)


def test_texts_from_options_come_first_then_standard_input_line_by_line(heptune, bundle):
    lines = "sad\n\n  \na great 一 phone\r\nlast without end".encode()
    answers = rows(heptune("predict", bundle, "-", "--text", "awful", "--text", "happy", standard_input=lines))
    texts = ["awful", "happy", "sad", "", "  ", "a great 一 phone", "last without end"]
    assert [row["text"] for row in answers] == texts
    assert [row["error"] for row in answers] == [None, None, None, "empty_text", "empty_text", None, None]
    assert [row["label"] for row in answers][:6] == ["bad", "good", "bad", None, None, "good"]


def test_a_byte_order_mark_at_the_start_is_no_text(heptune, bundle):
    (row,) = rows(heptune("predict", bundle, "-", standard_input=b"\xef\xbb\xbfgreat\n"))
    assert row["text"] == "great"


def test_nothing_on_standard_input_gives_nothing(heptune, bundle):
    assert heptune("predict", bundle, "-", standard_input=b"") == Outcome(0, "", "")


def test_quiet_prints_a_label_a_line_and_keeps_the_place_of_empty_lines(heptune, bundle):
    outcome = heptune("predict", bundle, "-", "--format", "quiet", standard_input=b"great\n\nawful\n")
    assert outcome.out == "good\n\nbad\n"


def test_people_get_a_table(heptune, bundle):
    outcome = heptune("predict", bundle, "--text", "[red]great[/red]", "--text", "", "--format", "human")
    assert outcome.code == 0
    lines = [line.strip() for line in outcome.out.splitlines() if line.strip()]
    assert lines[0].split() == ["label", "score", "text"]
    assert lines[2].split()[0] == "good"
    assert lines[2].endswith("[red]great[/red]")
    assert lines[3].split()[:2] == ["–", "–"]
    assert "nothing to read" in lines[3]


def test_a_terminal_gets_the_table_unasked(bundle):
    terminal = pytest.importorskip("terminal", reason="pseudo-terminals are POSIX", exc_type=ImportError)
    outcome = terminal.call_on_terminal("predict", bundle, "--text", "great")
    assert outcome.code == 0
    assert "label" in outcome.out
    assert "{" not in outcome.out


def test_an_answer_depends_on_its_text_alone(heptune, bundle):
    texts = ["great", "sad phone", "very very awful price", "x"]
    alone = [rows(heptune("predict", bundle, "--text", text))[0] for text in texts]
    lines = "\n".join(texts).encode()
    assert rows(heptune("predict", bundle, "-", standard_input=lines)) == alone


def test_many_lines_come_back_in_their_order(heptune, bundle):
    lines = [f"great {number}" if number % 3 else "" for number in range(2_500)]
    answers = rows(heptune("predict", bundle, "-", standard_input="".join(f"{line}\n" for line in lines).encode()))
    assert [row["text"] for row in answers] == lines


@pytest.mark.parametrize(
    ("options", "code"),
    [([], 2), (["no"], 5), (["--text"], 2), (["-", "--format", "csv"], 2), (["d.csv", "--text", "a"], 2)],
)
def test_without_a_text_or_with_nonsense_it_is_a_usage_error(heptune, bundle, options, code):
    outcome = heptune("predict", bundle, *options)
    assert outcome.code == code
    assert outcome.out == ""
    assert outcome.err


def test_a_line_of_standard_input_that_is_not_utf_8_has_its_reason_and_stops_nothing(heptune, bundle):
    outcome = heptune("predict", bundle, "-", "--format", "json", standard_input=b"great\n\xff\xfe\nawful\n")
    answers = rows(outcome)
    assert [row["label"] for row in answers] == ["good", None, "bad"]
    assert [row["error"] for row in answers] == [None, "bad_row: line 2: holds bytes that are no UTF-8", None]
    assert outcome.err == "1 of 3 rows have no answer: bad_row 1\n"


@pytest.mark.skipif(os.name == "nt", reason="arguments are text there")
def test_an_argument_that_is_no_text_is_refused(bundle):
    outcome = call("predict", bundle, "--text", os.fsdecode(b"gr\xff"), "--format", "json")
    assert (outcome.code, outcome.error["code"]) == (2, "undecodable_argument")


def test_standard_input_works_through_a_pipe(bundle):
    process = start("predict", bundle, "-", "--format", "quiet", stdin=-1)
    out, err = process.communicate("great\n\nawful\n", timeout=60)
    assert (process.returncode, out, err) == (
        0,
        "good\n\nbad\n",
        "1 of 3 rows have no answer: empty_text 1\n",
    )


def test_a_bundle_of_a_newer_version_is_refused(heptune, bundle, workplace):
    path = workplace / bundle / "heptune.json"
    content = json.loads(path.read_text())
    path.write_text(json.dumps(content | {"schema_version": 99}))
    outcome = heptune("predict", bundle, "--text", "a", "--format", "json")
    assert (outcome.code, outcome.error["code"], outcome.error["found"]) == (3, "newer_version", "99")


@pytest.mark.parametrize("name", ["tfidf.safetensors", "tfidf.json", "heptune.json"])
def test_a_changed_or_lost_file_is_found_before_anything_is_answered(heptune, bundle, workplace, name):
    path = workplace / bundle / name
    content = path.read_bytes()
    path.write_bytes(content.replace(b"good", b"poor") if name == "heptune.json" else content[:-1])
    outcome = heptune("predict", bundle, "--text", "a", "--format", "json")
    assert outcome.code == 3
    assert outcome.error["code"] == "changed_bundle"
    assert outcome.error["faults"][0]["where"] == name
    path.unlink()
    assert heptune("predict", bundle, "--text", "a").code == (5 if name == "heptune.json" else 3)


def test_a_copied_bundle_answers_from_anywhere(heptune, bundle, workplace, tmp_path, monkeypatch):
    (workplace / bundle).rename(tmp_path / "shipped")
    monkeypatch.chdir(tmp_path)
    assert rows(heptune("predict", "shipped", "--text", "great"))[0]["label"] == "good"
