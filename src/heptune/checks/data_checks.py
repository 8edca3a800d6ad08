"""The checks of rows that need no model, in the order of their numbers."""

from heptune.checks import (
    h301_duplicates,
    h302_split_leakage,
    h303_label_conflicts,
    h304_near_duplicates,
    h305_label_variants,
    h306_imbalance,
    h307_empty_texts,
    h308_giveaway_token,
    h309_giveaway_length,
    h310_giveaway_order,
    h311_personal_data,
)
from heptune.checks.check import Check
from heptune.checks.rows import CheckedRows

DATA_CHECKS: tuple[Check[CheckedRows], ...] = (
    h301_duplicates.CHECK,
    h302_split_leakage.CHECK,
    h303_label_conflicts.CHECK,
    h304_near_duplicates.CHECK,
    h305_label_variants.CHECK,
    h306_imbalance.CHECK,
    h307_empty_texts.CHECK,
    h308_giveaway_token.CHECK,
    h309_giveaway_length.CHECK,
    h310_giveaway_order.CHECK,
    h311_personal_data.CHECK,
)
