"""What the choice of a model depends on, found out from the texts themselves."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from heptune.data.languages import count_languages
from heptune.data.text import count_scripts
from heptune.schemas.dataset import DatasetSplits
from heptune.schemas.model_choice import TextFacts

SAMPLE_TEXTS = 2_000


def sample_texts(rows: pa.Table) -> list[str]:
    """Return some of the texts, evenly spaced."""
    places = np.unique(np.linspace(0, len(rows) - 1, min(len(rows), SAMPLE_TEXTS)).astype(np.int64))
    texts: list[str] = rows["text"].take(pa.array(places)).to_pylist()
    return texts


def facts_of(dataset: DatasetSplits, texts: Sequence[str]) -> TextFacts:
    """Return what the choice depends on.

    Args:
        dataset: Step 3's result.
        texts: A sample of those to learn from.
    """
    validation = dataset.splits.get("validation")
    characters = [len(text) for text in texts]
    return TextFacts(
        rows=dataset.splits["train"].rows,
        validation_rows=validation.rows if validation else 0,
        labels=len(dataset.labels),
        scripts=dataset.scripts,
        languages=dataset.languages,
        mean_characters=round(float(np.mean(characters)), 1),
        longest_characters=max(characters),
    )


def facts_of_sample(texts: Sequence[str]) -> TextFacts:
    """Return the same of a sample alone, where labels and splits are not known yet."""
    characters = [len(text) for text in texts]
    return TextFacts(
        rows=len(texts),
        validation_rows=0,
        labels=0,
        scripts=count_scripts(texts),
        languages=count_languages(texts),
        mean_characters=round(float(np.mean(characters)), 1),
        longest_characters=max(characters),
    )
