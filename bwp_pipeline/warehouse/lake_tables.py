"""`staging.lake_*`: how the lake's tables are made in the warehouse, and how files become rows.

Belongs here: the statements on these tables. Does not belong here: which files are loaded when
(`loading.py`), which columns there are (`lake_columns.py`), or what a row means; that is SQL, in
dbt_project/.
"""

from collections.abc import Sequence

import duckdb

from bwp_pipeline.lake import SCHEMAS, Lake, LakeFile
from bwp_pipeline.warehouse.lake_columns import COLUMNS, COMPUTED


def create_lake_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables, empty, and the sequence that numbers snapshots."""
    connection.execute("create sequence staging.snapshot_numbers")
    for table, columns in COLUMNS.items():
        names = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        connection.execute(f"create table staging.lake_{table} (file_id bigint, {names})")


def insert_files(
    connection: duckdb.DuckDBPyConnection,
    lake: Lake,
    table: str,
    numbered: Sequence[tuple[int, LakeFile]],
    *,
    with_payloads: bool,
) -> int:
    """Copy the rows of these files, each with its file's number; returns how many there were.

    Without payloads, which are most of the bytes, if Spark reads them from the lake itself.
    """
    ids = [file_id for file_id, _ in numbered]
    if not ids:
        return 0
    paths = [str(path) for path in lake.local([file for _, file in numbered])]
    connection.execute(
        "create or replace temp table new_files as select unnest(?) as file_id, unnest(?) as local",
        [ids, paths],
    )
    # A cast from the lake's timestamps with time zone would follow the session's zone: it is UTC.
    computed = COMPUTED if with_payloads else COMPUTED | {"payload": "null"}
    names = ", ".join(
        f"cast({computed.get(name, f'lake.{name}')} as {kind}) as {name}"
        for name, kind in COLUMNS[table].items()
    )
    # A file of an older version lacks columns; if all files do, the columns come from an empty
    # table.
    connection.register("all_columns", SCHEMAS[table].empty_table())
    inserted = connection.execute(
        f"insert into staging.lake_{table} select file_id, {names} from ("  # noqa: S608 -- own names
        " from read_parquet(?, filename = true, hive_partitioning = false, union_by_name = true)"
        " union all by name from all_columns"
        ") as lake join new_files on new_files.local = lake.filename",
        [paths],
    ).fetchone()
    connection.unregister("all_columns")
    return inserted[0] if inserted else 0
