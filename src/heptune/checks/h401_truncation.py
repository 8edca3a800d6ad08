"""H401: texts that are longer than the model reads."""

from heptune.checks.check import EXAMPLES_SHOWN, PASSED, Answer, Check, Found, NotApplicable
from heptune.i18n import _
from heptune.schemas.finding import Example
from heptune.schemas.tokens import TokenizedDataset


def find_truncation(tokens: TokenizedDataset) -> Answer:
    """Count the texts that are cut, and the share of all tokens that is lost."""
    if tokens.length_limit is None:
        return NotApplicable(tokens.limit_reason)
    rows = tokens.truncated_by_label
    cut = sum(row.truncated for row in rows)
    if not cut:
        return PASSED
    texts = sum(row.texts for row in rows)
    worst = sorted((row for row in rows if row.truncated), key=lambda row: -row.truncated / row.texts)
    return Found(
        count=cut,
        of=texts,
        summary=_(
            "{cut:,} of {texts:,} texts are longer than {limit} tokens; {share:.1%} of all tokens are not read",
            cut=cut,
            texts=texts,
            limit=tokens.length_limit,
            share=sum(row.cut_tokens for row in rows) / sum(row.tokens for row in rows),
        ),
        remedy=_("--set tokens.max_length=N reads more, as far as the model can, and takes longer."),
        examples=tuple(
            Example(
                text=row.label,
                detail=_(
                    "{cut:,} of {texts:,} texts are cut, {share:.1%} of their tokens",
                    cut=row.truncated,
                    texts=row.texts,
                    share=row.cut_tokens / row.tokens,
                ),
            )
            for row in worst[:EXAMPLES_SHOWN]
        ),
    )


CHECK = Check("H401", "truncation", "warning", find_truncation)
