"""The bronze layer: Parquet files by table and archive day, written whole.

Belongs here: where files lie, writing and reading them atomically, setting damaged ones aside.
Does not belong here: the tables' columns (`tables.py`), where rows come from (archive/, api/)
and what they mean (dbt_project/).
"""

import hashlib
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path

import obstore
import pyarrow as pa
from obstore.store import LocalStore, ObjectStore

from bwp_pipeline.lake.erasure import without, without_detail
from bwp_pipeline.lake.files import LakeFile, day_of, partition, path_of
from bwp_pipeline.lake.seals import read_whole_from, sound_rows
from bwp_pipeline.lake.tables import SCHEMAS, decoded, encoded
from bwp_pipeline.lake.tombstones import replacements
from bwp_pipeline.storage import (
    UNFINISHED,
    directory,
    list_files,
    open_store,
    portable,
    write_whole,
)

BATCH_TABLES = ("events", "quarantine")
"""The tables whose rows count once the manifest names their file."""
DAMAGED = "damaged"
"""Where damaged files are kept, under the paths that they had."""
_CLOCK = ".clock"
_SIDE_BY_SIDE = 16


class Lake:
    """The lake at `file:///dir/` or `s3://bucket/prefix/`.

    `store` replaces the one that the URL opens. `cache` is the directory where `local` keeps
    copies of a remote lake's files. Without `keeps_detail`, what events of orders say beside their
    names, times and resources is not written.
    """

    def __init__(
        self,
        url: str,
        store: ObjectStore | None = None,
        cache: Path | None = None,
        *,
        keeps_detail: bool = True,
    ) -> None:
        self.url = url
        self.store = open_store(url) if store is None else store
        self.cache = cache
        self.keeps_detail = keeps_detail
        self._erased: frozenset[str] | None = None

    @property
    def erased(self) -> frozenset[str]:
        """The ids of orders that had been erased when this was first read (`tombstones.py`)."""
        # Several threads may read it at once; a cached_property of Python 3.11 would let no lake's
        # readers pass while one reads.
        if self._erased is None:
            self._erased = self._buried()
        return self._erased

    def write(self, table: str, day: date, name: str, data: pa.Table) -> str:
        """Write one file, whole or not at all, and return its path.

        What it says of orders that were erased is left out. A file of the same name is replaced:
        names follow from where the content comes from.

        Args:
            table: One of `SCHEMAS`.
            day: The partition.
            name: The file's name, without suffix.
            data: Its rows; columns in any order, each castable to the table's schema.

        Raises:
            ValueError: When a column is missing, unknown or of another type (`pa.ArrowInvalid`).
        """
        path = path_of(table, day, name)
        write_whole(self.store, path, self._encoded(table, data, path))
        return path

    def create(self, table: str, day: date, name: str, data: pa.Table) -> bool:
        """As `write`, but leaves an existing file alone; returns whether there was none."""
        path = path_of(table, day, name)
        content = self._encoded(table, data, path)
        return write_whole(self.store, path, content, replace=False)

    def files(self, table: str, days: Iterable[date] | None = None) -> list[LakeFile]:
        """The table's files, of those days or all, in the order of their paths."""
        prefixes = [table] if days is None else [partition(table, day) for day in set(days)]
        return sorted(
            (file for prefix in prefixes for file in self._list(table, prefix)),
            key=lambda file: file.path,
        )

    def committed(self, days: Iterable[date] | None = None) -> dict[str, list[LakeFile]]:
        """The manifest's files, and those of events and quarantine that it names, by table."""
        # In this order: what a manifest names was written before it.
        objects = self.files("objects", days)
        named = {(file.day, file.name) for file in objects}
        return {"objects": objects} | {
            table: [file for file in self.files(table, days) if (file.day, file.batch) in named]
            for table in BATCH_TABLES
        }

    def days(self, table: str) -> list[date]:
        """The days for which the table has a file, oldest first."""
        return sorted({file.day for file in self.files(table)})

    def read(
        self,
        table: str,
        days: Iterable[date] | None = None,
        columns: Sequence[str] | None = None,
    ) -> pa.Table:
        """The rows of those days, or all, with the partition as the column `dt` (a date).

        An empty result has the whole schema; a column that an older file lacks is NULL there.
        """
        return self.concatenated(table, self.files(table, days), columns)

    def concatenated(
        self, table: str, files: Iterable[LakeFile], columns: Sequence[str] | None = None
    ) -> pa.Table:
        """The rows of those files of one table, as `read` returns them."""
        parts = [self.read_file(file, columns) for file in files]
        return pa.concat_tables([_wanted(table, columns).empty_table(), *parts])

    def read_file(self, file: LakeFile, columns: Sequence[str] | None = None) -> pa.Table:
        """The rows of one file, as `read` returns them."""
        wanted = _wanted(file.table, columns)
        rows = decoded(self._readable(file), wanted)
        if "dt" in wanted.names:
            place = wanted.get_field_index("dt")
            days = pa.repeat(pa.scalar(file.day), rows.num_rows)
            rows = rows.set_column(place, wanted.field("dt"), days)
        return rows

    def count_rows(self, files: Sequence[LakeFile], whole_from: date) -> list[int | None]:
        """How many rows each file has; None where it is damaged, 0 where it is gone.

        Of files of days before `whole_from` only the footer is read.
        """

        def count(file: LakeFile) -> int | None:
            return self._count(file, whole=file.day >= whole_from)

        if isinstance(self.store, LocalStore):
            return [*map(count, files)]
        with ThreadPoolExecutor(_SIDE_BY_SIDE, thread_name_prefix="lake-check") as threads:
            return [*threads.map(count, files)]

    def now(self) -> datetime:
        """The time by the clock that dates the lake's files: this machine's may be wrong."""
        write_whole(self.store, _CLOCK, b"")
        return obstore.head(self.store, _CLOCK)["last_modified"]

    def delete_unfinished(self, before: datetime) -> None:
        """Delete what killed processes left unfinished before then."""
        left = list_files(self.store, UNFINISHED)
        self.delete(meta["path"] for meta in left if meta["last_modified"] < before)

    def set_damaged_aside(self, table: str) -> list[LakeFile]:
        """Move the table's damaged files to `damaged/`; returns these files."""
        files = self.files(table)
        counts = self.count_rows(files, read_whole_from(file.day for file in files))
        damaged = [file for file, rows in zip(files, counts, strict=True) if rows is None]
        for file in damaged:
            self.set_aside(file)
        return damaged

    def set_aside(self, file: LakeFile) -> None:
        """Move a damaged file out of its table, to the same path below `damaged/`."""
        try:
            obstore.rename(self.store, file.path, f"{DAMAGED}/{file.path}")
        except FileNotFoundError:
            return  # another run was first

    def damaged(self) -> list[str]:
        """The paths of the files that were set aside, as they were named before."""
        listed = (meta["path"] for meta in list_files(self.store, DAMAGED))
        return sorted(path.removeprefix(f"{DAMAGED}/") for path in listed)

    def delete(self, paths: Iterable[str]) -> None:
        """Delete files; it isn't an error if one is gone already."""
        for path in paths:
            try:
                obstore.delete(self.store, path)
            except FileNotFoundError:
                continue

    def local(self, files: Iterable[LakeFile]) -> list[Path]:
        """Paths on this machine that hold the files: their own, or copies in the cache.

        Raises:
            FileNotFoundError: One is gone since it was listed.
            ValueError: For a remote lake without a cache directory.
        """
        if isinstance(self.store, LocalStore):
            paths = [directory(self.url) / file.path for file in files]
            for path in paths:
                path.stat()
            return paths
        if self.cache is None:
            raise ValueError(f"the lake {self.url} is remote and has no cache directory")
        return [self._cached(file, self.cache) for file in files]

    def portable(self) -> "Lake":
        """The same lake, in a form that another process can open."""
        store = portable(self.store)
        return Lake(self.url, store, self.cache, keeps_detail=self.keeps_detail)

    def _encoded(self, table: str, data: pa.Table, path: str) -> bytes:
        rows = without(self.erased, table, data)
        kept = rows if self.keeps_detail else without_detail(table, rows)
        return encoded(table, kept, path)

    def _buried(self) -> frozenset[str]:
        files = {file.path: file for file in self.files("erased")}
        counts = self.count_rows([*files.values()], date.min)
        replaced = replacements(dict(zip(files, counts, strict=True)))
        for path, copy in replaced.items():
            obstore.copy(self.store, copy, path)
        sound = (file for path, file in files.items() if path not in replaced)
        return frozenset(self.concatenated("erased", sound)["order_id"].to_pylist())

    def _list(self, table: str, prefix: str) -> Iterable[LakeFile]:
        for meta in list_files(self.store, prefix):
            path = meta["path"]
            parent, _, name = path.rpartition("/")
            day = day_of(parent)
            # By long-standing convention, names that begin like this belong to other programs.
            if day is None or name.startswith((".", "_")):
                continue
            # Elsewhere lie copies that somebody made of a table.
            if path == path_of(table, day, name.removesuffix(".parquet")):
                yield LakeFile(
                    path, table, day, meta["size"], meta["e_tag"] or "", meta["last_modified"]
                )

    def _count(self, file: LakeFile, *, whole: bool) -> int | None:
        try:
            return self._count_there(file, whole=whole)
        except FileNotFoundError:
            return 0  # another run set it aside

    def _count_there(self, file: LakeFile, *, whole: bool) -> int | None:
        rows = sound_rows(self._readable(file), file.path, whole=whole)
        if rows is None and self.cache is not None and not isinstance(self.store, LocalStore):
            # Only the copy may be damaged.
            self.local([file])[0].unlink()
            rows = sound_rows(self._readable(file), file.path, whole=whole)
        return rows

    def _readable(self, file: LakeFile) -> Path | pa.BufferReader:
        """What Parquet's reader takes: a path if there is one, otherwise the content."""
        if isinstance(self.store, LocalStore) or self.cache is not None:
            return self.local([file])[0]
        return pa.BufferReader(pa.py_buffer(obstore.get(self.store, file.path).bytes()))

    def _cached(self, file: LakeFile, cache: Path) -> Path:
        identity = f"{self.url}\n{file.path}\n{file.size}\n{file.etag}"
        target = cache / f"{hashlib.sha256(identity.encode()).hexdigest()}.parquet"
        if not target.exists() or target.stat().st_size != file.size:
            content = bytes(obstore.get(self.store, file.path).bytes())
            write_whole(LocalStore(cache, mkdir=True), target.name, content)
        return target


def _wanted(table: str, columns: Sequence[str] | None) -> pa.Schema:
    schema = SCHEMAS[table].append(pa.field("dt", pa.date32()))
    return pa.schema([schema.field(name) for name in columns or schema.names])
