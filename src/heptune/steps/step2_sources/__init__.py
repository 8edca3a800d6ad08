"""Step 2: which pretrained model and which data, exactly."""
