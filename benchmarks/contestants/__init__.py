"""Ways to do the same work, one a file, each a process of its own that prints one line of JSON."""
