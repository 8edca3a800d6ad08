"""An NVIDIA GPU, and tiny pretrained models."""

import pytest
import torch
from tiny_models import tiny_model  # noqa: F401 - a fixture


@pytest.fixture(autouse=True)
def gpu() -> None:
    """Skip where there is none."""
    if not torch.cuda.is_available():
        pytest.skip("NOT RUN: there is no NVIDIA GPU")
