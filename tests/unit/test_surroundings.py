"""What tests/conftest.py promises to every test."""

import os
import socket

import pytest


@pytest.mark.parametrize("connect", ["connect", "connect_ex"])
@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("example.com", 443)])
def test_no_test_can_leave_this_machine(connect, address):
    with socket.socket() as client, pytest.raises(pytest.fail.Exception, match="must not leave"):
        getattr(client, connect)(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_can_be_reached(host):
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as client:
        client.connect((host, server.getsockname()[1]))
        assert client.getpeername() == server.getsockname()


def test_nothing_of_the_user_is_seen(tmp_path):
    assert os.environ["XDG_STATE_HOME"].startswith(str(tmp_path))
    assert os.environ["HF_HOME"].startswith(str(tmp_path))
    assert "HF_TOKEN" not in os.environ
