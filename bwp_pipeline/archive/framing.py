"""Where one record ends and the next begins.

Belongs here: cutting text into JSON values, and finding the next good one after a broken one.
Does not belong here: decompression, or what a value means.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

MAX_RECORD = 32 * 1024 * 1024
"""Bytes after which an unfinished value counts as broken."""


class Frame(NamedTuple):
    """One JSON value, or the bytes of a broken one with what is wrong with it."""

    offset: int
    raw: bytes
    error: str | None = None


# What may stand between records: blanks, NULs, record separators, commas and brackets of an array,
# byte order marks, literal backslash-n, and the time that starts a line of a CloudWatch export.
_BETWEEN = re.compile(
    rb"(?:[\s\x00\x1e,\[\]]|\xef\xbb\xbf|\\[nr]"
    rb"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z[ \t](?=[{\[]))+"
)
# Where a record can begin after a broken one: `}` before `{` without a comma is never inside a
# JSON value (strings aside), and a line that doesn't look like the inside of a pretty-printed one.
_BOUNDARY = re.compile(rb"\}\s*(?:\\n)*\s*(?=\{)|\n(?=[^\s}\]\"])")
_ENVELOPE = re.compile(rb"\{\s*\"")
_VALUE = msgspec.json.Decoder(msgspec.Raw)
_END = re.compile(r"trailing characters \(byte (\d+)\)")


def frames(chunks: Iterable[bytes]) -> Iterator[Frame]:
    """Cut a text that arrives in chunks into its JSON values.

    Every byte of the text lies in a frame or between two; a broken value takes the bytes up to
    the next place where a record can begin, and no more than `MAX_RECORD`.
    """
    buffer = b""
    base = 0
    source = iter(chunks)
    ended = False
    while not ended:
        chunk = next(source, None)
        ended = chunk is None
        buffer += chunk or b""
        position = 0
        while position < len(buffer):
            if (between := _BETWEEN.match(buffer, position)) is not None:
                position = between.end()
                continue
            frame = _frame(buffer, position, ended=ended)
            if frame is None:
                break
            yield frame._replace(offset=base + position)
            position += len(frame.raw)
        base += position
        buffer = buffer[position:]


def _frame(buffer: bytes, start: int, *, ended: bool) -> Frame | None:
    """The frame that begins at `start`, or None while more of the text is needed."""
    end, error = _value_end(buffer, start)
    if end is not None:
        return Frame(start, buffer[start:end].rstrip())
    unfinished = error is None
    if unfinished and not ended and len(buffer) - start < MAX_RECORD:
        return None
    end = _next_record(buffer, start + 1)
    if end is None and not ended and len(buffer) - start < MAX_RECORD:
        return None
    error = error or "ends in the middle"
    return Frame(start, buffer[start : end or start + MAX_RECORD], error)


def _value_end(buffer: bytes, start: int) -> tuple[int | None, str | None]:
    """Where the JSON object or string at `start` ends, or what is wrong; neither: unfinished."""
    if buffer[start] not in b'{"':
        return None, "is not a JSON object"
    try:
        _VALUE.decode(memoryview(buffer)[start:])
    except msgspec.DecodeError as error:
        if (trailing := _END.search(str(error))) is not None:
            # The message counts the byte that should not be there.
            return start + int(trailing[1]) - 1, None
        return None, None if str(error) == "Input data was truncated" else str(error)
    except RecursionError:
        return None, "is nested too deeply"
    return len(buffer), None


def _next_record(buffer: bytes, start: int) -> int | None:
    boundary = _BOUNDARY.search(buffer, start)
    limit = boundary.end() if boundary else len(buffer)
    for candidate in _ENVELOPE.finditer(buffer, start, limit):
        end, _ = _value_end(buffer, candidate.start())
        if end is not None and b'"detail-type"' in buffer[candidate.start() : end]:
            return candidate.start()
    return boundary.end() if boundary else None
