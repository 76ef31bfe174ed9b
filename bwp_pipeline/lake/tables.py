"""The bronze layer's tables: their columns, and how rows become the bytes of a Parquet file.

Belongs here: schemas and encoding.
Does not belong here: where files lie (`lake.py`), where rows come from, what they mean.
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bwp_pipeline.lake.seals import KEY, PATH, UNSEALED, sealed

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
            # What about the order is not final; NULL in files written before it was known.
            "unfinished": pa.list_(pa.string()),
            "run_id": pa.string(),
        }
    ),
    # One row per product that the API told the stock of when it was asked; append-only.
    "stock_answers": pa.schema(
        {
            "business_product_id": pa.string(),
            "product_key": pa.string(),
            "product_id": pa.string(),
            "asked_at": _UTC,
            "buyable_units": pa.float64(),
            "buyability": pa.string(),
        }
    ),
    # One row per order that was erased: what names it is kept out of the other tables.
    "erased": pa.schema({"order_id": pa.string(), "erased_at": _UTC}),
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


def encoded(table: str, data: pa.Table, path: str) -> bytes:
    """A Parquet file of those rows, which belongs to that path of the lake.

    Raises:
        ValueError: When a column is missing, unknown or of another type (`pa.ArrowInvalid`).
    """
    schema = SCHEMAS[table]
    if set(data.column_names) != set(schema.names):
        raise ValueError(f"{table} has the columns {schema.names}, not {data.column_names}")
    repeating = [name for name in schema.names if name not in _UNIQUE]
    stored = [(path, field.name) for field in schema for path in _paths(field.name, field.type)]
    sink = pa.BufferOutputStream(_GROWING)
    with pq.ParquetWriter(
        sink,
        schema,
        compression={path: "none" if name in _IDS else "zstd" for path, name in stored},
        compression_level={path: _FAST for path, name in stored if name in _LONG},
        # Dictionary encoding costs time for nothing where values don't repeat, and so do statistics
        # on columns never filtered by range.
        use_dictionary=repeating,
        write_statistics=["event_time"],
    ) as writer:
        writer.write_table(data.select(schema.names).cast(schema))
        # Of a tombstone there is a copy elsewhere, and each stands for the other.
        place = {} if table == "erased" else {PATH: path.encode()}
        writer.add_key_value_metadata({**place, KEY: UNSEALED})
    return sealed(sink.getvalue())


def decoded(file: Path | pa.BufferReader, schema: pa.Schema) -> pa.Table:
    """A file's rows in those columns; one that an older file lacks is NULL.

    Raises:
        pa.ArrowInvalid, OSError: When the file is damaged.
    """
    parquet = pq.ParquetFile(file)
    present = set(parquet.schema_arrow.names)
    stored = parquet.read([name for name in schema.names if name in present])
    length = parquet.metadata.num_rows
    arrays = [
        stored[field.name].cast(field.type)
        if field.name in present
        else pa.nulls(length, field.type)
        for field in schema
    ]
    return pa.table(arrays, schema=schema)


def _paths(name: str, kind: pa.DataType) -> list[str]:
    """What Parquet calls the columns that a column is stored as."""
    if pa.types.is_list(kind):
        return _paths(f"{name}.list.element", kind.value_type)
    if pa.types.is_struct(kind):
        return [path for field in kind for path in _paths(f"{name}.{field.name}", field.type)]
    return [name]
