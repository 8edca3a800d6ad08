"""Freed memory stays with the process for the time of a block."""

import sys

import pytest

from heptune.storage import freed_memory


class Allocator:
    """Writes down what it is asked for."""

    def __init__(self):
        self.asked = []

    def mallopt(self, option, value):
        self.asked.append((option, value))

    def malloc_trim(self, left):
        self.asked.append(("trim", left))


def test_the_allocator_keeps_it_and_gives_it_back_even_after_a_fault(monkeypatch):
    allocator = Allocator()
    monkeypatch.setattr(freed_memory, "_allocator", lambda: allocator)
    asked_inside = []

    def fail():
        with freed_memory.freed_memory_kept():
            asked_inside.extend(allocator.asked)
            raise ValueError("fault")

    with pytest.raises(ValueError, match="fault"):
        fail()
    assert asked_inside == [(-4, 0), (-1, -1)]
    assert allocator.asked[2:] == [(-4, 65_536), (-1, 131_072), ("trim", 0)]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc is Linux's")
def test_glibc_can_be_asked():
    assert freed_memory.can_keep_freed_memory()
