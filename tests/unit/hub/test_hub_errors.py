"""What goes wrong between us and the Hub, as the user is told it."""

import errno
import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from heptune.errors import HeptuneError, MissingError, ResourceError
from heptune.hub.datasets import resolve_dataset
from heptune.hub.errors import translated_hub_errors
from heptune.hub.models import download_model, resolve_model
from heptune.hub.repository import Repository
from heptune.hub.settings import hub_settings

SECRET = "hf_secret_token"


def fault_of(code: str, resolve=resolve_model, name: str = "gpt2", **options) -> MissingError:
    with pytest.raises(MissingError) as caught:
        resolve(name, **options)
    assert caught.value.code == code
    return caught.value


@pytest.mark.parametrize("resolve", [resolve_model, resolve_dataset])
def test_a_name_that_the_hub_does_not_know_may_be_misspelt_or_private(start_hub, resolve):
    hub = start_hub()
    error = fault_of("repository_not_found", resolve, "nobody/nothing")
    assert "nobody/nothing" in error.message
    assert error.where == hub.endpoint
    assert "spelling" in error.remedy
    assert "HF_TOKEN" in error.remedy


def test_a_private_repository_opens_with_the_token_of_the_environment(start_hub, gpt2, monkeypatch):
    start_hub(models={"gpt2": gpt2}, private={"gpt2"}, token=SECRET)
    fault_of("repository_not_found")
    monkeypatch.setenv("HF_TOKEN", SECRET)
    assert download_model(resolve_model("gpt2"), lambda _size: None).is_dir()


@pytest.mark.parametrize("token", ["hf_wrong", "hf_a\x01wrong", "hf_wrong_令牌"])
def test_a_token_that_is_not_valid_is_said_to_be_so_and_not_shown(start_hub, gpt2, monkeypatch, token):
    start_hub(models={"gpt2": gpt2})
    monkeypatch.setenv("HF_TOKEN", token)
    error = fault_of("invalid_token")
    assert "wrong" not in str(error)
    assert "HF_TOKEN" in error.remedy


def test_a_gated_repository_says_where_access_is_requested(start_hub, gpt2, monkeypatch):
    hub = start_hub(models={"gpt2": gpt2}, gated={"gpt2"}, token=SECRET)
    model = resolve_model("gpt2")
    assert model.licence == "mit"
    with pytest.raises(MissingError, match="has to be requested") as caught:
        download_model(model, lambda _size: None)
    assert (caught.value.code, caught.value.where) == ("gated_repository", f"{hub.endpoint}/gpt2")
    monkeypatch.setenv("HF_TOKEN", SECRET)
    assert download_model(model, lambda _size: None).is_dir()


def test_an_unknown_revision_is_named(start_hub, gpt2):
    hub = start_hub(models={"gpt2": gpt2})
    error = fault_of("revision_not_found", revision="v9")
    assert (error.found, error.where) == ("v9", f"{hub.endpoint}/gpt2")


def test_an_unknown_known_commit_is_a_revision_that_is_not_there(start_hub, gpt2):
    start_hub(models={"gpt2": gpt2})
    fault_of("revision_not_found", known_commit="0" * 40)


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_hub_that_is_down_is_reported_and_a_cached_model_still_works(start_hub, gpt2, status):
    hub = start_hub(models={"gpt2": gpt2})
    model = resolve_model("gpt2")
    download_model(model, lambda _size: None)
    hub.status = status
    assert resolve_model("gpt2").commit == model.commit
    error = fault_of("hub_unavailable", name="bert")
    assert str(status) in error.message


def test_no_network_names_the_address_and_the_ways_around(monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://user:secret@127.0.0.1:9")
    error = fault_of("no_network")
    assert error.where == "http://127.0.0.1:9"
    assert "HF_ENDPOINT" in error.remedy
    assert "HF_HUB_OFFLINE=1" in error.remedy
    assert "secret" not in str(error)


def test_a_mirror_with_user_name_and_password_is_used(start_hub, gpt2, monkeypatch):
    hub = start_hub(models={"gpt2": gpt2})
    monkeypatch.setenv("HF_ENDPOINT", hub.endpoint.replace("//", "//user:secret@"))
    assert download_model(resolve_model("gpt2"), lambda _size: None).is_dir()
    assert "secret" not in str(fault_of("repository_not_found", name="bert"))


def test_an_unknown_host_is_no_network(monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://hub.invalid")
    fault_of("no_network")


def test_a_hub_that_does_not_answer_in_time_is_no_network(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
        monkeypatch.setenv("HF_HUB_ETAG_TIMEOUT", "1")
        fault_of("no_network")


@contextmanager
def answering(content: bytes):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize("content", [b"<html>Please log in</html>", b"{}", b'{"id": "gpt2"}'])
def test_a_page_that_is_no_hub_is_recognised(monkeypatch, content):
    with answering(content) as endpoint:
        monkeypatch.setenv("HF_ENDPOINT", endpoint)
        error = fault_of("not_a_hub")
    assert "HF_ENDPOINT" in error.remedy


def test_a_network_that_fails_between_the_listing_and_the_download_is_no_network(start_hub, gpt2, monkeypatch):
    start_hub(models={"gpt2": gpt2})
    model = resolve_model("gpt2")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    with pytest.raises(MissingError) as caught:
        download_model(model, lambda _size: None)
    assert caught.value.code == "no_network"


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), ResourceError, "disk_full"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), ResourceError, "disk_full"),
        (PermissionError(errno.EACCES, "Permission denied", "/cache/x"), ResourceError, "not_writable"),
        (OSError(errno.EROFS, "Read-only file system"), ResourceError, "not_writable"),
        (OSError("Consistency check failed: file should be of size 5 but has size 3"), MissingError, "download_failed"),
        (RuntimeError("Data processing error: CAS service error"), MissingError, "download_failed"),
    ],
)
def test_faults_of_disk_and_transfer_become_ours(error, kind, code):
    with pytest.raises(HeptuneError) as caught, translated_hub_errors(Repository("model", "gpt2"), hub_settings()):
        raise error
    assert isinstance(caught.value, kind)
    assert caught.value.code == code
    assert caught.value.remedy
