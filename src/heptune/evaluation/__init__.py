"""Metrics, intervals and tests of significance on numpy arrays; no torch."""
