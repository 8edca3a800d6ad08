"""The physical lines of a text file, in bounded memory."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from heptune.data.encodings import find_undecodable_byte, open_text, undecodable_error
from heptune.data.readers.faults import FaultLog
from heptune.i18n import _

# Characters. A line beyond this is no row of text but a file whose line ends are broken.
MAXIMUM_LINE = 10 * 2**20
# What `surrogateescape` makes of a byte that the encoding does not allow.
_UNDECODABLE = re.compile("[\udc80-\udcff]")
LINE_ENDS = ("\n", "\r")


def read_lines(path: Path, encoding: str, faults: FaultLog) -> Iterator[str]:
    """Yield each line with its line end; a line that cannot be used becomes a fault and comes as an empty line.

    Raises:
        InvalidInputError: bytes that the encoding does not allow.
    """
    with open_text(path, encoding, keep_undecodable=True) as stream:
        pieces = iter(partial(stream.readline, MAXIMUM_LINE), "")
        for number, line in enumerate(pieces, start=1):
            if len(line) == MAXIMUM_LINE and not line.endswith(LINE_ENDS):
                _skip_rest_of_line(pieces)
                message = _("longer than {limit} characters", limit=MAXIMUM_LINE)
                faults.add_line(number, message, remedy=_("end each row with a line end, or shorten its text"))
                yield "\n"
            elif "\0" in line:
                message = _("holds a zero byte, which no text has")
                faults.add_line(number, message, remedy=_("write the file again as text, or take the zero bytes out"))
                yield "\n"
            elif not line.isascii() and _UNDECODABLE.search(line):
                if not faults.keeps_undecodable:
                    raise undecodable_error(path, encoding, find_undecodable_byte(path, encoding))
                faults.add_line(number, _("holds bytes that are no {encoding}", encoding=encoding))
                yield "\n"
            else:
                yield line


def _skip_rest_of_line(pieces: Iterator[str]) -> None:
    for piece in pieces:
        if piece.endswith(LINE_ENDS):
            return
