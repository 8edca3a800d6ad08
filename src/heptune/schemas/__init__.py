"""Records that travel between the steps and lie in the run folder."""
