"""Sentences on a terminal or in plain lines, and the figures in them."""

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from heptune.schemas.score import Score

# Longest sentence in characters; what is longer is cut.
LINE_WIDTH = 1_000


def share_with_interval(score: Score) -> str:
    """Return a share and its interval in percent; the share alone where it has none."""
    if score.low is None or score.high is None:
        return f"{score.value:.1%}"
    return f"{score.value:.1%} [{score.low:.1%}, {score.high:.1%}]"


def print_line(console: Console, line: Text, *, indent: int = 0) -> None:
    """Print one line: wrapped on a terminal, elsewhere as it is, for grep and the like."""
    if console.is_terminal:
        console.print(Padding(line, (0, 0, 0, indent), expand=False))
    else:
        console.print(Text(" " * indent) + line, soft_wrap=True)
