"""Bytes that arrive in chunks, read in the portions that a format asks for.

Belongs here: looking ahead and reading exactly.
Does not belong here: any format.
"""

from collections.abc import Iterable, Iterator


class ByteStream:
    """Chunks of bytes as one stream, holding no more than a portion at a time."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._held = b""
        self._position = 0

    def peek(self, size: int) -> bytes:
        """The next `size` bytes, or fewer at the end, which stay in the stream."""
        end = self._position + size
        if len(self._held) < end:
            parts = [self._held[self._position :]]
            missing = size - len(parts[0])
            while missing > 0 and (chunk := next(self._chunks, None)) is not None:
                parts.append(chunk)
                missing -= len(chunk)
            self._held, self._position = b"".join(parts), 0
            end = size
        return self._held[self._position : end]

    def read(self, size: int) -> bytes:
        """The next `size` bytes, or fewer at the end."""
        taken = self.peek(size)
        self._position += len(taken)
        return taken

    def unread(self, data: bytes) -> None:
        """Put bytes back in front."""
        if data:
            self._held, self._position = data + self._held[self._position :], 0

    def chunks(self) -> Iterator[bytes]:
        """All that is left, as it comes."""
        if held := self._held[self._position :]:
            self._held, self._position = b"", 0
            yield held
        yield from self._chunks
