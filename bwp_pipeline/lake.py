"""The bronze layer: Parquet files by table and archive day, written whole.

Belongs here: the tables' schemas, where files lie, writing and reading them atomically.
Does not belong here: where rows come from (archive/, api/) and what they mean (dbt_project/).
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import obstore
import pyarrow as pa
import pyarrow.parquet as pq
from obstore.store import LocalStore, ObjectStore

from bwp_pipeline.storage import directory, open_store, portable

_UTC = pa.timestamp("us", tz="UTC")

SCHEMAS: dict[str, pa.Schema] = {
    # One row per archived event, copies included; the resource columns are of its first resource.
    "events": pa.schema(
        {
            "event_id": pa.string(),
            "message_id": pa.string(),
            "detail_type": pa.string(),
            "event_type": pa.string(),
            "source": pa.string(),
            "account": pa.string(),
            "region": pa.string(),
            "event_time": _UTC,
            "business_product_id": pa.string(),
            "order_id": pa.string(),
            "resource_type": pa.string(),
            "resource_id": pa.string(),
            "resources": pa.list_(pa.string()),
            "detail": pa.string(),
            "envelope": pa.string(),
            "object_key": pa.string(),
            "object_etag": pa.string(),
            "record_index": pa.int64(),
        }
    ),
    # The manifest: one row per archive object read.
    "objects": pa.schema(
        {
            "object_key": pa.string(),
            "etag": pa.string(),
            "size": pa.int64(),
            "last_modified": _UTC,
            "events": pa.int64(),
            "others": pa.int64(),
            "other_kinds": pa.string(),
            "quarantined": pa.int64(),
            "read_at": _UTC,
            "run_id": pa.string(),
        }
    ),
    # One row per record that could not be read.
    "quarantine": pa.schema(
        {
            "object_key": pa.string(),
            "etag": pa.string(),
            "record_index": pa.int64(),
            "byte_offset": pa.int64(),
            "reason": pa.string(),
            "error": pa.string(),
            "raw": pa.binary(),
        }
    ),
    # One row per answer that the API gave about an order; append-only. A payload that is NULL
    # beside its hash stands unchanged in an earlier row of the order with the same hash.
    "order_snapshots": pa.schema(
        {
            "business_product_id": pa.string(),
            "order_id": pa.string(),
            "fetched_at": _UTC,
            "api_version": pa.string(),
            "status": pa.string(),
            "error": pa.string(),
            "payload": pa.string(),
            "payload_sha256": pa.string(),
            # The payload's delivery states, so that choosing what to fetch reads no payloads.
            "deliveries": pa.list_(pa.struct({"delivery_id": pa.string(), "state": pa.string()})),
            "run_id": pa.string(),
        }
    ),
}

# Columns whose values hardly repeat within a file.
_UNIQUE = {
    "event_id",
    "message_id",
    "event_time",
    "order_id",
    "resource_id",
    "resources",
    "detail",
    "record_index",
    "raw",
    "payload",
    "payload_sha256",
}

# Identifiers have nothing to compress but their hexadecimal digits, and to do so takes a tenth of
# the time in which an archive is read.
_IDS = {"event_id", "message_id", "order_id", "resource_id"}

# Texts by far the longest of their rows: at zstd's usual level files would be a fifth smaller, and
# take a third longer to write.
_LONG = {"resources", "detail"}
_FAST = -5

# A buffer grows in it where the system's allocator, in use while an archive is read, would copy
# what is there each time. Not every build of Arrow has it.
_GROWING = (
    pa.mimalloc_memory_pool()
    if "mimalloc" in pa.supported_memory_backends()
    else pa.default_memory_pool()
)


@dataclass(frozen=True, slots=True)
class LakeFile:
    """One file of the lake; path, size and etag together identify its content."""

    path: str
    table: str
    day: date
    size: int
    etag: str
    last_modified: datetime

    @property
    def name(self) -> str:
        """The file's name without directory and suffix."""
        return self.path.rpartition("/")[2].removesuffix(".parquet")


class Lake:
    """The lake at `file:///dir/` or `s3://bucket/prefix/`.

    `store` replaces the one that the URL opens. `cache` is the directory where `local` keeps
    copies of a remote lake's files.
    """

    def __init__(
        self, url: str, store: ObjectStore | None = None, cache: Path | None = None
    ) -> None:
        self.url = url
        self.store = open_store(url) if store is None else store
        self.cache = cache

    def write(self, table: str, day: date, name: str, data: pa.Table) -> str:
        """Write one file, whole or not at all, and return its path.

        A file of the same name is replaced: names follow from where the content comes from.

        Args:
            table: One of `SCHEMAS`.
            day: The partition.
            name: The file's name, without suffix.
            data: Its rows; columns in any order, each castable to the table's schema.

        Raises:
            ValueError: When a column is missing, unknown or of another type (`pa.ArrowInvalid`).
        """
        schema = SCHEMAS[table]
        if set(data.column_names) != set(schema.names):
            raise ValueError(f"{table} has the columns {schema.names}, not {data.column_names}")
        repeating = [name for name in schema.names if name not in _UNIQUE]
        stored = [(path, field.name) for field in schema for path in _paths(field.name, field.type)]
        sink = pa.BufferOutputStream(_GROWING)
        pq.write_table(
            data.select(schema.names).cast(schema),
            sink,
            compression={path: "none" if name in _IDS else "zstd" for path, name in stored},
            compression_level={path: _FAST for path, name in stored if name in _LONG},
            # Looking for repetitions costs time and gains nothing where there are none; looking for
            # the least and greatest, where nobody asks for a range.
            use_dictionary=repeating,
            write_statistics=["event_time"],
        )
        path = f"{table}/dt={day.isoformat()}/{name}.parquet"
        obstore.put(self.store, path, sink.getvalue().to_pybytes())
        return path

    def files(self, table: str, days: Iterable[date] | None = None) -> list[LakeFile]:
        """The table's files, of those days or all, in the order of their paths."""
        prefixes = [table] if days is None else [_partition(table, day) for day in set(days)]
        return sorted(
            (file for prefix in prefixes for file in self._list(table, prefix)),
            key=lambda file: file.path,
        )

    def days(self, table: str) -> list[date]:
        """The days for which the table has a partition, oldest first."""
        names = obstore.list_with_delimiter(self.store, table)["common_prefixes"]
        return sorted(day for name in names if (day := _day(name)) is not None)

    def read(
        self,
        table: str,
        days: Iterable[date] | None = None,
        columns: Sequence[str] | None = None,
    ) -> pa.Table:
        """The rows of those days, or all, with the partition as the column `dt` (a date).

        An empty result has the whole schema; a column that an older file lacks is NULL there.
        """
        parts = [self.read_file(file, columns) for file in self.files(table, days)]
        return pa.concat_tables([_wanted(table, columns).empty_table(), *parts])

    def read_file(self, file: LakeFile, columns: Sequence[str] | None = None) -> pa.Table:
        """The rows of one file, as `read` gives them."""
        wanted = _wanted(file.table, columns)
        content = obstore.get(self.store, file.path).bytes()
        parquet = pq.ParquetFile(pa.BufferReader(pa.py_buffer(content)))
        present = set(parquet.schema_arrow.names)
        stored = parquet.read([field.name for field in wanted if field.name in present])
        length = parquet.metadata.num_rows
        arrays = []
        for field in wanted:
            if field.name == "dt":
                arrays.append(pa.repeat(pa.scalar(file.day), length))
            elif field.name in present:
                arrays.append(stored[field.name].cast(field.type))
            else:
                arrays.append(pa.nulls(length, field.type))
        return pa.table(arrays, schema=wanted)

    def delete(self, paths: Iterable[str]) -> None:
        """Delete files; one that is gone already is no error."""
        for path in paths:
            try:
                obstore.delete(self.store, path)
            except FileNotFoundError:
                continue

    def local(self, files: Iterable[LakeFile]) -> list[Path]:
        """Paths on this machine that hold the files: their own, or copies in the cache.

        Raises:
            ValueError: For a remote lake without a cache directory.
        """
        if isinstance(self.store, LocalStore):
            return [directory(self.url) / file.path for file in files]
        if self.cache is None:
            raise ValueError(f"the lake {self.url} is remote and has no cache directory")
        return [self._cached(file, self.cache) for file in files]

    def portable(self) -> "Lake":
        """The same lake, as another process can open it."""
        return Lake(self.url, portable(self.store), self.cache)

    def _list(self, table: str, prefix: str) -> Iterable[LakeFile]:
        for batch in obstore.list(self.store, prefix):
            for meta in batch:
                path = meta["path"]
                day = _day(path.rpartition("/")[0])
                if day is not None and path.endswith(".parquet"):
                    yield LakeFile(
                        path, table, day, meta["size"], meta["e_tag"] or "", meta["last_modified"]
                    )

    def _cached(self, file: LakeFile, cache: Path) -> Path:
        identity = f"{self.url}\n{file.path}\n{file.size}\n{file.etag}"
        target = cache / f"{hashlib.sha256(identity.encode()).hexdigest()}.parquet"
        if not target.exists():
            content = obstore.get(self.store, file.path).bytes()
            obstore.put(LocalStore(cache, mkdir=True), target.name, content)
        return target


def _wanted(table: str, columns: Sequence[str] | None) -> pa.Schema:
    schema = SCHEMAS[table].append(pa.field("dt", pa.date32()))
    return pa.schema([schema.field(name) for name in columns or schema.names])


def _paths(name: str, kind: pa.DataType) -> list[str]:
    """What Parquet calls the columns that a column is stored as."""
    if pa.types.is_list(kind):
        return _paths(f"{name}.list.element", kind.value_type)
    if pa.types.is_struct(kind):
        return [path for field in kind for path in _paths(f"{name}.{field.name}", field.type)]
    return [name]


def _partition(table: str, day: date) -> str:
    return f"{table}/dt={day.isoformat()}"


def _day(path: str) -> date | None:
    try:
        return date.fromisoformat(path.rpartition("/dt=")[2])
    except ValueError:
        return None
