"""Step 4's result: texts as tokens."""

from typing import ClassVar, Literal

from heptune.schemas.finding import CheckedResult
from heptune.schemas.record import Record
from heptune.schemas.sentence import StoredSentence


class TokenPreview(Record):
    """How one text is cut into tokens."""

    text: str
    tokens: tuple[str, ...]


class LabelTruncation(Record):
    """How many texts of a class are longer than the limit, and how many of their tokens lie beyond it."""

    label: str
    texts: int
    truncated: int
    tokens: int
    cut_tokens: int


class RowWithoutTokens(Record):
    """A row in which the tokenizer finds nothing; `row` is its number in the split, from 0."""

    split: str
    row: int


class TokenizedDataset(CheckedResult):
    """Lengths, the limit, and what it costs.

    Attributes:
        unit: What is counted: the model's tokens, or the words of tfidf.
        length_limit: Longest sequence in tokens, special ones included; None for a method without one.
        limit_reason: Why this limit.
        truncated_by_label: Texts beyond the limit, in class order, over all splits.
        length_histogram: Upper edge of the bin in tokens → number of texts.
        mean_length: Tokens a text, after truncation.
        longest: Tokens of the longest text, before truncation.
        without_tokens: Rows of train and validation that give no token and were left out, by split.
        without_tokens_examples: The first of them.
        pad_token: The token that fills up; None for a method without one.
        preview: The first training rows.
    """

    step_number: ClassVar[int] = 4
    step_name: ClassVar[str] = "tokens"

    unit: Literal["tokens", "words"]
    length_limit: int | None
    limit_reason: StoredSentence
    truncated_by_label: tuple[LabelTruncation, ...]
    length_histogram: dict[int, int]
    mean_length: float
    longest: int
    without_tokens: dict[str, int]
    without_tokens_examples: tuple[RowWithoutTokens, ...] = ()
    pad_token: str | None
    preview: tuple[TokenPreview, ...]

    @property
    def truncated_share(self) -> float:
        """Share of all texts that are longer than the limit."""
        texts = sum(row.texts for row in self.truncated_by_label)
        return sum(row.truncated for row in self.truncated_by_label) / texts if texts else 0.0
