"""What verifying a bundle found, in lines."""

from heptune.i18n import _
from heptune.schemas.verification import VerifiedBundle


def verification_lines(verified: VerifiedBundle) -> list[str]:
    """Return what was looked at, and what to mind."""
    told = {"count": verified.golden, "difference": verified.largest_difference}
    return [
        _("{count} files are as they were written: {folder}", count=verified.files, folder=verified.folder),
        "sha256 " + verified.sha256,
        _(
            "{count} recorded answers are given again in {precision}; the largest difference is {difference:.1g}",
            precision=verified.precision,
            **told,
        )
        if verified.precision
        else _("{count} recorded answers are given again; the largest difference is {difference:.1g}", **told),
        *(f"{_('mind')}: {warning}" for warning in verified.warnings),
    ]
