"""The tables of a run on a terminal."""

from rich import box
from rich.table import Table
from rich.text import Text

from heptune.i18n import _
from heptune.schemas.dataset import DatasetSplits
from heptune.schemas.score import Score
from heptune.schemas.scores import TestScores
from heptune.schemas.tokens import TokenizedDataset
from heptune.schemas.training import RunResult

CLASSES_SHOWN = 20
TEXT_WIDTH = 72


def visible(text: str) -> str:
    """Return a foreign text without characters that steer a terminal: each shows as �, white space as a space."""
    return "".join(
        character if character.isprintable() or character == "\n" else " " if character.isspace() else "�"
        for character in text
    )


def plain(text: str, width: int = TEXT_WIDTH) -> Text:
    """Return a foreign text for the terminal: on one line, its control characters made visible, cut to `width`."""
    shown = Text(" ".join(visible(text).split()))
    shown.truncate(width, overflow="ellipsis")
    return shown


def preview_table(dataset: DatasetSplits) -> Table:
    """Return the first training rows."""
    table = _table(_("row"), _("text"), _("label"), right=(0,))
    for row in dataset.preview:
        table.add_row(str(row.position), plain(row.text), plain(row.label, 24))
    return table


def label_table(dataset: DatasetSplits) -> Table:
    """Return how many rows of each class are in each split."""
    splits = dataset.titled_splits
    table = _table(_("class"), *splits, right=range(1, 1 + len(splits)))
    for index, label in enumerate(dataset.labels[:CLASSES_SHOWN]):
        name = label.name if label.name == label.identifier else f"{label.identifier} {label.name}"
        table.add_row(plain(name, 40), *(f"{split.by_label[index]:,}" for split in splits.values()))
    if len(dataset.labels) > CLASSES_SHOWN:
        table.add_row(_("… {count} more", count=len(dataset.labels) - CLASSES_SHOWN))
    return table


def unit_of(tokens: TokenizedDataset) -> str:
    """Return the name of what is counted."""
    return _("tokens") if tokens.unit == "tokens" else _("words")


def token_table(tokens: TokenizedDataset) -> Table:
    """Return how the first texts are cut into tokens."""
    table = _table(_("text"), unit_of(tokens))
    for row in tokens.preview:
        table.add_row(plain(row.text, 40), plain(" ".join(row.tokens), 60))
    return table


def score_table(result: RunResult) -> Table:
    """Return the scores of the model and of the baselines side by side, with their intervals."""
    others = {name: scores for name, scores in result.baselines.items() if not result.is_itself(name)}
    columns = {_("this model"): result.test, **others}
    rows = _("{n:,} rows", n=result.test.n) if result.cross_validation else _("{n:,} test rows", n=result.test.n)
    table = _table(rows, *columns)
    for metric in ("accuracy", "macro_f1", "log_loss", "ece"):
        # More than three intervals side by side are too wide for most terminals.
        cells = [_cell(scores.score(metric), below=len(columns) > 3) for scores in columns.values()]
        table.add_row(metric, *cells)
    return table


def class_table(test: TestScores) -> Table:
    """Return precision, recall and F1 of each class."""
    table = _table(_("class"), _("rows"), _("precision"), _("recall"), "F1", right=(1,))
    for scores in test.per_class[:CLASSES_SHOWN]:
        few = " *" if scores.too_few else ""
        table.add_row(
            plain(scores.label, 40),
            f"{scores.support:,}{few}",
            _cell(scores.precision),
            _cell(scores.recall),
            _cell(scores.f1),
        )
    if len(test.per_class) > CLASSES_SHOWN:
        table.add_row(_("… {count} more", count=len(test.per_class) - CLASSES_SHOWN))
    if any(scores.too_few for scores in test.per_class):
        table.caption = _("* too few rows to judge this class")
    return table


def _cell(score: Score, *, below: bool = False) -> Text:
    """Return a score with its interval behind it, or below it."""
    if score.low is None or score.high is None:
        return Text(f"{score.value:.3f}")
    interval = f"[{score.low:.3f}, {score.high:.3f}]"
    return Text.assemble(f"{score.value:.3f}", ("\n" if below else " "), (interval, "dim"))


def _table(*columns: str, right: "range | tuple[int, ...]" = ()) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold", caption_justify="left")
    for index, column in enumerate(columns):
        table.add_column(plain(column, 40), justify="right" if index in right else "left", overflow="fold")
    return table
