"""Draw coloured terminal output as SVG.

FORCE_COLOR=1 TERM=xterm heptune show runs/quickstart | python docs/make_picture.py > docs/images/quickstart.svg
"""

import io
import re
import sys

from rich.console import Console
from rich.text import Text

COLUMNS = 120
# A picture in a README may not load fonts; the reader's own monospaced one has to do.
FOREIGN_FONT = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)

if __name__ == "__main__":
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, highlight=False)
    console.print(Text.from_ansi(sys.stdin.read().rstrip()))
    svg = console.export_svg(title="heptune show runs/quickstart", unique_id="heptune")
    sys.stdout.write(FOREIGN_FONT.sub("", svg))
