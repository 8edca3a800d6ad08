"""What training will take: a few real steps are timed, and undone."""

import gc
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from heptune.methods.estimates import MARGIN_ABOVE, MARGIN_BELOW, cost
from heptune.methods.finetune.defaults import ResolvedSettings
from heptune.methods.finetune.loop import Training
from heptune.methods.finetune.passes import passes_of_an_epoch
from heptune.methods.method import Watch
from heptune.methods.pretrained.token_rows import TokenRows
from heptune.modeling.batching import IntegerArray
from heptune.modeling.memory import forget_peak, peak_mib
from heptune.schemas.estimate import TrainingEstimate
from heptune.storage.spent import Meter, Spent

# The first steps, in which libraries settle, are not counted.
WARM_UP_STEPS = 1
# One timed step for this many that will be done, within bounds.
STEPS_PER_TIMED_STEP = 50
FEWEST_TIMED_STEPS, MOST_TIMED_STEPS = 2, 6
# Hundreds of steps leave gaps between what is allocated, and kernels for shapes that the timed ones did not meet: what
# these told was 4 to 17 % below the peak in the benchmark's trainings.
MEMORY_GROWTH = 1.1


@dataclass(frozen=True, slots=True)
class TimedSteps:
    """Some steps.

    Attributes:
        seconds_per_token: Of each step that was timed.
        seconds_of_recording: What a step takes more while its launches are recorded, on a GPU.
        watt_hours_per_second: None where the machine does not tell.
    """

    seconds_per_token: tuple[float, ...]
    seconds_of_recording: float
    watt_hours_per_second: float | None


def estimate_training(
    make_training: Callable[[], Training],
    network: nn.Module,
    settings: ResolvedSettings,
    *,
    before: Spent,
    device: torch.device,
    watch: Watch,
) -> TrainingEstimate:
    """Time some steps of a training and leave the network as it was.

    Args:
        make_training: Gives one that is ready to run; it is thrown away.
        network: The one that it trains.
        settings: Those of the training.
        before: What it took to begin, which belongs to the training.
        device: Where it runs.
        watch: Polled at every step.
    """
    training = make_training()
    count = min(MOST_TIMED_STEPS, max(FEWEST_TIMED_STEPS, training.steps // STEPS_PER_TIMED_STEP))
    steps, train, validation = training.steps, training.train, training.validation
    # Training keeps copies of the weights; the timed steps keep one, to be undone.
    copies = (training.kept_copies - 1) * sum(weight.nbytes for weight in network.state_dict().values()) / 2**20
    forget_peak(device)
    weights = {name: weight.detach().clone() for name, weight in network.state_dict().items()}
    network.train()
    try:
        timed = _time_steps(training, count, settings, device, watch)
        recording = training.recordings * timed.seconds_of_recording
    finally:
        network.eval()
        network.load_state_dict(weights)
        network.zero_grad()
        # Its optimizer and schedule hold each other, and with them two numbers for every weight.
        del training
        gc.collect()
    peak = peak_mib(device)
    tokens = settings.epochs * _tokens_of_an_epoch(train, validation, settings)
    limit = math.inf if settings.max_minutes is None else 60 * settings.max_minutes
    paces = timed.seconds_per_token
    in_steps = min(limit, recording + tokens * float(np.median(paces)))
    power = timed.watt_hours_per_second
    spent = before + Spent(in_steps, None if power is None else power * in_steps)
    return TrainingEstimate(
        seconds=round(spent.seconds, 3),
        seconds_low=round(before.seconds + min(limit, MARGIN_BELOW * (recording + tokens * min(paces))), 3),
        seconds_high=round(before.seconds + min(limit, MARGIN_ABOVE * (recording + tokens * max(paces))), 3),
        peak_memory_mib=None if peak is None else round(MEMORY_GROWTH * (peak + copies), 1),
        energy_wh=None if spent.watt_hours is None else round(spent.watt_hours, 3),
        cost=cost(spent.seconds, settings.price_per_hour),
        timed_steps=count,
        steps=steps,
    )


def _time_steps(
    training: Training, count: int, settings: ResolvedSettings, device: torch.device, watch: Watch
) -> TimedSteps:
    rows_of_a_step = min(settings.batch_size, len(training.train))
    generator = np.random.default_rng(settings.seed)
    paces: list[float] = []
    used: list[float | None] = []
    recording = 0.0
    for step in range(WARM_UP_STEPS + count):
        watch.check()
        rows = generator.choice(len(training.train), size=rows_of_a_step, replace=False)
        if step < WARM_UP_STEPS:  # the longest, for the peak of memory
            rows = np.argsort(training.train.lengths)[-rows_of_a_step:]
        settling = [_step(training, rows, device).seconds for _number in range(training.steps_to_settle)]
        spent = _step(training, rows, device)
        if step >= WARM_UP_STEPS:  # libraries settle in the first one
            recording = max([recording, *(seconds - spent.seconds for seconds in settling)])
        paces.append(spent.seconds / int(training.train.lengths[rows].sum()))
        used.append(None if spent.watt_hours is None else spent.watt_hours / spent.seconds)
    known = [power for power in used[WARM_UP_STEPS:] if power is not None]
    return TimedSteps(tuple(paces[WARM_UP_STEPS:]), recording, float(np.median(known)) if known else None)


def _step(training: Training, rows: IntegerArray, device: torch.device) -> Spent:
    meter = Meter(device.type)
    float(training.step(rows))  # waits for a GPU
    return meter.spent()


def _tokens_of_an_epoch(train: TokenRows, validation: TokenRows | None, settings: ResolvedSettings) -> float:
    """Return the tokens of an epoch, those of validation at what they cost beside training's."""
    moved = settings.adversarial_strength > 0
    scored = 0.0 if validation is None else float(validation.lengths.sum())
    passes = passes_of_an_epoch(float(train.lengths.sum()), scored, moved=moved)
    return passes / passes_of_an_epoch(1, 0, moved=moved)
