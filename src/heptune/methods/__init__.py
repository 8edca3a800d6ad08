"""Ways to learn, behind one protocol."""
