"""Adversarial training: a text is learnt a second time, with its embedding moved where its loss grows most.

The fast gradient method of Miyato, Dai and Goodfellow (arXiv 1605.07725): `r = reach * g / |g|`, where `g` is the
gradient of one text's loss with respect to its embedding `[length, d]`. The norm is one text's own, so that its
neighbours in a batch change nothing. The reach is measured in mean norms of the embedding's rows, as these differ from
model to model.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch


class Adversary:
    """Moves the texts of one micro-batch at a time.

    Args:
        network: A `PreTrainedModel`.
        strength: Length of the move, in mean norms of the embedding's rows.
    """

    def __init__(self, network: Any, strength: float) -> None:  # noqa: ANN401 - untyped library
        self._embedding = network.get_input_embeddings()
        self._reach = strength * float(self._embedding.weight.detach().norm(dim=1).mean())
        self._embedded: torch.Tensor | None = None

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Remember the embedded texts of the forward pass inside; `moved` needs their gradient."""
        with self._changing_output(self._remember):
            yield

    @contextmanager
    def moved(self, norms: Callable[[torch.Tensor], torch.Tensor]) -> Iterator[None]:
        """Move the same texts, by the gradient of the pass that was watched, in the forward pass inside.

        Args:
            norms: Gives the norm of each text's states, in a shape that divides them.
        """
        assert self._embedded is not None, "a watched forward pass and its backward pass come first"  # noqa: S101
        gradient = self._embedded.grad
        assert gradient is not None, "a watched forward pass and its backward pass come first"  # noqa: S101
        move = self._reach * gradient / norms(gradient).clamp_min(torch.finfo(gradient.dtype).tiny)
        self._embedded = None
        with self._changing_output(lambda output: output + move):
            yield

    def _remember(self, output: torch.Tensor) -> torch.Tensor:
        output.retain_grad()
        self._embedded = output
        return output

    @contextmanager
    def _changing_output(self, change: Callable[[torch.Tensor], torch.Tensor]) -> Iterator[None]:
        hook = self._embedding.register_forward_hook(lambda _module, _inputs, output: change(output))
        try:
            yield
        finally:
            hook.remove()
