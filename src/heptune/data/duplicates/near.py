"""Groups of texts that are nearly the same."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from heptune.data.duplicates.exact import equal_groups
from heptune.data.duplicates.folding import letters_of
from heptune.data.duplicates.signatures import BANDS, HASHES, part_length, parts_of, sign

# Two texts are nearly the same if they share so much of the parts that one of them has (Jaccard's index).
LEAST_SHARED = 0.7
# What a signature says is this much off at most, but for one pair in thousands.
SIGNATURE_ERROR = 0.12
# Texts of a band that are compared with those before them; what is far apart in one band is near in another.
NEIGHBOURS = 16
# Characters of texts that are signed at a time.
CHARACTERS_AT_ONCE = 200_000

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class NearDuplicates:
    """Which of `n` texts are nearly the same.

    Attributes:
        groups: Number of each text's group, in the order of their first texts, int32 `[n]`. A group holds the texts
            that can be reached from one another by steps of nearly the same ones.
        twins: For each text another one that is nearly the same, and itself where there is none, int64 `[n]`.
    """

    groups: npt.NDArray[np.int32]
    twins: Numbers


def find_near_duplicates(texts: pa.ChunkedArray, *, poll: Callable[[], None] = lambda: None) -> NearDuplicates:
    """Compare all texts that may be nearly the same; those with the same letters and digits are.

    Memory: some 450 bytes for each different text.

    Args:
        texts: large_string `[n]`.
        poll: Called now and then; raises where the user asked to stop.
    """
    equal = equal_groups(texts, folding=letters_of, poll=poll)
    rows = np.arange(len(equal))
    _groups, first = np.unique(equal, return_index=True)
    last = np.zeros_like(first)
    last[equal] = rows
    merged, twins = _merge(texts, first, poll)
    # The first of some texts with the same letters has the last of them for a twin, unless there is a near one.
    of_first = np.where(twins == np.arange(len(first)), last, first[twins])
    _groups, first_of, groups = np.unique(merged[equal], return_index=True, return_inverse=True)
    in_order = np.argsort(np.argsort(first_of)).astype(np.int32)
    return NearDuplicates(in_order[groups], np.where(rows == first[equal], of_first[equal], first[equal]))


def _merge(texts: pa.ChunkedArray, rows: Numbers, poll: Callable[[], None]) -> tuple[npt.NDArray[np.int32], Numbers]:
    """Return group and twin of each of these rows, no two of which are the same: `[len(rows)]`, places in `rows`."""
    group = np.arange(len(rows), dtype=np.int32)
    twins = np.arange(len(rows))
    signed, bands, low_bytes = _sign(texts, rows, poll)
    for keys in bands:
        for one, other in _neighbours(keys):
            poll()
            apart = group[signed[one]] != group[signed[other]]
            likely = _share(low_bytes, one[apart], other[apart]) >= LEAST_SHARED - SIGNATURE_ERROR
            pairs = np.stack([signed[one[apart][likely]], signed[other[apart][likely]]])
            alike = pairs[:, [_are_alike(texts, *rows[pair]) for pair in pairs.T]]
            if alike.size:
                group = _joined(group, group[alike])
                twins[alike] = alike[::-1]
    return group, twins


def _sign(
    texts: pa.ChunkedArray, rows: Numbers, poll: Callable[[], None]
) -> tuple[Numbers, npt.NDArray[np.uint64], npt.NDArray[np.uint8]]:
    """Return which of the rows have parts, their bands `[BANDS, m]` and the low bytes of their hashes `[m, HASHES]`."""
    signed, bands, low_bytes = [], [np.empty((BANDS, 0), np.uint64)], [np.empty((0, HASHES), np.uint8)]
    for numbers, letters in _in_pieces(texts, rows):
        poll()
        signatures = sign(letters)
        signed += numbers
        bands.append(signatures.bands)
        low_bytes.append(signatures.low_bytes)
    return np.array(signed, dtype=np.int64), np.concatenate(bands, axis=1), np.concatenate(low_bytes)


def _in_pieces(texts: pa.ChunkedArray, rows: Numbers) -> Iterator[tuple[list[int], list[str]]]:
    """Yield some of the rows, by their places in `rows`, with their letters; those without a part are left out."""
    numbers: list[int] = []
    pieces: list[str] = []
    characters = 0
    for number, row in enumerate(rows.tolist()):
        letters = letters_of(texts[row].as_py())
        if len(letters) >= part_length(letters):
            numbers.append(number)
            pieces.append(letters)
            characters += len(letters)
        if characters >= CHARACTERS_AT_ONCE:
            yield numbers, pieces
            numbers, pieces, characters = [], [], 0
    if pieces:
        yield numbers, pieces


def _neighbours(keys: npt.NDArray[np.uint64]) -> Iterator[tuple[Numbers, Numbers]]:
    """Yield pairs of places with the same key, those next to each other first."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    for distance in range(1, min(NEIGHBOURS, len(keys) - 1) + 1):
        same = np.flatnonzero(ordered[distance:] == ordered[:-distance])
        if not len(same):
            return
        yield order[same], order[same + distance]


def _share(
    low_bytes: npt.NDArray[np.uint8], one: Numbers, other: Numbers, size: int = 50_000
) -> npt.NDArray[np.float64]:
    """Return the share of hashes that each pair has in common."""
    shares = [
        np.mean(low_bytes[one[start : start + size]] == low_bytes[other[start : start + size]], axis=1)
        for start in range(0, len(one), size)
    ]
    return np.concatenate(shares) if shares else np.empty(0)


def _are_alike(texts: pa.ChunkedArray, one: int, other: int) -> bool:
    parts, others = (parts_of(letters_of(texts[int(row)].as_py())) for row in (one, other))
    return len(parts & others) >= LEAST_SHARED * len(parts | others)


def _joined(group: npt.NDArray[np.int32], pairs: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Return the groups after those in a column of `pairs` `[2, p]` have become one."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    count = int(group.max()) + 1
    graph = coo_array((np.ones(pairs.shape[1], dtype=bool), (pairs[0], pairs[1])), shape=(count, count))
    joined: npt.NDArray[np.int32] = connected_components(graph, directed=False)[1][group]
    return joined
