"""What people read: terminal text and model cards."""
