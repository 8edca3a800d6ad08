"""How long texts are, and how many are cut."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from heptune.schemas.tokens import LabelTruncation

Lengths = npt.NDArray[np.int32]
# In tokens. Longer sequences cost more than in proportion; whoever needs them asks for them.
CUSTOMARY_LIMIT = 512


def length_histogram(lengths: Lengths) -> dict[int, int]:
    """Count lengths in bins whose upper edges are powers of two: `{16: 120, 32: 40}`."""
    edges = 2 ** np.ceil(np.log2(np.maximum(lengths, 1))).astype(np.int64)
    values, counts = np.unique(edges, return_counts=True)
    return dict(zip(values.tolist(), counts.tolist(), strict=True))


def truncation_by_label(
    splits: Mapping[str, pa.Table], lengths: Mapping[str, Lengths], limit: int | None, label_names: Sequence[str]
) -> tuple[LabelTruncation, ...]:
    """Count for each class, over all splits, its texts and their tokens, and what is beyond `limit`."""
    classes = np.concatenate([splits[name]["label"].to_numpy() for name in lengths])
    tokens = np.concatenate(list(lengths.values())).astype(np.int64)
    beyond = np.zeros_like(tokens) if limit is None else np.maximum(tokens - limit, 0)
    counts = (
        np.bincount(classes, weights, minlength=len(label_names)) for weights in (None, beyond > 0, tokens, beyond)
    )
    return tuple(
        LabelTruncation(label=name, texts=int(texts), truncated=int(cut), tokens=int(all_tokens), cut_tokens=int(lost))
        for name, texts, cut, all_tokens, lost in zip(label_names, *counts, strict=True)
    )
