"""What an epoch computes, counted in passes: one forward and one backward through the network."""

# A forward pass alone is about a third of that.
FORWARD_SHARE = 1 / 3


def passes_of_an_epoch(training: float, validation: float, *, moved: bool) -> float:
    """Return how many rows, or tokens, go through the network, forward and backward, or as much work.

    Args:
        training: Rows or tokens that are learnt from.
        validation: Rows or tokens that are scored.
        moved: Whether texts are learnt from a second time with their embedding moved.
    """
    return training * (2 if moved else 1) + FORWARD_SHARE * validation
