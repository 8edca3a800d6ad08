"""The library's verb for files: `predict` puts answers beside rows."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Literal

from heptune.bundle.predictor import Predictor
from heptune.errors import UsageError
from heptune.i18n import _
from heptune.prediction.answers import AnswersTexts, Scores
from heptune.prediction.folder import predict_to_folder
from heptune.prediction.one_file import is_folder, predict_to_file, refuse_place
from heptune.prediction.size import count_rows
from heptune.prediction.source import Files, Source, learnt_column, open_files
from heptune.prediction.task import Task, Watch
from heptune.schemas.prediction import PredictionReport

AskedPrecision = Literal["auto", "fp32", "bf16"]
Executor = Literal["local", "ray"]


def predict(
    bundle: str | Path,
    data: str | Path | Source,
    out: str | Path,
    *,
    text_column: str | None = None,
    scores: Scores = "all",
    precision: AskedPrecision = "auto",
    spreadsheet_safe: bool = False,
    executor: Executor = "local",
    ray_address: str | None = None,
    watch: Watch | None = None,
) -> PredictionReport:
    """Put answers beside the rows of files; their order and columns are kept, and rows may be more than memory holds.

    Args:
        bundle: The classifier.
        data: A file, or a folder of files.
        out: A file, whose ending tells the format, or a folder, which gets files of 50,000 rows each; the same call
            goes on with a folder that it could not finish.
        text_column: The column that is scored; None takes the one that the classifier learnt from, or one with a
            customary name.
        scores: Those of all labels, that of the answer alone, or none.
        precision: Of a network; `auto` takes bf16 where it is fast here and agreed with fp32.
        spreadsheet_safe: Write CSV and TSV so that a spreadsheet computes no cell.
        executor: `ray` scores on the workers of a Ray cluster, which see bundle and files at the same place.
        ray_address: Of that cluster; None starts one on this machine.
        watch: Called with the rows that are done, and about how many there are (None where nobody knows), often.

    Raises:
        HeptuneError: with what is wrong and what to do. A row that cannot be read or answered has its reason in the
            column `error`, and stops nothing.
    """
    place = Path(out)
    refuse_place(place, spreadsheet_safe=spreadsheet_safe)
    predictor = open_predictor(Path(bundle), precision)
    source = open_source(predictor, Path(data), text_column) if isinstance(data, (str, Path)) else data
    with _answering(predictor, Path(bundle), source, precision, executor, ray_address) as answers_from:
        task = Task(
            answers_from=answers_from,
            bundle=Path(bundle),
            source=source,
            scores=scores,
            precision=precision,
            spreadsheet_safe=spreadsheet_safe,
            total=count_rows(source) if watch and isinstance(source, Files) else None,
            watch=watch or (lambda _done, _total: None),
        )
        return predict_to_folder(task, place) if is_folder(place) else predict_to_file(task, place)


@contextmanager
def _answering(
    predictor: Predictor,
    bundle: Path,
    source: Source,
    precision: AskedPrecision,
    executor: Executor,
    ray_address: str | None,
) -> Iterator[Callable[[int], AnswersTexts]]:
    if executor == "local":
        yield lambda _first: predictor
        return
    from heptune.prediction.ray_answers import RayAnswers, cluster

    if not isinstance(source, Files):
        raise UsageError(
            _("Workers cannot read the standard input of this machine."),
            code="no_files",
            where="--executor ray",
            remedy=_("Name a file, or leave --executor out."),
        )
    with cluster(ray_address), ExitStack() as opened:

        def answers_from(first: int) -> AnswersTexts:
            asked = None if precision == "auto" else precision
            return opened.enter_context(closing(RayAnswers(predictor.info, bundle, asked, source, first=first)))

        yield answers_from


def open_predictor(bundle: Path, precision: AskedPrecision) -> Predictor:
    """Open a bundle in a precision."""
    return Predictor.open(bundle, precision=None if precision == "auto" else precision)


def open_source(predictor: Predictor, data: Path, text_column: str | None) -> Files:
    """Open the files to score."""
    return open_files(data, text_column, learnt_from=learnt_column(predictor.info))
