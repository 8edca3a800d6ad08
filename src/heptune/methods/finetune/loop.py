"""The training loop: random batches, cut by length into micro-batches, every example weighed equally."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from heptune.errors import UsageError
from heptune.evaluation.metrics import find_metric, is_better
from heptune.i18n import _
from heptune.methods.finetune.accelerator import make_accelerator
from heptune.methods.finetune.adversary import Adversary
from heptune.methods.finetune.defaults import ResolvedSettings
from heptune.methods.finetune.optimizer import make_optimizer, make_schedule
from heptune.methods.finetune.preparation import Prepared
from heptune.methods.finetune.snapshot import Snapshot
from heptune.methods.finetune.throughput import Clock, Throughput
from heptune.methods.finetune.validation import score_rows
from heptune.methods.method import Watch
from heptune.modeling.batching import IntegerArray, batches_by_length, token_budget
from heptune.modeling.pooling import PooledClassifier
from heptune.modeling.precision import Precision
from heptune.modeling.transfer import to_device
from heptune.schemas.training import EpochRecord

REPORT_SECONDS = 1.0


@dataclass(slots=True)
class TrainingState:
    """What grows while the loop runs.

    Attributes:
        history: One record an epoch.
        best_epoch: The epoch whose weights are kept, from 1; None before the first.
        best_weights: A copy of them in memory.
        fp32_from_epoch: The epoch that was begun anew in fp32 because bf16 broke in it; None where it never did.
        throughput: Of all steps, those of an epoch that broke too.
    """

    history: list[EpochRecord] = field(default_factory=list)
    best_epoch: int | None = None
    best_weights: dict[str, torch.Tensor] = field(default_factory=dict)
    fp32_from_epoch: int | None = None
    throughput: Throughput = field(default_factory=Throughput)


class Training:
    """Trains a classifier in place.

    Args:
        classifier: The network with its pooling.
        prepared: Rows and their layout; without validation rows the last epoch is kept.
        settings: With nothing left open.
        adversary: Moves the texts; None leaves them where they are.
        precision: Of the matrix products.
        device: Where it runs.
        watch: Polled at every step, told of progress.

    Attributes:
        train: Rows to learn from.
        validation: Rows that choose the epoch, or None.
        steps: Steps to do unless it stops early.
        state: What has come of it so far.
    """

    def __init__(
        self,
        classifier: PooledClassifier,
        prepared: Prepared,
        settings: ResolvedSettings,
        *,
        adversary: Adversary | None,
        precision: Precision,
        device: torch.device,
        watch: Watch,
    ) -> None:
        self.train = prepared.train
        self.validation = prepared.validation
        self._layout = prepared.layout
        self._settings = settings
        self._adversary = adversary
        self._precision = precision
        self._watch = watch
        self._metric = find_metric(settings.metric)
        self._budget = token_budget(device)
        self._accelerator = make_accelerator(device)
        optimizer = make_optimizer(classifier, learning_rate=settings.learning_rate, weight_decay=settings.weight_decay)
        self._classifier, self._optimizer = self._accelerator.prepare(classifier, optimizer)
        self.steps = settings.epochs * math.ceil(len(self.train) / settings.batch_size)
        self._schedule = make_schedule(optimizer, steps=self.steps, warmup_share=settings.warmup_share)
        self._started = self._report_at = time.perf_counter()
        self.state = TrainingState()

    @property
    def kept_copies(self) -> int:
        """Copies of all weights that are in memory at the end of an epoch: its beginning in bf16, and the best."""
        return (self._precision != "fp32") + (self.validation is not None)

    def run(self) -> TrainingState:
        """Train until the epochs, the patience or the time are over; leave the best epoch's weights in the classifier.

        Raises:
            UsageError: the loss or a weight is no longer a number.
        """
        for epoch in range(1, self._settings.epochs + 1):
            started = time.perf_counter()
            try:
                loss = self._train_epoch(epoch)
            except FloatingPointError as error:
                raise _diverged(self._settings.learning_rate) from error
            scores = self._validate()
            record = EpochRecord(
                epoch=epoch,
                training_loss=round(loss, 6),
                validation=scores,
                seconds=round(time.perf_counter() - started, 3),
            )
            self.state.history.append(record)
            self._watch.progress("epoch", **record.model_dump(mode="json"))
            self._keep_if_best(record)
            if self._out_of_patience(epoch) or self._out_of_time():
                break
        self._restore_best()
        return self.state

    def _train_epoch(self, epoch: int) -> float:
        """Return the mean loss per example seen; where bf16 breaks, do this epoch again and all later ones in fp32."""
        if self._precision == "fp32":
            return self._pass(epoch)
        before, steps = Snapshot(self._unwrapped(), self._optimizer, self._schedule), self.state.throughput.steps
        try:
            return self._pass(epoch)
        except FloatingPointError:
            before.restore()
            self._precision = "fp32"
            self.state.fp32_from_epoch = epoch
            self.steps += self.state.throughput.steps - steps
            self._watch.notice(
                _("bf16 gave numbers without end in epoch {epoch}: it is done again in fp32", epoch=epoch)
            )
            return self._pass(epoch)

    def _pass(self, epoch: int) -> float:
        """Learn from every row once and return the mean loss per example seen.

        Raises:
            FloatingPointError: the loss or a weight is no longer a number.
        """
        self._classifier.train()
        clock = Clock(self.state.throughput, self._accelerator.device)
        total = torch.zeros((), device=self._accelerator.device)
        seen = 0
        order = np.random.default_rng([self._settings.seed, epoch]).permutation(len(self.train))
        for step, start in enumerate(range(0, len(order), self._settings.batch_size)):
            self._watch.check()
            torch.manual_seed(step_seed(self._settings.seed, epoch, step))
            rows = order[start : start + self._settings.batch_size]
            total += self.step(rows)
            seen += len(rows)
            if self._report_is_due():
                clock.stop()
                self._report(epoch, self._finite(total) / seen)
            if self._out_of_time():
                break
        clock.stop()
        if not all(weight.isfinite().all() for weight in self._unwrapped().parameters()):
            raise FloatingPointError
        return self._finite(total) / seen

    def step(self, rows: IntegerArray) -> torch.Tensor:
        """Learn from one batch of rows and return the sum of its losses; nothing here waits for a GPU."""
        self._optimizer.zero_grad()
        total = torch.zeros((), device=self._accelerator.device)
        for micro_batch in self._micro_batches(rows):
            total += self._learn(micro_batch)
        self._accelerator.clip_grad_norm_(self._classifier.parameters(), self._settings.max_gradient_norm)
        self._optimizer.step()
        self._schedule.step()
        self._count(rows)
        return total

    @staticmethod
    def _finite(total: torch.Tensor) -> float:
        loss = float(total)
        if not math.isfinite(loss):
            raise FloatingPointError
        return loss

    def _learn(self, rows: IntegerArray) -> torch.Tensor:
        """Add the gradient of a micro-batch and return the sum of its losses."""
        texts = self._layout.lay(self.train.ids(rows))
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
        classes = to_device(self.train.classes[rows].astype(np.int64), logits.device)
        loss = functional.cross_entropy(logits, classes, reduction="sum")
        # Over a fixed count, so that an example of a short last batch weighs no more than any other.
        self._accelerator.backward(loss * (share / self._settings.batch_size))
        return loss.detach()

    def _micro_batches(self, rows: IntegerArray) -> Iterator[IntegerArray]:
        lengths = self.train.lengths[rows]
        batches = batches_by_length(lengths, most_tokens=self._budget, most_rows=self._settings.micro_batch_size)
        for batch in batches:
            self.state.throughput.computed_tokens += self._layout.computed_tokens(lengths[batch])
            yield rows[batch]

    def _logits(self, texts: Any) -> torch.Tensor:  # noqa: ANN401 - the layout's
        with torch.autocast(self._accelerator.device.type, torch.bfloat16, enabled=self._precision == "bf16"):
            return self._layout.logits(texts)

    def _validate(self) -> dict[str, float]:
        """Return every metric on the validation rows; nothing without rows."""
        rows = self.validation
        if rows is None:
            return {}
        self._classifier.eval()
        return score_rows(
            rows,
            lambda batch: self._logits(self._layout.lay(rows.ids(batch))),
            most_tokens=2 * self._budget,
            check=self._watch.check,
        )

    def _keep_if_best(self, record: EpochRecord) -> None:
        best = self.state.best_epoch
        if best is not None and record.validation:
            old = self.state.history[best - 1].validation[self._metric.name]
            if not is_better(self._metric, record.validation[self._metric.name], old):
                return
        self.state.best_epoch = record.epoch
        if record.validation:
            for name, weight in self._unwrapped().state_dict().items():
                if best is None:
                    self.state.best_weights[name] = weight.detach().clone()
                else:  # in place: a second copy would be as large as the network
                    self.state.best_weights[name].copy_(weight)

    def _restore_best(self) -> None:
        if self.state.best_weights and self.state.best_epoch != len(self.state.history):
            self._unwrapped().load_state_dict(self.state.best_weights)
        self.state.best_weights = {}
        self._unwrapped().eval()

    def _unwrapped(self) -> nn.Module:
        module: nn.Module = self._accelerator.unwrap_model(self._classifier)
        return module

    def _out_of_patience(self, epoch: int) -> bool:
        best = self.state.best_epoch or epoch
        return bool(self._settings.patience) and epoch - best >= self._settings.patience

    def _out_of_time(self) -> bool:
        limit = self._settings.max_minutes
        return limit is not None and time.perf_counter() - self._started > 60 * limit

    def _count(self, rows: IntegerArray) -> None:
        throughput = self.state.throughput
        throughput.rows += len(rows)
        throughput.tokens += int(self.train.lengths[rows].sum())
        throughput.steps += 1

    def _report_is_due(self) -> bool:
        """Return whether to tell of progress: about once a second, so that the stream of events stays short."""
        return self.state.throughput.steps == self.steps or time.perf_counter() >= self._report_at

    def _report(self, epoch: int, loss: float) -> None:
        done = self.state.throughput
        self._report_at = time.perf_counter() + REPORT_SECONDS
        self._watch.progress(
            "progress",
            epoch=epoch,
            epochs=self._settings.epochs,
            step=done.steps,
            steps=self.steps,
            loss=round(loss, 4),
            rows_per_second=round(done.rows / done.seconds, 1),
            eta_seconds=round((self.steps - done.steps) * done.seconds / done.steps, 1),
        )


def step_seed(seed: int, epoch: int, step: int) -> int:
    """Return the seed of one step's dropout: a function of these three numbers and nothing else."""
    return int(np.random.SeedSequence([seed, epoch, step]).generate_state(1)[0])


def _diverged(learning_rate: float) -> UsageError:
    return UsageError(
        _("Training has diverged: the loss is no longer a number."),
        code="diverged",
        where="training.learning_rate",
        found=str(learning_rate),
        remedy=_("Use a smaller --learning-rate, or --precision fp32."),
    )
