"""Where one record ends and the next begins.

Belongs here: cutting text into JSON values, and finding the next good one after a broken one.
Does not belong here: decompression, or what a value means.

A JSON object is prefix-free: no text is both a whole object and the beginning of a longer one. So a
parser says where a value ends, and a text of n values with n - 1 boundaries between them has no
boundary inside a value.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

MAX_VALUE = 32 * 1024 * 1024
"""Bytes after which an unfinished value counts as broken; EventBridge's own limit is far below."""
MAX_BROKEN = 1024 * 1024
"""Bytes of a broken value that are kept while looking for where the next record begins."""
UNFINISHED = "ends in the middle"

BULK = 4 * 1024
"""Bytes from which values are taken together instead of one by one."""
# How often to look for a whole object in a broken record, where looking reads far in vain.
_LONG_LOOKS = 16
_TOO_DEEP = "is nested too deeply"
_TAIL = 64
_BEGINNINGS = b'{"'
_BLANKS = b" \t\r\n"


Decode = Callable[[bytes], list[Any] | None]
"""Decodes values that have blanks or nothing between them, or a JSON array of values.

None if they are not what was hoped for.
"""


@dataclass(frozen=True, slots=True)
class Values:
    """Whole JSON values that lie one after the other.

    `text` holds them with blanks or nothing between them, or as a JSON array; `offset` is where it
    begins, `decoded` what it holds if that is what was hoped for.
    """

    offset: int
    text: bytes
    decoded: list[Any] | None

    def values(self) -> Iterator[tuple[int, bytes]]:
        """Each value's offset and text."""
        position = 0
        for value in _raw_values(self.text):
            raw = bytes(value)
            position = self.text.index(raw, position)
            yield self.offset + position, raw
            position += len(raw)


@dataclass(frozen=True, slots=True)
class Broken:
    """Bytes that don't begin with a whole JSON value."""

    offset: int
    raw: bytes
    error: str


# What may stand between records: blanks, NULs, record separators, the commas, brackets and braces
# of what surrounds them, byte order marks, literal backslash-n, and the time that begins a line of
# a CloudWatch export: in ISO 8601, or since 1970 in seconds or a fraction of them.
_BETWEEN = re.compile(
    rb"(?:[\s\x00\x1e,\[\]}]++|\xef\xbb\xbf|\\[nr]"
    rb"|(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?|\d{10,19})"
    rb"[ \t]++(?=[{\[\"]))++"
)
# Where a record can begin after a broken one: at a line that doesn't look like the inside of a
# pretty-printed value, as no string holds a bare newline,
_LINE = re.compile(rb"\n(?=[^\s}\]\"])")
# or at an object that is whole: in a string its quotes would be escaped. It is no part of the
# broken one if it follows a `}` without a comma, or if it has the keys of a record.
_OBJECT = re.compile(rb'\{\s*+"[\w-]{1,64}+"\s*+:')
_AFTER_OBJECT = re.compile(rb"\}(?:[\s\x00]|\\[nr])*+\Z")
_SIGNS = tuple(
    re.compile(rb'(?=.*?"%s"\s*:)(?=.*?"%s"\s*:)' % keys, re.DOTALL)
    for keys in (
        (b"detail-type", b"id"),
        (b"messageId", b"body"),
        (b"timestamp", b"message"),
        (b"rawData", b"attemptsMade"),
    )
)
_VALUE = msgspec.json.Decoder(msgspec.Raw)
_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])
_WHERE = re.compile(r"\(byte (\d+)\)$")


def any_values(text: bytes) -> list[msgspec.Raw] | None:
    """Decodes objects and strings, no further than into their texts."""
    try:
        values = _raw_values(text)
    except (msgspec.DecodeError, RecursionError):
        return None
    return values if all(memoryview(value)[0] in _BEGINNINGS for value in values) else None


def _raw_values(text: bytes) -> list[msgspec.Raw]:
    return _ARRAY.decode(text) if text.startswith(b"[") else _VALUE.decode_lines(text)


def frame(
    chunks: Iterable[bytes], hoped_for: Decode = any_values, portion: int = 1
) -> Iterator[Values | Broken]:
    """Cut a text that arrives in chunks into its JSON objects and strings.

    Every byte of the text lies in a value, in a broken one, or between two. A broken value takes
    the bytes up to the next place where a record can begin.

    Args:
        chunks: The text.
        hoped_for: Decodes values taken together, which saves decoding them twice.
        portion: Bytes to wait for before looking at them.
    """
    framer = _Framer(hoped_for, portion)
    for chunk in chunks:
        yield from framer.feed(chunk, ended=False)
    yield from framer.feed(b"", ended=True)


class _Framer:
    def __init__(self, hoped_for: Decode, portion: int) -> None:
        self._hoped_for = hoped_for
        self._portion = portion
        self._buffer = b""
        self._base = 0
        # The bytes after the last value, once the next one's beginning has shown where they end.
        self._gap: bytes | None = None
        self._one_by_one_until = 0
        self._line: int | None = None
        self._lost = False
        self._arrived: list[bytes] = []
        self._missing = portion

    def feed(self, chunk: bytes, *, ended: bool) -> Iterator[Values | Broken]:
        self._arrived.append(chunk)
        self._missing -= len(chunk)
        if self._missing > 0 and not ended:
            return
        self._buffer = b"".join([self._buffer, *self._arrived])
        self._arrived.clear()
        self._missing = self._portion
        self._line = None
        position = self._find_way(ended=ended) if self._lost else 0
        value_end: int | None = None
        while not self._lost:
            if (between := _BETWEEN.match(self._buffer, position)) is not None:
                position = between.end()
            if position == len(self._buffer):
                break
            if value_end is not None:
                self._gap = self._buffer[value_end:position]
            part, end = self._many(position) or self._one(position, ended=ended) or (None, 0)
            if part is None:
                # Tried again with each chunk, a large value would be read again and again.
                self._missing = max(self._portion, (len(self._buffer) - position) // 2)
                break
            yield part
            position = end
            value_end = end if isinstance(part, Values) else None
        self._base += position
        self._one_by_one_until = max(0, self._one_by_one_until - position)
        self._buffer = self._buffer[position:]

    def _many(self, start: int) -> tuple[Values, int] | None:
        """All values up to the last in the buffer, if they lie apart as the last two did."""
        size = len(self._buffer) - start
        if self._gap is None or size < BULK or start < self._one_by_one_until:
            return None
        boundary = b"}" + self._gap + b"{"
        end = self._buffer.rfind(boundary, start) + 1
        if end > start:
            text = _spaced(self._buffer[start:end], self._gap)
            decoded = self._hoped_for(text)
            if decoded is not None or any_values(text) is not None:
                before = 1 if text.startswith(b"[") else 0
                return Values(self._base + start - before, text, decoded), end
        self._one_by_one_until = end if end > start else len(self._buffer)
        return None

    def _one(self, start: int, *, ended: bool) -> tuple[Values | Broken, int] | None:
        """The value that begins at `start`, or None while more of the text is needed."""
        buffer = self._buffer
        waits = not ended and len(buffer) - start < MAX_VALUE
        end, error = _value_end(buffer, start)
        if end is not None:
            text = buffer[start:end]
            return Values(self._base + start, text, self._hoped_for(text)), end
        if error is None and waits:
            return None
        given_up = ended or len(buffer) - start >= MAX_BROKEN
        end = self._next_record(start + 1, ended=given_up)
        if end is None and not given_up:
            return None
        self._lost = end is None and not ended
        end = end or len(buffer)
        return Broken(self._base + start, buffer[start:end].rstrip(), error or UNFINISHED), end

    def _find_way(self, *, ended: bool) -> int:
        """Where the next record begins; what lies before belongs to the broken one."""
        found = self._next_record(0, ended=ended)
        self._lost = found is None
        if found is None:
            # A boundary may lie across two chunks.
            return len(self._buffer) - (0 if ended else min(_TAIL, len(self._buffer)))
        return found

    def _next_record(self, start: int, *, ended: bool) -> int | None:
        """Where the next record begins, at `start` or later; None if that isn't known yet."""
        line = self._next_line(start)
        position, long_looks = start, 0
        while long_looks < _LONG_LOOKS:
            found = _OBJECT.search(self._buffer, position, line)
            if found is None:
                break
            begin = found.start()
            end, error = _value_end(self._buffer, begin)
            if end is not None and _is_record(self._buffer, begin, end):
                return begin
            if end is None and error is None and not ended:
                return None
            long_looks += end is None and error in {None, _TOO_DEEP}
            position = end or begin + 1
        return line if line < len(self._buffer) else None

    def _next_line(self, start: int) -> int:
        """Where the next line begins that may be a record's; the end of the buffer without one."""
        if self._line is None or self._line < start:
            found = _LINE.search(self._buffer, start)
            self._line = found.end() if found else len(self._buffer)
        return self._line


def _spaced(text: bytes, gap: bytes) -> bytes:
    """The text of values that lie that far apart, so that a decoder takes them.

    A gap inside a value makes it malformed: two values beside each other can't be part of a third.
    """
    if not gap.strip(_BLANKS):
        return text
    if gap == b",":
        return b"[" + text + b"]"
    return text.replace(b"}" + gap + b"{", b"}" + b"\n" * len(gap) + b"{")


def _value_end(buffer: bytes, start: int) -> tuple[int | None, str | None]:
    """Where the object or string at `start` ends, or what is wrong; neither if it is unfinished."""
    if buffer[start] not in _BEGINNINGS:
        return None, "is neither a JSON object nor a string"
    try:
        _VALUE.decode(memoryview(buffer)[start:])
    except msgspec.DecodeError as error:
        text = str(error)
        where = _WHERE.search(text)
        if where is not None and "trailing characters" in text:
            # The message counts the extra byte, and blanks before it.
            return start + len(buffer[start : start + int(where[1]) - 1].rstrip()), None
        # If there is no message, or the parser wanted another byte, more may follow.
        unfinished = where is None or start + int(where[1]) >= len(buffer)
        return None, None if unfinished else text
    except RecursionError:
        return None, _TOO_DEEP
    return start + len(buffer[start:].rstrip()), None


def _is_record(buffer: bytes, begin: int, end: int) -> bool:
    before = buffer[max(0, begin - _TAIL) : begin]
    value = buffer[begin:end]
    return bool(_AFTER_OBJECT.search(before)) or any(sign.match(value) for sign in _SIGNS)
