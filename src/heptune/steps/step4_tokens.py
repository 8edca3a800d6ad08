"""Step 4: texts as the model reads them."""

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
from pydantic import Field

from heptune.checks import h401_truncation, h402_script_mismatch
from heptune.checks.h402_script_mismatch import ReadScripts
from heptune.data.rows import open_rows
from heptune.i18n import Sentence, _
from heptune.methods.method import Method
from heptune.schemas.config import Config
from heptune.schemas.dataset import DatasetSplits
from heptune.schemas.sources import Sources
from heptune.schemas.tokens import TokenizedDataset
from heptune.storage.run_store import Run
from heptune.storage.step_inputs import Step

ARTIFACT = "tokens"


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
    splits = {name: open_rows(run.folder / "dataset" / f"{name}.arrow") for name in dataset.parts}
    with run.artifact_folder(ARTIFACT) as folder:
        encoded = method.encode(splits, folder, max_length=config.max_length)
    read = ReadScripts(sources.model.uri if sources.model else None, dataset.scripts, dataset.languages)
    findings = (
        h401_truncation.CHECK.finding(encoded, dataset.muted),
        h402_script_mismatch.CHECK.finding(read, dataset.muted),
    )
    return encoded.model_copy(
        update={"warnings": _rows_left_out(encoded, splits, sources), "findings": findings},
    )


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


STEP = Step(TokenizedDataset, tokenize, libraries=("tokenizers", "transformers"))
