"""The last layer begins as a linear probe of the network, in place of random numbers.

With many labels a new head spends most of the training on learning what each of them is: banking77's 77 classes with
1,500 rows reach in 3 epochs from a probe what 6 from random numbers do not (`benchmarks/NOTES.md`). Kumar et al.,
"Fine-Tuning can Distort Pretrained Features and Underperform Out-of-Distribution" (ICLR 2022), call it LP-FT.
"""

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from heptune.errors import InvalidInputError
from heptune.i18n import _
from heptune.methods.linear_probe.head_file import open_head
from heptune.methods.linear_probe.learning import learn_head, reading
from heptune.methods.linear_probe.settings import ProbeSettings
from heptune.methods.method import Watch
from heptune.methods.pretrained.classifier import PretrainedClassifier
from heptune.modeling.last_layer import NO_LINEAR_HEAD, last_layer


def start_from_probe(
    pretrained: PretrainedClassifier,
    splits: Mapping[str, pa.Table],
    encoded: Path,
    settings: ProbeSettings,
    *,
    seed: int,
    fitted: Path | None,
    watch: Watch,
) -> bool:
    """Give the network's last layer the weights of a linear probe.

    Args:
        pretrained: The network as it was initialized.
        splits: Rows of the run; `validation` may be missing.
        encoded: What `encode` wrote.
        settings: Those of a probe.
        seed: Draws the rows to fit among very many.
        fitted: Folder with the last layer of one that was fitted already; None fits it here.
        watch: Polled while it is fitted.

    Returns:
        False where the network has no linear head; it stays as it is then, and the user is told.
    """
    try:
        if fitted is not None:
            open_head(last_layer(pretrained.classifier.network), fitted)
            return True
        with reading(pretrained, splits, encoded, settings, seed=seed, watch=watch) as at_hand:
            learn_head(pretrained, at_hand, watch)
    except InvalidInputError as error:
        if error.code != NO_LINEAR_HEAD:
            raise
        watch.notice(_("the head begins with new weights: this network has no linear head for a probe"))
        return False
    return True
