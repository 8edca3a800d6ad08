"""A folder to work in, a command to type, data and tiny models."""

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Outcome
from made_up_data import messages, write_csv
from tiny_models import tiny_model  # noqa: F401 - a fixture

from heptune.cli.main import main


@pytest.fixture(autouse=True)
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory of the test."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for variable in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "TTY_COMPATIBLE"):
        monkeypatch.delenv(variable, raising=False)
    return folder


@pytest.fixture
def heptune(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Outcome]:
    """Type a command, in this process."""

    def call(*arguments: object, standard_input: bytes | None = None) -> Outcome:
        if standard_input is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(standard_input)))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ending:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Outcome(int(ending.value.code or 0), captured.out, captured.err)

    return call


@pytest.fixture
def data(workplace: Path) -> Path:
    """120 messages of two classes that tfidf learns well, as CSV in the working directory."""
    write_csv(workplace / "d.csv", messages(120))
    return Path("d.csv")


@pytest.fixture(scope="session")
def gpt2(tiny_model: Callable[[str], Path]) -> Path:  # noqa: F811
    """Folder of a tiny GPT-2."""
    return _single_threaded(tiny_model("gpt2"))


@pytest.fixture(scope="session")
def bert(tiny_model: Callable[[str], Path]) -> Path:  # noqa: F811
    """Folder of a tiny BERT."""
    return _single_threaded(tiny_model("bert"))


def _single_threaded(folder: Path) -> Path:
    """Several threads for so small a network wait for each other more than they work, on busy cores above all."""
    import torch

    torch.set_num_threads(1)
    return folder
