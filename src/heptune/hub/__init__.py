"""Hugging Face Hub: resolve a name to a commit, download, cache."""
