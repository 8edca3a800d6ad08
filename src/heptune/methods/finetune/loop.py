"""The training loop: epochs of random batches, of which the best on validation is kept."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import torch

from heptune.errors import UsageError
from heptune.evaluation.metrics import find_metric, is_better
from heptune.i18n import _
from heptune.methods.finetune.adversary import Adversary
from heptune.methods.finetune.best_weights import BestWeights
from heptune.methods.finetune.defaults import ResolvedSettings
from heptune.methods.finetune.learner import Learner
from heptune.methods.finetune.preparation import Prepared
from heptune.methods.finetune.snapshot import Snapshot
from heptune.methods.finetune.throughput import Clock, Throughput
from heptune.methods.finetune.validation import score_rows
from heptune.methods.method import Watch
from heptune.modeling.batching import IntegerArray
from heptune.modeling.pooling import PooledClassifier
from heptune.modeling.precision import Precision
from heptune.schemas.training import EpochRecord

REPORT_SECONDS = 1.0


@dataclass(slots=True)
class TrainingState:
    """What grows while the loop runs.

    Attributes:
        history: One record an epoch.
        best_epoch: The epoch whose weights are kept, from 1; None before the first.
        fp32_from_epoch: The epoch that was begun anew in fp32 because bf16 broke in it; None where it never did.
        throughput: Of all steps, those of an epoch that broke too.
    """

    history: list[EpochRecord] = field(default_factory=list)
    best_epoch: int | None = None
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
        self.steps = settings.epochs * math.ceil(len(self.train) / settings.batch_size)
        self.state = TrainingState()
        self._settings = settings
        self._watch = watch
        self._metric = find_metric(settings.metric)
        self._learner = Learner(
            classifier,
            prepared.layout,
            prepared.train,
            prepared.replay,
            settings,
            steps=self.steps,
            adversary=adversary,
            precision=precision,
            device=device,
        )
        self._best = BestWeights(self._learner.network)
        self._started = self._report_at = time.perf_counter()

    @property
    def steps_to_settle(self) -> int:
        """How often a batch has to be learnt before it takes the time that others like it will."""
        return self._learner.steps_to_settle

    @property
    def recordings(self) -> int:
        """How often launches will be recorded: in the first epoch, as later ones meet the same shapes."""
        return self._learner.recordings(self._batches(1))

    @property
    def kept_copies(self) -> int:
        """Copies of all weights that are in memory at the end of an epoch: its beginning in bf16, and the best."""
        return (self._learner.precision != "fp32") + (self.validation is not None)

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
        if self.state.best_epoch != len(self.state.history):
            self._best.restore()
        self._learner.network.eval()
        return self.state

    def _train_epoch(self, epoch: int) -> float:
        """Return the mean loss per example seen; where bf16 breaks, do this epoch again and all later ones in fp32."""
        learner, done = self._learner, self.state.throughput
        if learner.precision == "fp32":
            return self._pass(epoch)
        before, steps = Snapshot(learner.network, learner.optimizer, learner.schedule), done.steps
        try:
            return self._pass(epoch)
        except FloatingPointError:
            before.restore()
            learner.precision = "fp32"
            self.state.fp32_from_epoch = epoch
            self.steps += done.steps - steps
            self._watch.notice(
                _("bf16 gave numbers without end in epoch {epoch}: it is done again in fp32", epoch=epoch)
            )
            return self._pass(epoch)

    def _pass(self, epoch: int) -> float:
        """Learn from every row once and return the mean loss per example seen.

        Raises:
            FloatingPointError: the loss or a weight is no longer a number.
        """
        network = self._learner.network.train()
        clock = Clock(self.state.throughput, self._learner.device)
        total = torch.zeros((), device=self._learner.device)
        seen = 0
        for step, rows in enumerate(self._batches(epoch)):
            self._watch.check()
            torch.manual_seed(step_seed(self._settings.seed, epoch, step))
            total += self.step(rows)
            seen += len(rows)
            if self._report_is_due():
                clock.stop()
                self._report(epoch, self._finite(total) / seen)
            if self._out_of_time():
                break
        clock.stop()
        if not all(weight.isfinite().all() for weight in network.parameters()):
            raise FloatingPointError
        return self._finite(total) / seen

    def _batches(self, epoch: int) -> Iterator[IntegerArray]:
        """Yield the batches of an epoch."""
        order = np.random.default_rng([self._settings.seed, epoch]).permutation(len(self.train))
        for start in range(0, len(order), self._settings.batch_size):
            yield order[start : start + self._settings.batch_size]

    def step(self, rows: IntegerArray) -> torch.Tensor:
        """Learn from one batch of rows and return the sum of its losses; nothing here waits for a GPU."""
        learned = self._learner.learn(rows)
        done = self.state.throughput
        done.steps += 1
        done.rows += len(rows)
        done.tokens += int(self.train.lengths[rows].sum())
        done.computed_tokens += learned.computed_tokens
        return learned.loss

    @staticmethod
    def _finite(total: torch.Tensor) -> float:
        loss = float(total)
        if not math.isfinite(loss):
            raise FloatingPointError
        return loss

    def _validate(self) -> dict[str, float]:
        """Return every metric on the validation rows; nothing without rows."""
        rows, learner = self.validation, self._learner
        if rows is None:
            return {}
        learner.network.eval()
        return score_rows(
            rows,
            lambda batch: learner.score(rows.ids(batch)),
            # Nothing is kept for a backward pass.
            most_tokens=2 * learner.most_tokens,
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
            self._best.keep()

    def _out_of_patience(self, epoch: int) -> bool:
        best = self.state.best_epoch or epoch
        return bool(self._settings.patience) and epoch - best >= self._settings.patience

    def _out_of_time(self) -> bool:
        limit = self._settings.max_minutes
        return limit is not None and time.perf_counter() - self._started > 60 * limit

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
