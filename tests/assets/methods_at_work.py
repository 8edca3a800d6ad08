"""A method taken through encode, initialize, fit and save on made-up rows, as the steps do it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from heptune.bundle.layout import influences_prediction
from heptune.bundle.predictor import Predictor
from heptune.bundle.write import describe_bundle
from heptune.methods.create import create_method
from heptune.methods.method import Method, TrainingSettings, Watch
from heptune.schemas.dataset import LabelInfo
from heptune.schemas.model import ModelInfo
from heptune.schemas.sources import MethodName
from heptune.schemas.tokens import TokenizedDataset
from heptune.schemas.training import FitReport
from heptune.storage.artifacts import atomic_folder

QUIET = Watch(check=lambda: None, progress=lambda *_name, **_fields: None, notice=lambda _sentence: None)
LABELS = ("negative", "neutral", "positive")
TELLING = {0: ("bad", "awful", "broken"), 1: ("parcel", "order", "price"), 2: ("good", "great", "love")}
FILLING = ("it", "is", "the", "a", "very", "my", "today", "phone", "just", "really", "again")
SETTINGS = TrainingSettings(
    epochs=4,
    batch_size=8,
    micro_batch_size=None,
    learning_rate=3e-3,
    warmup_share=0.1,
    weight_decay=0.01,
    max_gradient_norm=1.0,
    adversarial_strength=0.0,
    head=None,
    patience=0,
    precision="fp32",
    without=(),
    seed=42,
    metric="macro_f1",
    max_minutes=None,
    price_per_hour=None,
)


def make_rows(texts: Sequence[str], classes: Sequence[int]) -> pa.Table:
    """Rows as step 3 leaves them."""
    return pa.table(
        {"text": pa.array(texts, pa.large_string()), "label": pa.array(np.asarray(classes, dtype=np.int32))}
    )


def easy_rows(count: int, *, seed: int = 0, classes: int = 3) -> pa.Table:
    """Rows whose class is told by one word among others that tell nothing."""
    generator = np.random.default_rng(seed)
    labels = np.arange(count) % classes
    texts = []
    for label in labels:
        words = [*generator.choice(FILLING, size=generator.integers(1, 9)), generator.choice(TELLING[label])]
        texts.append(" ".join(generator.permutation(words)))
    return make_rows(texts, labels)


@dataclass(frozen=True)
class Learnt:
    """A method after `fit`, and what it said on the way."""

    method: Method
    tokens: TokenizedDataset
    model: ModelInfo
    report: FitReport


def learn(
    folder: Path,
    splits: Mapping[str, pa.Table],
    *,
    name: MethodName = "full",
    model: Path | None = None,
    labels: Sequence[str] = LABELS,
    max_length: int | None = None,
    model_seed: int = 42,
    watch: Watch = QUIET,
    **settings: object,
) -> Learnt:
    """Take a method from nothing to fitted, with its encoded rows below `folder`.

    Args:
        folder: An empty or missing folder.
        splits: Rows by split.
        name: The method.
        model: Folder of the pretrained model.
        labels: Class names.
        max_length: Longest sequence in tokens.
        model_seed: Of the new weights.
        watch: Told of progress.
        settings: Changes to `SETTINGS`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    method = create_method(name, model, labels)
    tokens = method.encode(splits, folder, max_length=max_length)
    info = method.initialize(folder, seed=model_seed)
    report = method.fit(splits, folder, replace(SETTINGS, **settings), watch)
    return Learnt(method, tokens, info, report)


def write_bundle(learnt: Learnt, folder: Path, labels: Sequence[str] = LABELS) -> Predictor:
    """Save what was learnt as a bundle, as step 7 does, and open it from the disk."""
    with atomic_folder(folder, influences_prediction=influences_prediction) as temporary:
        learnt.method.save(temporary)
        describe_bundle(
            temporary,
            runtime="tfidf" if learnt.method.name == "tfidf" else "torch",
            labels=[LabelInfo(name=name, identifier=name) for name in labels],
            max_length=learnt.tokens.length_limit,
            provenance={"training": learnt.report.settings},
        )
    return Predictor.open(folder)
