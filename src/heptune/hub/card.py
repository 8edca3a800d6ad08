"""What a repository says about itself in the YAML at the head of its README."""

from pathlib import Path
from typing import Any

from heptune.errors import InvalidInputError
from heptune.i18n import _

Card = dict[str, Any]
_FENCE = "---"


def read_card(path: Path) -> Card:
    """Return the fields of a README's front matter; none where it has no front matter.

    Raises:
        InvalidInputError: the front matter is not a YAML mapping (`code="malformed_card"`).
    """
    import yaml

    try:
        card = yaml.safe_load(_front_matter(path.read_text(encoding="utf-8-sig")))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise _malformed(path) from error
    if card is None:
        return {}
    if not isinstance(card, dict):
        raise _malformed(path)
    return card


def licence_of(card: Card) -> str | None:
    """Return the licence or licences that a card names, None where it names none."""
    licence = card.get("license")
    if licence == "other":
        licence = card.get("license_name") or licence
    names = licence if isinstance(licence, list) else [licence]
    return ", ".join(str(name) for name in names if name) or None


def _front_matter(text: str) -> str:
    first, *lines = text.splitlines() or [""]
    if first.rstrip() != _FENCE:
        return ""
    fences = [number for number, line in enumerate(lines) if line.rstrip() == _FENCE]
    return "\n".join(lines[: fences[0]]) if fences else ""


def _malformed(path: Path) -> InvalidInputError:
    return InvalidInputError(
        _("The head of the repository's README cannot be read."),
        code="malformed_card",
        where=str(path),
        expected=_("a YAML mapping between two lines of ---"),
    )
