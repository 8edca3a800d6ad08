"""Fine-tuning of all weights of a transformer."""
