"""The analysts' database: schemas marts, reports and meta of the warehouse, swapped in whole.

Belongs here: copying, checking and replacing the published file. Does not belong here: what its
tables and functions hold; that is SQL, in dbt_project/.
"""

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from bwp_pipeline.publishing.opening import forget_changes
from bwp_pipeline.publishing.parquet_copies import write_parquet
from bwp_pipeline.publishing.window import copy_window
from bwp_pipeline.warehouse.loading import marts_path

# Enough to write Parquet files row group by row group.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {"memory_limit": "256MB"}
SCHEMAS = ("marts", "reports", "meta")


class PublishError(RuntimeError):
    """There is nothing complete to publish; what was published before stays."""


@dataclass(frozen=True, slots=True)
class PublishedCounts:
    """Rows by table ("schema.table") of the published file, and its size in bytes."""

    rows: Mapping[str, int]
    size: int


def publish(
    warehouse_path: Path, published_path: Path, *, keep: int = 3, days: int | None = None
) -> PublishedCounts:
    """Copy the file of marts, reports and meta, check the copy, and swap it in.

    Readers never wait and never see half a copy: an open file stays as it was, and the name leads
    to the new file at once. Its storage version is one that every DuckDB since 1.0 reads. Beside
    it: `previous/` (former copies) and what `write_parquet` writes.

    Args:
        warehouse_path: The private database, built; nothing may hold it open for writing.
        published_path: The file that analysts open.
        keep: How many former copies stay.
        days: How many days of the marts are in the file (`copy_window`); all when None. The Parquet
            files have all of them.

    Raises:
        PublishError: When there is nothing to copy or the copy lacks a table.
    """
    built = marts_path(warehouse_path)
    if not built.exists():
        raise PublishError("the warehouse has no marts: build it first")
    published_path.parent.mkdir(parents=True, exist_ok=True)
    for left in published_path.parent.glob(".reading-*"):
        # Left by readers that were killed; a live reader no longer needs the name.
        shutil.rmtree(left, ignore_errors=True)
    fresh = published_path.with_name(f".{published_path.name}.new")
    with duckdb.connect(str(built)) as connection:
        connection.execute("checkpoint")
        expected = _tables(connection)
    forget_changes(fresh)
    if days is None:
        _copy(built, fresh)
    else:
        copy_window(built, fresh, days, _CONFIG)
    with duckdb.connect(str(fresh), read_only=True, config=_CONFIG) as connection:
        rows = {name: _count(connection, name) for name in _tables(connection)}
        if not rows or list(rows) != expected:
            raise PublishError("the copy lacks tables of the warehouse")
    whole = fresh if days is None else built
    with duckdb.connect(str(whole), read_only=True, config=_CONFIG) as connection:
        write_parquet(connection, warehouse_path, published_path.parent, list(rows))
    _keep_previous(published_path, keep)
    size = fresh.stat().st_size
    # Before, so that a run that is killed here leaves none; after, for one that came between.
    forget_changes(published_path)
    fresh.replace(published_path)
    forget_changes(published_path)
    return PublishedCounts(rows=rows, size=size)


def _copy(source: Path, target: Path) -> None:
    """Copy it, by the kernel alone where it can, which takes a fraction of the processor's time."""
    copied, size = 0, source.stat().st_size
    if sys.platform == "linux":
        with source.open("rb") as read, target.open("wb") as written:
            try:
                while part := os.copy_file_range(read.fileno(), written.fileno(), size):
                    copied += part
            except OSError:
                # Not on these file systems; or there is no room, as what follows will say.
                copied = 0
    if copied != size:
        shutil.copyfile(source, target)


def _tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    found = connection.execute(
        "select schema_name || '.' || table_name from duckdb_tables()"
        " where list_contains(?, schema_name) and not temporary order by 1",
        [list(SCHEMAS)],
    ).fetchall()
    return [name for (name,) in found]


def _count(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    row = connection.execute(f"select count(*) from {name}").fetchone()  # noqa: S608 -- own names
    return row[0] if row else 0


def _keep_previous(published_path: Path, keep: int) -> None:
    if not published_path.exists():
        return
    directory = published_path.parent / "previous"
    directory.mkdir(exist_ok=True)
    published_at = datetime.fromtimestamp(published_path.stat().st_mtime, UTC)
    kept = directory / f"{published_path.stem}-{published_at:%Y%m%dT%H%M%S%f}Z.duckdb"
    forget_changes(kept)
    if not kept.exists():
        try:
            kept.hardlink_to(published_path)
        except OSError:
            # A file system without hard links.
            shutil.copy2(published_path, kept)
    former = sorted(directory.glob(f"{published_path.stem}-*.duckdb"))
    for path in former[: max(0, len(former) - keep)]:
        path.unlink()
        forget_changes(path)
