"""Tiny pretrained models for the unit tests."""

from tiny_models import tiny_model  # noqa: F401 - a fixture
