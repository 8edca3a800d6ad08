"""Which models suit some texts, and what they would take here."""

from datetime import date
from typing import Literal

from heptune.schemas.catalogue import CatalogueModel
from heptune.schemas.record import Record

# Best first. `in_doubt`: it knows the script, and many texts are in another language.
Fit = Literal["made_for", "multilingual", "in_doubt", "unfit"]


class TextFacts(Record):
    """What the choice of a model depends on.

    Attributes:
        rows: Rows to learn from.
        validation_rows: Rows that choose the epoch.
        labels: Classes.
        scripts: Share of the letters by script (`latin`, `han`, …), largest first.
        languages: Share of the texts by language (ISO 639), of those whose language is plain, largest first; empty
            where it is plain of too few.
        mean_characters: Of a text.
        longest_characters: Of the longest text.
    """

    rows: int
    validation_rows: int
    labels: int
    scripts: dict[str, float]
    languages: dict[str, float]
    mean_characters: float
    longest_characters: int


class TextLengths(Record):
    """How long the texts are to one model, special tokens included and cut at its limit.

    Attributes:
        mean_tokens: Of a text.
        longest_tokens: Of the longest text.
        cut_share: Share of the texts that are longer than the limit.
        counted: Whether the model's own tokenizer has counted; else by the characters.
    """

    mean_tokens: float
    longest_tokens: int
    cut_share: float
    counted: bool


class TrainingCost(Record):
    """What training with the default settings would take on this machine, roughly.

    Attributes:
        seconds_low: The least.
        seconds_high: The most.
        memory_mib: Of the device.
        fits: Whether that can be had now; None where the system does not tell.
    """

    seconds_low: float
    seconds_high: float
    memory_mib: float
    fits: bool | None


class RankedModel(Record):
    """A model of the catalogue in front of some texts.

    Attributes:
        rank: 1 for the best.
        model: The facts.
        fit: Whether it suits the texts' script and language.
        at_hand: Whether all of it is on this machine.
        lengths: Of the texts in its tokens.
        cost: None where torch is not installed.
        why: Why it stands where it stands.
    """

    rank: int
    model: CatalogueModel
    fit: Fit
    at_hand: bool
    lengths: TextLengths
    cost: TrainingCost | None
    why: str


class ModelChoice(Record):
    """All models of the catalogue, ranked for some texts.

    Attributes:
        catalogue_date: When the facts were gathered.
        data: What was asked about.
        texts: What it depends on.
        device: Where it would be trained; None where torch is not installed.
        precision: Of the matrix products there.
        models: Best first.
    """

    catalogue_date: date
    data: str
    texts: TextFacts
    device: str | None
    precision: str | None
    models: tuple[RankedModel, ...]
