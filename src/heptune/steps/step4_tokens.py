"""Step 4: texts as the model reads them."""

from pydantic import Field

from heptune.data.rows import open_rows
from heptune.methods.method import Method
from heptune.schemas.config import Config
from heptune.schemas.dataset import DatasetSplits
from heptune.schemas.sources import Sources
from heptune.schemas.tokens import TokenizedDataset
from heptune.storage.run_store import Run, Step

ARTIFACT = "tokens"


class TokensConfig(Config):
    """How texts become tokens."""

    max_length: int | None = Field(
        None, ge=8, description="Longest sequence in tokens; without it, what the model takes, up to 512."
    )


def tokenize(
    run: Run, config: TokensConfig, _sources: Sources, dataset: DatasetSplits, *, method: Method
) -> TokenizedDataset:
    """Tokenize all splits and record lengths, the limit, and what it cuts off.

    Raises:
        UsageError: the limit is more than the model takes.
        InvalidInputError: the tokenizer cannot be opened.
    """
    splits = {name: open_rows(run.folder / "dataset" / f"{name}.arrow") for name in dataset.splits}
    with run.artifact_folder(ARTIFACT) as folder:
        return method.encode(splits, folder, max_length=config.max_length)


STEP = Step(TokenizedDataset, tokenize, libraries=("tokenizers", "transformers"))
