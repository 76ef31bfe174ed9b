"""From an object's bytes to its text, whatever it is compressed with.

Belongs here: telling containers by their first bytes and opening them as a stream.
Does not belong here: what the text means.
"""

from collections.abc import Iterable, Iterator
from itertools import chain

from isal import isal_zlib

MAX_INFLATED = 4 * 1024**3
"""Bytes that one object may inflate to; more is taken for a decompression bomb."""
_STEP = 1024 * 1024
_GZIP = b"\x1f\x8b"


class Unopenable(Exception):  # noqa: N818 - the name says what is wrong
    """The rest of the object can't be opened; `reason` is a word, the text a sentence."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


def open_text(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The text of an object that arrives in chunks.

    Raises:
        Unopenable: After all text that could be had, where the rest is broken or too large.
    """
    total = 0
    for text in _open(chunks):
        total += len(text)
        if total > MAX_INFLATED:
            raise Unopenable("too_large", f"inflates to more than {MAX_INFLATED} bytes")
        yield text


def _open(chunks: Iterable[bytes]) -> Iterator[bytes]:
    source = iter(chunks)
    head = b""
    while len(head) < len(_GZIP) and (chunk := next(source, None)) is not None:
        head += chunk
    content = chain([head], source)
    return _gunzip(content) if head.startswith(_GZIP) else content


def _gunzip(chunks: Iterable[bytes]) -> Iterator[bytes]:
    member = isal_zlib.decompressobj(wbits=31)
    begun = False
    for chunk in chunks:
        data = chunk
        while data:
            if member.eof:
                data = data.lstrip(b"\0")
                if not data:
                    break
                member, begun = isal_zlib.decompressobj(wbits=31), False
            begun = True
            try:
                text = member.decompress(data, _STEP)
            except isal_zlib.error as error:  # type: ignore[misc]
                raise Unopenable("broken_gzip", str(error)) from error
            data = member.unused_data if member.eof else member.unconsumed_tail
            if text:
                yield text
    if begun and not member.eof:
        raise Unopenable("truncated_gzip", "the gzip stream ends in the middle")
