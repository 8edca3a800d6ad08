"""Which encoding a text file is in, proved by decoding every byte of it; never a lossy decode.

The order of evidence: a byte-order mark, strict UTF-8, UTF-16 without a mark, then the older encodings that
`legacy_encodings` can tell apart with confidence. Where the evidence does not suffice, the user is asked.
"""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from heptune.data.legacy_encodings import guess_legacy_encoding, is_plausible_text, list_possible_encodings
from heptune.errors import InvalidInputError, UsageError
from heptune.i18n import _

BLOCK_BYTES = 2**20
SAMPLE_BYTES = 2**18

# The marks of UTF-32 come first: that of UTF-32 LE begins with that of UTF-16 LE.
_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


@dataclass(frozen=True, slots=True)
class Encoding:
    """The encoding of a file, under which all its bytes decode.

    Attributes:
        name: Name of the Python codec.
        reason: One sentence for the user: why this encoding, or empty for plain UTF-8.
    """

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class UndecodableByte:
    """The first byte that an encoding does not allow.

    Attributes:
        offset: From 0.
        line: From 1.
        value: 0 to 255, or None at the end of the file.
    """

    offset: int
    line: int
    value: int | None


def detect_encoding(path: Path) -> Encoding:
    """Return the encoding of a text file after decoding the whole of it, in bounded memory.

    Raises:
        InvalidInputError: no encoding fits with confidence; says where UTF-8 breaks and which encodings are possible.
    """
    head = _read_head(path)
    for mark, name in _BYTE_ORDER_MARKS.items():
        if head.startswith(mark):
            return _marked_encoding(path, name)
    fault = find_undecodable_byte(path, "utf-8")
    if b"\0" in head and (name_without_mark := _guess_utf16(path, head)):
        return Encoding(name_without_mark, reason=_("read as UTF-16, by the pattern of its zero bytes"))
    if fault is None:
        return Encoding("utf-8", reason="")
    return _legacy_encoding(path, fault)


@contextmanager
def open_text(path: Path, encoding: str, *, keep_undecodable: bool = False) -> Iterator[TextIO]:
    """Open a text file (or a text file in gzip) strictly, line ends untouched, a leading byte-order mark skipped.

    Args:
        path: The file.
        encoding: Of its text.
        keep_undecodable: Let bytes that cannot be decoded through as lone surrogates (PEP 383).

    Raises:
        InvalidInputError: inside the block too, when bytes cannot be decoded.
        UsageError: the encoding is unknown.
    """
    with open_bytes(path) as stream, _text_stream(stream, encoding, keep_undecodable) as text:
        try:
            if text.read(1) != "\ufeff":
                text.seek(0)
            yield text
        except UnicodeError as error:
            raise undecodable_error(path, encoding, find_undecodable_byte(path, encoding)) from error


@contextmanager
def open_bytes(path: Path) -> Iterator[BinaryIO]:
    """Open a file, or what a gzip file holds, and translate what goes wrong on the way."""
    try:
        with gzip.open(path, "rb") if path.suffix.lower() == ".gz" else path.open("rb") as stream:
            yield cast("BinaryIO", stream)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InvalidInputError(
            _("{file} is not a whole gzip file", file=path.name),
            code="damaged_file",
            where=str(path),
            found=str(error),
            remedy=_("get or write the file again"),
        ) from error
    except OSError as error:
        raise InvalidInputError(
            _("{file} cannot be read", file=path.name),
            code="unreadable_file",
            where=str(path),
            found=error.strerror or str(error),
            remedy=_("check that the file can be opened and read by you"),
        ) from error


def find_undecodable_byte(path: Path, encoding: str) -> UndecodableByte | None:
    """Decode the whole file; return the first byte that the encoding does not allow, or None."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    offset, line = 0, 1
    with open_bytes(path) as stream:
        while True:
            block = stream.read(BLOCK_BYTES)
            pending = len(decoder.getstate()[0])
            try:
                line += decoder.decode(block, final=not block).count("\n")
            except UnicodeDecodeError as error:
                before, after = error.object[: error.start], error.object[error.start :]
                line += before.decode(error.encoding, "ignore").count("\n")
                return UndecodableByte(offset - pending + error.start, line, after[0] if after else None)
            except UnicodeError:  # the codec utf-16 wants a byte-order mark
                return UndecodableByte(0, 1, block[0] if block else None)
            if not block:
                return None
            offset += len(block)


def _text_stream(stream: BinaryIO, encoding: str, keep_undecodable: bool = False) -> io.TextIOWrapper:
    # Encodings in units of several bytes know no single byte that is wrong.
    keeps = keep_undecodable and not encoding.lower().replace("_", "-").startswith(("utf-16", "utf-32"))
    try:
        return io.TextIOWrapper(stream, encoding, "surrogateescape" if keeps else "strict", newline="")
    except LookupError as error:
        raise UsageError(
            _("there is no text encoding named {encoding}", encoding=encoding),
            code="unknown_encoding",
            where="dataset.encoding",
            found=encoding,
            expected=_("a name such as utf-8, gb18030, cp1252, utf-16"),
            remedy=_("Check the spelling, or leave the setting out: the encoding is found out."),
        ) from error


def _read_head(path: Path) -> bytes:
    with open_bytes(path) as stream:
        return stream.read(BLOCK_BYTES)


def _marked_encoding(path: Path, name: str) -> Encoding:
    fault = find_undecodable_byte(path, name)
    if fault:
        raise undecodable_error(path, name, fault)
    title = name.removesuffix("-sig").upper()
    return Encoding(name, reason=_("read as {encoding}, by its byte-order mark", encoding=title))


def _guess_utf16(path: Path, head: bytes) -> str | None:
    """Return the UTF-16 codec under which the file reads as text; a stray zero byte in other text gives None."""
    for name in ("utf-16-le", "utf-16-be"):
        text = head[:SAMPLE_BYTES].decode(name, "replace")
        if "\0" not in text and is_plausible_text(text) and find_undecodable_byte(path, name) is None:
            return name
    return None


def _legacy_encoding(path: Path, utf8_fault: UndecodableByte) -> Encoding:
    sample = _sample_non_ascii_lines(path)
    guess = guess_legacy_encoding(sample)
    if guess is None:
        raise undecodable_error(path, "utf-8", utf8_fault, _what_it_may_be(sample))
    fault = find_undecodable_byte(path, guess.name)
    if fault:
        raise undecodable_error(path, guess.name, fault, guess.reason)
    return Encoding(guess.name, reason=guess.reason)


def _what_it_may_be(sample: bytes) -> str:
    if b"\0" in sample:
        return _("text; zero bytes in this file say that it is something else")
    names = list_possible_encodings(sample)
    if names == ["utf-8"]:
        return _("UTF-8 throughout, as in most of this file")
    return _("one of {names}, by what can be decoded", names=", ".join(names)) if names else ""


def _sample_non_ascii_lines(path: Path) -> bytes:
    """Return the first lines that tell encodings apart, from wherever in the file they stand."""
    sample, size = [], 0
    with open_bytes(path) as stream:
        for line in iter(partial(stream.readline, SAMPLE_BYTES), b""):
            if not line.isascii():
                sample.append(line)
                size += len(line)
                if size >= SAMPLE_BYTES:
                    break
    return b"".join(sample)


def undecodable_error(
    path: Path, encoding: str, fault: UndecodableByte | None, expected: str = ""
) -> InvalidInputError:
    """Return the error for bytes that are no text in an encoding."""
    return InvalidInputError(
        _("{file} cannot be decoded as {encoding}", file=path.name, encoding=encoding.upper()),
        code="undecodable",
        where=str(path),
        expected=expected,
        found=_describe(fault) if fault else "",
        remedy=_("name the encoding with --set dataset.encoding=NAME, or save the file as UTF-8"),
    )


def _describe(fault: UndecodableByte) -> str:
    if fault.value is None:
        return _("the end of the file within a character, offset {offset}", offset=fault.offset)
    value = f"0x{fault.value:02X}"
    return _("byte {value} at offset {offset}, line {line}", value=value, offset=fault.offset, line=fault.line)
