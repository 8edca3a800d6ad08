"""The classifier that ships: its layout, writing, loading, predicting."""
