"""A stand-in Hub, folders to serve as repositories, and an environment without the user's own cache and token."""

import importlib.util
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType
from typing import Any

import huggingface_hub
import huggingface_hub.constants
import pytest

VARIABLES = (
    "HF_ENDPOINT",
    "HF_HUB_CACHE",
    "HUGGINGFACE_HUB_CACHE",
    "HF_HUB_OFFLINE",
    "TRANSFORMERS_OFFLINE",
    "HF_TOKEN",
    "HUGGING_FACE_HUB_TOKEN",
    "HF_HUB_ETAG_TIMEOUT",
    "XDG_CACHE_HOME",
)
MODEL_FILES = {
    "README.md": "---\nlicense: mit\n---\n# GPT-2",
    "config.json": '{"model_type": "gpt2"}',
    "model.safetensors": "weights " * 500,
    "tokenizer.json": "{}",
    "tokenizer_config.json": "{}",
    "vocab.json": "{}",
    "merges.txt": "#version: 0.2",
}


def _stand_in_hub() -> ModuleType:
    path = Path(__file__).parents[2] / "assets" / "stand_in_hub.py"
    spec = importlib.util.spec_from_file_location("stand_in_hub", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["stand_in_hub"] = module
    spec.loader.exec_module(module)
    return module


StandInHub = _stand_in_hub().StandInHub


@pytest.fixture(autouse=True)
def hub_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The Hub's cache of this test."""
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setattr(huggingface_hub.constants, "HF_TOKEN_PATH", str(tmp_path / "no token"))
    return tmp_path / "home" / "hub"


@pytest.fixture
def start_hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """Start a stand-in Hub and let HF_ENDPOINT point to it."""
    with ExitStack() as running:

        def start(**options: Any) -> Any:
            hub = running.enter_context(StandInHub(**options))
            monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
            return hub

        yield start
    huggingface_hub.close_session()


@pytest.fixture
def make_folder(tmp_path: Path) -> Callable[[str, Mapping[str, str | bytes]], Path]:
    """Write files by their path into a new folder."""

    def make(name: str, files: Mapping[str, str | bytes]) -> Path:
        for path, content in files.items():
            target = tmp_path / "served" / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path / "served" / name

    return make


@pytest.fixture
def model_files() -> dict[str, str]:
    """What a small but complete model repository holds."""
    return dict(MODEL_FILES)


@pytest.fixture
def announced() -> list[int]:
    """The sizes that downloads announce, in bytes."""
    return []


@pytest.fixture
def gpt2(make_folder, model_files) -> Path:
    """A model that holds more than is needed."""
    return make_folder("gpt2", model_files | {"pytorch_model.bin": "pickle", "modeling_custom.py": "raise SystemExit"})


@pytest.fixture
def sharded(make_folder, model_files) -> Path:
    """A model whose weights are in two files, with variants beside them."""
    del model_files["model.safetensors"]
    shards = {f"model-0000{number}-of-00002.safetensors": f"shard {number}" for number in (1, 2)}
    index = json.dumps(
        {"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}
    )
    variants = {"consolidated.safetensors": "the same again", "model.fp16.safetensors": "and again"}
    return make_folder("big", model_files | shards | variants | {"model.safetensors.index.json": index})
