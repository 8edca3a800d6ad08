"""The model card of an export: that of the bundle, and what the export is."""

from heptune.schemas.export import ParityFigures, ParityReport


def exported_card(card: str, parity: ParityReport) -> str:
    """Return the card with a section on the export; the library that its front matter names is not in it any more.

    Args:
        card: Of the bundle, as Markdown.
        parity: How the export agrees with it.
    """
    front, mark, body = card.partition("\n---\n")
    front = front.replace("\nlibrary_name: transformers", "\nlibrary_name: onnx")
    lines = ["", "## ONNX export", "", *_lines(parity), ""]
    return front + mark + body.rstrip("\n") + "\n" + "\n".join(lines)


def _lines(parity: ParityReport) -> list[str]:
    lines = [
        f"`model.onnx` is this classifier with matrix products in {parity.precision}. The scores above are those of "
        "the network that it was made from. Against that network in fp32:",
        "",
        "| texts | rows | labels that changed | largest difference of a score | accuracy |",
        "|---|---|---|---|---|",
        _row("golden texts", parity.golden),
    ]
    if parity.rows:
        lines.append(_row("validation and calibration", parity.rows))
    if parity.test:
        lines.append(_row("test, no part of the decision", parity.test))
    return lines


def _row(name: str, figures: ParityFigures) -> str:
    accuracy = "–"
    if figures.original_accuracy is not None and figures.exported_accuracy is not None:
        accuracy = f"{figures.original_accuracy:.4f} → {figures.exported_accuracy:.4f}"
    return f"| {name} | {figures.rows} | {figures.flips} | {figures.largest_difference:.2g} | {accuracy} |"
