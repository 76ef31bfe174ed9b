"""Compressed formats, each opened as a stream in steps of bounded size.

Belongs here: one function per format, from a stream of its bytes to chunks of what it holds.
Does not belong here: telling which format a stream is in.
"""

import io
import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pyarrow as pa
from isal import isal_zlib

from bwp_pipeline.archive.opening.bytestream import ByteStream

if TYPE_CHECKING:
    from collections.abc import Callable

# What a step inflates is lost if the stream breaks within the step.
_STEP = 128 * 1024
_MAX_BLOCK = 64 * 1024 * 1024
_SNAPPY = pa.Codec("snappy")
_COMPRESSED, _UNCOMPRESSED = 0, 1
_STORED, _DEFLATED = 0, 8


class Unopenable(Exception):  # noqa: N818 - the name says what is wrong
    """The rest of an object can't be opened; `reason` is one word, the text a sentence."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


def gunzip(stream: ByteStream) -> Iterator[bytes]:
    """Gzip of one or many members; NULs after a member are padding."""
    while stream.peek(1):
        yield from _inflate(stream, 31, "gzip")
        while (padding := stream.peek(_STEP)) and not padding.strip(b"\0"):
            stream.read(len(padding))
        stream.unread(stream.read(len(padding)).lstrip(b"\0"))


def unzip(stream: ByteStream) -> Iterator[bytes]:
    """Zip entries one after the other, by their local headers: no directory is needed."""
    while stream.peek(4) == b"PK\x03\x04":
        header = stream.read(30)
        if len(header) < 30:  # noqa: PLR2004 - the format's fixed length
            raise Unopenable("truncated_zip", "the zip file ends within a header")
        flags, method = struct.unpack_from("<HH", header, 6)
        size, name, extra = struct.unpack_from("<I4xHH", header, 18)
        stream.read(name + extra)
        if flags & 1:
            raise Unopenable("encrypted_zip", "the zip entry is encrypted")
        if method == _DEFLATED:
            yield from _inflate(stream, -15, "zip")
        elif method == _STORED and not flags & 8:
            yield from _stored(stream, size)
        else:
            raise Unopenable("unknown_zip", f"the zip entry has compression method {method}")
        # An unfinished record must not run on into the next entry.
        yield b"\n"
        _skip_descriptor(stream)


def unzstd(stream: ByteStream) -> Iterator[bytes]:
    """Zstandard frames."""
    # pyarrow's stream inflates in steps, whatever a frame says about its size.
    inflated = pa.CompressedInputStream(pa.PythonFile(_Readable(stream), mode="r"), "zstd")
    while True:
        try:
            # Unlike `read`, this gives its memory back when it fails.
            chunk = inflated.read_buffer(_STEP).to_pybytes()
        except OSError as error:
            kind = "truncated" if "runcated" in str(error) else "broken"
            raise Unopenable(f"{kind}_zstd", str(error)) from error
        if not chunk:
            return
        yield chunk


def unsnappy_framed(stream: ByteStream) -> Iterator[bytes]:
    """The snappy framing format: chunks of a type, a length, a checksum and a block."""
    while header := stream.read(4):
        kind, length = header[0], int.from_bytes(header[1:], "little")
        body = stream.read(length)
        if len(header) + len(body) < 4 + length:
            raise Unopenable("truncated_snappy", "the snappy stream ends within a chunk")
        # Other types are padding and the stream's own name.
        if kind == _COMPRESSED:
            yield _unsnappy_block(body[4:])
        elif kind == _UNCOMPRESSED:
            yield body[4:]


def unsnappy_hadoop(stream: ByteStream) -> Iterator[bytes]:
    """Hadoop's snappy: blocks of their inflated length, then chunks of a length and a block."""
    while header := stream.read(4):
        wanted = int.from_bytes(header, "big")
        while wanted > 0:
            length = int.from_bytes(stream.read(4), "big")
            body = stream.read(min(length, _MAX_BLOCK))
            if not body or len(body) < length:
                raise Unopenable("truncated_snappy", "the snappy stream ends within a block")
            block = _unsnappy_block(body)
            wanted -= len(block)
            yield block


def is_hadoop_snappy(head: bytes) -> bool:
    """Whether the first bytes are lengths as Hadoop's snappy has them; it has no magic number."""
    # Two lengths and the beginning of a third; the first byte of the first is all but zero.
    if len(head) < 9 or head[0] > 4:  # noqa: PLR2004
        return False
    inflated, length = int.from_bytes(head[:4], "big"), int.from_bytes(head[4:8], "big")
    block = _varint(head[8:])
    return 0 < inflated <= _MAX_BLOCK and 0 < length <= _MAX_BLOCK and 0 < block <= inflated


def _inflate(stream: ByteStream, wbits: int, name: str) -> Iterator[bytes]:
    """One deflate stream; what follows it stays in the stream."""
    inflater = isal_zlib.decompressobj(wbits=wbits)
    while not inflater.eof:
        data = stream.read(_STEP // 2)
        if not data:
            raise Unopenable(f"truncated_{name}", f"the {name} stream ends in the middle")
        while data and not inflater.eof:
            try:
                text = inflater.decompress(data, _STEP)
            except isal_zlib.error as error:  # type: ignore[misc]
                raise Unopenable(f"broken_{name}", str(error)) from error
            data = inflater.unconsumed_tail
            if text:
                yield text
    stream.unread(inflater.unused_data)


def _stored(stream: ByteStream, size: int) -> Iterator[bytes]:
    while size > 0:
        chunk = stream.read(min(size, _STEP))
        if not chunk:
            raise Unopenable("truncated_zip", "the zip entry ends in the middle")
        size -= len(chunk)
        yield chunk


def _skip_descriptor(stream: ByteStream) -> None:
    """Skip the optional sizes after an entry: with or without a signature, 32 or 64 bits."""
    for length in (0, 12, 16, 20, 24):
        if stream.peek(length + 4)[length:] in {b"PK\x03\x04", b"PK\x01\x02", b"PK\x06\x06"}:
            stream.read(length)
            return


def _unsnappy_block(body: bytes) -> bytes:
    size = _varint(body)
    if not 0 <= size <= _MAX_BLOCK:
        raise Unopenable("broken_snappy", f"a snappy block claims {size} bytes")
    try:
        block: bytes = _SNAPPY.decompress(body, size, asbytes=True)
    except (OSError, pa.ArrowInvalid) as error:
        raise Unopenable("broken_snappy", str(error)) from error
    return block


def _varint(data: bytes) -> int:
    """A little-endian base-128 number, as snappy blocks begin with; -1 if it is none."""
    value = 0
    for position, byte in enumerate(data[:5]):
        value |= (byte & 0x7F) << 7 * position
        if byte < 0x80:  # noqa: PLR2004 - the high bit says that more follows
            return value
    return -1


class _Readable(io.RawIOBase):
    """A stream as pyarrow reads files."""

    def __init__(self, stream: ByteStream) -> None:
        self.read: Callable[[int], bytes] = stream.read  # type: ignore[assignment]

    def readable(self) -> bool:
        return True
