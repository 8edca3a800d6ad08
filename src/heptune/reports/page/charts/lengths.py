"""How long the texts are, and where the model stops reading."""

from heptune.i18n import _
from heptune.reports.page.charts.axes import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, upward
from heptune.reports.page.charts.chart import Box, Chart, Line, Shape, Words
from heptune.schemas.tokens import TokenizedDataset


def lengths(tokens: TokenizedDataset, unit: str) -> Chart:
    """Draw how many texts have how many tokens; the bins double in width.

    Args:
        tokens: Step 4's result.
        unit: Name of what is counted.
    """
    edges = sorted(tokens.length_histogram)
    counts = [tokens.length_histogram[edge] for edge in edges]
    total, most = sum(counts), max(counts)
    y = upward(0, most)
    width = (RIGHT - LEFT) / len(edges)
    shapes: list[Shape] = [Words(0, TOP - 2, _("texts"), "tick"), Line(LEFT, BOTTOM, RIGHT, BOTTOM, "grid")]
    for number, (edge, count) in enumerate(zip(edges, counts, strict=True)):
        x, top = LEFT + width * number, y(count)
        is_cut = tokens.length_limit is not None and edge > tokens.length_limit
        shapes.append(
            Box(round(x + 2, 1), top, round(width - 4, 1), round(BOTTOM - top, 1), "wrong" if is_cut else "ours")
        )
        shapes.append(Words(x + width / 2, top - 4, f"{count:,}", "tick", "middle"))
        shapes.append(Words(x + width / 2, BOTTOM + 16, f"≤ {edge:,}", "tick", "middle"))
    shapes.append(Words((LEFT + RIGHT) / 2, BOTTOM + 36, _("{unit} in a text", unit=unit), "tick", "middle"))
    return Chart(
        name="lengths",
        title=_("How long the texts are"),
        description=_(
            "Texts by their length. Mean {mean:.1f}, longest {longest:,} {unit}.",
            mean=tokens.mean_length,
            longest=tokens.longest,
            unit=unit,
        ),
        height=HEIGHT,
        shapes=shapes,
        header=(_("up to"), _("texts"), _("share")),
        rows=[(f"{edge:,}", f"{count:,}", f"{count / total:.1%}") for edge, count in zip(edges, counts, strict=True)],
    )
