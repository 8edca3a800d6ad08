"""A linear probe as a baseline: only its last layer is kept, and the network is loaded again to score."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from heptune.errors import InvalidInputError
from heptune.i18n import _
from heptune.methods.baselines import Encoder, PredictProba
from heptune.methods.linear_probe.head_file import open_head, save_head
from heptune.methods.linear_probe.learning import learn_head, reading
from heptune.methods.method import Watch
from heptune.methods.pretrained.classifier import PretrainedClassifier
from heptune.modeling.last_layer import NO_LINEAR_HEAD, last_layer

# A pass over the training rows that takes longer is told of.
LONG_SECONDS = 60


def fit_probe(encoder: Encoder, splits: Mapping[str, pa.Table], folder: Path, watch: Watch) -> bool:
    """Fit a linear probe of a run's model and write its last layer to `folder`.

    Returns:
        False where the network's head is not linear; nothing is written then, and the user is told.
    """
    try:
        pretrained, told = _load(encoder), _telling_of_long_passes(watch)
        with reading(pretrained, splits, encoder.encoded, encoder.settings, seed=encoder.seed, watch=told) as at_hand:
            learn_head(pretrained, at_hand, told)
    except InvalidInputError as error:
        if error.code != NO_LINEAR_HEAD:
            raise
        watch.notice(_("the baseline linear-probe is left out: this network has no linear head"))
        return False
    save_head(last_layer(pretrained.classifier.network), folder)
    return True


def open_probe(encoder: Encoder, folder: Path, sample: Sequence[str]) -> PredictProba:
    """Load the run's model with the last layer in `folder`; what is returned gives texts their probabilities.

    Args:
        encoder: The network.
        folder: What `fit_probe` wrote.
        sample: Texts on which bf16 is compared with fp32; without any it is fp32.
    """
    pretrained = _load(encoder)
    open_head(last_layer(pretrained.classifier.network), folder)
    settings = encoder.settings
    runtime = pretrained.scorer(sample, most_rows=settings.micro_batch_size, without=settings.without)
    return lambda texts: runtime.score(texts).probabilities


def _load(encoder: Encoder) -> PretrainedClassifier:
    pretrained = PretrainedClassifier(encoder.model, encoder.label_names)
    pretrained.load(encoder.encoded, seed=encoder.seed)
    return pretrained


def _telling_of_long_passes(watch: Watch) -> Watch:
    """Return a watch that tells once what the pass over the training rows will take, if that is long."""
    reports = 0

    def progress(name: str, **fields: Any) -> None:  # noqa: ANN401 - as the event has them
        nonlocal reports
        reports += 1
        if reports == 1 and fields["eta_seconds"] > LONG_SECONDS:
            watch.notice(
                _(
                    "the baseline linear-probe reads all training rows once, in about {minutes:.0f} min; "
                    "evaluation.baselines can leave it out",
                    minutes=fields["eta_seconds"] / 60,
                )
            )
        watch.progress(name, **fields)

    return replace(watch, progress=progress)
