"""What Spark built, as tables of DuckDB: the marts with their contract, the rest as views.

Belongs here: from Parquet files to the warehouse's two DuckDB files. Does not belong here: what is
built on top of them; that is dbt, on DuckDB.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict

import duckdb

from bwp_pipeline.warehouse.loading import marts_path

_CONFIG: dict[str, str | bool | int | float | list[str]] = {"memory_limit": "512MB"}
# Both engines leave traces in it: Spark of its marts, DuckDB of the model of demand.
_TRACES = "staging.changed_days"
_DUCKDBS_TRACE = "agg_product_states"


class _Column(TypedDict):
    name: str
    data_type: str
    description: str


class _Node(TypedDict):
    schema: str
    name: str
    description: str
    columns: dict[str, _Column]


def take_marts(warehouse_path: Path, tables: Mapping[str, Path], manifest: Path) -> None:
    """Copy the marts, with their types and descriptions, and make views of all other tables.

    Args:
        warehouse_path: The private DuckDB file.
        tables: The directory of each table, by "schema.table".
        manifest: dbt's `manifest.json`, which has the marts' columns.
    """
    nodes: dict[str, _Node] = json.loads(manifest.read_bytes())["nodes"]
    described = {f"{node['schema']}.{node['name']}": node for node in nodes.values()}
    with duckdb.connect(str(warehouse_path), config=_CONFIG) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set preserve_insertion_order = false")
        connection.execute(
            f"attach {_text(marts_path(warehouse_path))} as bwp (storage_version 'v1.0.0')"
        )
        connection.execute("create schema if not exists bwp.marts")
        for name, directory in tables.items():
            if name == _TRACES:
                _take_traces(connection, directory)
            elif name.startswith("marts."):
                _copy_mart(connection, described[name], directory)
            else:
                _view(connection, name, directory)
        connection.execute("checkpoint bwp")


def _take_traces(connection: duckdb.DuckDBPyConnection, directory: Path) -> None:
    connection.execute(
        f"create table if not exists {_TRACES} (built_through bigint, mart varchar, day date)"
    )
    connection.execute(f"delete from {_TRACES} where mart <> '{_DUCKDBS_TRACE}'")  # noqa: S608 -- own names
    connection.execute(f"insert into {_TRACES} by name from {_files(directory)}")


def _copy_mart(connection: duckdb.DuckDBPyConnection, node: _Node, directory: Path) -> None:
    table = f"bwp.marts.{node['name']}"
    columns = ", ".join(
        f"cast({column['name']} as {column['data_type']}) as {column['name']}"
        for column in node["columns"].values()
    )
    connection.execute(
        f"create or replace table {table} as select {columns} from {_files(directory)}"  # noqa: S608 -- own names
    )
    connection.execute(f"comment on table {table} is {_text(node['description'])}")
    for column in node["columns"].values():
        connection.execute(
            f"comment on column {table}.{column['name']} is {_text(column['description'])}"
        )


def _view(connection: duckdb.DuckDBPyConnection, name: str, directory: Path) -> None:
    """A view whose sums have the type that DuckDB gives them."""
    described = connection.execute(f"describe from {_files(directory)}").fetchall()
    columns = ", ".join(
        f"cast({column} as decimal(38, {kind.rpartition(',')[2]}) as {column}"
        if kind.startswith("DECIMAL(") and not kind.startswith("DECIMAL(18,")
        else column
        for column, kind, *_ in described
    )
    connection.execute(
        f"create or replace view {name} as select {columns} from {_files(directory)}"  # noqa: S608 -- own names
    )


def _files(directory: Path) -> str:
    return f"read_parquet({_text(directory / '*.parquet')})"


def _text(value: object) -> str:
    """A SQL text literal."""
    return "'" + str(value).replace("'", "''") + "'"
