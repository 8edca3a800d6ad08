"""Ways to predict, behind one protocol."""
