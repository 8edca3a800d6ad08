"""Whether training fits into memory, before it starts."""

from typing import Any

import numpy as np
import torch

from heptune.errors import ResourceError
from heptune.i18n import _
from heptune.methods.pretrained.token_rows import TokenRows
from heptune.modeling.batching import token_budget
from heptune.modeling.memory import NetworkSize, available_mib, training_memory_mib
from heptune.modeling.precision import Precision

# The weights lie in memory already.
WEIGHT_BYTES = 4


def refuse_what_does_not_fit(
    network: Any,  # noqa: ANN401 - untyped library
    rows: TokenRows,
    *,
    precision: Precision,
    batch_size: int,
    most_rows: int | None,
    device: torch.device,
) -> None:
    """Raise where training needs more memory than can be had; by formula, so only what is clearly too much.

    Args:
        network: A `PreTrainedModel`.
        rows: Rows to learn from.
        precision: Of the matrix products.
        batch_size: Rows of an optimizer step.
        most_rows: Most rows of a micro-batch; None for no bound.
        device: Where it runs.

    Raises:
        ResourceError: with what would fit (`code="does_not_fit"`).
    """
    available = available_mib(device)
    if available is None:
        return
    parameters = sum(weight.numel() for weight in network.parameters() if weight.requires_grad)
    longest = int(rows.lengths.max())
    batch = int(np.sort(rows.lengths)[-batch_size:].sum())

    def needed(most_rows: int | None) -> float:
        tokens = max(longest, min(batch, token_budget(device), longest * (most_rows or batch_size)))
        whole = training_memory_mib(
            parameters, NetworkSize.of(network.config), tokens=tokens, longest=longest, bf16=precision == "bf16"
        )
        return whole - WEIGHT_BYTES * parameters / 2**20

    if needed(most_rows) <= available:
        return
    fits_alone = needed(1) <= available
    raise ResourceError(
        _("Training does not fit into memory."),
        code="does_not_fit",
        expected=_("at most {mib:,.0f} MiB, which is what can still be had", mib=available),
        found=_("about {mib:,.0f} MiB", mib=needed(most_rows)),
        remedy=_("One text at a time would fit: --set training.micro_batch_size=1")
        if fits_alone
        else _("Use a smaller tokens.max_length or a smaller model, or --method linear-probe or tfidf."),
    )
