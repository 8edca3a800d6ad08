"""Step 3: labelled rows, split."""
