"""Rows that no manifest names: what a killed run began, or what is left where a manifest is lost.

Belongs here: telling when they are no longer needed, deleting them, and keeping the account of
those whose objects the archive no longer has.
Does not belong here: rows that a manifest names (`accounts.py`).
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import compress

import pyarrow as pa

from bwp_pipeline.archive.ingest.accounts import Identity, read_batches
from bwp_pipeline.archive.ingest.batches import digest
from bwp_pipeline.lake import BATCH_TABLES, SCHEMAS, Lake, LakeFile

KEPT = timedelta(days=1)
"""How long a run may take from a batch's first file to its manifest."""
_ETAG = {"events": "object_etag", "quarantine": "etag"}


def tidy(lake: Lake, day: date, listed: Collection[Identity], run_id: str) -> int:
    """Delete the day's leftovers that no run can still be using.

    Rows of objects that neither a manifest nor the archive has, which means a lost manifest, get a
    manifest of their own first.

    Args:
        lake: Where they are stored.
        day: An archive day, all of whose objects in the archive were read.
        listed: What the archive has of the day.
        run_id: Written into such a manifest.

    Returns:
        How many objects were rescued so.
    """
    # In this order: a file that isn't named yet may be named a moment later.
    data = [file for table in BATCH_TABLES for file in lake.files(table, [day])]
    batches = read_batches(lake, day)
    named = {batch.name for batch in batches}
    leftovers = [file for file in data if file.batch not in named]
    if not leftovers:
        return 0
    before = lake.now() - KEPT
    young = {file.batch for file in leftovers if file.last_modified > before}
    old = [file for file in leftovers if file.batch not in young]
    known = {identity for batch in batches for identity in batch.objects}.union(listed)
    rescued: dict[str, int] = {}
    for name in sorted({file.batch for file in old}):
        rescued |= _rescue(lake, [file for file in old if file.batch == name], known, run_id)
    lake.delete(file.path for file in old if file.batch not in rescued)
    return sum(rescued.values())


def _rescue(lake: Lake, files: list[LakeFile], known: set[Identity], run_id: str) -> dict[str, int]:
    """Give the rows of unknown objects in these files a batch; its name and number of objects."""
    kept: dict[str, list[pa.Table]] = defaultdict(list)
    counts: dict[str, Counter[Identity]] = {table: Counter() for table in BATCH_TABLES}
    for file in files:
        rows = lake.read_file(file, SCHEMAS[file.table].names)
        etags = rows[_ETAG[file.table]].to_pylist()
        identities = [*zip(rows["object_key"].to_pylist(), etags, strict=True)]
        unknown = [identity not in known for identity in identities]
        kept[file.table].append(rows.filter(pa.array(unknown, pa.bool_())))
        counts[file.table].update(compress(identities, unknown))
    objects = sorted({identity for table in counts.values() for identity in table})
    if not objects:
        return {}
    day, name = files[0].day, digest(objects)
    # The batch may have been of just these objects: then its rows are where they belong.
    if name != files[0].batch:
        for table, parts in kept.items():
            lake.write(table, day, name, pa.concat_tables(parts))
    lake.create("objects", day, name, _manifest(objects, counts, run_id))
    known.update(objects)
    return {name: len(objects)}


def _manifest(
    objects: list[Identity], counts: Mapping[str, Counter[Identity]], run_id: str
) -> pa.Table:
    now = datetime.now(UTC)
    rows = [
        {
            "object_key": key,
            "etag": etag,
            "events": counts["events"][key, etag],
            "others": 0,
            "other_kinds": "{}",
            "quarantined": counts["quarantine"][key, etag],
            "read_at": now,
            "run_id": run_id,
        }
        for key, etag in objects
    ]
    return pa.Table.from_pylist(rows, SCHEMAS["objects"])
