"""The codes of all checks, which users write and which must not change."""

from collections.abc import Sequence

from heptune.errors import UsageError
from heptune.i18n import _

NAMES = {
    "H301": "duplicates",
    "H302": "split_leakage",
    "H303": "label_conflicts",
    "H304": "near_duplicates",
    "H305": "label_variants",
    "H306": "imbalance",
    "H307": "empty_texts",
    "H308": "giveaway_token",
    "H309": "giveaway_length",
    "H310": "giveaway_order",
    "H311": "personal_data",
    "H401": "truncation",
    "H402": "script_mismatch",
    "H601": "label_noise",
}
# Those that look at what a model makes of the texts.
OF_MODEL = frozenset({"H401", "H402"})


def check_codes(codes: Sequence[str]) -> None:
    """Refuse codes that no check has.

    Raises:
        UsageError: naming them.
    """
    unknown = [code for code in codes if code not in NAMES]
    if unknown:
        raise UsageError(
            _("No check has this code."),
            code="unknown_check",
            where="dataset.mute",
            expected=", ".join(f"{code} ({name})" for code, name in NAMES.items()),
            found=", ".join(unknown),
        )
