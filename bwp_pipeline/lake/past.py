"""The lake as it was known at an earlier time.

Belongs here: which files and rows of a lake had been read or fetched by then. Does not belong here:
what follows from them, which is built as from any lake.
"""

import shutil
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from bwp_pipeline.lake.files import LakeFile
from bwp_pipeline.lake.lake import BATCH_TABLES, Lake
from bwp_pipeline.lake.relisting import relisting
from bwp_pipeline.storage import directory


def lake_as_known(lake: Lake, until: datetime, url: str) -> Lake:
    """A lake in a new directory that holds what this one held at `until`.

    Archived objects are known from when they were read, with their whole batch; answers of the API
    from when they were asked for. A batch that was read again later, because a file was lost, is
    known from then on. Whole files are hard-linked if the file system can.

    Args:
        lake: The lake as it is now.
        until: A time with a zone; what happened at exactly that moment is included.
        url: `file:///dir/`, a directory that doesn't exist or is empty.
    """
    return relisting(lambda: _taken(lake, until, url))


def _taken(lake: Lake, until: datetime, url: str) -> Lake:
    # What was taken before a file was gone may stand elsewhere by now.
    shutil.rmtree(directory(url), ignore_errors=True)
    past = Lake(url)
    committed = lake.committed()
    read_by = {
        (file.day, file.name): _latest(lake.read_file(file, ["read_at"])["read_at"])
        for file in committed["objects"]
    }
    for file in committed["objects"]:
        if _is_known(read_by[file.day, file.name], until):
            _take(lake, file, past)
    for table in BATCH_TABLES:
        for file in committed[table]:
            if _is_known(read_by[file.day, file.batch], until):
                _take(lake, file, past)
    _take_answers(lake, past, until, "order_snapshots", "fetched_at")
    _take_answers(lake, past, until, "stock_answers", "asked_at")
    return past


def _take_answers(lake: Lake, past: Lake, until: datetime, table: str, clock: str) -> None:
    """Take what the API had answered by then: whole files, or the rows that were known."""
    for file in lake.files(table):
        times = lake.read_file(file, [clock])[clock]
        if _is_known(_latest(times), until):
            _take(lake, file, past)
        elif _is_known(_earliest(times), until):
            rows = lake.read_file(file).drop_columns(["dt"])
            known = rows.filter(pc.less_equal(rows[clock], pa.scalar(until)))
            if known.num_rows:
                past.write(file.table, file.day, file.name, known)


def _earliest(times: pa.ChunkedArray) -> datetime | None:
    earliest: datetime | None = pc.min(times).as_py()
    return earliest


def _latest(times: pa.ChunkedArray) -> datetime | None:
    latest: datetime | None = pc.max(times).as_py()
    return latest


def _is_known(at: datetime | None, until: datetime) -> bool:
    return at is not None and at <= until


def _take(lake: Lake, file: LakeFile, past: Lake) -> None:
    source = lake.local([file])[0]
    target = directory(past.url) / file.path
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        target.hardlink_to(source)
    except OSError:
        # Another file system, or one without hard links.
        shutil.copyfile(source, target)
