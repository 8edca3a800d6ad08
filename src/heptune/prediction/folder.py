"""From files to a folder with answers, in files of equal size, with which a job that was killed goes on."""

from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

from heptune.errors import InvalidInputError, UsageError
from heptune.i18n import _
from heptune.prediction.rows import Rows
from heptune.prediction.source import Files
from heptune.prediction.task import Progress, Task, no_effect_of_spreadsheet_safe, rows_from
from heptune.prediction.writers.open_writer import NESTED_FORMATS, opened_writer
from heptune.schemas.data_files import FORMATS, Format, format_of
from heptune.schemas.prediction import PredictionJob, PredictionReport, Shard
from heptune.storage.artifacts import MANIFEST, atomic_file, make_folder, sha256_of_file, write_text
from heptune.storage.foreign import foreign_content
from heptune.storage.leftovers import remove_leftovers
from heptune.storage.locks import HOLDER_FILE, LOCK_FILE, locked

JOB_FILE = "_job.json"
SHARD_ROWS = 50_000


def predict_to_folder(task: Task, out: Path) -> PredictionReport:
    """Write a folder of files with the same number of rows each; what an earlier call has written is kept.

    Raises:
        UsageError: other things are there, the rows come from standard input, or a setting has no effect.
        InvalidInputError: the folder is of another job.
        RunFolderInUseError: another process writes there.
        ResourceError: it cannot be written.
    """
    if not isinstance(task.source, Files):
        raise UsageError(
            _("Rows of standard input cannot be read again after a stop."),
            code="no_way_back",
            where=str(out),
            remedy=_("Name a file to read, or a file to write."),
        )
    file_format = _shard_format(task.source)
    if task.spreadsheet_safe and file_format not in ("csv", "tsv"):
        raise no_effect_of_spreadsheet_safe(out)
    if found := foreign_content(out, marks={JOB_FILE}, ignored={LOCK_FILE, HOLDER_FILE}):
        raise UsageError(
            _("This folder is not one with answers."),
            code="foreign_folder",
            where=str(out),
            found=found,
            remedy=_("Choose another folder with --out."),
        )
    with locked(make_folder(out)):
        return _go_on(task, task.source, out, file_format)


def _go_on(task: Task, source: Files, out: Path, file_format: Format) -> PredictionReport:
    job = _earlier_job(out, _new_job(task, source, file_format))
    remove_leftovers(out)
    # First, so that the folder is known for what it is.
    _keep(out, job)
    kept = sum(shard.rows for shard in job.shards)
    progress = Progress(task, nested=file_format in NESTED_FORMATS, done=kept)
    suffix = next(suffix for suffix, name in FORMATS.items() if name == file_format)
    for number, shard in enumerate(_in_shards(source, kept), start=len(job.shards)):
        name, count = f"part-{number:06d}{suffix}", 0
        with (
            atomic_file(out / name) as temporary,
            opened_writer(temporary, file_format, progress.columns, spreadsheet_safe=task.spreadsheet_safe) as writer,
        ):
            for rows in shard:
                progress.write(rows, writer)
                count += len(rows)
        job = job.model_copy(update={"shards": (*job.shards, Shard(file=name, rows=count))})
        _keep(out, job)
    _keep(out, job.model_copy(update={"complete": True}))
    return progress.report(out)


def _in_shards(source: Files, kept: int) -> Iterator[Iterator[Rows]]:
    """Yield the rows of each file that is to be written; those that are written already are read and passed over."""
    parts = rows_from(source, kept)
    ahead = next(parts, None)
    while ahead is not None:
        rest: list[Rows] = []
        yield _take(ahead, parts, rest)
        ahead = rest[0] if rest else next(parts, None)


def _take(first: Rows, parts: Iterator[Rows], rest: list[Rows]) -> Iterator[Rows]:
    room, part = SHARD_ROWS, first
    while True:
        yield part.slice(0, room)
        if len(part) > room:
            rest.append(part.slice(room, len(part)))
            return
        room -= len(part)
        following = next(parts, None) if room else None
        if following is None:
            return
        part = following


def _shard_format(source: Files) -> Format:
    """Return the format of the first file; a JSON document becomes JSON Lines."""
    first = format_of(source.tables[0].path) or "jsonl"
    return "jsonl" if first == "json" else first


def _new_job(task: Task, source: Files, file_format: Format) -> PredictionJob:
    return PredictionJob(
        bundle=sha256_of_file(task.bundle / MANIFEST),
        inputs={table.path.name: sha256_of_file(table.path) for table in source.tables},
        settings={
            "text_column": source.text_column,
            "scores": task.scores,
            "format": file_format,
            "precision": task.precision,
            "spreadsheet_safe": str(task.spreadsheet_safe).lower(),
            "shard_rows": str(SHARD_ROWS),
        },
    )


def _earlier_job(out: Path, new: PredictionJob) -> PredictionJob:
    """Return how far an earlier call came, or the new job.

    Raises:
        InvalidInputError: the earlier one read other rows, or wrote other answers.
    """
    path = out / JOB_FILE
    if not path.is_file():
        return new
    try:
        earlier = PredictionJob.model_validate_json(path.read_bytes())
    except ValueError as error:
        raise _other_job(out, _("a file that cannot be read")) from error
    begun = earlier.model_copy(update={"shards": (), "complete": False})
    if begun != new:
        differing = [name for name in ("bundle", "inputs", "settings") if getattr(begun, name) != getattr(new, name)]
        raise _other_job(out, ", ".join(differing))
    there = tuple(takewhile(lambda shard: (out / shard.file).is_file(), earlier.shards))
    return earlier.model_copy(update={"shards": there, "complete": False})


def _keep(out: Path, job: PredictionJob) -> None:
    write_text(out / JOB_FILE, job.model_dump_json(indent=2) + "\n")


def _other_job(out: Path, found: str) -> InvalidInputError:
    return InvalidInputError(
        _("This folder holds the answers of another job."),
        code="other_job",
        where=str(out / JOB_FILE),
        expected=_("the same bundle, files and settings"),
        found=_("differing: {names}", names=found),
        remedy=_("Choose another folder with --out, or remove this one."),
    )
