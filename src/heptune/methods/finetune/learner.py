"""Learning from one batch: micro-batches of like length, every example weighed equally, and one step."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn import functional
from torch.optim import Optimizer

from heptune.methods.finetune.accelerator import make_accelerator
from heptune.methods.finetune.adversary import Adversary
from heptune.methods.finetune.defaults import ResolvedSettings
from heptune.methods.finetune.optimizer import make_optimizer, make_schedule
from heptune.methods.pretrained.token_rows import TokenRows
from heptune.modeling.batching import IntegerArray, batches_by_length, token_budget
from heptune.modeling.layout import Layout
from heptune.modeling.pooling import PooledClassifier
from heptune.modeling.precision import Precision
from heptune.modeling.transfer import to_device


@dataclass(frozen=True, slots=True)
class Learned:
    """What came of one batch.

    Attributes:
        loss: Sum of the losses of its rows, on the device.
        computed_tokens: Tokens that the network computed, those that fill up included.
    """

    loss: torch.Tensor
    computed_tokens: int


class Learner:
    """A classifier and what changes its weights.

    Args:
        classifier: The network with its pooling.
        layout: How texts lie in front of it.
        train: Rows to learn from.
        settings: With nothing left open.
        steps: How many there will be.
        adversary: Moves the texts; None leaves them where they are.
        precision: Of the matrix products.
        device: Where it runs.

    Attributes:
        precision: It may be changed between two batches.
        optimizer: Of the classifier's weights.
        schedule: Of the optimizer's learning rate.
        device: Where it runs.
        most_tokens: Of a micro-batch, unless it is a single text.
    """

    def __init__(
        self,
        classifier: PooledClassifier,
        layout: Layout,
        train: TokenRows,
        settings: ResolvedSettings,
        *,
        steps: int,
        adversary: Adversary | None,
        precision: Precision,
        device: torch.device,
    ) -> None:
        self.precision = precision
        self.most_tokens = token_budget(device)
        self._layout = layout
        self._train = train
        self._settings = settings
        self._adversary = adversary
        self._accelerator = make_accelerator(device)
        optimizer = make_optimizer(classifier, learning_rate=settings.learning_rate, weight_decay=settings.weight_decay)
        self.schedule = make_schedule(optimizer, steps=steps, warmup_share=settings.warmup_share)
        prepared: tuple[PooledClassifier, Optimizer] = self._accelerator.prepare(classifier, optimizer)
        self._classifier, self.optimizer = prepared
        self.device: torch.device = self._accelerator.device

    @property
    def network(self) -> nn.Module:
        """The classifier as it was given."""
        module: nn.Module = self._accelerator.unwrap_model(self._classifier)
        return module

    def learn(self, batch: IntegerArray) -> Learned:
        """Take one step by a batch of rows; nothing here waits for a GPU."""
        self.optimizer.zero_grad()
        loss, computed_tokens = torch.zeros((), device=self.device), 0
        lengths, most_rows = self._train.lengths[batch], self._settings.micro_batch_size
        for part in batches_by_length(lengths, most_tokens=self.most_tokens, most_rows=most_rows):
            loss += self._learn(batch[part])
            computed_tokens += self._layout.computed_tokens(lengths[part])
        self._accelerator.clip_grad_norm_(self._classifier.parameters(), self._settings.max_gradient_norm)
        self.optimizer.step()
        self.schedule.step()
        return Learned(loss, computed_tokens)

    def score(self, ids: Sequence[npt.NDArray[np.int32]]) -> torch.Tensor:
        """Return class scores `[n, C]` of texts."""
        return self._logits(self._layout.lay(ids))

    def _logits(self, texts: Any) -> torch.Tensor:  # noqa: ANN401 - the layout's
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.precision == "bf16"):
            return self._layout.logits(texts)

    def _learn(self, rows: IntegerArray) -> torch.Tensor:
        """Add the gradient of a micro-batch and return the sum of its losses."""
        texts = self._layout.lay(self._train.ids(rows))
        if self._adversary is None:
            return self._add_gradient(texts, rows)
        # Half from the texts as they are and half from the worst ones close by.
        with self._adversary.watching():
            loss = self._add_gradient(texts, rows, share=0.5)
        with self._adversary.moved(partial(self._layout.norms, texts)):
            self._add_gradient(texts, rows, share=0.5)
        return loss

    def _add_gradient(self, texts: Any, rows: IntegerArray, share: float = 1.0) -> torch.Tensor:  # noqa: ANN401 - the layout's
        logits = self._logits(texts)
        classes = to_device(self._train.classes[rows].astype(np.int64), logits.device)
        loss = functional.cross_entropy(logits, classes, reduction="sum")
        # Over a fixed count, so that an example of a short last batch weighs no more than any other.
        self._accelerator.backward(loss * (share / self._settings.batch_size))
        return loss.detach()
