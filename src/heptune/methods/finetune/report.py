"""What is told of a training that has ended."""

from dataclasses import asdict, dataclass

import torch

from heptune.evaluation.metrics import find_metric
from heptune.i18n import Sentence, _
from heptune.methods.estimates import cost
from heptune.methods.finetune.defaults import ResolvedSettings
from heptune.methods.finetune.loop import TrainingState
from heptune.modeling.matrix_rate import training_flops
from heptune.modeling.memory import peak_mib
from heptune.modeling.precision import ChosenPrecision
from heptune.schemas.estimate import TrainingEstimate
from heptune.schemas.speedup import SpeedupRecord
from heptune.schemas.training import FitReport
from heptune.storage.spent import Spent


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Under which a network was trained.

    Attributes:
        settings: With nothing left open.
        precision: Of the matrix products.
        speedups: What was at work.
        matrix_parameters: Weights in matrix products.
        best_rate: FLOPs a second of a large matrix product here.
        device: Where it ran.
        estimate: What was foretold.
    """

    settings: ResolvedSettings
    precision: ChosenPrecision
    speedups: tuple[SpeedupRecord, ...]
    matrix_parameters: int
    best_rate: float
    device: torch.device
    estimate: TrainingEstimate


def report(state: TrainingState, under: Circumstances, spent: Spent) -> FitReport:
    """Return the report of a training that took so much."""
    done = state.throughput
    return FitReport(
        settings=asdict(under.settings),
        history=tuple(state.history),
        best_epoch=state.best_epoch,
        chosen_by=_chosen_by(state, under.settings),
        steps=done.steps,
        precision=under.precision.precision,
        precision_reason=under.precision.reason,
        fp32_from_epoch=state.fp32_from_epoch,
        speedups=under.speedups,
        device=str(under.device),
        estimate=under.estimate,
        seconds=round(spent.seconds, 3),
        train_rows_per_second=round(done.rows / done.seconds, 2),
        train_tokens_per_second=round(done.tokens / done.seconds, 1),
        padding_share=round(1 - done.tokens / done.computed_tokens, 4),
        matrix_rate_share=_matrix_rate_share(state, under),
        peak_memory_mib=peak_mib(under.device),
        energy_wh=spent.watt_hours,
        cost=cost(spent.seconds, under.settings.price_per_hour),
    )


def _chosen_by(state: TrainingState, settings: ResolvedSettings) -> Sentence:
    if not state.history[-1].validation:
        return _("the last epoch, as there are no validation rows")
    metric = find_metric(settings.metric)
    direction = _("highest") if metric.direction == "maximize" else _("lowest")
    return _("{direction} {metric} on validation", direction=direction, metric=metric.name)


def _matrix_rate_share(state: TrainingState, under: Circumstances) -> float | None:
    if state.fp32_from_epoch is not None:  # there are two best rates
        return None
    passes = 2 if under.settings.adversarial_strength else 1
    tokens = passes * state.throughput.tokens
    rate = training_flops(under.matrix_parameters, tokens) / state.throughput.seconds
    return round(rate / under.best_rate, 6)
