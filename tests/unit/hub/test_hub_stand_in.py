"""The stand-in Hub answers the clients that users run beside us as the Hub does."""

import hashlib
import json
import os
import subprocess
import sys
import textwrap

import huggingface_hub
import pytest
from huggingface_hub.errors import (
    GatedRepoError,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)


@pytest.fixture
def api(start_hub, make_folder, model_files):
    files = model_files | {"onnx/model.onnx": "graph", "onnx/deep/notes.txt": "n"}
    hub = start_hub(models={"gpt2": make_folder("gpt2", files)}, gated={"gpt2"}, token="hf_right")
    return huggingface_hub.HfApi(endpoint=hub.endpoint, token="hf_right")


def test_the_tree_and_the_info_describe_the_same_files(api):
    info = api.model_info("gpt2", files_metadata=True)
    tree = {entry.path: entry for entry in api.list_repo_tree("gpt2", recursive=True) if hasattr(entry, "size")}
    assert {sibling.rfilename: sibling.size for sibling in info.siblings} == {path: e.size for path, e in tree.items()}
    assert tree["model.safetensors"].lfs.sha256 == hashlib.sha256(b"weights " * 500).hexdigest()
    assert tree["config.json"].lfs is None
    assert info.card_data.license == "mit"
    assert {entry.path for entry in api.list_repo_tree("gpt2", "onnx")} == {"onnx/deep", "onnx/model.onnx"}
    assert [entry.path for entry in api.get_paths_info("gpt2", ["config.json", "nothing"])] == ["config.json"]


def test_what_is_not_there_is_named_as_the_hub_names_it(api):
    with pytest.raises(RepositoryNotFoundError):
        api.model_info("bert")
    with pytest.raises(RevisionNotFoundError):
        api.model_info("gpt2", revision="v9")
    with pytest.raises(RemoteEntryNotFoundError):
        api.hf_hub_download("gpt2", "nothing.json")
    with pytest.raises(RemoteEntryNotFoundError):
        list(api.list_repo_tree("gpt2", "nothing"))
    with pytest.raises(GatedRepoError):
        huggingface_hub.HfApi(endpoint=api.endpoint, token=False).hf_hub_download("gpt2", "config.json")


def test_a_part_of_a_file_can_be_asked_for(api):
    answer = huggingface_hub.get_session().get(
        f"{api.endpoint}/gpt2/resolve/main/model.safetensors",
        headers={"Range": "bytes=2-5", "Authorization": "Bearer hf_right"},
    )
    assert (answer.status_code, answer.content, answer.headers["Content-Range"]) == (206, b"ight", "bytes 2-5/4000")


def run(code: str, endpoint: str) -> str:
    environment = os.environ | {"HF_ENDPOINT": endpoint, "HF_HUB_DISABLE_TELEMETRY": "1"}
    command = [sys.executable, "-c", textwrap.dedent(code)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_datasets_loads_the_same_rows_from_it(start_hub, make_folder):
    rows = [{"text": "fine", "label": 1}, {"text": "awful", "label": 0}]
    files = {
        "train.jsonl": "\n".join(map(json.dumps, rows)),
        "test.jsonl": json.dumps(rows[0]),
        "README.md": "# Tweets",
    }
    hub = start_hub(datasets={"mteb/tweets": make_folder("tweets", files)})
    code = """
        import json
        from datasets import load_dataset
        data = load_dataset("mteb/tweets")
        print(json.dumps({split: list(rows) for split, rows in data.items()}))
    """
    assert json.loads(run(code, hub.endpoint).splitlines()[-1]) == {"train": rows, "test": rows[:1]}


def test_transformers_loads_a_configuration_from_it(start_hub, make_folder, model_files):
    hub = start_hub(
        models={"gpt2": make_folder("gpt2", model_files | {"config.json": '{"model_type": "gpt2", "n_layer": 3}'})}
    )
    code = """
        from transformers import AutoConfig
        print(AutoConfig.from_pretrained("gpt2").n_layer)
    """
    assert run(code, hub.endpoint) == "3\n"
