"""All splits as tokens: the model's own tokenizer, one limit, and what it cuts off."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from heptune.errors import FAULTS_SHOWN, InvalidInputError, UsageError
from heptune.i18n import Sentence, _
from heptune.methods.lengths import CUSTOMARY_LIMIT, length_histogram, truncation_by_label
from heptune.methods.pretrained.token_rows import write_token_rows
from heptune.modeling.model_folder import ModelFolder
from heptune.modeling.tokenizer_setup import save_tokenizer
from heptune.modeling.tokenizing import TextTokenizer
from heptune.schemas.tokens import RowWithoutTokens, TokenizedDataset, TokenPreview

TOKENIZER_FOLDER = "tokenizer"
CHUNK_ROWS = 10_000
PREVIEW_ROWS = 3
# The splits that training reads; the others are tokenized again when they are scored, as in use.
TRAINING_SPLITS = ("train", "validation")


@dataclass(frozen=True, slots=True)
class LengthLimit:
    """The longest sequence in tokens, and why."""

    tokens: int
    reason: Sentence


def choose_limit(model: ModelFolder, asked: int | None) -> LengthLimit:
    """Take the limit as asked, within what the model takes; else the model's own, up to 512 tokens.

    Raises:
        UsageError: more is asked for than the model takes.
    """
    if asked is None:
        if model.max_tokens is None or model.max_tokens > CUSTOMARY_LIMIT:
            return LengthLimit(CUSTOMARY_LIMIT, _("{limit} tokens unless asked otherwise", limit=CUSTOMARY_LIMIT))
        return LengthLimit(model.max_tokens, _("the model takes {limit} tokens", limit=model.max_tokens))
    if model.max_tokens is not None and asked > model.max_tokens:
        raise UsageError(
            _("The model does not take so many tokens."),
            code="limit_too_long",
            where="tokens.max_length",
            expected=_("at most {limit}", limit=model.max_tokens),
            found=str(asked),
            remedy=_("Ask for less, or choose a model that reads longer texts."),
        )
    return LengthLimit(asked, _("as given"))


def encode_splits(
    model: ModelFolder,
    splits: Mapping[str, pa.Table],
    folder: Path,
    *,
    limit: LengthLimit,
    label_names: Sequence[str],
) -> TokenizedDataset:
    """Write the tokenizer and the training splits' tokens to `folder`, and report lengths over all splits.

    Raises:
        InvalidInputError: the tokenizer cannot be opened, or finds nothing in any training text.
    """
    pad_token = save_tokenizer(model, folder / TOKENIZER_FOLDER, max_length=limit.tokens)
    tokenizer = TextTokenizer.open(folder / TOKENIZER_FOLDER)
    lengths: dict[str, npt.NDArray[np.int32]] = {}
    without: dict[str, list[int]] = {}
    for name, rows in splits.items():
        encoder = _SplitEncoder(tokenizer, rows)
        if name in TRAINING_SPLITS:
            write_token_rows(folder / f"{name}.arrow", encoder.chunks())
            without[name] = encoder.without_tokens
        else:
            for _chunk in encoder.chunks():
                pass
        lengths[name] = np.concatenate(encoder.lengths)
    if len(without["train"]) == len(splits["train"]):
        raise _no_tokens(model)
    everything = np.concatenate(list(lengths.values()))
    first = splits["train"]["text"].slice(0, PREVIEW_ROWS).to_pylist()
    return TokenizedDataset(
        unit="tokens",
        length_limit=limit.tokens,
        limit_reason=limit.reason,
        truncated_by_label=truncation_by_label(splits, lengths, limit.tokens, label_names),
        length_histogram=length_histogram(everything),
        mean_length=round(float(np.minimum(everything, limit.tokens).mean()), 2),
        longest=int(everything.max()),
        without_tokens={name: len(rows) for name, rows in without.items() if rows},
        without_tokens_examples=_first_rows(without),
        pad_token=pad_token,
        preview=tuple(TokenPreview(text=text, tokens=tokenizer.pieces(text)) for text in first),
    )


def _first_rows(rows: Mapping[str, Sequence[int]]) -> tuple[RowWithoutTokens, ...]:
    found = (RowWithoutTokens(split=split, row=row) for split, numbers in rows.items() for row in numbers)
    return tuple(islice(found, FAULTS_SHOWN))


def _no_tokens(model: ModelFolder) -> InvalidInputError:
    return InvalidInputError(
        _("The model's tokenizer finds nothing in any of the training texts."),
        code="no_tokens",
        where=str(model.path),
        remedy=_("Choose a model that knows the script of the texts, or --method tfidf."),
    )


class _SplitEncoder:
    """Encodes a split a chunk at a time and remembers what the report needs."""

    def __init__(self, tokenizer: TextTokenizer, rows: pa.Table) -> None:
        self._tokenizer = tokenizer
        self._rows = rows
        self.lengths: list[npt.NDArray[np.int32]] = []
        self.without_tokens: list[int] = []

    def chunks(self) -> Iterator[tuple[list[npt.NDArray[np.int32]], npt.NDArray[np.int32]]]:
        """Yield token ids and classes of the rows that yield tokens."""
        start = 0
        for batch in self._rows.to_batches(max_chunksize=CHUNK_ROWS):
            tokens = self._tokenizer.encode(batch["text"].to_pylist())
            kept = np.flatnonzero(tokens.content_lengths)
            self.lengths.append(tokens.lengths)
            self.without_tokens += (start + np.flatnonzero(tokens.content_lengths == 0)).tolist()
            start += len(tokens.ids)
            yield [tokens.ids[row] for row in kept], batch["label"].to_numpy()[kept]
