"""Which pieces of a text an answer rests on."""

import re
import unicodedata
from dataclasses import dataclass

from heptune.bundle.predictor import Predictor

# Han, kana and hangul letters one by one, other words whole, marks one by one.
_LETTER = r"[\u2e80-\u2fff\u3001-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
_PIECE = re.compile(rf"{_LETTER}|(?:(?!{_LETTER})\w)+|[^\w\s]")
JOINER = "\u200d"
# Letters that make flags in pairs, and tones of skin.
_FLAG, _LAST_FLAG = 0x1F1E6, 0x1F1FF
_TONES = frozenset(map(chr, range(0x1F3FB, 0x1F400)))
# A longer text is taken in larger pieces.
MOST_PIECES = 256


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text.

    Attributes:
        start: Where it begins, in characters.
        end: Where it ends.
        text: What it is.
        contribution: By how much the label's score falls when it is left out; negative where it rises.
    """

    start: int
    end: int
    text: str
    contribution: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """What an answer rests on.

    Attributes:
        label: The label that is explained.
        score: Its score for the whole text.
        pieces: In the order of the text.
    """

    label: str
    score: float
    pieces: tuple[Piece, ...]


def explain(predictor: Predictor, text: str, label: str | None = None) -> Explanation | None:
    """Leave out piece after piece and look how the score changes; None where the text has no answer.

    Source: Li, Monroe and Jurafsky (2016), "Understanding neural networks through representation erasure". It asks
    the model alone, whatever it is made of; pieces that say the same hide each other.

    Args:
        predictor: The opened bundle.
        text: A text.
        label: Which label to explain; None takes the answer.

    Raises:
        KeyError: the bundle has no such label.
    """
    answer = predictor.predict([text])[0]
    if answer.label is None:
        return None
    asked = label or answer.label
    spans = _spans(text)
    without = predictor.predict([text[:start] + text[end:] for start, end in spans])
    # Where nothing is left to read, the pieces cannot be told apart: what is lost is the whole score.
    score = answer.scores[asked]
    pieces = [
        Piece(start, end, text[start:end], round(score - (other.scores[asked] if other.label else 0.0), 6))
        for (start, end), other in zip(spans, without, strict=True)
    ]
    return Explanation(asked, score, tuple(pieces))


def _spans(text: str) -> list[tuple[int, int]]:
    """Return begin and end of each piece; of a long text several words make one."""
    spans: list[tuple[int, int]] = []
    for start, end in (match.span() for match in _PIECE.finditer(text)):
        if spans and spans[-1][1] == start and _belongs_to_the_one_before(text, start):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    size = -(-len(spans) // MOST_PIECES) or 1
    return [(group[0][0], group[-1][1]) for group in (spans[at : at + size] for at in range(0, len(spans), size))]


def _belongs_to_the_one_before(text: str, place: int) -> bool:
    """Return whether a piece is a mark on the one before it, or joined to it, as in emojis of several signs."""
    here, before = text[place], text[place - 1]
    if unicodedata.category(before).startswith("M") and here.isalpha():
        return not re.fullmatch(_LETTER, here)
    joined = JOINER in (here, before) or (_FLAG <= ord(here) <= _LAST_FLAG and _FLAG <= ord(before) <= _LAST_FLAG)
    return joined or unicodedata.category(here) in ("Mn", "Mc", "Me") or here in _TONES
