"""What the system tells about this process."""

import os
from pathlib import Path

import numpy as np
import pytest

from heptune.storage.process import forget_peak_memory, peak_memory_mib

LARGE_MIB = 300


@pytest.mark.skipif(not os.access("/proc/self/clear_refs", os.W_OK), reason="the system keeps the peak")
def test_a_peak_that_is_forgotten_is_that_of_now():
    np.ones(LARGE_MIB * 2**17)
    before = peak_memory_mib()
    forget_peak_memory()
    assert peak_memory_mib() < before - LARGE_MIB / 2
    np.ones(LARGE_MIB * 2**17)
    assert peak_memory_mib() == pytest.approx(before, rel=0.2)


def test_a_system_that_does_not_let_us_forget_is_no_fault(monkeypatch):
    def refuse(*_arguments, **_options):
        raise PermissionError

    monkeypatch.setattr(Path, "write_text", refuse)
    forget_peak_memory()
    assert peak_memory_mib() > 0
