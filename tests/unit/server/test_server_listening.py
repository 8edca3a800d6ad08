"""Who had begun to arrive still does; nobody new arrives."""

import socket
import sys

import pytest

from heptune.errors import ResourceError, UsageError
from heptune.server.listening import open_socket, take_no_more


@pytest.mark.skipif(sys.platform != "linux", reason="a filter of Linux")
def test_after_the_last_call_the_system_takes_no_new_connections_and_keeps_those_it_has():
    with open_socket("127.0.0.1", 0) as listener:
        listener.listen(8)
        listener.settimeout(5)
        address = listener.getsockname()
        with socket.create_connection(address) as early:
            take_no_more(listener)
            with pytest.raises(TimeoutError):
                socket.create_connection(address, timeout=0.2).close()
            arrived, _address = listener.accept()
            with arrived:
                early.sendall(b"a question")
                assert arrived.recv(100) == b"a question"
                arrived.sendall(b"an answer")
                assert early.recv(100) == b"an answer"


def test_an_address_that_is_taken_or_none_is_told():
    with open_socket("127.0.0.1", 0) as listener:
        listener.listen()
        with pytest.raises(ResourceError):
            open_socket("127.0.0.1", listener.getsockname()[1])
    with pytest.raises(UsageError):
        open_socket("no-such-host.invalid", 0)
