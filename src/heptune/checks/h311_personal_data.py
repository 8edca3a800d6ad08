"""H311: patterns of personal data: e-mail addresses, numbers of phones, cards, accounts and identity cards."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from heptune.checks.check import EXAMPLES_SHOWN, PASSED, Answer, Check, Found
from heptune.checks.rows import CheckedRows
from heptune.i18n import Sentence, _
from heptune.schemas.finding import Example

# Characters of a text that are looked through.
LONGEST = 20_000
# Characters of a match that are shown.
SHOWN = 2


@dataclass(frozen=True, slots=True)
class Pattern:
    """One kind of personal data.

    Attributes:
        name: Gives its name in the language of the moment.
        regex: Finds what may be one, in time linear in the text.
        is_valid: Looks at the characters found without blanks and hyphens.
    """

    name: Callable[[], Sentence]
    regex: re.Pattern[str]
    is_valid: Callable[[str], bool]


def passes_luhn(number: str) -> bool:
    """Return whether the last digit checks the others (ISO/IEC 7812-1, annex B), and they are not all the same."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return len(set(number)) > 1 and (sum(digits[::2]) + sum(doubled)) % 10 == 0


def passes_iban(account: str) -> bool:
    """Return whether the two check digits fit (ISO 13616)."""
    turned = (account[4:] + account[:4]).upper()
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1


def passes_identity(number: str) -> bool:
    """Return whether the last character of a Chinese identity number fits (GB 11643)."""
    total = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(number[:17]))
    return "10X98765432"[total % 11] == number[17].upper()


def _any(_match: str) -> bool:
    return True


PATTERNS = (
    Pattern(
        lambda: _("e-mail address"),
        re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}", re.ASCII),
        _any,
    ),
    Pattern(lambda: _("identity number"), re.compile(r"(?<![\dA-Za-z])\d{17}[\dXx](?![\dA-Za-z])"), passes_identity),
    Pattern(
        lambda: _("account number"),
        re.compile(r"(?<![\dA-Za-z])[A-Z]{2}\d{2}(?: ?[\dA-Z]{4}){2,7}(?: ?[\dA-Z]{1,3})?(?![\dA-Za-z])"),
        passes_iban,
    ),
    Pattern(lambda: _("card number"), re.compile(r"(?<![\d.-])\d(?:[ -]?\d){12,18}(?![\d.-])"), passes_luhn),
    Pattern(
        lambda: _("phone number"),
        re.compile(
            r"(?<![A-Za-z0-9_.+-])(?:\+\d{1,3}[ -]?\(?\d{1,4}\)?(?:[ -]?\d{2,4}){2,4}"
            r"|\(?\d{3}\)?[ -]\d{3}-\d{4}|1[3-9]\d[ -]?\d{4}[ -]?\d{4})(?![A-Za-z0-9_-])"
        ),
        _any,
    ),
)


def find_personal_data(rows: CheckedRows) -> Answer:
    """Count the rows in which a pattern is found; it is no proof, and what has no pattern is not found."""
    found: list[tuple[int, Sentence, str]] = []
    counts = dict.fromkeys(range(len(PATTERNS)), 0)
    count = 0
    for row, text in enumerate(rows.each_text()):
        kinds = matches(text)
        count += bool(kinds)
        for kind, match in kinds.items():
            counts[kind] += 1
            if counts[kind] == 1 or len(found) < EXAMPLES_SHOWN:
                found.append((row, PATTERNS[kind].name(), match))
    if not count:
        return PASSED
    listed = ", ".join(f"{PATTERNS[kind].name()} × {number}" for kind, number in counts.items() if number)
    return Found(
        count=count,
        of=len(rows),
        summary=_("{count:,} rows match patterns of personal data: {kinds}", count=count, kinds=listed),
        remedy=_("See whether you may learn from them; patterns find no names, and may find what is none."),
        examples=tuple(
            Example(rows=rows.example(np.array([row])).rows, text=_masked(match), detail=kind)
            for row, kind, match in found
        ),
    )


def matches(text: str) -> dict[int, str]:
    """Return the first match of each pattern, by its number; characters that one pattern took are no other's."""
    found: dict[int, str] = {}
    rest = text[:LONGEST]
    for number, pattern in enumerate(PATTERNS):
        taken = [match for match in pattern.regex.findall(rest) if pattern.is_valid(re.sub(r"[ -]", "", match))]
        if taken:
            found[number] = taken[0]
        for match in taken:
            rest = rest.replace(match, " ")
    return found


def _masked(match: str) -> str:
    return match[:SHOWN] + "•" * (len(match) - SHOWN)


CHECK = Check("H311", "personal_data", "note", find_personal_data)
