"""In a process of its own: what the environment holds at its start, what reaches its terminal, and what it opens."""

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[3] / "src"
NO_SOCKET = """
    import socket
    def refuse(*arguments, **options):
        raise AssertionError("a socket was opened")
    socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = socket.create_connection = refuse
"""
GET_BOTH = """
    import json
    from heptune.hub.datasets import download_dataset, resolve_dataset
    from heptune.hub.models import download_model, resolve_model
    announced = []
    model, dataset = resolve_model("gpt2"), resolve_dataset("mteb/tweets")
    folder = download_model(model, announced.append)
    files = download_dataset(dataset, announced.append)
    print(json.dumps([model.commit, dataset.commit, str(folder), sorted(files), announced]))
"""


def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("HF_", "HUGGING", "TRANSFORMERS_"))
    }
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(code)],
        env=kept | {"PYTHONPATH": str(SOURCES), "HF_HOME": os.environ["HF_HOME"]} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def hub(start_hub, make_folder, model_files):
    tweets = make_folder("tweets", {"train.jsonl": '{"text": "a", "label": 0}\n', "test.jsonl": "{}\n"})
    return start_hub(models={"gpt2": make_folder("gpt2", model_files)}, datasets={"mteb/tweets": tweets})


def test_what_was_downloaded_works_offline_with_every_socket_refused_and_nothing_foreign_is_printed(hub):
    """Case C23, first part."""
    online = python(GET_BOTH, HF_ENDPOINT=hub.endpoint, HF_HUB_DISABLE_PROGRESS_BARS="0")
    assert (online.returncode, online.stderr) == (0, "")
    offline = python(
        textwrap.dedent(NO_SOCKET) + textwrap.dedent(GET_BOTH), HF_ENDPOINT=hub.endpoint, HF_HUB_OFFLINE="1"
    )
    assert (offline.returncode, offline.stderr) == (0, "")
    *first, announced = json.loads(online.stdout)
    assert json.loads(offline.stdout) == [*first, []]
    assert len(announced) == 2


def test_nothing_is_asked_but_the_two_repositories(hub):
    assert python(GET_BOTH, HF_ENDPOINT=hub.endpoint).returncode == 0
    assert all("gpt2" in request or "mteb/tweets" in request for request in hub.requests)


def test_the_environment_counts_as_it_is_at_the_call_and_not_at_the_import(hub):
    code = f"""
        import os
        import huggingface_hub.constants
        del os.environ["HF_HUB_OFFLINE"]
        os.environ["HF_ENDPOINT"] = {hub.endpoint!r}
        os.environ["HF_HOME"] = os.environ["HF_HOME"] + "-later"
        {textwrap.indent(textwrap.dedent(GET_BOTH), " " * 8).strip()}
    """
    done = python(code, HF_HUB_OFFLINE="1", HF_ENDPOINT="http://127.0.0.1:9")
    assert (done.returncode, done.stderr) == (0, "")
    assert "-later" in json.loads(done.stdout)[2]


def test_a_fault_prints_nothing_but_itself(hub):
    code = """
        from heptune.errors import MissingError
        from heptune.hub.models import resolve_model
        try:
            resolve_model("bert")
        except MissingError as error:
            print(error.code)
    """
    done = python(code, HF_ENDPOINT=hub.endpoint, HF_HUB_VERBOSITY="debug")
    assert (done.stdout, done.stderr) == ("repository_not_found\n", "")


def test_importing_the_package_imports_neither_the_client_nor_torch():
    code = """
        import sys
        import heptune.hub.datasets, heptune.hub.models, heptune.hub.starter
        heavy = {"huggingface_hub", "torch", "transformers", "datasets", "yaml"}
        print(sorted(heavy & sys.modules.keys()))
    """
    assert python(code).stdout == "[]\n"
