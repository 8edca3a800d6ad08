"""Slow senders, slow readers and too many of them are let go; nobody else notices."""

import json
import time
from dataclasses import replace

import pytest
from server_at_work import SETTINGS, TOKEN, running

QUICK = replace(SETTINGS, receive_timeout=0.4)
BODY = json.dumps({"inputs": "good"}).encode()
HEAD = (
    f"POST /predict HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n"
    f"Content-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n"
).encode()


def read_all(connection):
    answer = b""
    while piece := connection.recv(65_536):
        answer += piece
    return answer


@pytest.mark.parametrize("sent", [b"", b"POST /pre", HEAD[:-2], HEAD, HEAD + BODY[:-1]], ids=range(5))
def test_a_request_that_does_not_come_to_its_end_is_given_up(models, sent):
    with running(models, QUICK) as server, server.connect() as connection:
        begin = time.monotonic()
        connection.sendall(sent)
        assert read_all(connection).startswith(b"HTTP/1.1 408")
        assert 0.2 < time.monotonic() - begin < 3


def test_drops_do_not_make_a_request_quicker(models):
    with running(models, QUICK) as server, server.connect() as connection:
        begin = time.monotonic()
        with pytest.raises(OSError):  # noqa: PT012 - whichever send meets the closed connection
            for byte in HEAD * 10:
                connection.sendall(bytes([byte]))
                time.sleep(0.02)
        assert time.monotonic() - begin < 3


def test_a_second_request_on_the_connection_has_its_deadline_too(models):
    with running(models, QUICK) as server, server.connect() as connection:
        connection.sendall(HEAD + BODY)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200")
        time.sleep(0.5)  # a connection may be idle for longer than a request may take
        connection.sendall(HEAD)
        assert read_all(connection).startswith(b"HTTP/1.1 408")


def test_endless_headers_are_given_up_by_their_size(models):
    with running(models) as server, server.connect() as connection, pytest.raises(OSError):  # noqa: PT012
        connection.sendall(b"GET /health/live HTTP/1.1\r\n")
        for number in range(10_000):
            connection.sendall(b"X-%d: %s\r\n" % (number, b"x" * 1_000))
            time.sleep(0.0005)


def test_slow_senders_hold_up_nobody(models):
    with running(models, replace(SETTINGS, receive_timeout=5)) as server:
        slow = [server.connect() for _ in range(100)]
        for connection in slow:
            connection.sendall(HEAD[:50])
        assert [server.ask("POST", "/predict", {"inputs": "good"}).status for _ in range(20)] == [200] * 20
        for connection in slow:
            connection.close()


def test_one_connection_too_many_is_closed(models):
    with running(models, replace(SETTINGS, max_connections=3)) as server:
        kept = [server.connect() for _ in range(3)]
        with pytest.raises(OSError):
            server.ask("GET", "/health/live")
        for connection in kept:
            connection.close()
        time.sleep(0.1)
        assert server.ask("GET", "/health/live").status == 200


@pytest.mark.parametrize("sent", [b"\x16\x03\x01\x02\x00", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"], ids=range(3))
def test_what_is_no_http_is_refused(models, sent):
    with running(models) as server, server.connect() as connection:
        connection.sendall(sent)
        assert connection.recv(100).startswith(b"HTTP/1.1 4")
