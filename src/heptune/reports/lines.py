"""Sentences on a terminal or in plain lines."""

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

# Longest sentence in characters; what is longer is cut.
LINE_WIDTH = 1_000


def print_line(console: Console, line: Text, *, indent: int = 0) -> None:
    """Print one line: wrapped on a terminal, elsewhere as it is, for grep and the like."""
    if console.is_terminal:
        console.print(Padding(line, (0, 0, 0, indent), expand=False))
    else:
        console.print(Text(" " * indent) + line, soft_wrap=True)
