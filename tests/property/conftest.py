"""Tiny pretrained models for the laws."""

from tiny_models import tiny_model  # noqa: F401 - a fixture
