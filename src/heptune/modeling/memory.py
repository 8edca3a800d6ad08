"""How much memory training will take, by formula."""

from typing import Any

# fp32 weight, gradient and AdamW's two moments.
BYTES_PER_PARAMETER = 16
BYTES_PER_BF16_COPY = 2
# Activations of a transformer layer kept for the backward pass: about 34 bytes per token and hidden unit, and 5 per
# pair of tokens and head, at 16 bit (Korthikanti et al., arXiv 2205.05198), twice that in fp32.
ACTIVATION_BYTES = 34
ATTENTION_BYTES = 5


def training_memory_mib(parameters: int, config: Any, *, tokens: int, longest: int, bf16: bool) -> float:  # noqa: ANN401
    """Return an estimate of the memory of training, in MiB.

    Args:
        parameters: Trained parameters.
        config: transformers' config of the network.
        tokens: Tokens in memory at a time, padding included.
        longest: Tokens of the longest text; attention keeps a weight for each pair.
        bf16: Whether matrix products run in bf16.
    """
    text = config.get_text_config()
    of_token = ACTIVATION_BYTES * text.hidden_size + ATTENTION_BYTES * text.num_attention_heads * longest
    per_token = of_token * (1 if bf16 else 2) * text.num_hidden_layers
    weights = parameters * (BYTES_PER_PARAMETER + (BYTES_PER_BF16_COPY if bf16 else 0))
    return round((weights + tokens * per_token) / 2**20, 1)
