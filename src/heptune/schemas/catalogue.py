"""What is known of checkpoints that others have made; facts with their sources."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from heptune.schemas.record import Record

# Feed-forward parts with a third matrix that opens and closes a gate.
GATED = ("llama", "modernbert", "qwen2", "qwen3")
# Heads whose width does not follow from the hidden size.
HEAD_WIDTHS = {"qwen3": 128}
# In the place of codes of languages: about a hundred of them.
MULTILINGUAL = "multilingual"


@dataclass(frozen=True, slots=True)
class LayerShape:
    """What the time of a layer depends on.

    Attributes:
        hidden_size: Width of a token's state.
        intermediate_size: Width inside the feed-forward part.
        heads: Of attention.
        key_value_heads: Fewer than `heads` where these share keys and values.
        head_width: Of a head.
        gated: Whether a third matrix of the feed-forward part opens and closes a gate.
    """

    hidden_size: int
    intermediate_size: int
    heads: int
    key_value_heads: int
    head_width: int
    gated: bool

    @property
    def matrix_parameters(self) -> int:
        """Weights in its matrix products; norms and biases are left out."""
        attention = 2 * (self.heads + self.key_value_heads) * self.head_width
        feed_forward = (3 if self.gated else 2) * self.intermediate_size
        return self.hidden_size * (attention + feed_forward)


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
        pages: Where licence and files, or languages, were looked up once more.
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
    pages: tuple[str, ...]

    @property
    def matrix_parameters(self) -> int:
        """Weights in the layers' matrix products, by shape; norms and biases are left out."""
        return self.layers * self.layer_shape.matrix_parameters

    @property
    def layer_shape(self) -> LayerShape:
        """The shape of each of its layers."""
        return LayerShape(
            hidden_size=self.hidden_size,
            intermediate_size=self.intermediate_size,
            heads=self.heads,
            key_value_heads=self.key_value_heads,
            head_width=HEAD_WIDTHS.get(self.architecture, self.hidden_size // self.heads),
            gated=self.architecture in GATED,
        )

    @property
    def is_multilingual(self) -> bool:
        """Whether it was trained on many languages at once."""
        return len(self.languages) > 1 or MULTILINGUAL in self.languages


class Catalogue(Record):
    """All of them.

    Attributes:
        date: When the facts were gathered.
        models: In no order of merit.
    """

    date: date
    models: tuple[CatalogueModel, ...]
