"""Ways to learn the same in less time, one a file; each can be left out, and says why where it does not apply."""
