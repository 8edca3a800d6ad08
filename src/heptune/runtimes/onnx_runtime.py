"""Predicting with an exported network on ONNX Runtime; neither torch nor transformers is needed."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
import tokenizers  # noqa: F401 - asked for where the bundle is opened, not at the first text

from heptune.errors import InvalidInputError, ResourceError
from heptune.i18n import _
from heptune.modeling.batching import batches_by_length, pad
from heptune.modeling.tokenizing import TextTokenizer, TokenizedTexts
from heptune.runtimes.runtime import TextScores, softmax
from heptune.schemas.scoring import ScoringRecord
from heptune.storage.memory_errors import is_want_of_memory

MODEL_FILE = "model.onnx"
INPUTS = ("input_ids", "attention_mask")
# Tokens that are computed at a time, padding included: layers of so many stay in a core's cache, and int8 was 1.4 times
# as fast as with four times as many (decision 0020).
MOST_TOKENS = 1_024
_ERRORS_ONLY = 3


class OnnxRuntime:
    """Scores texts with an exported network, on the CPU.

    Threads may share it.

    Args:
        session: ONNX Runtime's, of a graph that gives class scores.
        tokenizer: The tokenizer that ships with it.
        precision: Of the graph's matrix products.
        most_rows: Most texts of a batch; None leaves it to the token budget.
    """

    def __init__(
        self,
        session: Any,  # noqa: ANN401 - untyped library
        tokenizer: TextTokenizer,
        *,
        precision: str = "fp32",
        most_rows: int | None = None,
    ) -> None:
        self._session = session
        self._tokenizer = tokenizer
        self._most_rows = most_rows
        self._class_count = int(session.get_outputs()[0].shape[1])
        self._record = ScoringRecord(precision=precision, precision_reason=_("as exported"), speedups=())

    @classmethod
    def open(cls, folder: Path, *, precision: str = "fp32", most_rows: int | None = None) -> "OnnxRuntime":
        """Open the graph and the tokenizer of an exported bundle.

        Raises:
            InvalidInputError: its files cannot be read.
            ResourceError: there is not enough memory.
        """
        with _at_work(folder):
            session = onnxruntime.InferenceSession(
                str(folder / MODEL_FILE), sess_options=_options(), providers=["CPUExecutionProvider"]
            )
        _refuse_other_graphs(folder, session)
        return cls(session, TextTokenizer.open(folder), precision=precision, most_rows=most_rows)

    @property
    def record(self) -> ScoringRecord:
        """How texts are scored."""
        return self._record

    def score(self, texts: Sequence[str]) -> TextScores:
        """Score texts; their order is kept, and the same text is scored once.

        Raises:
            ResourceError: there is not enough memory.
        """
        numbers: dict[str, int] = {}
        rows = np.array([numbers.setdefault(text, len(numbers)) for text in texts], dtype=np.intp)
        tokens = self._tokenizer.encode(list(numbers))
        probabilities = softmax(self._logits(tokens))
        too_long = tokens.lengths > self._tokenizer.max_length
        return TextScores(probabilities[rows], too_long[rows], (tokens.content_lengths == 0)[rows])

    def bf16_difference(self, _texts: Sequence[str]) -> None:
        """Return nothing: there is one precision."""

    def _logits(self, tokens: TokenizedTexts) -> npt.NDArray[np.float64]:
        """Return logits `[n, C]`; nan for a text without tokens."""
        logits = np.full((len(tokens.ids), self._class_count), np.nan)
        scored = np.flatnonzero(tokens.content_lengths > 0)
        lengths = np.minimum(tokens.lengths[scored], self._tokenizer.max_length)
        for batch in batches_by_length(lengths, most_tokens=MOST_TOKENS, most_rows=self._most_rows):
            rows = scored[batch]
            arrays = pad([tokens.ids[row] for row in rows], self._tokenizer.pad_id)
            with _at_work():
                (logits[rows],) = self._session.run(None, dict(zip(INPUTS, arrays, strict=True)))
        return logits


def _options() -> Any:  # noqa: ANN401 - untyped library
    options = onnxruntime.SessionOptions()
    options.log_severity_level = _ERRORS_ONLY
    # Threads that wait for the next text in a loop would keep a core of an idle server busy.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # As torch does it, so that one variable bounds both.
    threads = os.environ.get("OMP_NUM_THREADS", "")
    if threads.isdecimal():
        options.intra_op_num_threads = int(threads)
    return options


def _refuse_other_graphs(folder: Path, session: Any) -> None:  # noqa: ANN401
    inputs = [entry.name for entry in session.get_inputs()]
    outputs = [entry.shape for entry in session.get_outputs()]
    if sorted(inputs) == sorted(INPUTS) and [len(shape) for shape in outputs] == [2] and isinstance(outputs[0][1], int):
        return
    raise InvalidInputError(
        _("This graph is none that Heptune has exported."),
        code="bad_bundle",
        where=str(folder / MODEL_FILE),
        expected=_("inputs {names}, and one output of class scores", names=", ".join(INPUTS)),
        found=", ".join(inputs),
        remedy=_("Make it again with heptune export."),
    )


@contextmanager
def _at_work(folder: Path | None = None) -> Iterator[None]:
    """Tell what ONNX Runtime raises in our words; with a folder, the file is at fault.

    Raises:
        ResourceError: there is not enough memory.
        InvalidInputError: the file cannot be read.
    """
    errors: tuple[type[Exception], ...] = (*_errors(), MemoryError)
    try:
        yield
    except errors as error:
        if is_want_of_memory(error) or "Failed to allocate memory" in str(error):
            raise ResourceError(
                _("There is not enough memory for this model."),
                code="out_of_memory",
                found=str(error)[:200],
                remedy=_("Train a smaller model, or with a smaller tokens.max_length."),
            ) from error
        if folder is None:
            raise
        raise InvalidInputError(
            _("The exported network cannot be opened."),
            code="bad_bundle",
            where=str(folder / MODEL_FILE),
            found=" ".join(str(error).split())[:200],
            remedy=_("Copy the bundle again as a whole, or make it again."),
        ) from error


def _errors() -> tuple[type[Exception], ...]:
    """Return the library's own errors, which have no common class."""
    from onnxruntime.capi import onnxruntime_pybind11_state as library

    found = (value for value in vars(library).values() if isinstance(value, type))
    return tuple(value for value in found if issubclass(value, Exception))
