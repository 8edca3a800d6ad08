"""Where torch and transformers meet: loading, tokenizing, batching, pooling, precision."""
