"""Features: what the last layer of a network reads, for each text."""

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from heptune.methods.method import Watch
from heptune.methods.pretrained.token_rows import TokenRows
from heptune.modeling.batching import IntegerArray, batches_by_length, token_budget
from heptune.modeling.last_layer import last_layer, no_linear_head
from heptune.modeling.layout import Layout, TokenIds
from heptune.modeling.pooling import PooledClassifier
from heptune.modeling.precision import Precision

FloatArray = npt.NDArray[np.float32]
REPORT_SECONDS = 1.0


class FeatureReader:
    """Computes features in evaluation mode, a batch of texts of like length at a time.

    Args:
        classifier: The network with its pooling, on the device.
        layout: How texts lie in front of it.
        precision: Of the matrix products.
        device: Where the network is.
        most_rows: Most texts of a batch; None leaves it to the token budget.

    Raises:
        InvalidInputError: the network has no linear last layer.
    """

    def __init__(
        self,
        classifier: PooledClassifier,
        layout: Layout,
        *,
        precision: Precision,
        device: torch.device,
        most_rows: int | None,
    ) -> None:
        self._network = classifier.eval().network
        self._layer = last_layer(self._network)
        self._layout = layout
        self._precision = precision
        self._device = device
        self._most_rows = most_rows

    def batches(self, rows: TokenRows) -> list[IntegerArray]:
        """Return the row numbers of each batch, longest texts first."""
        budget = 2 * token_budget(self._device)
        return batches_by_length(rows.lengths, most_tokens=budget, most_rows=self._most_rows)

    def read(self, parts: Sequence[TokenRows], watch: Watch) -> list[FloatArray]:
        """Return the features `[n, d]` of each part, in fp32: 4 * n * d bytes, 31 MB for 20,000 rows of d = 384.

        Raises:
            InvalidInputError: something stands between the last layer and the class scores.
        """
        features = [np.empty((len(rows), self._layer.in_features), dtype=np.float32) for rows in parts]
        batches = [(part, batch) for part, rows in enumerate(parts) for batch in self.batches(rows)]
        progress = _Progress(len(batches), sum(int(rows.lengths.sum()) for rows in parts), watch)
        with self.at_precision():
            for part, batch in batches:
                watch.check()
                features[part][batch] = self.of(parts[part].ids(batch))
                progress.add(len(batch), int(parts[part].lengths[batch].sum()))
        return features

    @torch.inference_mode()
    def of(self, ids: Sequence[TokenIds]) -> FloatArray:
        """Return the features `[n, d]` of one batch of token ids."""
        seen: list[torch.Tensor] = []
        hook = self._layer.register_forward_hook(lambda _layer, inputs, scores: seen.extend((inputs[0], scores)))
        try:
            with self.at_precision():
                logits = self._layout.logits(self._layout.lay(ids))
        finally:
            hook.remove()
        if len(seen) != 2 or not torch.equal(seen[1].float(), logits):
            raise no_linear_head(self._network)
        features: FloatArray = seen[0].float().cpu().numpy()
        return features

    def at_precision(self) -> torch.autocast:
        """Return a context of the precision; within one that lasts, torch casts each weight once."""
        return torch.autocast(self._device.type, torch.bfloat16, enabled=self._precision == "bf16")


class _Progress:
    """Tells about once a second how far a pass over the texts is."""

    def __init__(self, steps: int, tokens: int, watch: Watch) -> None:
        self._watch = watch
        self._steps, self._tokens = steps, tokens
        self._step = self._rows_done = self._tokens_done = 0
        self._started = self._report_at = time.perf_counter()

    def add(self, rows: int, tokens: int) -> None:
        """Count a batch."""
        self._step += 1
        self._rows_done += rows
        self._tokens_done += tokens
        if self._step == self._steps or time.perf_counter() >= self._report_at:
            self._watch.progress("progress", **self._fields(time.perf_counter() - self._started))
            self._report_at = time.perf_counter() + REPORT_SECONDS

    def _fields(self, seconds: float) -> dict[str, Any]:
        return {
            "step": self._step,
            "steps": self._steps,
            "rows_per_second": round(self._rows_done / seconds, 1),
            "eta_seconds": round(seconds * (self._tokens / self._tokens_done - 1), 1),
        }
