"""The environment is read when it is asked, and its secrets are not shown."""

from pathlib import Path

import pytest
from huggingface_hub import constants

from heptune.errors import UsageError
from heptune.hub.client import hub_client
from heptune.hub.settings import hub_settings


def test_the_defaults_are_those_of_the_client(monkeypatch):
    monkeypatch.delenv("HF_HOME")
    settings = hub_settings()
    assert settings.endpoint == "https://huggingface.co"
    assert settings.cache == Path("~/.cache/huggingface/hub").expanduser().resolve()
    assert (settings.offline, settings.timeout) == (False, 10)


@pytest.mark.parametrize(
    ("variables", "folder"),
    [
        ({"XDG_CACHE_HOME": "{tmp}/xdg", "HF_HOME": ""}, "xdg/huggingface/hub"),
        ({"HF_HOME": "{tmp}/home"}, "home/hub"),
        ({"HUGGINGFACE_HUB_CACHE": "{tmp}/old", "HF_HOME": "{tmp}/home"}, "old"),
        ({"HF_HUB_CACHE": "{tmp}/new", "HUGGINGFACE_HUB_CACHE": "{tmp}/old"}, "new"),
        ({"HF_HUB_CACHE": "$PLACE/new", "PLACE": "{tmp}"}, "new"),
    ],
)
def test_the_cache_is_where_the_environment_says(monkeypatch, tmp_path, variables, folder):
    for name, value in variables.items():
        monkeypatch.setenv(name, value.format(tmp=tmp_path))
    assert hub_settings().cache == tmp_path / folder


@pytest.mark.parametrize(("value", "offline"), [("1", True), ("on", True), ("TRUE", True), ("0", False), ("", False)])
@pytest.mark.parametrize("variable", ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"])
def test_offline_is_what_the_client_takes_for_it(monkeypatch, variable, value, offline):
    monkeypatch.setenv(variable, value)
    assert hub_settings().offline is offline


@pytest.mark.parametrize(
    "endpoint",
    [
        "hf-mirror.com",
        "ftp://mirror",
        "http://",
        "http://host:port",
        "http://host:0",
        "https://[::1",
        "http://a b",
        "http://a..b",
        "http://镜像.invalid",
        "http://" + "a" * 64,
    ],
)
def test_an_endpoint_that_is_no_address_is_a_usage_error(monkeypatch, endpoint):
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    with pytest.raises(UsageError) as caught:
        hub_settings()
    assert (caught.value.code, caught.value.found) == ("malformed_endpoint", endpoint.rstrip("/"))


@pytest.mark.parametrize(
    "endpoint",
    ["https://user:secret@mirror.example/hub", "https://user:se@secret@mirror.example/hub"],
)
def test_credentials_of_an_endpoint_are_used_but_not_shown(monkeypatch, endpoint):
    monkeypatch.setenv("HF_ENDPOINT", endpoint + "/")
    settings = hub_settings()
    assert settings.endpoint == endpoint
    assert settings.shown_endpoint == "https://mirror.example/hub"


@pytest.mark.parametrize("endpoint", ["user:secret@mirror", "https://user:sec/ret@mirror:bad"])
def test_credentials_of_a_malformed_endpoint_are_not_shown_either(monkeypatch, endpoint):
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    with pytest.raises(UsageError) as caught:
        hub_settings()
    assert "ret" not in str(caught.value)


def test_a_timeout_that_is_no_number_is_a_usage_error(monkeypatch):
    monkeypatch.setenv("HF_HUB_ETAG_TIMEOUT", "soon")
    with pytest.raises(UsageError, match="HF_HUB_ETAG_TIMEOUT"):
        hub_settings()


def test_the_client_is_left_as_it_was_found(monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with hub_client(hub_settings()):
        assert not constants.is_offline_mode()
    assert constants.is_offline_mode()
