"""H311: patterns of personal data. All numbers are made up, or the standards' own examples."""

import pytest
from rows_to_check import rows_of

from heptune.checks.h311_personal_data import CHECK, PATTERNS, matches

KINDS = ("e-mail address", "identity number", "account number", "card number", "phone number")


def kinds(text):
    return {str(PATTERNS[number].name()): match for number, match in matches(text).items()}


@pytest.mark.parametrize(
    ("text", "kind", "match"),
    [
        ("write to anna.li+shop@example.co.uk, please", "e-mail address", "anna.li+shop@example.co.uk"),
        ("my card 4111 1111 1111 1111 was charged", "card number", "4111 1111 1111 1111"),
        ("card 5500-0000-0000-0004", "card number", "5500-0000-0000-0004"),
        ("pay to DE89 3704 0044 0532 0130 00 today", "account number", "DE89 3704 0044 0532 0130 00"),
        ("GB82WEST12345698765432", "account number", "GB82WEST12345698765432"),
        ("身份证11010519491231002X", "identity number", "11010519491231002X"),
        ("电话13812345678谢谢", "phone number", "13812345678"),
        ("call +49 30 901820 or", "phone number", "+49 30 901820"),
        ("call (555) 010-9999 now", "phone number", "(555) 010-9999"),
    ],
)
def test_what_looks_like_personal_data_is_found(text, kind, match):
    assert kinds(text) == {kind: match}


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1112",  # the check digit is wrong
        "0000 0000 0000 0000",
        "DE88 3704 0044 0532 0130 00",
        "110105194912310020",
        "order 20231105123456789012345",
        "version 1.2.3.4.5, 1000000 rows, 2026-11-27 12:30:59",
        "@anna look at this",
        "a@b",
        "12812345678",
        "3.14159265358979323",
    ],
)
def test_other_numbers_are_left_alone(text):
    assert kinds(text) == {}


def test_rows_are_counted_once_and_what_is_found_is_not_shown():
    finding = CHECK.finding(
        rows_of([("anna@example.org and 13812345678", "a"), ("no", "b"), ("bob@example.org", "a"), ("yes", "b")])
    )
    assert (finding.count, finding.share) == (2, 0.5)
    assert finding.summary.endswith("e-mail address × 2, phone number × 1")
    assert all(example.text[2:] == "•" * (len(example.text) - 2) for example in finding.examples)
    assert {str(example.detail) for example in finding.examples} == {"e-mail address", "phone number"}


@pytest.mark.parametrize("text", ["a@" * 50_000, "1 " * 50_000, "+1 (" * 50_000, "DE12 " * 20_000, "a." * 50_000 + "@"])
def test_no_text_takes_long(text):
    """Only the beginning is looked through, in time linear in its length: this would never end otherwise."""
    assert len(matches(text)) <= len(PATTERNS)
