"""Tell the encodings from before Unicode apart by what their texts look like when decoded.

Three kinds of evidence, from sure to less sure. East Asian encodings: nearly all letters are common ones of the script,
and many are the language's most frequent ones. Single-byte Latin encodings: the accented letters of each line belong to
the alphabet of one language. All others (Cyrillic, Greek, Arabic …): charset-normalizer, where it is far from doubt; on
short Latin and Japanese texts it errs with full confidence, hence the first two.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from heptune.i18n import _

# The score is the share of common letters plus the share of frequent ones: about 1.4 to 1.8 for the right
# reading, below 1.1 for a wrong one. A short text may hold no frequent letter.
MINIMUM_SCRIPT_SCORE = 0.9
MINIMUM_SCRIPT_LEAD = 0.25
# No Japanese text does without kana; its kanji alone would be any Chinese character.
MINIMUM_KANA_SHARE = 0.15
MINIMUM_ALPHABET_SHARE = 0.95
MAXIMUM_ACCENTED_SHARE = 0.35
# charset-normalizer, in percent: how disorderly the text is, and how well its letters fit a language.
MAXIMUM_CHAOS = 4.0
MINIMUM_CHAOS_LEAD = 5.0
MINIMUM_COHERENCE = 25.0

_FREQUENT_SIMPLIFIED = (
    "的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小多然于心学"
    "么之都好看起发当没成只如事把还用第样道想作种开美总从无情己面最女但现前些所同日手又行意动方期它头经长儿回位分爱老"
    "因很给名法间知什两次使身者被高已亲其进此话常与正感吃送快味太差真很再点买店"
)
_FREQUENT_TRADITIONAL = (
    "的一是了我不人在他有這個上們來到時大地為子中你說生國年著就那和要她出也得裡後自以會家可下而過天去能對小多然於心學"
    "麼之都好看起發當沒成只如事把還用第樣道想作種開美總從無情己面最女但現前些所同日手又行意動方期它頭經長兒回位分愛老"
    "因很給名法間知什兩次使身者被高已親其進此話常與正感吃送快味太差真很再點買店"
)
_FREQUENT_JAPANESE = "のにはをたがでてとしれさいるもなかくらっすまりきよこあうんどけせおめそえわつ"
_FREQUENT_KOREAN = "이다는을에가고의지도하한로기사은를요니어아나서시해있자리게만습너무좋안"

# Letters beside a to z. Both sides of a confusion stay out of each other: Czech read as cp1252 fits none of the West.
_WESTERN = (
    "àâäæçéèêëîïôœöùûüÿ",  # French
    "áéíñóúüçªº¿¡",  # Spanish
    "áàâãçéêíóôõúüªº",  # Portuguese
    "äöüßé",  # German
    "àèéìíîòóùúªº",  # Italian
    "åäöéæø",  # Danish, Finnish, Norwegian, Swedish
    "áéèêëíïóöúü",  # Dutch
    "àçéèíïòóúü",  # Catalan
    "áðéíóúýþæö",  # Icelandic
    "áéíóú",  # Irish
)
_CENTRAL = (
    "ąćęłńóśźż",  # Polish
    "áčďéěíňóřšťúůýž",  # Czech
    "áäčďéíĺľňóôŕšťúýž",  # Slovak
    "áéíóöőúüű",  # Hungarian
    "čćđšž",  # Croatian, Slovene
    "ăâîșțşţ",  # Romanian
)
_TURKISH = ("çğıi̇öşüâîû",)
_ALPHABETS = {"cp1252": _WESTERN, "cp1250": _CENTRAL, "iso8859_2": _CENTRAL, "cp1254": _TURKISH}
_MARKS_OF_NO_LANGUAGE = frozenset("“”‘’„–—…•€£°§«»·´©®™½²\xa0\xad")

_MULTI_BYTE_CODECS = ("gb18030", "cp950", "cp932", "euc_jp", "cp949")
_CYRILLIC_CODECS = ("cp1251", "koi8_r", "cp866")
_LATIN_CODECS = ("cp1250", "iso8859_2", "cp1252", "cp1254", "cp1257", "cp850", "mac_roman")
_OTHER_CODECS = ("cp1253", "cp1255", "cp1256", "cp874")  # Greek, Hebrew, Arabic, Thai


@dataclass(frozen=True, slots=True)
class Guess:
    """An encoding that the evidence speaks for, and the evidence in one sentence."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Script:
    """What texts in one East Asian encoding are made of."""

    title: str
    common: frozenset[str]
    frequent: frozenset[str]
    minimum_frequent: float = 0.0


def guess_legacy_encoding(sample: bytes) -> Guess | None:
    """Return the encoding of non-ASCII lines that are not UTF-8, or None where the evidence does not suffice."""
    if b"\0" in sample or _is_damaged_utf8(sample):
        return None
    return _guess_by_script(sample) or _guess_by_alphabet(sample) or _guess_by_library(sample)


def list_possible_encodings(sample: bytes) -> list[str]:
    """Return the encodings that charset-normalizer does not rule out, best first, at most five."""
    return ["utf-8"] if _is_damaged_utf8(sample) else [match.name for match in _library_matches(sample)[:5]]


def is_plausible_text(text: str) -> bool:
    """Tell text from what other bytes give when misread as UTF-16: rare Chinese characters in disorder."""
    plausible = sum(_is_plausible_character(character) for character in text)
    return plausible >= 0.8 * len(text)


def _is_plausible_character(character: str) -> bool:
    code = ord(character)
    return (
        code < 0x2070
        or 0x3000 <= code < 0x3100
        or 0xAC00 <= code < 0xD7A4
        or 0xFF00 <= code < 0xFFF0
        or any(character in script.common for script in _scripts().values())
    )


def _is_damaged_utf8(sample: bytes) -> bool:
    """Whether most non-ASCII bytes form UTF-8 characters: then no other encoding is meant."""
    text = sample.decode("utf-8", "replace")
    return sum(character > "\x7f" and character != "\ufffd" for character in text) > text.count("\ufffd")


def _guess_by_script(sample: bytes) -> Guess | None:
    scores = {name: _script_score(sample, name, script) for name, script in _scripts().items()}
    (name, best), (_other, second) = sorted(scores.items(), key=lambda item: -item[1])[:2]
    script = _scripts()[name]
    if best < MINIMUM_SCRIPT_SCORE or best - second < MINIMUM_SCRIPT_LEAD:
        return None
    return Guess(
        name, _("read as {encoding}, because that gives common {script} text", encoding=name, script=script.title)
    )


def _script_score(sample: bytes, name: str, script: _Script) -> float:
    """Return the share of common letters plus the share of frequent ones, 0 to 2, among all letters beyond ASCII."""
    letters = [c for c in sample.decode(name, "replace") if c > "\x7f" and not _is_mark(c)]
    if not letters:
        return 0.0
    common = sum(letter in script.common for letter in letters)
    frequent = sum(letter in script.frequent for letter in letters)
    if frequent < script.minimum_frequent * len(letters):
        return 0.0
    return (common + frequent) / len(letters)


def _is_mark(character: str) -> bool:
    """Whether it is punctuation, a symbol or a space; the replacement character is none of them here."""
    return character != "\ufffd" and unicodedata.category(character)[0] in "PSZ"


@cache
def _scripts() -> dict[str, _Script]:
    japanese = frozenset(_FREQUENT_JAPANESE + "ー") | _characters("cp932", 0x829F, 0x8396)
    japanese |= _characters("cp932", 0x889F, 0x9872)
    simplified = _Script(_("Chinese"), _characters("gb2312", 0xB0A1, 0xD7F9), frozenset(_FREQUENT_SIMPLIFIED))
    traditional = _Script(
        _("traditional Chinese"), _characters("cp950", 0xA440, 0xC67E), frozenset(_FREQUENT_TRADITIONAL)
    )
    kana_and_kanji = _Script(_("Japanese"), japanese, frozenset(_FREQUENT_JAPANESE), MINIMUM_KANA_SHARE)
    korean = _Script(_("Korean"), _characters("euc_kr", 0xB0A1, 0xC8FE), frozenset(_FREQUENT_KOREAN))
    return {
        "gb18030": simplified,
        "cp950": traditional,
        "cp932": kana_and_kanji,
        "euc_jp": kana_and_kanji,
        "cp949": korean,
    }


def _characters(codec: str, first: int, last: int) -> frozenset[str]:
    """Return the two-byte characters of a codec between two codes: the national standards put the common ones first."""
    codes = (code.to_bytes(2, "big") for code in range(first, last + 1))
    decoded = (code.decode(codec, "ignore") for code in codes)
    return frozenset(text for text in decoded if len(text) == 1 and text > "\x7f")


def _guess_by_alphabet(sample: bytes) -> Guess | None:
    for name, alphabets in _ALPHABETS.items():
        text = sample.decode(name, "replace").lower()
        lines = [line for line in text.split("\n") if not line.isascii()]
        fitting = sum(_fits_one_alphabet(line, alphabets) for line in lines)
        if fitting >= MINIMUM_ALPHABET_SHARE * len(lines) and _is_mostly_ascii(text):
            return Guess(name, _("read as {encoding}, because its accented letters fit one language", encoding=name))
    return None


def _fits_one_alphabet(line: str, alphabets: Iterable[str]) -> bool:
    accented = {character for character in line if character > "\x7f"} - _MARKS_OF_NO_LANGUAGE
    return any(accented <= set(alphabet) for alphabet in alphabets)


def _is_mostly_ascii(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    return sum(letter > "\x7f" for letter in letters) <= MAXIMUM_ACCENTED_SHARE * len(letters)


@dataclass(frozen=True, slots=True)
class _LibraryMatch:
    name: str
    chaos: float
    coherence: float


def _guess_by_library(sample: bytes) -> Guess | None:
    """Take the library's best match where text is clean, a language is recognized, and the next is clearly worse."""
    matches = _library_matches(sample)
    if not matches or matches[0].chaos > MAXIMUM_CHAOS or matches[0].coherence < MINIMUM_COHERENCE:
        return None
    if any(match.chaos < matches[0].chaos + MINIMUM_CHAOS_LEAD for match in matches[1:]):
        return None
    name = matches[0].name
    return Guess(name, _("read as {encoding}, the only encoding that gives clean text", encoding=name))


def _library_matches(sample: bytes) -> list[_LibraryMatch]:
    """Return charset-normalizer's matches, best first; chaos and coherence in percent."""
    from charset_normalizer import from_bytes

    candidates = [*_MULTI_BYTE_CODECS, *_CYRILLIC_CODECS, *_LATIN_CODECS, *_OTHER_CODECS]
    matches = from_bytes(sample, cp_isolation=candidates, enable_fallback=False)
    return [_LibraryMatch(match.encoding, match.percent_chaos, match.percent_coherence) for match in matches]
