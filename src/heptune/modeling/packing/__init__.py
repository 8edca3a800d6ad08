"""Texts end to end in one row, without padding."""
