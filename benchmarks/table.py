"""What the benchmarks share: each run is a process of its own, and each row goes to its file as soon as it is there."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Table:
    """A table of results; the first column names a row, the last one is filled in here.

    Attributes:
        name: Of its file, to which the kind of CPU is added.
        title: Its heading.
        notes: The lines between heading and table.
        columns: Their names, without the last.
    """

    name: str
    title: str
    notes: tuple[str, ...]
    columns: tuple[str, ...]

    @property
    def head(self) -> str:
        """The two lines above the rows."""
        columns = [*self.columns, "measured"]
        return table_line(columns) + "\n" + "|---" * len(columns) + "|"


@dataclass(frozen=True)
class Job:
    """One row: its name, and what measures its other cells."""

    name: str
    measure: Callable[[], Sequence[str]]


@dataclass(frozen=True)
class Run:
    """A run that ended well: its folder, and what `--format json` printed."""

    folder: Path
    printed: dict[str, Any]


def run_jobs(table: Table, jobs: Iterable[Job], only: Sequence[str]) -> None:
    """Measure the jobs whose names begin with one of `only` (all where it is empty) and merge their rows.

    A job that fails is told and leaves its row as it was; the others are done all the same.

    Raises:
        SystemExit: a job failed.
    """
    kind = cpu_class()
    failed = []
    for job in jobs:
        if only and not job.name.startswith(tuple(only)):
            continue
        try:
            cells = [job.name, *job.measure(), measured()]
        except subprocess.CalledProcessError as error:
            print(f"{error}\n{error.stdout}{error.stderr}", file=sys.stderr)
            failed.append(job.name)
            continue
        print(table_line(cells), flush=True)
        merge_row(RESULTS / f"{table.name}-{kind}.md", table, kind, cells)
    if failed:
        raise SystemExit(f"failed: {', '.join(failed)}")


@contextmanager
def finished_run(*arguments: object) -> Iterator[Run]:
    """Call `heptune run` as a user would, and give its folder until the end of the block.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "run")
        command = [sys.executable, "-m", "heptune", "run", *map(str, arguments), "--out", str(folder)]
        environment = os.environ | {"XDG_STATE_HOME": place}
        done = subprocess.run(
            [*command, "--format", "json"], capture_output=True, text=True, check=True, env=environment
        )
        yield Run(folder, json.loads(done.stdout))


def merge_row(path: Path, table: Table, kind: str, cells: Sequence[str]) -> None:
    """Put a row in the place of the one with the same name, or below all others.

    Raises:
        SystemExit: the file has other columns.
    """
    rows = _merged(_read_rows(path, table), [cells])
    _write(path, [f"# {table.title}, {kind.upper()} class", "", *table.notes, "", table.head, *rows])


def merge_page(path: Path, top: Sequence[str], tables: Mapping[Table, Sequence[Sequence[str]]]) -> None:
    """Put rows into a file of several tables, as `merge_row` does; tables without a row are left out.

    Args:
        path: The file.
        top: The lines above all tables.
        tables: New rows, by table, in the order of the file; no two tables have the same columns.

    Raises:
        SystemExit: a table of the file has other columns.
    """
    lines = list(top)
    for table, cells in tables.items():
        rows = _merged(_read_section(path, table), cells)
        if rows:
            lines += ["", f"## {table.title}", "", *table.notes, "", table.head, *rows]
    _write(path, lines)


def cpu_class() -> str:
    """Return the kind of CPU: `amx` has bf16 in tiles, `avx512` in vectors, `avx2` none."""
    import torch

    units = torch.cpu.get_capabilities()
    if units.get("amx_bf16"):
        return "amx"
    return "avx512" if units.get("avx512_bf16") else "avx2"


def measured() -> str:
    """Return when and with what: rows of one table may have been measured at different times."""
    import torch

    return f"{date.today()}, {torch.get_num_threads()} of {os.cpu_count()} cores, torch {torch.__version__}"


def table_line(cells: Sequence[str]) -> str:
    """Return a row as Markdown has it."""
    return f"| {' | '.join(cells)} |"


def _read_section(path: Path, table: Table) -> dict[str, str]:
    begun = path.exists() and f"## {table.title}\n" in path.read_text(encoding="utf-8")
    return _read_rows(path, table) if begun else {}


def _read_rows(path: Path, table: Table) -> dict[str, str]:
    if not path.exists():
        return {}
    _before, head, rows = path.read_text(encoding="utf-8").partition(table.head + "\n")
    if not head:
        raise SystemExit(f"{path} has other columns; move it away to begin anew")
    lines = takewhile(lambda line: line.startswith("|"), rows.splitlines())
    return {line.split(" | ")[0].removeprefix("| "): line for line in lines}


def _merged(rows: Mapping[str, str], cells: Iterable[Sequence[str]]) -> list[str]:
    return list((dict(rows) | {row[0]: table_line(row) for row in cells}).values())


def _write(path: Path, lines: Iterable[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
