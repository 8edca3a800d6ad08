"""Well-known checkpoints for text classification, as of a date; facts with their sources, shipped with the package."""

import json
from datetime import date
from functools import cache
from importlib import resources
from typing import Literal

from heptune.schemas.record import Record


class PublishedScore(Record):
    """A score that others have published; scores of different benchmarks or sources cannot be compared."""

    benchmark: str
    value: float
    source: str


class CatalogueModel(Record):
    """A checkpoint on the Hub.

    Attributes:
        id: Its name there.
        architecture: transformers' name of it.
        kind: Whether a token sees those after it.
        parameters: All weights of the network without a head.
        hidden_size: Width of a token's state.
        layers: How many there are.
        heads: Of attention.
        key_value_heads: Fewer than `heads` where these share keys and values.
        intermediate_size: Width inside a layer's feed-forward part.
        vocabulary_size: Tokens that it knows.
        max_tokens: Longest text that it takes.
        languages: ISO 639-1 codes of what it was trained on, or `multilingual` for about a hundred.
        licence: SPDX name; `unknown` where its card has none.
        download_mib: Size of its weights in MiB.
        stored_dtype: Of the weights on the Hub.
        safetensors: Whether its main branch has them in this form; None where unknown.
        published: Scores.
        notes: What else is to be known.
    """

    id: str
    architecture: str
    kind: Literal["encoder", "decoder"]
    parameters: int
    hidden_size: int
    layers: int
    heads: int
    key_value_heads: int
    intermediate_size: int
    vocabulary_size: int
    max_tokens: int
    languages: tuple[str, ...]
    licence: str
    download_mib: int
    stored_dtype: Literal["float32", "float16", "bfloat16"]
    safetensors: bool | None
    published: tuple[PublishedScore, ...]
    notes: str

    @property
    def matrix_parameters(self) -> int:
        """Weights in the layers' matrix products, by shape; norms and biases are left out."""
        shared = self.key_value_heads / self.heads
        attention = (2 + 2 * shared) * self.hidden_size * self._head_width * self.heads
        gates = 3 if self.architecture in GATED else 2
        return int(self.layers * (attention + gates * self.hidden_size * self.intermediate_size))

    @property
    def _head_width(self) -> float:
        return HEAD_WIDTHS.get(self.architecture, self.hidden_size / self.heads)


class Catalogue(Record):
    """All of them.

    Attributes:
        date: When the facts were gathered.
        models: In no order of merit.
    """

    date: date
    models: tuple[CatalogueModel, ...]


# Feed-forward parts with a third matrix that opens and closes a gate.
GATED = ("llama", "modernbert", "qwen2", "qwen3")
# Heads whose width does not follow from the hidden size.
HEAD_WIDTHS = {"qwen3": 128}


@cache
def catalogue() -> Catalogue:
    """Return the catalogue that the package holds."""
    text = resources.files("heptune").joinpath("resources", "models.json").read_text(encoding="utf-8")
    return Catalogue.model_validate(json.loads(text))
