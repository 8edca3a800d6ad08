"""The library's verb for speed: `benchmark` times the ways to score the user's own texts, and names the fastest."""

from collections.abc import Callable, Sequence
from itertools import cycle, islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from heptune.bundle.layout import BundleInfo
from heptune.bundle.load import read_bundle
from heptune.data.text import is_blank
from heptune.errors import InvalidInputError, UsageError
from heptune.exporting.benchmark import benchmark_bundle
from heptune.exporting.run_rows import RunRows, rows_beside
from heptune.i18n import Sentence, _
from heptune.prediction.source import learnt_column, open_files
from heptune.schemas.benchmark import BenchmarkReport

ROWS, ROUNDS = 1_000, 3
# Where nothing else is at hand; too few for a rate otherwise.
GOLDEN_ROWS = 200


def benchmark(
    bundle: str | Path,
    data: str | Path | None = None,
    *,
    text_column: str | None = None,
    rows: int = ROWS,
    rounds: int = ROUNDS,
    notice: Callable[[Sentence], None] = lambda _sentence: None,
) -> BenchmarkReport:
    """Time the ways to score texts that this machine can go, and name the fastest that agrees with fp32 on torch.

    Args:
        bundle: A bundle with a network.
        data: A file with texts; the validation and calibration rows of the bundle's run unless given.
        text_column: Column of the file; found out as `predict` does, unless given.
        rows: Most texts.
        rounds: Passes over them that count.
        notice: Told what goes on.

    Raises:
        HeptuneError: with what is wrong and what to do.
    """
    folder = Path(bundle)
    info = read_bundle(folder)
    _refuse_others(folder, info)
    _refuse_too_few(rows=rows, rounds=rounds)
    if data is None and text_column is not None:
        raise UsageError(
            _("Some settings have no effect."),
            code="setting_without_effect",
            where="text_column",
            found=text_column,
            remedy=_("Give a file with texts, too."),
        )
    texts, labels, source = (
        _texts_of_file(Path(data), info, text_column, rows) if data else _own_texts(folder, info, rows)
    )
    return benchmark_bundle(folder, info, texts, source=source, labels=labels, rounds=rounds, notice=notice)


Texts = tuple[Sequence[str], npt.NDArray[np.int32] | None, Sentence]


def _own_texts(folder: Path, info: BundleInfo, rows: int) -> Texts:
    """Take rows of the run with their classes, else the golden texts over and over."""
    beside = rows_beside(folder, len(info.labels))
    if isinstance(beside, RunRows):
        choosing = beside.choosing
        return choosing.texts[:rows], choosing.labels[:rows], _("validation and calibration rows of the run")
    texts = [golden.text for golden in info.golden if not is_blank(golden.text)]
    # Each is another text, or it would be scored but once.
    repeated = [f"{text} {number}" for number, text in enumerate(islice(cycle(texts), min(rows, GOLDEN_ROWS)))]
    return repeated, None, _("the bundle's golden texts with numbers behind them, as {reason}", reason=beside)


def _texts_of_file(path: Path, info: BundleInfo, text_column: str | None, rows: int) -> Texts:
    source = open_files(path, text_column, learnt_from=learnt_column(info))
    found = (text for batch in source.batches() for text in batch.texts)
    texts = list(islice((text for text in found if text is not None and not is_blank(text)), rows))
    if not texts:
        raise InvalidInputError(
            _("This file has no rows."), code="no_rows", where=str(path), expected=_("texts with something to read")
        )
    return texts, None, _("texts of {name}", name=path.name)


def _refuse_others(folder: Path, info: BundleInfo) -> None:
    if info.runtime == "torch":
        return
    raise UsageError(
        _("There is one way to score with this bundle, and so nothing to compare."),
        code="nothing_to_compare",
        where=str(folder),
        expected=_("a bundle with a network on torch"),
        found=info.runtime,
        remedy=_("Give the bundle that it was made from.") if info.runtime == "onnx" else "",
    )


def _refuse_too_few(**counts: int) -> None:
    for name, count in counts.items():
        if count < 1:
            raise UsageError(
                _("This number is too small."), code="too_small", where=name, expected=_("at least 1"), found=str(count)
            )
