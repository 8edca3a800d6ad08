"""A run that is asked to stop during training stops at the next step, and the same command goes on."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest
from command_line import STEP_FILES, STEP_NAMES, events, finish, leftovers, reused, start, step_files
from made_up_data import messages, write_csv

if os.name == "nt":
    pytest.skip("signals are POSIX", allow_module_level=True)

RUN = Path("run")
# Some seconds of training: time for a signal to come in between.
SETTINGS = [
    "--epochs", "8", "--batch-size", "2", "--set", "training.patience=0", "--precision", "fp32",
    "--set", "dataset.test_share=0.2",
]  # fmt: skip


@pytest.fixture
def command(workplace, bert):
    """A run that trains for some seconds."""
    data = write_csv(workplace / "d.csv", messages(120)).name
    return ["run", data, "--model", bert, "--out", RUN, *SETTINGS, "--format", "json"]


def training_steps():
    """The progress that was told of the training; a baseline has no epochs."""
    return [event for event in events(RUN, "progress") if "epoch" in event]


def wait_for_training(still_runs):
    """Return once the network learns, or nothing runs any more."""
    deadline = time.monotonic() + 60
    while not training_steps() and still_runs() and time.monotonic() < deadline:
        time.sleep(0.02)


def assert_stopped_in_training(outcome, code):
    assert outcome.code == code
    assert outcome.err == ""
    assert outcome.error["code"] == "interrupted"
    assert "same command again" in outcome.error["remedy"]
    assert step_files(RUN) == list(STEP_FILES[:6])
    assert leftovers(RUN) == []
    assert not (RUN / "bundle").exists()


def test_ctrl_c_stops_the_training_and_the_same_command_goes_on(heptune, command):
    def press():
        wait_for_training(lambda: True)
        os.kill(os.getpid(), signal.SIGINT)

    hand = threading.Thread(target=press)
    hand.start()
    outcome = heptune(*command)
    hand.join()
    assert_stopped_in_training(outcome, 130)
    assert heptune(*command).code == 0
    assert reused(RUN) == {name: name != "training" for name in STEP_NAMES}
    assert step_files(RUN) == list(STEP_FILES)


def test_sigterm_stops_a_process_of_its_own(command):
    process = start(*command)
    wait_for_training(lambda: process.poll() is None)
    process.send_signal(signal.SIGTERM)
    assert_stopped_in_training(finish(process, timeout=60), 143)


@pytest.mark.slow
def test_a_killed_run_goes_on_too(heptune, command):
    process = start(*command)
    wait_for_training(lambda: process.poll() is None)
    process.send_signal(signal.SIGKILL)
    assert finish(process, timeout=60).code == -signal.SIGKILL
    assert step_files(RUN) == list(STEP_FILES[:6])
    assert heptune(*command).code == 0
    assert reused(RUN) == {name: name != "training" for name in STEP_NAMES}
    assert leftovers(RUN) == []
