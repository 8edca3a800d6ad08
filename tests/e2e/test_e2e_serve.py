"""`heptune serve` as a process of its own: what it says, how it refuses, how it ends."""

import json
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest
from command_line import call, finish, start

TOKEN = "a-token-of-the-tests-0123456789"
HEADERS = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}


@pytest.fixture
def bundle(heptune, data):
    assert heptune("run", data, "--method", "tfidf", "--out", "tickets", "--format", "quiet").code == 0
    return Path("tickets/bundle")


@contextmanager
def serving(*arguments, token=TOKEN):
    """Yield the process and its port; it is stopped where the block has not."""
    process = start("serve", *arguments, "--port", "0", environment={"HEPTUNE_TOKEN": token})
    try:
        said = process.stderr.readline()
        found = re.search(r"http://[^ ]*:(\d+)$", said)
        assert found, said + process.stderr.read()
        yield process, int(found[1]), said
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()


def connect(port):
    return closing(HTTPConnection("127.0.0.1", port, timeout=30))


def ask(connection, text="great", *, path="/predict", headers=HEADERS):
    connection.request("POST", path, json.dumps({"inputs": text}), headers)
    response = connection.getresponse()
    return response.status, json.loads(response.read())


def test_several_bundles_are_served_under_their_names(bundle):
    with serving(bundle, f"other={bundle}") as (process, port, said):
        assert said.startswith("Serving tickets, other on http://127.0.0.1:")
        with connect(port) as connection:
            for path in ("/", "/models/tickets", "/models/other/predict"):
                status, answers = ask(connection, path=path)
                assert (status, len(answers[0])) == (200, 2)
        process.send_signal(signal.SIGINT)
        outcome = finish(process)
    assert (outcome.code, outcome.out) == (130, "")


def test_what_was_accepted_is_answered_after_sigterm(bundle):
    """Callers of kept connections send until theirs is closed: each request that was sent has an answer."""
    answers, lost = queue.SimpleQueue(), []
    ended = threading.Event()

    def caller(number):
        with connect(port) as connection:
            while not ended.is_set():
                try:
                    answers.put(ask(connection, f"great {number}")[0])
                except ConnectionRefusedError:  # nobody listens any more, and nothing was sent
                    return
                except (OSError, HTTPException) as error:
                    lost.append(error)
                    return

    with serving(bundle) as (process, port, _said), ThreadPoolExecutor(8) as callers:
        running = [callers.submit(caller, number) for number in range(8)]
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        outcome = finish(process, timeout=30)
        ended.set()
        for one in running:
            one.result()
    assert outcome.code == 143
    assert "Every accepted request is answered" in outcome.err
    assert lost == []
    assert answers.qsize() > 50


def test_while_it_drains_it_is_not_ready(bundle):
    with serving(bundle) as (process, port, _said), socket.create_connection(("127.0.0.1", port)) as waiting:
        waiting.sendall(b"POST /predict HTTP/1.1\r\nHost: localhost\r\n")  # a request that is on its way
        time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.15)
        with connect(port) as connection:
            connection.request("GET", "/health/ready")
            response = connection.getresponse()
            assert (response.status, json.loads(response.read())) == (503, {"status": "draining"})
            assert response.getheader("connection") == "close"
        body = b'{"inputs": "great"}'
        head = f"Authorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        waiting.sendall(head.encode() + body)
        assert waiting.recv(65_536).startswith(b"HTTP/1.1 200")
        assert finish(process, timeout=30).code == 143


def test_the_second_signal_ends_at_once(bundle):
    with serving(bundle) as (process, port, _said), socket.create_connection(("127.0.0.1", port)) as waiting:
        waiting.sendall(b"POST /predict HTTP/1.1\r\n")
        begin = time.monotonic()
        process.send_signal(signal.SIGTERM)
        time.sleep(0.7)
        process.send_signal(signal.SIGTERM)
        finish(process, timeout=30)
    assert time.monotonic() - begin < 5


def test_a_changed_bundle_is_not_served_and_the_file_is_named(bundle):
    with (bundle / "tfidf.json").open("a", encoding="utf-8") as file:
        file.write(" ")
    outcome = call("serve", bundle, "--port", "0", environment={"HEPTUNE_TOKEN": TOKEN})
    assert outcome.code == 3
    assert "tfidf.json" in outcome.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nothing"], 5, "There is no bundle here"),
        (["tickets/bundle", "--host", "0.0.0.0", "--no-token"], 2, "Without a token"),
        (["tickets/bundle", "--host", "no-such-host.invalid"], 2, "There is no such address"),
        (["tickets/bundle", "--precision", "bf16"], 2, "no effect"),
        ([], 2, "Missing argument"),
    ],
)
def test_what_cannot_be_served_is_told(bundle, heptune, monkeypatch, arguments, code, said):
    if "--no-token" not in arguments:
        monkeypatch.setenv("HEPTUNE_TOKEN", TOKEN)
    outcome = heptune("serve", *arguments)
    assert outcome.code == code
    assert said in outcome.err


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_without_a_terminal_a_token_has_to_be_given(bundle, heptune, host):
    outcome = heptune("serve", bundle, "--host", host)
    assert (outcome.code, "--token-file" in outcome.err) == (2, True)


def test_an_address_that_is_taken_is_told(bundle, heptune, monkeypatch):
    monkeypatch.setenv("HEPTUNE_TOKEN", TOKEN)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        outcome = heptune("serve", bundle, "--port", taken.getsockname()[1])
    assert (outcome.code, "cannot be listened on" in outcome.err) == (6, True)


def test_no_token_is_said_aloud(bundle):
    with serving(bundle, "--no-token", token="") as (process, port, _said):
        assert "No token is asked for" in process.stderr.readline()
        with connect(port) as connection:
            assert ask(connection, headers={"Content-Type": "application/json"})[0] == 200


@pytest.mark.skipif(os.name == "nt", reason="needs links")
def test_it_serves_where_nothing_that_trains_is_installed(bundle, tmp_path):
    """The image has no torch."""
    from without_packages import environment_without

    absent = ("torch", "transformers", "accelerate", "tokenizers", "datasets")
    variables = environment_without(tmp_path / "site", *absent)
    # -S, or Python would add the real place by itself.
    command = [sys.executable, "-S", "-m", "heptune", "serve", str(bundle), "--port", "0"]
    environment = {**os.environ, **variables, "HEPTUNE_TOKEN": TOKEN}
    process = subprocess.Popen(
        command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL
    )
    try:
        said = process.stderr.readline()
        port = int(said.rpartition(":")[2])
        with connect(port) as connection:
            assert ask(connection)[0] == 200
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()
