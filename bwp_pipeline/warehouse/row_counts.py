"""How many rows the warehouse's tables have.

Belongs here: counting them. Does not belong here: the rows that reports are about.
"""

from pathlib import Path

import duckdb

from bwp_pipeline.warehouse.loading import marts_path


def row_counts(warehouse_path: Path) -> dict[str, int]:
    """Rows of every table, by "schema.table"; views, which would have to be computed, aside."""
    counts: dict[str, int] = {}
    for path in (warehouse_path, marts_path(warehouse_path)):
        with duckdb.connect(str(path), read_only=True) as connection:
            named = connection.execute(
                "select schema_name, table_name from duckdb_tables() where not temporary"
            ).fetchall()
            each = [
                f'select \'{schema}.{table}\', count(*) from "{schema}"."{table}"'  # noqa: S608 -- own names
                for schema, table in named
            ]
            if each:
                counts.update(connection.execute(" union all ".join(each)).fetchall())
    return counts
