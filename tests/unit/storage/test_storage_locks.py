"""One writer per run folder, freed by the system however a process ends."""

import signal
import socket
import subprocess
import sys

import pytest

from heptune.errors import ResourceError, RunFolderInUseError
from heptune.storage.locks import HOLDER_FILE, locked

HOLD = """
import sys
from pathlib import Path
from heptune.storage.locks import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock."""
    arguments = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def test_a_second_process_is_told_who_holds_the_folder(tmp_path, holder):
    with pytest.raises(RunFolderInUseError) as caught, locked(tmp_path):
        pass
    error = caught.value
    assert (error.exit_code, error.code, error.where) == (7, "run_folder_in_use", str(tmp_path))
    assert str(holder.pid) in error.found
    assert socket.gethostname() in error.found
    assert error.remedy


def test_a_killed_process_holds_nothing(tmp_path, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait(timeout=60)
    assert (tmp_path / HOLDER_FILE).exists()
    with locked(tmp_path):
        pass
    assert not (tmp_path / HOLDER_FILE).exists()


def test_a_process_that_ends_well_holds_nothing(tmp_path, holder):
    holder.communicate(timeout=60)
    assert not (tmp_path / HOLDER_FILE).exists()
    with locked(tmp_path):
        pass


def test_the_lock_is_freed_when_the_block_fails(tmp_path):
    with pytest.raises(ValueError, match="ours"), locked(tmp_path):
        raise ValueError("ours")
    with locked(tmp_path):
        pass


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"pid": 1}'])
def test_a_holder_that_left_no_name_is_still_a_holder(tmp_path, content):
    with locked(tmp_path):
        if content is None:
            (tmp_path / HOLDER_FILE).unlink()
        else:
            (tmp_path / HOLDER_FILE).write_text(content)
        with pytest.raises(RunFolderInUseError) as caught, locked(tmp_path):
            pass
    assert caught.value.found == "a process that did not leave its name"


def test_a_folder_that_cannot_be_written_is_a_resource_error(tmp_path):
    (tmp_path / ".lock").mkdir()
    with pytest.raises(ResourceError), locked(tmp_path):
        pass
