"""Texts that a spreadsheet shows as they are, and does not compute.

A cell that begins like a formula is computed when a CSV file is opened, whoever wrote it. An apostrophe before it makes
it a text. Source: OWASP, "CSV injection".
"""

import re

# Full-width ones are formulas where Excel speaks Chinese or Japanese.
_LIKE_A_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
# What XML, and so a workbook, cannot hold.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# A cell holds 32,767 characters.
LONGEST = 32_000


def defused(text: str) -> str:
    """Put an apostrophe before what would be computed; before what begins with apostrophes and such a sign too."""
    return f"'{text}" if _LIKE_A_FORMULA.match(text) else text


def restored(cell: str) -> str:
    """Undo `defused`."""
    return cell[1:] if cell.startswith("'") and _LIKE_A_FORMULA.match(cell) else cell


def fitting(text: str) -> str:
    """Return what a cell can hold of a text."""
    return _CONTROL.sub("\ufffd", text[:LONGEST])


def is_same(text: str, cell: str) -> bool:
    """Return whether a cell, saved again by a spreadsheet, still holds a text, defused or as it is.

    White space may have become other white space, a number may be written otherwise, and so may TRUE and FALSE.
    """
    wanted = _folded(fitting(text))
    held = {_folded(cell), _folded(restored(cell))}
    return wanted in held or (_number(wanted) is not None and _number(wanted) in map(_number, held))


def _folded(text: str) -> str:
    folded = " ".join(text.split())
    return folded.upper() if folded.upper() in ("TRUE", "FALSE") else folded


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
