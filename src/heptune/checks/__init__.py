"""What may be wrong with the data: numbered checks, each in a file of its own."""
