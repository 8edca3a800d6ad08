"""A digest is taken once in a process, and anew when the file has changed."""

import hashlib
import os

from heptune.storage import digests
from heptune.storage.digests import known_sha256


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def test_a_file_is_read_once_while_it_stays_as_it_is(tmp_path):
    path = tmp_path / "weights"
    path.write_bytes(b"one")
    before = digests._sha256.cache_info().misses
    assert {known_sha256(path) for _ in range(3)} == {sha256(b"one")}
    assert digests._sha256.cache_info().misses == before + 1


def test_a_file_that_was_replaced_by_one_of_the_same_size_and_time_is_read_anew(tmp_path):
    path, other = tmp_path / "weights", tmp_path / "other"
    path.write_bytes(b"one")
    assert known_sha256(path) == sha256(b"one")
    other.write_bytes(b"two")
    time = path.stat().st_mtime_ns
    os.utime(other, ns=(time, time))
    other.replace(path)
    assert known_sha256(path) == sha256(b"two")
