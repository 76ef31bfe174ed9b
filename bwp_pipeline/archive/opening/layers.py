"""From an object's bytes to its text, whatever it is compressed with.

Belongs here: telling containers by their first bytes, and opening them layer by layer as a stream.
Does not belong here: what the text means, or columnar files, which aren't text.
"""

from collections.abc import Iterable, Iterator

from bwp_pipeline.archive.opening.bytestream import ByteStream
from bwp_pipeline.archive.opening.containers import (
    Unopenable,
    gunzip,
    is_hadoop_snappy,
    unsnappy_framed,
    unsnappy_hadoop,
    unzip,
    unzstd,
)

MAX_INFLATED = 4 * 1024**3
"""Bytes that one object may inflate to; more is taken for a decompression bomb."""
_MAX_LAYERS = 3
GZIP = b"\x1f\x8b"
"""How gzip begins."""
_MAGIC = {
    GZIP: gunzip,
    b"PK\x03\x04": unzip,
    b"PK\x05\x06": unzip,
    b"\xff\x06\x00\x00sNaPpY": unsnappy_framed,
    b"\x28\xb5\x2f\xfd": unzstd,
}
_LONGEST_MAGIC = 16


class Opened:
    """An object's content with all compression removed, up to where that fails.

    Iterating gives the content in chunks and never raises `Unopenable`: what went wrong, if
    anything, is in `failure` once the readable content has been consumed.

    Args:
        chunks: The object's bytes.
        limit: Bytes that any layer may inflate to.
    """

    def __init__(self, chunks: Iterable[bytes], limit: int = MAX_INFLATED) -> None:
        self.failure: Unopenable | None = None
        self._limit = limit
        self._stream = self._open(ByteStream(chunks))

    def peek(self, size: int) -> bytes:
        """The content's first bytes, which stay in it."""
        return self._stream.peek(size)

    def __iter__(self) -> Iterator[bytes]:
        return self._stream.chunks()

    def _open(self, stream: ByteStream) -> ByteStream:
        for _ in range(_MAX_LAYERS):
            head = stream.peek(_LONGEST_MAGIC)
            found = (opener for magic, opener in _MAGIC.items() if head.startswith(magic))
            opener = next(found, unsnappy_hadoop if is_hadoop_snappy(head) else None)
            if opener is None:
                break
            stream = ByteStream(self._until_failure(opener(stream)))
        return stream

    def _until_failure(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """A layer's chunks; a failure ends them, and the layer inside can yield what it has."""
        total = 0
        try:
            for chunk in chunks:
                total += len(chunk)
                if total > self._limit:
                    too_large = f"inflates to more than {self._limit} bytes"
                    self.failure = self.failure or Unopenable("too_large", too_large)
                    return
                yield chunk
        except Unopenable as failure:
            # A layer that fails only because the one around it did has not failed itself.
            self.failure = self.failure or failure
