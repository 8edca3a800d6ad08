"""For every test: no network but loopback, no home but its own, English."""

import ipaddress
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from heptune.steps.step3_dataset import splitting

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"
REQUIRE_SHARED = "HEPTUNE_REQUIRE_SHARED"
MISSING = f"NOT RUN: the data sets beside the project are missing ({SHARED_DATA})"

# Seconds are no law: a busy machine must not fail a test.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture
def shared_data(request: pytest.FixtureRequest) -> Path:
    """The folder with the data sets beside the project; tests that use it carry the mark `shared`."""
    assert request.node.get_closest_marker("shared"), "a test that uses shared_data carries @pytest.mark.shared"
    if not SHARED_DATA.is_dir():
        if os.environ.get(REQUIRE_SHARED):
            pytest.fail(f"{MISSING}, and {REQUIRE_SHARED} is set")
        pytest.skip(MISSING)
    return SHARED_DATA


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say it aloud when tests were left out for want of data."""
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if MISSING in str(report.longrepr)]
    if skipped:
        terminalreporter.write_line(f"{len(skipped)} tests {MISSING}", red=True, bold=True)


@pytest.fixture(autouse=True)
def own_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of the user's own: language, state, cache, token, mirror."""
    monkeypatch.setenv("HEPTUNE_LANG", "en")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    for variable in ("HF_TOKEN", "HF_ENDPOINT"):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture(autouse=True, scope="session")
def few_rows_are_enough() -> Iterator[None]:
    """Small data stand for larger ones here: some of them are set aside to test on, in place of ten trainings more."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(splitting, "CROSS_VALIDATED_BELOW", 0)
        yield


@pytest.fixture
def cross_validated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few rows are judged by cross-validation, as users have it."""
    monkeypatch.setattr(splitting, "CROSS_VALIDATED_BELOW", 500)


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail the test that opens a connection to another machine, whatever the code does with the error."""
    monkeypatch.setattr(socket.socket, "connect", _guarded(socket.socket.connect))
    monkeypatch.setattr(socket.socket, "connect_ex", _guarded(socket.socket.connect_ex))


def _guarded(connect: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
            pytest.fail(f"a test must not leave this machine: connection to {address}")
        return connect(self, address)

    return guarded


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
