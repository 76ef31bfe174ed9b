"""Events that a format conversion turned into Parquet or ORC, back to records.

Belongs here: reading rows in batches of bounded size, and undoing what the conversion did to names.
Does not belong here: what a record means.
"""

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.orc
import pyarrow.parquet as pq

from bwp_pipeline.archive.opening.containers import Unopenable

MAGIC = (b"PAR1", b"ORC")
MEMORY = 512 * 1024 * 1024
"""Bytes that the rows of such a file may take at once, by default."""
_BATCH = 4_096
_ORC_BATCH = 64
_MOST_ROWS_A_BYTE = 64
# Conversions lower names and drop or replace what stands between words.
_NAMES = {
    name.replace("-", "").lower(): name
    for name in (
        "version",
        "id",
        "detail-type",
        "source",
        "account",
        "time",
        "region",
        "resources",
        "detail",
        "idempotencyKey",
        "eventDescriptor",
        "eventId",
        "apiVersion",
        "subscriptionId",
        "eventTime",
        "eventType",
        "data",
    )
}


def records(chunks: Iterable[bytes], memory: int = MEMORY) -> Iterator[bytes]:
    """The rows of a Parquet or ORC file as JSON objects with an event's own key names.

    Args:
        chunks: The file.
        memory: Bytes that its rows may take at once. A value stored once and repeated a million
            times takes a few hundred bytes of such a file.

    Raises:
        Unopenable: When the file is broken; after the rows that could be read.
    """
    # Both formats keep their directory at the end.
    with tempfile.NamedTemporaryFile() as file:
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        try:
            for batch in _batches(Path(file.name), memory):
                for row in _rows(batch.cast(_in_microseconds(batch.schema), safe=False), memory):
                    yield msgspec.json.encode(_renamed(row), enc_hook=str)
        except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
            raise Unopenable("broken_columnar", " ".join(str(error).split())) from error


def _batches(path: Path, memory: int) -> Iterator[pa.RecordBatch]:
    with path.open("rb") as file:
        is_parquet = file.read(4) == MAGIC[0]
    if not is_parquet:
        from pyarrow.dataset import dataset  # noqa: PLC0415 - most archives never need it

        _refuse_many(pa.orc.ORCFile(str(path)).nrows, path)
        # A few at a time: a repeated value takes its full size in each row.
        yield from dataset(path, format="orc").to_batches(
            batch_size=_ORC_BATCH, batch_readahead=0, fragment_readahead=0, use_threads=False
        )
        return
    metadata = pq.read_metadata(path)
    _refuse_many(metadata.num_rows, path)
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    largest = max((group.total_byte_size for group in groups), default=0)
    if largest > memory:
        raise Unopenable(
            "too_large",
            f"a row group takes {largest} bytes: allow more with BWP_COLUMNAR_MEGABYTES",
        )
    columns = [metadata.schema.column(number) for number in range(metadata.num_columns)]
    # Values that are stored once and repeated stay so.
    texts = [column.path for column in columns if column.physical_type == "BYTE_ARRAY"]
    with pq.ParquetFile(path, read_dictionary=texts) as parquet:
        yield from parquet.iter_batches(_BATCH)


def _refuse_many(rows: int, path: Path) -> None:
    size = path.stat().st_size
    # Each event has an id of its own, which takes bytes: only copies pack this densely.
    if rows > _MOST_ROWS_A_BYTE * size:
        raise Unopenable("too_large", f"claims {rows} rows in {size} bytes")


def _rows(batch: pa.RecordBatch, memory: int) -> Iterator[dict[str, Any]]:
    """The rows, as many at a time as are certain to fit."""
    step = max(1, min(batch.num_rows, memory // max(1, batch.nbytes)))
    for start in range(0, batch.num_rows, step):
        yield from batch.slice(start, step).to_pylist()


def _in_microseconds(schema: pa.Schema) -> pa.Schema:
    """The schema with times as Python's own hold them: nanoseconds would depend on pandas."""
    return pa.schema([field.with_type(_microseconds(field.type)) for field in schema])


def _microseconds(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        return pa.timestamp("us", kind.tz)
    if pa.types.is_time64(kind):
        return pa.time64("us")
    if pa.types.is_struct(kind):
        return pa.struct([field.with_type(_microseconds(field.type)) for field in kind])
    if pa.types.is_map(kind):
        return pa.map_(kind.key_type, kind.item_field.with_type(_microseconds(kind.item_type)))
    if pa.types.is_list(kind):
        return pa.list_(kind.value_field.with_type(_microseconds(kind.value_type)))
    return kind


def _renamed(row: dict[str, Any]) -> dict[str, Any]:
    """The row under an event's names, its `detail` too; NULLs are left out."""
    renamed = {}
    for column, value in row.items():
        if value is None:
            continue
        plain = column.replace("-", "").replace("_", "").lower()
        name = _NAMES.get(plain, column)
        renamed[name] = _renamed(value) if name == "detail" and isinstance(value, dict) else value
    return renamed
