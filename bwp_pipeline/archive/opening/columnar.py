"""Events that a format conversion turned into Parquet or ORC, back to records.

Belongs here: reading rows in batches of bounded size, and undoing what the conversion did to names.
Does not belong here: what a record means.
"""

import io
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, Any

import msgspec
import pyarrow as pa
import pyarrow.orc
import pyarrow.parquet as pq

from bwp_pipeline.archive.opening.containers import Unopenable

MAGIC = (b"PAR1", b"ORC")
_BATCH = 4_096
_IN_MEMORY = 16 * 1024 * 1024
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


def records(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The rows of a Parquet or ORC file as JSON objects with an event's own key names.

    Raises:
        Unopenable: When the file is broken; after the rows that could be read.
    """
    # The directory of both formats is at the end.
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        for chunk in chunks:
            file.write(chunk)
        file.seek(0)
        try:
            for batch in _batches(file):
                for row in batch.cast(_in_microseconds(batch.schema), safe=False).to_pylist():
                    yield msgspec.json.encode(_renamed(row), enc_hook=str)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise Unopenable("broken_columnar", " ".join(str(error).split())) from error


def _batches(file: IO[bytes]) -> Iterator[pa.RecordBatch]:
    if file.read(4) == MAGIC[0]:
        file.seek(0)
        yield from pq.ParquetFile(file).iter_batches(_BATCH)
        return
    file.seek(0)
    # pyarrow's ORC reader wants a file that it can close.
    whole = io.BytesIO()
    shutil.copyfileobj(file, whole)
    reader = pa.orc.ORCFile(pa.BufferReader(whole.getbuffer()))
    for stripe in range(reader.nstripes):
        yield from pa.Table.from_batches([reader.read_stripe(stripe)]).to_batches(_BATCH)


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
    """The row under an event's names, its `detail` too; what is NULL was not there."""
    renamed = {}
    for column, value in row.items():
        if value is None:
            continue
        plain = column.replace("-", "").replace("_", "").lower()
        name = _NAMES.get(plain, column)
        renamed[name] = _renamed(value) if name == "detail" and isinstance(value, dict) else value
    return renamed
