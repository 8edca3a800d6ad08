"""A frozen network with a logistic regression on its features."""
