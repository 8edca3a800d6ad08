"""How often answers change where a text changes and its meaning does not."""

import random
from collections.abc import Callable, Sequence

import numpy as np

from heptune.bundle.predictor import Predictor
from heptune.data.perturbations import PERTURBATIONS
from heptune.evaluation.intervals import wilson
from heptune.schemas.failures import Robustness

# Of more test rows a random part is changed.
MOST_ROWS = 1_000


def measure_robustness(
    predictor: Predictor, texts: Sequence[str], *, seed: int, poll: Callable[[], None]
) -> tuple[Robustness, ...]:
    """Change texts in several ways and count how many answers become others.

    Args:
        predictor: The opened bundle.
        texts: The test rows.
        seed: Of the rows that are taken and of the changes.
        poll: Called between the ways; raises where the user asked to stop.
    """
    taken = sorted(np.random.default_rng(seed).permutation(len(texts))[:MOST_ROWS].tolist())
    before = [texts[row] for row in taken]
    labels = [answer.label for answer in predictor.predict(before)]
    measured = []
    for name, perturb in PERTURBATIONS.items():
        poll()
        after = [perturb(text, random.Random(f"{seed}:{name}:{row}")) for row, text in zip(taken, before, strict=True)]  # noqa: S311 - no secret
        changed = [place for place, text in enumerate(after) if text != before[place]]
        if not changed:
            continue
        answers = predictor.predict([after[place] for place in changed])
        flips = sum(answer.label != labels[place] for place, answer in zip(changed, answers, strict=True))
        measured.append(Robustness(name=name, rows=len(changed), flips=wilson(flips, len(changed))))
    return tuple(measured)
