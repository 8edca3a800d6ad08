"""The one line of a step holds the figures that matter."""

import pytest
from made_up_data import write_csv
from three_steps import prepare

from heptune.reports.step_lines import step_line


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hello there", "script: latin 100%"),
        ("配送很快非常好吃 ok", "script: han 80%, latin 20%"),
        ("配送很快非常好吃下次还会再来的味道很好 д", "script: han 95%"),
    ],
)
def test_the_line_of_the_data_names_the_scripts_largest_first_and_no_traces(tmp_path, text, said):
    rows = [(f"{text} {number}", str(number % 2)) for number in range(20)]
    dataset = prepare(tmp_path / "run", write_csv(tmp_path / "d.csv", rows)).dataset
    assert step_line(dataset).split(" · ")[-1] == said


def test_texts_without_a_letter_have_no_script(tmp_path):
    rows = [(str(number), "ab"[number % 2]) for number in range(20)]
    settings = {"text_column": "text", "label_column": "label"}
    dataset = prepare(tmp_path / "run", write_csv(tmp_path / "d.csv", rows), **settings).dataset
    assert "script" not in step_line(dataset)
