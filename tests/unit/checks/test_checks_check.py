"""What every check keeps to: one answer for each, whatever the rows."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from rows_to_check import rows_of

from heptune.checks import h601_label_noise
from heptune.checks.check import PASSED, Check, Found, NotApplicable, Skipped
from heptune.checks.codes import NAMES, check_codes
from heptune.checks.data_checks import DATA_CHECKS
from heptune.errors import UsageError
from heptune.i18n import _
from heptune.schemas.finding import Example, Finding

ROOT = Path(__file__).parents[3]
CHECKS = [pytest.param(check, id=check.name) for check in DATA_CHECKS]


def clean_rows(count):
    """Rows of invented words, in no order, of two labels that nothing tells apart."""
    generator = np.random.default_rng(0)
    words = ["".join(generator.choice(list("aeiounrstlm"), size=generator.integers(2, 9))) for _ in range(200)]
    texts = [" ".join(generator.choice(words, size=generator.integers(4, 12))) for _ in range(count)]
    return list(zip(texts, generator.choice(["good", "bad"], size=count).tolist(), strict=True))


@pytest.mark.parametrize("check", [*CHECKS, pytest.param(h601_label_noise.CHECK, id="label_noise")])
@pytest.mark.parametrize(
    "rows",
    [
        rows_of([("a", "x"), ("b", "y")]),
        rows_of([("好", "好评"), ("差", "差评")], [("好", "好评")]),
        rows_of([("!", "x")] * 3 + [("?", "y")]),
        rows_of([("same", "x"), ("same", "y")] * 200),
        rows_of([("\u200b🙂", "x"), ("é" * 100_000, "y")], [("🙂", "x")]),
    ],
    ids=["two", "chinese", "marks", "torn", "strange"],
)
def test_every_check_answers_whatever_the_rows(check, rows):
    finding = check.finding(rows)
    assert (finding.code, finding.name) in NAMES.items()
    assert (finding.outcome == "found") == (finding.count > 0)
    assert (finding.remedy is not None) == (finding.outcome == "found")
    assert finding.share is None or 0 < finding.share <= 1
    assert len(finding.examples) <= 5
    assert Finding.model_validate(finding.model_dump(mode="json")) == finding


@pytest.mark.parametrize("check", CHECKS)
def test_nothing_is_found_in_clean_rows(check):
    assert check.finding(rows_of(clean_rows(200), [("something new", "good")])).outcome == "passed"


@pytest.mark.parametrize("check", CHECKS)
def test_a_muted_check_is_not_made(check):
    assert Check(check.code, check.name, check.severity, look=None).finding(None, [check.code]).outcome == "muted"


def test_codes_and_names_are_in_order_and_those_of_the_checks():
    assert list(NAMES) == sorted(NAMES)
    assert [(check.code, check.name) for check in DATA_CHECKS] == [item for item in NAMES.items() if item[0] < "H4"]


@pytest.mark.parametrize(("code", "name"), NAMES.items())
def test_each_check_has_a_file_a_test_file_and_a_page(code, name):
    assert (ROOT / f"src/heptune/checks/{code.lower()}_{name}.py").is_file()
    assert (ROOT / f"tests/unit/checks/test_checks_{code.lower()}_{name}.py").is_file()
    page = (ROOT / f"docs/checks/{code}.md").read_text(encoding="utf-8")
    assert page.startswith(f"# {code} {name}\n")
    assert f"| [{code}]({code}.md) | `{name}` |" in (ROOT / "docs/checks/README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [(PASSED, "passed"), (NotApplicable(_("no rows")), "not_applicable"), (Skipped(_("no rows")), "skipped")],
)
def test_an_answer_without_a_finding_says_why(answer, outcome):
    finding = Check("H301", "duplicates", "note", lambda _rows: answer).finding(SimpleNamespace())
    assert (finding.outcome, finding.count, finding.remedy) == (outcome, 0, None)
    assert finding.summary == (None if outcome == "passed" else "no rows")


def test_a_finding_has_a_share_where_rows_are_counted_and_few_examples():
    found = Found(3, _("three"), _("do"), tuple(Example(text=str(n)) for n in range(9)), of=12)
    finding = Check("H301", "duplicates", "note", lambda _rows: found).finding(SimpleNamespace())
    assert (finding.count, finding.share, len(finding.examples)) == (3, 0.25, 5)


def test_an_unknown_code_is_refused_with_all_that_there_are():
    check_codes(list(NAMES))
    with pytest.raises(UsageError) as caught:
        check_codes(["H301", "H999", "duplicates"])
    assert caught.value.found == "H999, duplicates"
    assert "H304 (near_duplicates)" in caught.value.expected


def test_an_example_names_file_and_line_and_shows_one_short_line():
    rows = rows_of([("a\n b" + "c" * 500, "x"), ("d", "y")], [("e", "x")])
    example = rows.example([0, 2])
    assert [(place.part, place.file, place.position) for place in example.rows] == [
        ("train", "train.csv", 2),
        ("test", "test.csv", 2),
    ]
    assert example.text.startswith("a bccc")
    assert len(example.text) == 160
