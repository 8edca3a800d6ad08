"""A signal is a request; the second one ends the process at once."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from heptune.errors import InterruptedRunError
from heptune.storage.interruption import interruptible

POLLING = """
import sys, time
from heptune.errors import InterruptedRunError
from heptune.storage.interruption import interruptible
try:
    with interruptible() as interruption:
        print("ready", flush=True)
        for _ in range(6000):
            interruption.check()
            time.sleep(0.01)
except InterruptedRunError as error:
    print("stopped in order", flush=True)
    sys.exit(error.exit_code)
"""
DEAF = """
import time
from heptune.storage.interruption import interruptible
with interruptible():
    print("ready", flush=True)
    for _ in range(6000):
        time.sleep(0.01)
        print(".", flush=True)
"""


def start(code):
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout.readline() == b"ready\n"
    return process


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_polling_process_stops_in_order_with_the_signals_exit_code(number, exit_code):
    with start(POLLING) as process:
        process.send_signal(number)
        output, complaints = process.communicate(timeout=60)
    assert (process.returncode, output, complaints) == (exit_code, b"stopped in order\n", b"")


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_second_signal_ends_a_process_that_does_not_poll(number, exit_code):
    with start(DEAF) as process:
        process.send_signal(number)
        for _ in range(2):  # the first one has arrived and has not ended it
            assert process.stdout.readline() == b".\n"
        process.send_signal(number)
        process.communicate(timeout=60)
    assert process.returncode == exit_code


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_check_raises_after_a_signal_and_says_that_nothing_is_lost(number, exit_code):
    with interruptible() as interruption:
        interruption.check()
        os.kill(os.getpid(), number)
        with pytest.raises(InterruptedRunError) as caught:
            interruption.check()
    assert (caught.value.exit_code, caught.value.code) == (exit_code, "interrupted")
    assert caught.value.remedy


def test_earlier_handlers_come_back():
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(number) for number in numbers]
    with interruptible():
        assert [signal.getsignal(number) for number in numbers] != before
    assert [signal.getsignal(number) for number in numbers] == before
    with pytest.raises(ValueError, match="ours"), interruptible():
        raise ValueError("ours")
    assert [signal.getsignal(number) for number in numbers] == before


def test_outside_the_main_thread_the_block_runs_without_listening():
    before, done = signal.getsignal(signal.SIGINT), []

    def run():
        with interruptible() as interruption:
            interruption.check()
            done.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert done == [before]
