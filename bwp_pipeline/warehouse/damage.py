"""A damaged warehouse is noticed, thrown away and built again: it is derived from the lake.

Belongs here: what damage is, and the second build. Does not belong here: building.
"""

import gc
import re
from collections.abc import Callable
from pathlib import Path

import duckdb

from bwp_pipeline.warehouse.loading import marts_path

# DuckDB has no error class for it: these are parts of its messages. A lock that another process
# holds and a full disk are not among them.
_DAMAGE = re.compile(
    r"Corrupt database file|not a valid DuckDB database file|Could not read enough bytes"
    r"|Failure while replaying WAL|database has been invalidated|INTERNAL Error"
    r"|Serialization Error",
)


def built_soundly(
    warehouse_path: Path, build: Callable[[], None], warn: Callable[[str], None]
) -> None:
    """Build, and build again from scratch if a file of the warehouse turns out to be damaged.

    Args:
        warehouse_path: The private DuckDB file.
        build: Loads what the warehouse lacks and builds its marts.
        warn: Called with one line if the warehouse was thrown away.
    """
    paths = (warehouse_path, marts_path(warehouse_path))
    try:
        for path in filter(Path.exists, paths):
            # When dbt can't open a file, it keeps the other one open.
            duckdb.connect(str(path), read_only=True).close()
        build()
        _read_all(marts_path(warehouse_path))
    except Exception as error:
        found = _DAMAGE.search(str(error))
        if found is None:
            raise
        warn(f"{warehouse_path} is damaged and is built again from the lake: {found[0]}")
    else:
        return
    # A file that the failed build still holds open can't be opened again.
    gc.collect()
    for path in paths:
        path.unlink(missing_ok=True)
        path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
    build()


def _read_all(path: Path) -> None:
    """Read every value of every table: a build reads what it changes, publishing copies all."""
    with duckdb.connect(str(path), read_only=True, config={"memory_limit": "256MB"}) as connection:
        tables = connection.execute(
            'select format(\'"{}"."{}"\', schema_name, table_name) from duckdb_tables()'
        ).fetchall()
        for (table,) in tables:
            connection.execute(f"select bit_xor(hash(read)) from {table} as read").fetchall()  # noqa: S608 -- own names
