"""Seals: a lake file's sum and path, kept in its footer, so that what changed later is noticed.

Belongs here: sealing a file that was made, and counting the rows of one that keeps its seal.
Does not belong here: what becomes of a damaged file (`lake.py`).

Parquet's readers take a page in which a bit has changed for other values, more often than not.
"""

import zlib
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

PATH = b"bwp.path"
"""Under it, the footer's metadata have where in the lake the file belongs."""

KEY = b"bwp.seal"
UNSEALED = b"0" * 10
"""What a file has under `KEY` in its footer's metadata while its sum is taken: of a CRC-32."""


_MOST_FOOTER = 1 << 20
_READ_AGAIN = timedelta(days=62)


def sealed(file: pa.Buffer) -> bytes:
    """A Parquet file that has `UNSEALED` under `KEY`, with its sum instead."""
    content = memoryview(file)
    tail = bytes(content[-_MOST_FOOTER:])
    place = len(content) - len(tail) + tail.index(UNSEALED, tail.rindex(KEY))
    seal = b"%010d" % zlib.crc32(content)
    return b"".join((content[:place], seal, content[place + len(seal) :]))


def read_whole_from(days: Iterable[date]) -> date:
    """The first day whose files are read whole at every run: runs read from then on anyway."""
    return max(days, default=date.min + _READ_AGAIN) - _READ_AGAIN


def sound_rows(file: Path | pa.BufferReader, path: str, *, whole: bool) -> int | None:
    """How many rows a file has; None where it is damaged or another, 0 where it is gone.

    Args:
        file: A lake file, or its content.
        path: Where in the lake it lies.
        whole: Whether to read all of it and look at its seal; else only its footer. Files of older
            versions have none.
    """
    try:
        metadata = pq.read_metadata(file)
        rows: int = metadata.num_rows
        known = metadata.metadata or {}
        seal = known.get(KEY)
        if known.get(PATH, path.encode()) != path.encode():
            return None
        if whole and seal is not None and not _keeps(file, seal):
            return None
    except FileNotFoundError:
        return 0
    except (pa.ArrowException, EOFError, ValueError):
        return None
    except OSError as error:
        # Parquet's own have no number; others are the disk's.
        if error.errno is not None:
            raise
        return None
    return rows


def _keeps(file: Path | pa.BufferReader, seal: bytes) -> bool:
    if isinstance(file, Path):
        content = file.read_bytes()
    else:
        file.seek(0)
        content = file.read()
    place = content.index(seal, content.rindex(KEY))
    before, after = memoryview(content)[:place], memoryview(content)[place + len(seal) :]
    return zlib.crc32(after, zlib.crc32(UNSEALED, zlib.crc32(before))) == int(seal)
