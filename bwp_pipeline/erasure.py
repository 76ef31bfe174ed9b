"""Erasing orders: a tombstone in the lake, then everything that names them.

Belongs here: going through the lake's files and the files of the data directory. Does not belong
here: how tombstones are kept (`lake/tombstones.py`), what is left of a lake's row
(`lake/erasure.py`), or locks and lines (`commands/forget.py`).
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from bwp_pipeline.erasure_files import erase_from
from bwp_pipeline.lake import DAMAGED, SCHEMAS, Lake
from bwp_pipeline.lake.erasure import TABLES, marked
from bwp_pipeline.lake.tombstones import twice
from bwp_pipeline.warehouse.loading import marts_path


def deletion_requests(lake: Lake, days: Collection[date]) -> Counter[str]:
    """Events of these archive days that request a deletion of personal data, by order.

    Those that name no order are counted under "".
    """
    rows = lake.read("events", days, ["event_type", "order_id"])
    asked = rows.filter(pc.starts_with(rows["event_type"], "PERSONAL_DATA_DELETION"))
    return Counter(order or "" for order in asked["order_id"].to_pylist())


def bury(lake: Lake, ids: Collection[str], now: datetime) -> None:
    """Write the tombstone: from now on, what is read or fetched of these orders isn't kept."""
    new = sorted(set(ids) - lake.erased)
    if new:
        rows = pa.table({"order_id": new, "erased_at": [now] * len(new)}, schema=SCHEMAS["erased"])
        for name in twice(hashlib.sha256("\n".join(new).encode()).hexdigest()[:32]):
            lake.write("erased", now.date(), name, rows)


def erase_from_lake(lake: Lake, ids: Collection[str]) -> Counter[str]:
    """Remove these orders from every file of the lake.

    The lake must already know the tombstones: rewriting a file is what takes the orders out. Files
    that were set aside as damaged can't be searched and are deleted whole.

    Returns:
        Rows by table, and `damaged` files.
    """
    removed: Counter[str] = Counter()
    for table in TABLES:
        for file in lake.files(table):
            rows = lake.read_file(file, SCHEMAS[table].names)
            count = pc.sum(marked(ids, table, rows)).as_py()
            if count:
                removed[table] += count
                lake.write(table, file.day, file.name, rows)
    damaged = lake.damaged()
    lake.delete(f"{DAMAGED}/{path}" for path in damaged)
    removed["damaged"] = len(damaged)
    return +removed


def erase_from_data(
    data_dir: Path, lake_dir: Path | None, warehouse_path: Path, ids: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Remove these orders from every other file of the data directory.

    The warehouse is deleted whole: the next run builds it from the lake. From other files, rows and
    words are removed if the kind of file is known; otherwise the file is deleted.

    Args:
        data_dir: `BWP_DATA_DIR`.
        lake_dir: The lake, where it is a directory.
        warehouse_path: The private database.
        ids: The orders.

    Yields:
        A path below the data directory, and what was done there.
    """
    derived = {warehouse_path, marts_path(warehouse_path)}
    logs = {path.with_name(f"{path.name}.wal") for path in derived}
    for path in sorted(data_dir.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        if lake_dir is not None and path.is_relative_to(lake_dir):
            continue
        if path in derived | logs:
            path.unlink()
            done: str | None = "removed; the next run builds it again"
        else:
            done = erase_from(path, ids)
        if done is not None:
            yield str(path.relative_to(data_dir)), done
