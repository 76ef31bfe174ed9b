"""Where reports go: a directory or an S3 prefix, with dated copies and the latest one.

Here belongs copying the finished files. Opening a URL's store is `bwp_pipeline.storage`'s.
"""

from datetime import date
from pathlib import Path

import obstore
from obstore.store import ObjectStore

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def deliver(directory: Path, store: ObjectStore, last_day: date) -> tuple[str, ...]:
    """Copy a report's files to `YYYY-MM-DD/` and `latest/` below the store.

    The page itself is written last, so that whoever opens the latest one finds its workbook and
    files there already. A file left from a report with more pages is removed from `latest/`.

    Args:
        directory: the report's files, as `write_reports` left them.
        store: the directory or S3 prefix that receives them.
        last_day: the last day that the report covers.

    Returns:
        The paths written, below the store.
    """
    files = sorted(
        (path for path in directory.iterdir() if path.is_file()),
        key=lambda path: (path.name == "bwp_report.html", path.name),
    )
    written = []
    for folder in (last_day.isoformat(), "latest"):
        for path in files:
            target = f"{folder}/{path.name}"
            kind = _TYPES.get(path.suffix)
            attributes = {"Content-Type": kind} if kind and _keeps_types(store) else None
            obstore.put(store, target, path, attributes=attributes)
            written.append(target)
    _remove_leftovers(store, {path.name for path in files})
    return tuple(written)


def _keeps_types(store: ObjectStore) -> bool:
    """Return whether the store knows content types: a directory does not."""
    return not isinstance(store, obstore.store.LocalStore)


def _remove_leftovers(store: ObjectStore, names: set[str]) -> None:
    found = obstore.list(store, prefix="latest/").collect()
    paths = [meta["path"] for meta in found]
    leftovers = [path for path in paths if path.rsplit("/", 1)[-1] not in names]
    if leftovers:
        obstore.delete(store, leftovers)
