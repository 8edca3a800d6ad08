"""The results of the seven steps, in their order."""

from heptune.schemas.dataset import DatasetSplits
from heptune.schemas.evaluation import EvaluationPlan
from heptune.schemas.goal import Goal
from heptune.schemas.model import ModelInfo
from heptune.schemas.record import StepResult
from heptune.schemas.sources import Sources
from heptune.schemas.tokens import TokenizedDataset
from heptune.schemas.training import RunResult

RESULTS: tuple[type[StepResult], ...] = (
    Goal,
    Sources,
    DatasetSplits,
    TokenizedDataset,
    ModelInfo,
    EvaluationPlan,
    RunResult,
)
