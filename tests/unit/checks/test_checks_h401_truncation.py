"""H401: texts that are longer than the model reads."""

import numpy as np
import pyarrow as pa

from heptune.checks.h401_truncation import CHECK
from heptune.i18n import _
from heptune.methods.lengths import length_histogram, truncation_by_label
from heptune.schemas.tokens import TokenizedDataset


def tokens(lengths, classes, *, limit):
    lengths = np.array(lengths, dtype=np.int32)
    splits = {"train": pa.table({"label": pa.array(classes, pa.int32())})}
    return TokenizedDataset(
        unit="tokens",
        length_limit=limit,
        limit_reason=_("tfidf reads texts of any length"),
        truncated_by_label=truncation_by_label(splits, {"train": lengths}, limit, ["a", "b"]),
        length_histogram=length_histogram(lengths),
        mean_length=1.0,
        longest=int(lengths.max()),
        without_tokens={},
        pad_token=None,
        preview=(),
    )


def test_texts_and_tokens_beyond_the_limit_are_counted_by_label_the_worst_first():
    finding = CHECK.finding(tokens([10, 30, 40, 20, 20, 80], [0, 0, 0, 0, 0, 1], limit=20))
    assert (finding.count, finding.share) == (3, 0.5)
    assert finding.summary == "3 of 6 texts are longer than 20 tokens; 45.0% of all tokens are not read"
    assert [(example.text, example.detail) for example in finding.examples] == [
        ("b", "1 of 1 texts are cut, 75.0% of their tokens"),
        ("a", "2 of 5 texts are cut, 25.0% of their tokens"),
    ]


def test_texts_as_long_as_the_limit_are_whole():
    assert CHECK.finding(tokens([20, 20], [0, 1], limit=20)).outcome == "passed"


def test_where_nothing_is_cut_ever_it_does_not_apply():
    assert CHECK.finding(tokens([20, 2_000], [0, 1], limit=None)).outcome == "not_applicable"
