"""A finished run of many labels, with mistakes and findings in it."""

from pathlib import Path

from made_up_data import write_csv

from heptune.api import run
from heptune.reports.page.facts import RunFacts, gather_facts

LABELS = 20
_WORDS = ("river", "stone", "cloud", "letter", "garden", "window", "paper", "bridge", "winter", "copper")


def rows_of_many_labels(labels: int = LABELS, rows: int = 30) -> list[tuple[str, str]]:
    """Return rows of which a tenth has the next label, and some that come twice."""
    made = []
    for label in range(labels):
        for number in range(rows):
            text = f"topic{label} {_WORDS[number % 10]} {_WORDS[number // 10]} note{number}"
            made.append((text, f"label {(label + (number % 10 == 9)) % labels}"))
    return made + [(text.upper(), label) for text, label in made[:5]]


def finish_run(folder: Path, *, labels: int = LABELS) -> RunFacts:
    """Run tfidf on such rows, and return what a page tells of it."""
    data = write_csv(folder / "data.csv", rows_of_many_labels(labels))
    done = run(data, out=folder / "run", sources={"method": "tfidf"}, goal={"require": "accuracy >= 0.5"})
    facts = gather_facts(done.folder)
    assert facts is not None
    return facts
