"""Where a training is made: everything that it needs, as often as it is asked for."""

from dataclasses import dataclass

import torch

from heptune.methods.finetune.adversary import Adversary
from heptune.methods.finetune.defaults import ResolvedSettings
from heptune.methods.finetune.estimate import estimate_training
from heptune.methods.finetune.loop import Training
from heptune.methods.finetune.preparation import Prepared
from heptune.methods.finetune.report import Circumstances
from heptune.methods.method import Watch
from heptune.modeling.matrix_rate import best_matrix_rate
from heptune.modeling.pooling import PooledClassifier
from heptune.modeling.precision import ChosenPrecision
from heptune.schemas.estimate import TrainingEstimate
from heptune.storage.spent import NOTHING, Spent


@dataclass(frozen=True, slots=True)
class Workshop:
    """What a training is made of; see `Training`.

    Attributes:
        matrix_parameters: Weights of the network in matrix products.
    """

    classifier: PooledClassifier
    prepared: Prepared
    settings: ResolvedSettings
    adversary: Adversary | None
    precision: ChosenPrecision
    matrix_parameters: int
    device: torch.device
    watch: Watch

    def training(self) -> Training:
        """Return a training that is ready to run."""
        return Training(
            self.classifier,
            self.prepared,
            self.settings,
            adversary=self.adversary,
            precision=self.precision.precision,
            device=self.device,
            watch=self.watch,
        )

    def estimate(self, before: Spent = NOTHING) -> TrainingEstimate:
        """Time a few steps of a training that is thrown away, and add what was spent before."""
        return estimate_training(
            self.training, self.classifier, self.settings, before=before, device=self.device, watch=self.watch
        )

    def circumstances(self, estimate: TrainingEstimate) -> Circumstances:
        """Return under what it is trained."""
        return Circumstances(
            settings=self.settings,
            precision=self.precision,
            speedups=self.prepared.speedups,
            matrix_parameters=self.matrix_parameters,
            best_rate=best_matrix_rate(self.precision.precision, self.device.type),
            device=self.device,
            estimate=estimate,
        )
