"""Speed and memory beside others: who takes part, in which order, and what comes of it."""
