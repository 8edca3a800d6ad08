"""`report.html` of every run, `heptune report` and `heptune compare`."""

from pathlib import Path

import pytest
from made_up_data import messages, write_csv


@pytest.fixture
def runs(workplace, heptune):
    """Two runs on the same test rows, the second one with spoiled labels to learn from, and one on others."""
    write_csv(Path("test.csv"), messages(300, seed=5))
    write_csv(Path("good.csv"), messages(300, seed=6))
    write_csv(Path("poor.csv"), messages(300, seed=6, wrong=0.45))
    for name in ("good", "poor"):
        heptune("run", f"{name}.csv", "--test", "test.csv", "--method", "tfidf", "--out", f"runs/{name}")
    heptune("run", "good.csv", "--method", "tfidf", "--out", "runs/other")
    return [Path("runs", name) for name in ("good", "poor", "other")]


def test_a_run_ends_with_a_report_and_says_where_it_lies(data, heptune):
    outcome = heptune("run", data, "--method", "tfidf", "--out", "run")
    assert "report   run/report.html" in outcome.out
    page = Path("run/report.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert 'lang="en"' in page
    again = heptune("run", data, "--method", "tfidf", "--out", "run", "--format", "json").json
    assert again["report"] == str(Path("run/report.html"))


def test_a_run_that_stops_before_its_end_has_none(data, heptune):
    heptune("run", data, "--method", "tfidf", "--out", "run", "--stop-after", "6")
    assert not Path("run/report.html").exists()


def test_a_report_can_be_had_in_chinese_elsewhere_and_without_texts(data, heptune):
    heptune("run", data, "--method", "tfidf", "--out", "run")
    before = Path("run/report.html").read_bytes()
    outcome = heptune("report", "run", "--lang", "zh", "--out", "zh.html", "--no-texts")
    assert (outcome.code, outcome.out) == (0, "zh.html\n")
    assert "本报告不含数据中的文本" in Path("zh.html").read_text(encoding="utf-8")
    assert Path("run/report.html").read_bytes() == before
    assert heptune("report", "run").out == f"{Path('run/report.html')}\n"


def test_a_report_of_no_run_is_refused(workplace, heptune):
    outcome = heptune("report", "nowhere")
    assert outcome.code == 5
    assert "no finished run here" in outcome.err
    assert list(workplace.iterdir()) == []


def test_runs_are_compared_with_the_first_on_the_same_rows(runs, heptune):
    outcome = heptune("compare", *runs, "--format", "json")
    assert outcome.code == 0
    assert [run["name"] for run in outcome.json["runs"]] == ["good", "poor", "other"]
    poor = outcome.json["against_first"]["poor"]
    assert poor["evident"] is True
    assert poor["difference"]["high"] < 0
    accuracies = [run["accuracy"]["value"] for run in outcome.json["runs"]]
    assert outcome.json["apart"] == {"other": "it was tested on other rows"}
    if poor["metric"] == "accuracy":
        assert poor["difference"]["value"] == pytest.approx(accuracies[1] - accuracies[0])


def test_people_get_a_table_and_a_page(runs, heptune):
    outcome = heptune("compare", *runs[:2], "--out", "both.html")
    assert "poor: Worse than good by" in outcome.out
    assert outcome.out.endswith("both.html\n")
    assert "Worse than good" in Path("both.html").read_text(encoding="utf-8")


def test_one_run_alone_is_not_compared(runs, heptune):
    for named in ([runs[0]], [runs[0], runs[0]]):
        outcome = heptune("compare", *named, "--format", "json")
        assert (outcome.code, outcome.error["code"]) == (2, "too_few_runs")


def test_runs_whose_answers_are_gone_are_not_compared_row_by_row(runs, heptune):
    (runs[1] / "7_predictions.arrow").unlink()
    outcome = heptune("compare", *runs[:2], "--format", "json")
    assert outcome.code == 0
    assert outcome.json["apart"] == {"poor": "the answers to the test rows are no longer there"}


def test_a_report_without_texts_is_not_written_over_the_other(data, heptune):
    heptune("run", data, "--method", "tfidf", "--out", "run")
    assert heptune("report", "run", "--no-texts").out == f"{Path('run/report-without-texts.html')}\n"


def test_the_report_of_an_earlier_run_goes_where_a_later_one_stops_before_its_end(data, heptune):
    heptune("run", data, "--method", "tfidf", "--out", "run")
    heptune("run", data, "--method", "tfidf", "--out", "run", "--set", "dataset.seed=1", "--stop-after", "3")
    assert not Path("run/report.html").exists()


def test_a_requirement_of_the_calibration_error_has_a_report_too(data, heptune):
    outcome = heptune("run", data, "--method", "tfidf", "--out", "run", "--require", "ece <= 0.9")
    assert outcome.code in (0, 4)
    assert "calibration error (ECE)" in Path("run/report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("place", ["d.csv", "run/7_training.json", "page.pdf", ".", "", "mine.html"])
def test_a_page_is_written_over_nothing_but_a_page(data, heptune, place):
    heptune("run", data, "--method", "tfidf", "--out", "run")
    heptune("run", data, "--method", "tfidf", "--out", "other", "--set", "dataset.seed=1")
    Path("mine.html").write_text("<p>my own</p>")
    before = {path: path.read_bytes() for path in (Path("d.csv"), Path("run/7_training.json"), Path("mine.html"))}
    for command in (("report", "run"), ("compare", "run", "other")):
        assert heptune(*command, "--out", place).code == 2
    assert all(path.read_bytes() == content for path, content in before.items())


def test_answers_of_another_run_are_not_taken_for_those_of_this_one(runs, heptune):
    good, poor, _other = runs
    (poor / "7_predictions.arrow").write_bytes((good / "7_predictions.arrow").read_bytes())
    for command in (("report", poor), ("compare", good, poor)):
        assert heptune(*command).code == 3


def test_without_its_data_a_run_has_a_report_without_texts(data, heptune):
    heptune("run", data, "--method", "tfidf", "--out", "run")
    Path("run/dataset/test.arrow").write_bytes(b"junk")
    assert heptune("report", "run", "--out", "r.html").code == 0
