"""Step 4: texts as the model reads them."""

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
from pydantic import Field

from heptune.data.rows import open_rows
from heptune.estimation.catalogue import catalogue
from heptune.estimation.fit import FOREIGN_SHARE, fitting_models, foreign_scripts
from heptune.hub.starter import REPOSITORY as STARTER_REPOSITORY
from heptune.i18n import Sentence, _
from heptune.methods.method import Method
from heptune.schemas.config import Config
from heptune.schemas.dataset import DatasetSplits
from heptune.schemas.sources import STARTER, Sources
from heptune.schemas.tokens import TokenizedDataset
from heptune.storage.run_store import Run
from heptune.storage.step_inputs import Step

ARTIFACT = "tokens"
SUGGESTED_MODELS = 2


class TokensConfig(Config):
    """How texts become tokens."""

    max_length: int | None = Field(
        None, ge=8, description="Longest sequence in tokens; without it, what the model takes, up to 512."
    )


def tokenize(
    run: Run, config: TokensConfig, sources: Sources, dataset: DatasetSplits, *, method: Method
) -> TokenizedDataset:
    """Tokenize all splits and record lengths, the limit, and what it cuts off.

    Raises:
        UsageError: the limit is more than the model takes.
        InvalidInputError: the tokenizer cannot be opened.
    """
    splits = {name: open_rows(run.folder / "dataset" / f"{name}.arrow") for name in dataset.splits}
    with run.artifact_folder(ARTIFACT) as folder:
        encoded = method.encode(splits, folder, max_length=config.max_length)
    warnings = (*_rows_left_out(encoded, splits, sources), *_unknown_script(sources, dataset))
    return encoded.model_copy(update={"warnings": warnings})


def _rows_left_out(encoded: TokenizedDataset, splits: Mapping[str, pa.Table], sources: Sources) -> tuple[Sentence, ...]:
    """Return a warning that says where rows without tokens stand in their files, if there are any."""
    if not encoded.without_tokens:
        return ()
    names = [Path(file.path).name for file in sources.data.numbered_files]
    rows = [splits[example.split].slice(example.row, 1).to_pylist()[0] for example in encoded.without_tokens_examples]
    return (
        _(
            "{count} texts to learn from give the model no token and are left out: {first}",
            count=sum(encoded.without_tokens.values()),
            first=", ".join(f"{names[row['file']]}:{row['position']}" for row in rows),
        ),
    )


def _unknown_script(sources: Sources, dataset: DatasetSplits) -> tuple[Sentence, ...]:
    """Return a warning where the texts are in a script that the starter was not made for."""
    starter = next(model for model in catalogue().models if model.id == STARTER_REPOSITORY)
    foreign = foreign_scripts(starter, dataset.scripts)
    if sources.model is None or sources.model.uri != STARTER or sum(foreign.values()) < FOREIGN_SHARE:
        return ()
    fitting = fitting_models(dataset.scripts, SUGGESTED_MODELS)
    return (
        _(
            "the starter model knows English; {share:.0%} of the letters here are {script}. Better: {models}",
            share=sum(foreign.values()),
            script=next(iter(foreign)),
            models=", ".join(f"--model {name}" for name in fitting),
        ),
        _("--method tfidf reads any script, needs no model, and may do better here"),
    )


STEP = Step(TokenizedDataset, tokenize, libraries=("tokenizers", "transformers"))
