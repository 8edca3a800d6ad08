"""What people see: seven lines, tables, no escape code where no terminal is, nothing that the data could steer."""

import os
import re
import unicodedata

import pytest
from command_line import call, start
from made_up_data import messages, write_csv, write_json_lines

pty = pytest.importorskip("pty", reason="pseudo-terminals are POSIX")
from terminal import call_on_terminal  # noqa: E402 - needs pty

ESCAPE = "\x1b"
COLOUR = re.compile(r"\x1b\[(?:\d+;)*(?:3[0-7]|9[0-7]|38|48)(?:;\d+)*m")
TITLES = ["Goal", "Sources", "Data set", "Tokens", "Model", "Evaluation", "Training"]
HOSTILE = {
    "[red]te\x1b[2Jxt": "[bold]x[/bold] {} \x1b]0;owned\x07 and a bell \x07 \u202eright to left",
    "[link=http://a]label": "[blink]no\x1b[5m",
    "other": "\x9b31m",
}


def step_lines(text):
    return [line for line in text.splitlines() if re.match(r"[1-7] [A-Z]", line)]


def assert_plain(text):
    """No character that steers a terminal, but the ends of lines."""
    steering = {character for character in text if unicodedata.category(character) in ("Cc", "Cf")} - {"\n"}
    assert steering == set()


def test_without_a_terminal_there_are_seven_plain_lines_and_the_tables(heptune, data):
    outcome = heptune("run", data, "--method", "tfidf", "--require", "accuracy >= 0.6")
    assert outcome.code == 0
    assert outcome.err == ""
    assert_plain(outcome.out)
    lines = step_lines(outcome.out)
    assert [line.split("  ")[0] for line in lines] == [f"{number} {title}" for number, title in enumerate(TITLES, 1)]
    assert "required: accuracy >= 0.6" in lines[0]
    assert "d.csv" in lines[1]
    assert "text → label · 2 classes · train 81, validation 10, calibration 5, test 24" in lines[2]
    assert "great" in outcome.out  # the preview
    assert "24 test rows" in outcome.out
    assert re.search(r"accuracy +\d\.\d{3} \[", outcome.out)
    assert "majority" in outcome.out
    assert "accuracy >= 0.6: met" in outcome.out
    assert "runs/d-tfidf/bundle" in outcome.out.splitlines()[-3]
    assert "runs/d-tfidf/report.html" in outcome.out.splitlines()[-2]
    assert outcome.out.splitlines()[-1].endswith('heptune predict runs/d-tfidf/bundle --text "…"')


def test_without_a_terminal_no_line_is_wrapped_or_filled_up(heptune, tmp_path):
    path = write_csv(tmp_path / f"{'long-name-' * 15}.csv", messages(60))
    outcome = heptune("run", path, "--method", "tfidf", "--stop-after", "3")
    lines = outcome.out.splitlines()
    (sources,) = [line for line in lines if line.startswith("2 Sources")]
    assert len(sources) > 150
    assert sources.endswith(" s")
    notes = [line for line in lines if line.startswith("    test 20%")]
    assert len(notes) == 1
    assert notes[0] == notes[0].rstrip()


def test_the_hint_in_the_end_can_be_typed_as_it_stands(heptune, data):
    outcome = heptune("run", data, "--method", "tfidf", "--out", "my runs/one")
    assert "heptune predict 'my runs/one/bundle' --text" in outcome.out.splitlines()[-1]


def test_show_prints_a_finished_run_as_the_run_itself_did(heptune, data):
    ran = heptune("run", data, "--method", "tfidf").out
    shown = heptune("show", "runs/d-tfidf").out
    without_seconds = re.sub(r"  \d+\.\d s$", "", ran, flags=re.MULTILINE)
    assert [line.rstrip() for line in shown.splitlines()] == [line.rstrip() for line in without_seconds.splitlines()]


def test_a_reused_step_says_so(heptune, data):
    heptune("run", data, "--method", "tfidf")
    lines = step_lines(heptune("run", data, "--method", "tfidf").out)
    assert all(line.endswith("as before") for line in lines)


def test_a_terminal_gets_colour_and_the_same_words(data):
    outcome = call_on_terminal("run", data, "--method", "tfidf", "--stop-after", "3")
    assert outcome.code == 0
    assert COLOUR.search(outcome.out)
    assert "3 Data set" in outcome.out


def test_no_color_takes_the_colour_away_on_a_terminal(data):
    environment = {"NO_COLOR": "1"}
    assert not COLOUR.search(call_on_terminal("run", data, "--stop-after", "1", environment=environment).out)
    failed = call_on_terminal("run", "nowhere.csv", environment=environment)
    assert failed.code == 3
    assert "nowhere.csv" in failed.out
    assert not COLOUR.search(failed.out)


def test_hostile_texts_labels_columns_and_file_names_show_as_what_they_are(heptune, workplace):
    text_column, label_column = list(HOSTILE)[:2]
    folder = workplace / "[red]runs\x1b[31m"
    rows = [
        {text_column: f"{text} {HOSTILE[text_column]}", label_column: f"{label} {HOSTILE[label_column]}"}
        for text, label in messages(100)
    ]
    path = write_json_lines(workplace / "ev\x1b[1mil.jsonl", rows)
    columns = ["--text-column", text_column, "--label-column", label_column]
    outcome = heptune("run", path.name, "--method", "tfidf", "--out", folder, *columns)
    assert outcome.code == 0
    for shown in (outcome, heptune("show", folder)):
        assert_plain(shown.out)
        assert "[red]te�[2Jxt → [link=http://a]label" in shown.out
        assert "bad [blink]no�[5m" in shown.out
        assert "[bold]x[/bold] {}" in shown.out
        assert "ev�[1mil.jsonl" in shown.out
        assert "[red]runs�[31m" in shown.out
    table = heptune("predict", folder / "bundle", "--text", HOSTILE[text_column], "--format", "human")
    assert_plain(table.out)
    assert "[bold]x[/bold]" in table.out
    assert "[blink]no�[5m" in table.out
    again = heptune("run", path.name, "--method", "tfidf", "--out", folder, *columns, "--set", "dataset.seed=1")
    assert_plain(again.out)


def test_hostile_names_in_an_error_steer_no_terminal(heptune, workplace):
    write_csv(workplace / "d.csv", messages(10), header=("[red]te\x1b[2Jxt", "label\x9b1m"))
    outcome = heptune("run", "d.csv", "--method", "tfidf", "--text-column", "no\x1b[5mpe")
    assert outcome.code == 3
    assert_plain(outcome.err)
    assert "[red]te�[2Jxt" in outcome.err


@pytest.mark.parametrize("output_format", ["human", "json"])
def test_a_standard_output_that_is_said_to_be_ascii_still_gets_utf_8(data, output_format):
    environment = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    command = ["run", data, "--method", "tfidf", "--stop-after", "3", "--format", output_format]
    outcome = call(*command, environment=environment)
    assert outcome.code == 0
    assert outcome.err == ""
    assert ("→" in outcome.out) == (output_format == "human")


def test_a_reader_that_leaves_early_is_nobodys_fault(data):
    read, write = os.pipe()
    os.close(read)
    process = start("run", data, "--method", "tfidf", "--stop-after", "3", stdout=write)
    os.close(write)
    _out, err = process.communicate(timeout=60)
    assert process.returncode == 141
    assert err == ""


def test_a_terminal_sees_the_progress_of_the_training_and_nothing_foreign(data, bert):
    training = ["--epochs", "2", "--batch-size", "4", "--precision", "fp32"]
    outcome = call_on_terminal("run", data, "--model", bert, *training, environment={"PYTHONWARNINGS": "default"})
    assert outcome.code == 0
    assert re.search(r"epoch \d/2, \d+ rows/s", outcome.out)
    assert "epoch 2: training loss" in outcome.out
    assert "7 Training" in outcome.out
    for foreign in ("Warning", "warning", "Loading weights", "LOAD REPORT", "it/s", "initialized"):
        assert foreign not in outcome.out
