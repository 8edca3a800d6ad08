"""MinHash: a text's parts in a few numbers, of which two texts share about as many as they share parts.

Sources: Broder (1997), "On the resemblance and containment of documents"; Li and König (2010), "b-bit minwise hashing".
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from heptune.data.duplicates.folding import is_dense

# Characters of a part: a text of 40 letters with a slip in one of them keeps 33 of 37.
PART_LENGTH, DENSE_PART_LENGTH = 4, 2
BANDS, ROWS_OF_A_BAND = 32, 5
HASHES = BANDS * ROWS_OF_A_BAND

_random = np.random.default_rng(20261127)
_FACTORS = _random.integers(2**63, size=HASHES, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
_SUMMANDS = _random.integers(2**63, size=HASHES, dtype=np.uint64)
_OF_PLACES = _random.integers(2**63, size=PART_LENGTH, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
_OF_ROWS = _random.integers(2**63, size=ROWS_OF_A_BAND, dtype=np.uint64) * np.uint64(2) + np.uint64(1)


@dataclass(frozen=True, slots=True, eq=False)
class Signatures:
    """Of `n` texts.

    Attributes:
        bands: uint64 `[BANDS, n]`; two texts that share a band are worth comparing.
        low_bytes: The last byte of each hash, uint8 `[n, HASHES]`.
    """

    bands: npt.NDArray[np.uint64]
    low_bytes: npt.NDArray[np.uint8]


def parts_of(letters: str) -> set[str]:
    """Return all parts of a text; none of one that is shorter than a part."""
    length = part_length(letters)
    return {letters[start : start + length] for start in range(len(letters) - length + 1)}


def part_length(letters: str) -> int:
    """Return the length of this text's parts."""
    return DENSE_PART_LENGTH if is_dense(letters) else PART_LENGTH


def sign(texts: Sequence[str]) -> Signatures:
    """Return the signatures of texts that have at least one part each."""
    codes = np.frombuffer("".join(texts).encode("utf-32-le"), dtype=np.uint32)
    lengths = np.array([len(text) for text in texts])
    taken = np.array([part_length(text) for text in texts])
    counts = lengths - taken + 1
    ends = np.cumsum(counts)
    # Where each part begins: parts of one text follow each other.
    begins = np.arange(ends[-1]) + np.repeat(np.cumsum(lengths) - lengths - (ends - counts), counts)
    hashed = _hash_parts(codes, begins, np.repeat(taken, counts))
    least = np.empty((HASHES, len(texts)), dtype=np.uint32)
    for number, (factor, summand) in enumerate(zip(_FACTORS, _SUMMANDS, strict=True)):
        least[number] = np.minimum.reduceat((hashed * factor + summand) >> np.uint64(32), ends - counts)
    bands = (least.reshape(BANDS, ROWS_OF_A_BAND, -1) * _OF_ROWS[:, None]).sum(axis=1, dtype=np.uint64)
    return Signatures(bands, (least & np.uint32(255)).astype(np.uint8).T)


def _hash_parts(
    codes: npt.NDArray[np.uint32], begins: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64]
) -> npt.NDArray[np.uint64]:
    hashed = np.zeros(len(begins), dtype=np.uint64)
    for place, factor in enumerate(_OF_PLACES):
        inside = place < lengths
        hashed[inside] += (codes[begins[inside] + place].astype(np.uint64) + np.uint64(1)) * factor
    # What differs in low bits alone has to differ in high ones too.
    hashed ^= hashed >> np.uint64(29)
    hashed *= _FACTORS[0]
    return hashed ^ (hashed >> np.uint64(32))
