"""A token is asked for by default, and none comes from us but to the person who started the server."""

import pytest

from heptune.errors import InvalidInputError, UsageError
from heptune.server.token import VARIABLE, choose_token, is_loopback

GOOD = "0123456789abcdef"


@pytest.fixture(autouse=True)
def none_given(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)


def choose(host="127.0.0.1", file=None, without=False, at_terminal=False):
    return choose_token(host=host, file=file, without=without, at_terminal=at_terminal)


def refused(**options):
    with pytest.raises(UsageError) as caught:
        choose(**options)
    return caught.value.code


def test_one_is_made_for_a_terminal_on_loopback_and_never_the_same():
    tokens = {choose(at_terminal=True).token for _ in range(20)}
    assert len(tokens) == 20
    assert min(map(len, tokens)) >= 32
    assert choose(at_terminal=True).made


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "tickets.example"])
def test_none_is_made_where_others_reach_the_server_nor_may_it_be_left_out(host):
    assert refused(host=host, at_terminal=True) == "no_token"
    assert refused(host=host, without=True) == "open_server"


def test_none_is_made_where_nobody_reads_it():
    assert refused() == "no_token"


def test_it_comes_from_a_file_or_the_environment(monkeypatch, tmp_path):
    file = tmp_path / "token"
    file.write_text(f"{GOOD}\n", encoding="utf-8")
    assert choose(host="0.0.0.0", file=file).token == GOOD
    monkeypatch.setenv(VARIABLE, GOOD * 2)
    assert choose(host="0.0.0.0").token == GOOD * 2
    assert choose(host="0.0.0.0", file=file).token == GOOD
    assert not choose(at_terminal=True).made
    assert refused(without=True) == "contradiction"


@pytest.mark.parametrize("token", ["", "short", "two words of a token", "é" * 20, GOOD * 40, f"{GOOD}\n{GOOD}"])
def test_one_that_can_be_guessed_or_not_be_sent_is_refused(tmp_path, token):
    file = tmp_path / "token"
    file.write_text(token, encoding="utf-8")
    assert refused(file=file) == "bad_token"


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InvalidInputError) as caught:
        choose(file=tmp_path / "none")
    assert caught.value.where == str(tmp_path / "none")


def test_without_one_on_loopback_only():
    assert choose(without=True).token is None
    assert [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "127.8.8.8")] == [True] * 4
    assert [is_loopback(host) for host in ("0.0.0.0", "::", "localhost.evil.test", "")] == [False] * 4
