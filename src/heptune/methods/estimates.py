"""What the estimates of all methods share: how wide their range is, and what time costs."""

# Around the fastest and the slowest of the paces that were timed.
MARGIN_BELOW, MARGIN_ABOVE = 0.9, 1.2


def cost(seconds: float, price_per_hour: float | None) -> float | None:
    """Return what the machine costs in that time, None without a price."""
    return None if price_per_hour is None else round(price_per_hour * seconds / 3600, 4)
