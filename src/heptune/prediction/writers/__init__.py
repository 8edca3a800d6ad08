"""Ways to write rows, one a format."""
