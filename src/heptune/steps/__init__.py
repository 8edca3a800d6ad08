"""The seven steps; each file holds one config and one function."""
