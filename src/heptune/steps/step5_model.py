"""Step 5: the model that will learn."""

from pydantic import Field

from heptune.methods.method import Method
from heptune.schemas.config import Config, Seed
from heptune.schemas.dataset import DatasetSplits
from heptune.schemas.model import ModelInfo
from heptune.schemas.sources import Sources
from heptune.schemas.tokens import TokenizedDataset
from heptune.storage.run_store import Run
from heptune.storage.step_inputs import Step


class ModelConfig(Config):
    """How the model is initialised."""

    seed: Seed = Field(42, description="Decides the weights of the new head.")


def initialize_model(
    run: Run,
    config: ModelConfig,
    _sources: Sources,
    _dataset: DatasetSplits,
    _tokens: TokenizedDataset,
    *,
    method: Method,
) -> ModelInfo:
    """Load the pretrained model with a new head.

    Raises:
        InvalidInputError: it cannot be opened as a classifier, or its answers change with padding.
    """
    return method.initialize(run.folder / "tokens", seed=config.seed)


STEP = Step(ModelInfo, initialize_model, libraries=("torch", "transformers"))
