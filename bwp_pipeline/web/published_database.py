"""The published database as a server reads it: read-only, and always the newest one, whole.

Belongs here: opening, and opening again when a run has swapped in another file. Does not belong
here: what is asked of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Condition

import duckdb

from bwp_pipeline.publishing.opening import open_published

_SECONDS_TO_SWAP = 10.0


class NoDatabaseError(Exception):
    """There is nothing to read yet, or the file is not a database; one line."""


@dataclass(frozen=True)
class Edition:
    """One published file: two readers of the same edition see the same rows."""

    inode: int
    modified_ns: int
    size: int


class PublishedDatabase:
    """The database at `path`, whichever that is at the moment.

    DuckDB shares one instance among all connections of a process to a path, so the old file
    would be served for as long as anyone reads it: a new edition waits for its last reader.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._changed = Condition()
        self._readers = 0
        self._edition: Edition | None = None
        self._connection: duckdb.DuckDBPyConnection | None = None

    def edition(self) -> Edition:
        """Which file is there now.

        Raises:
            NoDatabaseError: When none does.
        """
        try:
            stat = self.path.stat()
        except OSError:
            raise NoDatabaseError(f"{self.path} does not exist yet: start bwp run") from None
        return Edition(stat.st_ino, stat.st_mtime_ns, stat.st_size)

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection to the newest edition, for one request.

        Raises:
            NoDatabaseError: When there is none, or it can't be opened.
        """
        connection = self._enter()
        try:
            with connection.cursor() as cursor:
                yield cursor
        finally:
            with self._changed:
                self._readers -= 1
                self._changed.notify_all()

    def _enter(self) -> duckdb.DuckDBPyConnection:
        with self._changed:
            while self._connection is None or self._edition != self.edition():
                if self._readers == 0:
                    self._open()
                elif not self._changed.wait(_SECONDS_TO_SWAP):
                    # A reader takes very long: what it reads is a complete database too.
                    break
            if self._connection is None:
                raise NoDatabaseError(f"{self.path} can't be read")
            self._readers += 1
            return self._connection

    def _open(self) -> None:
        edition = self.edition()
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        try:
            self._connection = open_published(self.path)
        except duckdb.Error as error:
            first = str(error).splitlines()[0]
            raise NoDatabaseError(f"{self.path} can't be read ({first}): start bwp run") from None
        self._edition = edition
