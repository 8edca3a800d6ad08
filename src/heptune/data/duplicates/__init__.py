"""Texts that stand in the data more than once, alike or nearly so."""
