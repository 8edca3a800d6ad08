"""H307: texts with nothing in them, or next to nothing."""

import re
import unicodedata

import numpy as np

from heptune.checks.check import EXAMPLES_SHOWN, PASSED, Answer, Check, Found
from heptune.checks.rows import CheckedRows
from heptune.data.duplicates.folding import is_dense
from heptune.i18n import _

_VISIBLE = re.compile(r"\S")
# Long texts are not looked through for it.
LONGEST = 16


def find_empty_texts(rows: CheckedRows) -> Answer:
    """Count the rows without a text or a label, and those of a single letter, digit or mark."""
    near_empty = np.fromiter((says_next_to_nothing(text) for text in rows.each_text()), dtype=bool, count=len(rows))
    little = int(near_empty.sum())
    if not rows.left_out + little:
        return PASSED
    parts = (
        [_("{count:,} rows without a text or a label, which are left out", count=rows.left_out)]
        if rows.left_out
        else []
    )
    parts += [_("{count:,} texts of a single letter or mark", count=little)] if little else []
    return Found(
        count=rows.left_out + little,
        of=len(rows) + rows.left_out,
        summary=parts[0] if len(parts) == 1 else _("{one}; {other}", one=parts[0], other=parts[1]),
        remedy=_("Fill them in, or take them out."),
        examples=tuple(rows.example(np.array([row])) for row in np.flatnonzero(near_empty)[:EXAMPLES_SHOWN]),
    )


def says_next_to_nothing(text: str) -> bool:
    """Return whether there is a single visible character, and neither an emoji nor one that is a word by itself."""
    if len(text) > LONGEST:
        return False
    visible = _VISIBLE.findall(text)
    return len(visible) <= 1 and not is_dense(text.strip()) and not any(map(_is_picture, visible))


def _is_picture(character: str) -> bool:
    return unicodedata.category(character) in ("So", "Sk")


CHECK = Check("H307", "empty_texts", "note", find_empty_texts)
