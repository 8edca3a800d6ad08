"""Rows that a user wants on one side, and test rows that come after those to learn from."""

import csv

import pytest
from three_steps import prepare

from heptune.errors import HeptuneError

WORDS = (
    "river",
    "stone",
    "cloud",
    "letter",
    "garden",
    "window",
    "paper",
    "bridge",
    "winter",
    "copper",
    "silver",
    "meadow",
)


def texts(count):
    return [f"{WORDS[n % 12]} {WORDS[n // 12 % 12]} {WORDS[(7 * n + n // 144) % 12]} {n}" for n in range(count)]


def write(path, header, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


@pytest.fixture
def tickets(tmp_path):
    """300 tickets of 60 customers, the last five of nobody, in the order of days."""
    rows = [
        (text, "ab"[n % 2], f"C{n * 7 % 60}" if n < 295 else "", f"2026-{1 + n // 28:02d}-{1 + n % 28:02d}")
        for n, text in enumerate(texts(300))
    ]
    return write(tmp_path / "tickets.csv", ("text", "label", "customer", "day"), rows)


def split_of(prepared):
    return {text: name for name in prepared.dataset.splits for text, _label in prepared.pairs(name)}


def test_no_customer_stands_on_two_sides(tmp_path, tickets):
    prepared = prepare(tmp_path / "run", tickets, group_by="customer")
    where = split_of(prepared)
    with tickets.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    sides = {}
    for row in rows:
        if row["customer"]:
            sides.setdefault(row["customer"], set()).add(where[row["text"]])
    assert len(sides) == 60
    assert all(len(names) == 1 for names in sides.values())
    assert len(where) == 300
    assert 50 <= prepared.dataset.splits["test"].rows <= 60
    assert len({where[row["text"]] for row in rows}) == 4


def test_test_rows_are_later_than_all_others(tmp_path, tickets):
    prepared = prepare(tmp_path / "run", tickets, time="day")
    where = split_of(prepared)
    with tickets.open(encoding="utf-8", newline="") as file:
        days = [(row["day"], where[row["text"]]) for row in csv.DictReader(file)]
    tested = [day for day, name in days if name == "test"]
    assert len(tested) == 60
    assert min(tested) > max(day for day, name in days if name != "test")
    assert prepared.dataset.split_rules[0] == "test the latest 60 rows by day"


def test_rows_of_one_day_stay_together(tmp_path):
    rows = [(text, "ab"[n % 2], "2026-01-01" if n < 50 else "2026-01-02") for n, text in enumerate(texts(100))]
    path = write(tmp_path / "d.csv", ("text", "label", "day"), rows)
    assert prepare(tmp_path / "run", path, time="day", test_share=0.6).dataset.splits["test"].rows == 50
    assert prepare(tmp_path / "other", path, time="day", test_share=0.3).dataset.splits["test"].rows == 0


def refused(folder, path, **settings):
    with pytest.raises(HeptuneError) as caught:
        prepare(folder, path, **settings)
    return caught.value


def test_what_is_no_point_in_time_is_named_by_line(tmp_path):
    path = write(
        tmp_path / "d.csv", ("text", "label", "day"), [("a", "x", "2026-01-01"), ("b", "y", "soon"), ("c", "x", "")]
    )
    error = refused(tmp_path / "run", path, time="day")
    assert (error.code, error.exit_code) == ("bad_time", 3)
    assert [(fault.where, fault.message) for fault in error.faults] == [("d.csv:3", "'soon'"), ("d.csv:4", "''")]


@pytest.mark.parametrize("setting", ["group_by", "time"])
def test_a_column_that_there_is_not_is_refused_with_the_nearest(tmp_path, tickets, setting):
    error = refused(tmp_path / "run", tickets, **{setting: "custommer" if setting == "group_by" else "days"})
    assert error.code == "missing_column"
    assert f"dataset.{setting}=COLUMN" in error.remedy


def test_copies_stay_with_their_group(tmp_path):
    rows = [(text, "ab"[n % 2], str(n)) for n, text in enumerate(texts(60))]
    rows += [(rows[n][0].upper(), rows[n][1], str(n + 1_000)) for n in range(30)]
    path = write(tmp_path / "d.csv", ("text", "label", "customer"), rows)
    where = split_of(prepare(tmp_path / "run", path, group_by="customer"))
    assert all(where[rows[n][0]] == where[rows[n][0].upper()] for n in range(30))
