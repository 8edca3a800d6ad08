"""Activations in one pass over memory where an architecture writes them out.

GPT-2's GELU (Hendrycks and Gimpel, arXiv 1606.08415, the tanh approximation) is written in transformers as powers,
products and a tanh, seven passes and as many tensors kept for the backward pass; torch has the same formula in one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from torch import nn
from transformers.activations import FastGELUActivation, NewGELUActivation

from heptune.i18n import Sentence, _

_WRITTEN_OUT = (NewGELUActivation, FastGELUActivation)


class FusedActivations:
    """Puts torch's own activation in the place of one that is written out; see `Speedup`.

    Args:
        network: A `PreTrainedModel`.
    """

    name = "fused_activations"

    def __init__(self, network: Any) -> None:  # noqa: ANN401 - untyped library
        self._written_out = [module for module in network.modules() if isinstance(module, _WRITTEN_OUT)]

    def why_not(self) -> Sentence | None:
        """Return None where some activation is written out."""
        return None if self._written_out else _("this architecture has none that are written out")

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Compute them in one pass during the block."""
        fused = nn.GELU(approximate="tanh")
        for module in self._written_out:
            module.forward = fused.forward
        try:
            yield
        finally:
            for module in self._written_out:
                del module.forward
