"""Answers from the workers of a Ray cluster, in the order of the rows; Ray Data does the distributing."""

import json
import logging
import os
import socket
import sys
import zlib
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from heptune.bundle.layout import BundleInfo
from heptune.bundle.predictor import Prediction, Predictor
from heptune.errors import MissingError, ResourceError
from heptune.i18n import _
from heptune.prediction.source import Files, open_files
from heptune.prediction.task import ROWS_AT_ONCE, rows_from

SECONDS_TO_CONNECT = 5


class RayAnswers:
    """Gives, for the rows of files in their order, the answers that workers find; reads nothing but these rows.

    Each worker opens the bundle, so bundle and files have to lie at the same place for all. A worker that dies is
    started again by Ray, and its rows are scored again.

    Args:
        info: The bundle's description.
        bundle: Its folder.
        precision: Of a network; None as `Predictor.open` has it.
        source: The rows.
        first: Number of the first row that is asked for.
    """

    def __init__(
        self,
        info: BundleInfo,
        bundle: Path,
        precision: Literal["fp32", "bf16"] | None,
        source: Files,
        *,
        first: int,
    ) -> None:
        self.info = info
        self._answers = _answers(bundle.resolve(), precision, source, first)

    def close(self) -> None:
        """Stop the workers."""
        self._answers.close()

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the classes in class order."""
        return tuple(label.name for label in self.info.labels)

    def predict(self, texts: Iterable[str | None]) -> list[Prediction]:
        """Return the answers to the next rows, whose texts these have to be.

        Raises:
            ResourceError: they are not, as the files differ between the machines.
        """
        answers = []
        for text in texts:
            check, answer = next(self._answers, (None, None))
            if answer is None or check != check_of(text):
                raise ResourceError(
                    _("A worker reads other rows than this machine."),
                    code="other_rows",
                    remedy=_("Put the files where all machines of the cluster see the same, on a shared file system."),
                )
            answers.append(answer)
        return answers


def check_of(text: str | None) -> int:
    """Return a number by which two machines see that they speak of the same text."""
    return -1 if text is None else zlib.crc32(text.encode("utf-8", "surrogatepass"))


class Worker:
    """Scores batches of texts; lives in a process of the cluster."""

    def __init__(self, bundle: str, precision: Literal["fp32", "bf16"] | None) -> None:
        self._predictor = Predictor.open(Path(bundle), precision=precision)

    def __call__(self, batch: pa.Table) -> pa.Table:
        """Return for each text what it is known by and the answer as JSON, both `[n]`."""
        texts = batch["text"].to_pylist()
        answers = [json.dumps(asdict(answer)) for answer in self._predictor.predict(texts)]
        return pa.table({"check": [check_of(text) for text in texts], "answer": answers})


def _answers(
    bundle: Path, precision: str | None, source: Files, first: int
) -> Generator[tuple[int, Prediction], None, None]:
    import ray

    paths = [str(table.path.resolve()) for table in source.tables]
    workers = max(1, int(ray.cluster_resources().get("CPU", 1)))
    context = ray.data.DataContext.get_current()
    context.execution_options.preserve_order = True
    context.enable_progress_bars = False
    answered = ray.data.read_datasource(_texts_of(paths, source.text_column, first), override_num_blocks=1).map_batches(
        Worker,
        fn_constructor_args=(str(bundle), precision),
        batch_size=ROWS_AT_ONCE,
        batch_format="pyarrow",
        compute=ray.data.ActorPoolStrategy(min_size=1, max_size=workers),
        num_cpus=1,
    )
    for batch in answered.iter_batches(batch_size=None, batch_format="pyarrow"):
        for check, answer in zip(batch["check"].to_pylist(), batch["answer"].to_pylist(), strict=True):
            content = json.loads(answer)
            label_set = content.pop("label_set")
            yield check, Prediction(**content, label_set=None if label_set is None else tuple(label_set))


def _texts_of(paths: Sequence[str], text_column: str, first: int) -> Any:  # noqa: ANN401 - a class of Ray's
    from ray.data.block import BlockMetadata
    from ray.data.datasource import Datasource, ReadTask

    class Texts(Datasource):  # type: ignore[misc]
        """The texts of the rows, read by one worker in their order."""

        def estimate_inmemory_data_size(self) -> None:
            """Nobody knows."""

        def get_read_tasks(self, parallelism: int, *_further: object, **_options: object) -> list[Any]:
            """Return the one task."""
            unknown = BlockMetadata(num_rows=None, size_bytes=None, input_files=None, exec_stats=None)
            return [ReadTask(lambda: _blocks(paths, text_column, first), unknown)]

    return Texts()


def _blocks(paths: Sequence[str], text_column: str, first: int) -> Iterator[pa.Table]:
    opened = [open_files(Path(path), text_column, learnt_from=None) for path in paths]
    source = Files(tuple(table for one in opened for table in one.tables), text_column)
    for rows in rows_from(source, first):
        yield pa.table({"text": pa.array(rows.texts, pa.large_string())})


@contextmanager
def cluster(address: str | None) -> Iterator[None]:
    """Stay with a Ray cluster for the block; where no address is given, with one that is started on this machine.

    Raises:
        MissingError: the extra `ray` is not installed, or there is no such cluster.
    """
    # It would otherwise tell its makers that it is used, and us how it goes about it.
    for name, value in (("RAY_USAGE_STATS_ENABLED", "0"), ("RAY_BACKEND_LOG_LEVEL", "fatal")):
        os.environ.setdefault(name, value)
    try:
        import ray
        import ray.data
    except ModuleNotFoundError as error:
        raise MissingError(
            _("Scoring on several machines needs Ray."),
            code="missing_extra",
            expected="ray",
            remedy='pip install "heptune[ray]"',
        ) from error
    _refuse_silence(address)
    # Where a worker dies Ray says so on standard output, which is that of the answers.
    with redirect_stdout(sys.stderr):
        try:
            ray.init(address=address, include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
        except (ConnectionError, ValueError, RuntimeError) as error:
            raise _no_cluster(address, str(error).splitlines()[0]) from error
        # Set up anew by every import of ray.data.
        logging.getLogger("ray.data").setLevel(logging.CRITICAL)
        try:
            yield
        finally:
            ray.shutdown()


def _refuse_silence(address: str | None) -> None:
    """Ask whether anybody listens there: Ray itself waits for a minute, and then ends this process.

    Raises:
        MissingError: nobody does.
    """
    host, _colon, port = (address or "").rpartition(":")
    if not port.isdecimal() or "://" in host:
        return
    try:
        with socket.create_connection((host, int(port)), timeout=SECONDS_TO_CONNECT):
            pass
    except OSError as error:
        raise _no_cluster(address, str(error)) from error


def _no_cluster(address: str | None, found: str) -> MissingError:
    return MissingError(
        _("There is no such Ray cluster, or it does not answer."),
        code="no_cluster",
        where=str(address),
        found=found,
        remedy=_("Check --ray-address, or leave it out: a cluster is started on this machine."),
    )
