"""The report: every figure is that of the run, nothing foreign becomes markup, nothing is loaded."""

import base64
import csv
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pyarrow as pa
import pytest
from finished_run import LABELS, finish_run
from hostile_strings import HOSTILE, spoiled

from heptune.i18n import _, in_language
from heptune.reports.page.charts.chart import Curve, Dot, shortened
from heptune.reports.page.charts.history import history
from heptune.reports.page.charts.risk_coverage import risk_coverage
from heptune.reports.page.charts.score_bars import score_bars
from heptune.reports.page.run_page import report_html, write_report
from heptune.schemas.failures import Slice
from heptune.schemas.score import Score
from heptune.schemas.training import EpochRecord

BENIGN = [f"name{number}" for number in range(LABELS)]


class Elements(HTMLParser):
    """All elements with the names of their attributes, in order, and the texts between them."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.texts, self.attributes = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, tuple(sorted(name for name, _value in attrs))))
        self.attributes += attrs

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_data(self, data):
        self.texts.append(data)


@pytest.fixture(scope="module")
def facts(tmp_path_factory):
    return finish_run(tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def page(facts):
    return report_html(facts, include_texts=True)


def words(page):
    return " ".join("".join(Elements(page).texts).split())


def test_scores_counts_and_verdict_are_those_of_the_saved_predictions(facts, page):
    with pa.memory_map(str(facts.conclusion.folder / "7_predictions.arrow")) as source:
        rows = [row for row in pa.ipc.open_file(source).read_all().to_pylist() if row["split"] == "test"]
    hits = sum(int(np.argmax(row["model"])) == row["label"] for row in rows)
    share, n, z = hits / len(rows), len(rows), 1.959963984540054
    middle, spread = share + z * z / 2 / n, z * np.sqrt(share * (1 - share) / n + z * z / 4 / n / n)
    low, high = (middle - spread) / (1 + z * z / n), (middle + spread) / (1 + z * z / n)
    said = words(page)
    assert f"Of {n:,} test rows, which it had not seen, it answered {share:.1%} rightly." in said
    assert f"expect between {low:.1%} and {high:.1%}" in said
    assert low > 0.5
    assert "accuracy >= 0.5: met" in said
    assert ("section", ("class",)) in Elements(page).elements
    assert 'class="verdict met"' in page


def test_every_label_stands_in_it_in_full_and_the_page_is_small(facts, page):
    said = words(page)
    assert all(label in said for label in facts.dataset.label_names)
    assert len(page.encode()) < 300_000


def test_the_policy_allows_the_style_sheet_and_nothing_else(page):
    (policy,) = [value for name, value in Elements(page).attributes if name == "content" and "default-src" in value]
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL).group(1)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert "url(" not in style
    assert "@import" not in style


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_nothing_is_loaded_and_nothing_runs(facts, lang):
    with in_language(lang):
        found = Elements(report_html(facts, include_texts=True))
    assert not {"script", "img", "link", "iframe", "object", "embed", "base", "form"} & {
        tag for tag, _ in found.elements
    }
    names = {name for name, _value in found.attributes}
    assert not any(name.startswith("on") or name in ("style", "src", "action") for name in names)
    assert all(value.startswith("#") for name, value in found.attributes if name == "href")


@pytest.mark.parametrize("start", range(0, len(HOSTILE), LABELS))
def test_foreign_strings_are_texts_and_nothing_else(facts, start):
    strings = HOSTILE[start : start + LABELS]
    wanted = Elements(report_html(spoiled(facts, BENIGN), include_texts=True))
    got = Elements(report_html(spoiled(facts, strings), include_texts=True))
    assert got.elements == wanted.elements
    benign = {value for _name, value in wanted.attributes}
    assert {value for _name, value in got.attributes} == benign


def test_what_hides_or_turns_text_around_is_made_visible(facts):
    strings = ["a\u202eb", "c\u200bd", "e\x00f", *BENIGN[3:]]
    said = words(report_html(spoiled(facts, strings), include_texts=True))
    assert "a�b" in said
    assert "c�d" in said
    assert not {"\u202e", "\u200b", "\x00"} & set(said)


def test_texts_of_the_data_can_be_left_out(facts, page):
    first = facts.mistake_texts[0]
    assert first in words(page)
    assert "This report holds texts of the data." in words(page)
    without = words(report_html(facts, include_texts=False))
    assert "This report holds no text of the data." in without
    assert not any(text in without for text in facts.mistake_texts)
    examples = [one.text for finding in facts.conclusion.findings for one in finding.examples]
    assert examples
    assert not any(text in without for text in examples)


def test_it_speaks_chinese(facts):
    with in_language("zh"):
        page = report_html(facts, include_texts=True)
    assert '<html lang="zh-CN">' in page
    assert "接下来标什么" in page
    assert "What to label next" not in page


def test_above_twenty_labels_there_are_the_largest_confusions_and_files_beside_it(tmp_path):
    facts = finish_run(tmp_path, labels=25)
    write_report(facts, tmp_path / "r.html", include_texts=False)
    with (tmp_path / "r-confusions.csv").open(encoding="utf-8-sig", newline="") as file:
        pairs = list(csv.DictReader(file))
    names = facts.dataset.label_names
    confusion = np.array(facts.result.test.confusion)
    assert sum(int(pair["rows"]) for pair in pairs) == confusion.sum() - np.trace(confusion)
    for pair in pairs:
        assert int(pair["rows"]) == confusion[names.index(pair["label"]), names.index(pair["answered"])]
    with (tmp_path / "r-classes.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["label"] for row in rows] == list(names)
    for row, scores in zip(rows, facts.result.test.per_class, strict=True):
        assert row["too_few"] == str(int(scores.too_few))
        assert [row[f"recall{end}"] for end in ("", "_low", "_high")] == [
            "" if value is None else str(round(value, 4))
            for value in (scores.recall.value, scores.recall.low, scores.recall.high)
        ]
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert 'id="confusion-title"' not in page
    assert "r-confusions.csv" in page


def test_the_curve_of_the_surest_ends_at_the_accuracy(facts):
    answers = facts.answers
    chart = risk_coverage(answers.scores, answers.right, None)
    assert chart.rows[-1][:2] == ("100%", f"{answers.right.mean():.1%}")
    surest = answers.right[np.argsort(-answers.scores, kind="stable")]
    share, value, _interval = chart.rows[9]
    count = round(len(surest) * float(share.rstrip("%")) / 100)
    assert value == f"{surest[:count].mean():.1%}"


def test_the_curve_of_very_few_rows_can_be_drawn():
    chart = risk_coverage(np.array([0.9, 0.8, 0.7]), np.array([True, False, True]), 0.5)
    assert [row[:2] for row in chart.rows] == [("100%", "66.7%")]


@pytest.mark.parametrize(
    "scores",
    [
        {"a": Score(value=1.0, low=0.9, high=1.0), "b": Score(value=0.0, low=0.0, high=0.1)},
        {"a": Score(value=0.5)},
        {"a": Score(value=1.0)},
        {"a": Score(value=0.0)},
    ],
)
def test_scores_of_any_height_lie_inside_the_frame(scores):
    chart = score_bars("accuracy", "Accuracy", scores)
    assert all(100 < shape.x < 420 for shape in chart.shapes if isinstance(shape, Dot))


@pytest.mark.parametrize("epochs", [1, 2, 40])
def test_any_number_of_epochs_can_be_drawn(epochs):
    records = [
        EpochRecord(epoch=n, training_loss=1.0 / n, validation={"log_loss": 0.5, "accuracy": 0.8}, seconds=1.0)
        for n in range(1, epochs + 1)
    ]
    chart = history(records, best=1)
    curves = [shape for shape in chart.shapes if isinstance(shape, Curve)]
    assert [len(curve.points) for curve in curves] == [epochs, epochs]
    assert all(0 <= x <= 420 and 0 <= y <= chart.height for curve in curves for x, y in curve.points)
    assert len(chart.rows) == epochs


def test_epochs_without_validation_rows_have_one_curve():
    records = [EpochRecord(epoch=1, training_loss=0.0, validation={}, seconds=1.0)]
    chart = history(records, best=1)
    assert len([shape for shape in chart.shapes if isinstance(shape, Curve)]) == 1


def test_names_are_shortened_by_the_room_they_take():
    assert shortened("negative", 8) == "negative"
    assert shortened("a long name", 6) == "a long…"
    assert shortened("退款与投诉", 6) == "退款与…"


def test_a_run_without_kept_predictions_has_a_report_without_that_curve(facts):
    nothing = replace(facts.answers, truth=np.empty(0, int), predicted=np.empty(0, int), scores=np.empty(0))
    page = report_html(replace(facts, answers=nothing, mistake_texts=()), include_texts=False)
    assert 'id="risk-coverage-title"' not in page


def with_slice(facts, value):
    """A group of rows with a value of a column, on which the accuracy is another than on the others."""
    one = Slice(
        kind="column",
        name=_("rows with {column} {value}", column="customer", value=value),
        rows=50,
        accuracy=Score(value=0.2, low=0.1, high=0.3),
        rest=Score(value=0.9, low=0.8, high=0.95),
        p_value=0.001,
    )
    result = facts.result.model_copy(update={"slices": (one,)})
    return replace(facts, conclusion=replace(facts.conclusion, result=result))


def test_values_of_columns_are_texts_of_the_data_too(facts):
    sliced = with_slice(facts, "Jane Doe")
    assert "Rows with customer Jane Doe" in words(report_html(sliced, include_texts=True))
    without = words(report_html(sliced, include_texts=False))
    assert "Jane Doe" not in without
    assert "Rows with one value of customer (50 rows): 20.0% [10.0%, 30.0%] right, beside 90.0% [80.0%" in without


@pytest.mark.parametrize(("metric", "name"), [("log_loss", "log loss"), ("ece", "calibration error (ECE)")])
def test_metrics_that_are_no_shares_are_written_as_figures(facts, metric, name):
    plan = facts.plan.model_copy(update={"primary_metric": metric})
    said = words(report_html(replace(facts, plan=plan), include_texts=False))
    score = facts.result.test.score(metric)
    assert f"{score.value:.3f} {name}" in said


def test_checks_that_were_not_made_or_found_nothing_are_named(facts):
    said = words(report_html(facts, include_texts=False))
    assert "passed: H302" in said or "not applicable: H302" in said
    assert "H301" in said


def test_classes_without_test_rows_are_not_said_to_be_weak(facts):
    first, *others = facts.result.test.per_class
    nothing = Score(value=0.0)
    first = first.model_copy(update={"support": 0, "precision": nothing, "recall": nothing, "f1": nothing})
    test = facts.result.test.model_copy(update={"per_class": (first, *others)})
    result = facts.result.model_copy(update={"test": test})
    said = words(report_html(replace(facts, conclusion=replace(facts.conclusion, result=result)), include_texts=False))
    assert f"Not tested, as no row to test on has this label: {first.label}" in said
    assert f"{first.label}: F1" not in said
