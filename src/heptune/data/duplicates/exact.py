"""Groups of texts that are the same when folded."""

import hashlib
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from heptune.data.duplicates.folding import Folding, fold

# Of a text in place of itself: a million texts take 16 MB, and no two differ by chance.
DIGEST_BYTES = 16


def equal_groups(
    texts: pa.ChunkedArray, *, folding: Folding = fold, poll: Callable[[], None] = lambda: None
) -> npt.NDArray[np.int32]:
    """Return the number of the group that each text belongs to `[n]`, groups in the order of their first texts.

    Args:
        texts: large_string `[n]`.
        folding: Two texts are the same if they are equal after it.
        poll: Called now and then; raises where the user asked to stop.
    """
    digests = [
        pa.array([_digest(folding(text)) for text in part.to_pylist()], pa.binary(DIGEST_BYTES))
        for part in _parts(texts, poll)
    ]
    encoded = pa.chunked_array(digests, pa.binary(DIGEST_BYTES)).combine_chunks().dictionary_encode()
    groups: npt.NDArray[np.int32] = encoded.indices.to_numpy()
    return groups


def _parts(texts: pa.ChunkedArray, poll: Callable[[], None], size: int = 10_000) -> Iterator[pa.ChunkedArray]:
    for start in range(0, len(texts), size):
        poll()
        yield texts.slice(start, size)


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=DIGEST_BYTES).digest()
