"""Old answers of the API, kept as far as facts depend on them.

Belongs here: which rows of old snapshot files are kept, and moving them so that the files can go.
Does not belong here: the lake's layout (`lake.py`), or what orders' facts are (dbt_project/).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from bwp_pipeline.lake.files import LakeFile
from bwp_pipeline.lake.lake import Lake

_TABLE = "order_snapshots"
_CARRIED = "carried-"
_TOLD = ("business_product_id", "order_id", "fetched_at", "status", "payload_sha256")

# Of each order: the answers with which a payload begins or ends to be given, the first that holds
# it, and the newest of all. What lies between says the same again. What an earlier attempt has
# carried into the day already is there, and is not carried again.
_KEPT = """
with answers as (
    select
        *, status = 'OK' and payload_sha256 is not null as is_good,
        row_number() over (
            partition by business_product_id, order_id order by fetched_at desc, place
        ) as recency,
        row_number() over (
            partition by business_product_id, order_id, payload_sha256
            order by has_payload desc, fetched_at, place
        ) as holder
    from (
        select *
        from found
        qualify row_number() over (
            partition by business_product_id, order_id, fetched_at, status, payload_sha256
            order by has_payload desc, is_carried desc, place
        ) = 1
    )
),

changes as (
    select
        *, lag(payload_sha256) over by_time as former, lead(payload_sha256) over by_time as next
    from answers
    where is_good
    window by_time as (
        partition by business_product_id, order_id order by fetched_at, payload_sha256, place
    )
)

select place
from changes
where
    not is_carried
    and (
        former is distinct from payload_sha256 or next is distinct from payload_sha256
        or (has_payload and holder = 1)
    )
union
select place from answers where recency = 1 and not is_carried
order by place
"""


@dataclass(frozen=True, slots=True)
class Compacted:
    """Files and rows of the old partitions, and how many rows were kept."""

    files: int
    rows: int
    kept: int


def compact_snapshots(lake: Lake, before: date) -> Compacted:
    """Carry what facts depend on from the snapshots of earlier days into that day; delete these.

    No order vanishes, no hash loses the payload that it stands for, and no fact moves in time. A
    kill loses nothing: whoever begins again ends with the same rows.

    Args:
        lake: Others may fetch into it and load it meanwhile; two may not compact at once.
        before: The first day whose files stay.
    """
    old = [file for file in lake.files(_TABLE) if file.day < before]
    if not old:
        return Compacted(files=0, rows=0, kept=0)
    there = [file for file in lake.files(_TABLE, [before]) if file.name.startswith(_CARRIED)]
    old_rows = [_told(lake, file, is_carried=False) for file in old]
    kept = _kept(pa.concat_tables([*old_rows, *(_told(lake, f, is_carried=True) for f in there)]))
    first = 0
    for _, group in groupby(zip(old, old_rows, strict=True), lambda pair: pair[0].day):
        of_day = [*group]
        count = sum(rows.num_rows for _, rows in of_day)
        _carry(lake, before, [file for file, _ in of_day], _within(kept, first, count))
        first += count
    lake.delete(map(attrgetter("path"), old))
    return Compacted(files=len(old), rows=first, kept=len(kept))


def compacted_before(lake: Lake) -> date:
    """The day before which snapshots were compacted; the first of all days where none were."""
    carried = (file.day for file in lake.files(_TABLE) if file.name.startswith(_CARRIED))
    return max(carried, default=date.min)


def _told(lake: Lake, file: LakeFile, *, is_carried: bool) -> pa.Table:
    """A file's rows as far as the choice depends on them, without payloads."""
    rows = lake.read_file(file, [*_TOLD, "payload"])
    held = pc.is_valid(rows["payload"])
    told = rows.select(_TOLD).append_column("has_payload", held)
    return told.append_column("is_carried", pa.repeat(pa.scalar(is_carried), rows.num_rows))


def _kept(found: pa.Table) -> pa.Array:
    """The places of the rows to carry, in order."""
    found = found.append_column("place", pa.array(range(found.num_rows), pa.int64()))
    with duckdb.connect() as connection:
        connection.register("found", found)
        places: pa.ChunkedArray = connection.sql(_KEPT).to_arrow_table()["place"]
    return places.combine_chunks()


def _within(places: pa.Array, first: int, count: int) -> pa.Array:
    """Those of a stretch of rows, counted from its beginning."""
    inside = pc.and_(pc.greater_equal(places, first), pc.less(places, first + count))
    return pc.subtract(places.filter(inside), first)


def _carry(lake: Lake, day: date, files: Sequence[LakeFile], places: pa.Array) -> None:
    if not len(places):
        return
    rows = pa.concat_tables(lake.read_file(file).drop_columns(["dt"]) for file in files)
    # Named after where it comes from, so that another attempt's files stay beside it.
    paths = "\n".join(file.path for file in files)
    digest = hashlib.sha256(paths.encode()).hexdigest()[:16]
    lake.write(_TABLE, day, f"{_CARRIED}{files[0].day:%Y%m%d}-{digest}", rows.take(places))
