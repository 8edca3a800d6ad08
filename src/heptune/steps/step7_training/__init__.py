"""Step 7: train, evaluate once on test, and write the bundle."""
