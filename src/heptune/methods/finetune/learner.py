"""Learning from one batch: micro-batches of like length, every example weighed equally, and one step."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.optim import Optimizer

from heptune.methods.finetune.accelerator import make_accelerator
from heptune.methods.finetune.adversary import Adversary
from heptune.methods.finetune.defaults import ResolvedSettings
from heptune.methods.finetune.optimizer import make_optimizer, make_schedule
from heptune.methods.finetune.replay import Replay, weighted_loss
from heptune.methods.pretrained.token_rows import TokenRows
from heptune.modeling.batching import IntegerArray, batches_by_length, token_budget
from heptune.modeling.layout import Layout
from heptune.modeling.pooling import PooledClassifier
from heptune.modeling.precision import Precision
from heptune.modeling.speedups.cuda_graphs import MEETINGS_BEFORE, ReplayedSteps
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
        replay: What replaying a GPU's launches takes; None issues them one by one.
        settings: With nothing left open.
        steps: How many there will be.
        adversary: Moves the texts; None leaves them where they are.
        precision: Of the matrix products.
        device: Where it runs.

    Attributes:
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
        replay: Replay | None,
        settings: ResolvedSettings,
        *,
        steps: int,
        adversary: Adversary | None,
        precision: Precision,
        device: torch.device,
    ) -> None:
        self._precision: Precision = precision
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
        self._replayed = None if replay is None else self._replaying(replay)

    @property
    def precision(self) -> Precision:
        """Of the matrix products; it may be changed between two batches."""
        return self._precision

    @precision.setter
    def precision(self, precision: Precision) -> None:
        self._precision = precision
        if self._replayed:
            self._replayed.forget()

    @property
    def steps_to_settle(self) -> int:
        """How often a batch has to be learnt before it takes the time that others like it will."""
        return MEETINGS_BEFORE + 1 if self._replayed else 0

    def recordings(self, batches: Iterable[IntegerArray]) -> int:
        """Return how often launches will be recorded while these batches of rows are learnt."""
        if self._replayed is None:
            return 0
        return self._replayed.recordings(
            self._train.lengths[batch[part]].tolist() for batch in batches for part in self._parts(batch)
        )

    @property
    def network(self) -> nn.Module:
        """The classifier as it was given."""
        module: nn.Module = self._accelerator.unwrap_model(self._classifier)
        return module

    def learn(self, batch: IntegerArray) -> Learned:
        """Take one step by a batch of rows; nothing here waits for a GPU."""
        # Recorded launches add to gradients where they lay.
        self.optimizer.zero_grad(set_to_none=self._replayed is None)
        loss, computed_tokens = torch.zeros((), device=self.device), 0
        for part in self._parts(batch):
            loss_of_part, tokens = self._learn(batch[part])
            loss += loss_of_part
            computed_tokens += tokens
        self._accelerator.clip_grad_norm_(self._classifier.parameters(), self._settings.max_gradient_norm)
        self.optimizer.step()
        self.schedule.step()
        return Learned(loss, computed_tokens)

    def _replaying(self, replay: Replay) -> ReplayedSteps:
        settings = self._settings
        return ReplayedSteps(
            partial(self._learn_laid, replay.layout),
            pad_id=replay.pad_id,
            most_rows=min(settings.batch_size, settings.micro_batch_size or settings.batch_size),
            matrix_parameters=replay.matrix_parameters,
            device=self.device,
        )

    def _parts(self, batch: IntegerArray) -> list[IntegerArray]:
        """Cut a batch into micro-batches of like length."""
        most_rows = self._settings.micro_batch_size
        return batches_by_length(self._train.lengths[batch], most_tokens=self.most_tokens, most_rows=most_rows)

    def score(self, ids: Sequence[npt.NDArray[np.int32]]) -> torch.Tensor:
        """Return class scores `[n, C]` of texts."""
        return self._logits(self._layout, self._layout.lay(ids))

    def _logits(self, layout: Layout, texts: Any) -> torch.Tensor:  # noqa: ANN401 - the layout's
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.precision == "bf16"):
            return layout.logits(texts)

    def _learn(self, rows: IntegerArray) -> tuple[torch.Tensor, int]:
        """Add the gradient of a micro-batch and return the sum of its losses, and the tokens that were computed."""
        ids, classes = self._train.ids(rows), self._train.classes[rows].astype(np.int64)
        replayed = self._replayed.learn(ids, classes) if self._replayed else None
        if replayed is not None:
            return replayed
        loss = self._learn_laid(self._layout, self._layout.lay(ids), to_device(classes, self.device))
        return loss, self._layout.computed_tokens(self._train.lengths[rows])

    def _learn_laid(
        self,
        layout: Layout,
        texts: Any,  # noqa: ANN401 - the layout's
        classes: torch.Tensor,
        weights: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Add the gradient of laid texts and return the sum of their losses; nothing here waits for a GPU."""
        if self._adversary is None:
            return self._add_gradient(layout, texts, classes, weights)
        # Half from the texts as they are and half from the worst ones close by.
        with self._adversary.watching():
            loss = self._add_gradient(layout, texts, classes, weights, share=0.5)
        with self._adversary.moved(partial(layout.norms, texts)):
            self._add_gradient(layout, texts, classes, weights, share=0.5)
        return loss

    def _add_gradient(
        self,
        layout: Layout,
        texts: Any,  # noqa: ANN401 - the layout's
        classes: torch.Tensor,
        weights: torch.Tensor | None,
        share: float = 1.0,
    ) -> torch.Tensor:
        loss = weighted_loss(self._logits(layout, texts), classes, weights)
        # Over a fixed count, so that an example of a short last batch weighs no more than any other.
        self._accelerator.backward(loss * (share / self._settings.batch_size))
        return loss.detach()
