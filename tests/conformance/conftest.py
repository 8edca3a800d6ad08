"""Tiny pretrained models for every method."""

from tiny_models import tiny_model  # noqa: F401 - a fixture
