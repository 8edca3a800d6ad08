"""What models there are, and what they would take here."""
