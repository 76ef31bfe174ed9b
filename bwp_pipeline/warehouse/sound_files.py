"""Lake files that can't be loaded, and those that were loaded and that the lake has lost since.

Belongs here: finding them, and leaving a trace of each under `damaged/` in the lake. Does not
belong here: making up for them, which the next run of the steps before does.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb

from bwp_pipeline.lake import BATCH_TABLES, DAMAGED, Lake, LakeFile
from bwp_pipeline.lake.compaction import compacted_before
from bwp_pipeline.storage import write_whole


def sound_files(lake: Lake, files: Sequence[LakeFile]) -> list[LakeFile]:
    """These files without damaged ones, which are set aside, with rows that no manifest names then.

    Args:
        lake: Where they lie.
        files: Whole days, or all.
    """
    counts = lake.count_rows(files, whole_from=date.min)
    damaged = [file for file, rows in zip(files, counts, strict=True) if rows is None]
    for file in damaged:
        lake.set_aside(file)
    unnamed = {(file.day, file.name) for file in damaged if file.table == "objects"}
    return [
        file
        for file in files
        if file not in damaged
        and not (file.table in BATCH_TABLES and (file.day, file.batch) in unnamed)
    ]


def note_lost_snapshots(lake: Lake, warehouse_path: Path) -> list[str]:
    """Leave an empty file under `damaged/` for each file of snapshots that is gone; their paths.

    What the lake had is known from what the warehouse has loaded: a lake alone can't tell.

    Args:
        lake: Compacted files are not lost.
        warehouse_path: The private DuckDB file, which may be missing, damaged or in use.
    """
    if not warehouse_path.exists():
        return []
    try:
        with duckdb.connect(str(warehouse_path), read_only=True) as connection:
            loaded = connection.execute(
                "select path, archive_day from staging.lake_files"
                " where lake_table = 'order_snapshots' order by path"
            ).fetchall()
    except duckdb.Error:
        # It is built again, or another run has it: then that one's next run looks.
        return []
    there = {file.path for file in lake.files("order_snapshots")}.union(lake.damaged())
    compacted = compacted_before(lake)
    lost = [path for path, day in loaded if path not in there and day >= compacted]
    for path in lost:
        write_whole(lake.store, f"{DAMAGED}/{path}", b"")
    return lost
