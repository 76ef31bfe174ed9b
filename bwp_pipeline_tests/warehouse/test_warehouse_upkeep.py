"""What a build does for DuckDB itself: memory that it gives back, rows that it puts together."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from bwp_pipeline.warehouse.dbt_run import run_dbt
from bwp_pipeline.warehouse.loading import marts_path
from bwp_pipeline_tests.examples.warehouse_builds import NOON, Warehouse, event

if TYPE_CHECKING:
    from dbt_common.events.base_types import EventMsg

ROWS_OF_A_GROUP = 122_880


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    it = Warehouse(tmp_path_factory.mktemp("upkeep"))
    it.archive(NOON.date(), [event("ORDER_CREATED", "order/O-1")])
    it.build_mart("dim_orders")
    return it


def leave_gaps(it: Warehouse) -> None:
    """A table of three groups of rows, of which two in three are deleted."""
    with duckdb.connect(str(marts_path(it.path)), config={"max_vacuum_tasks": 0}) as connection:
        connection.execute(
            "create or replace table marts.gaps as select range as number from range(?)",
            [3 * ROWS_OF_A_GROUP],
        )
        connection.execute("checkpoint")
        connection.execute("delete from marts.gaps where number % 3 <> 0")


def groups_of_rows(it: Warehouse) -> int:
    (row,) = it.rows(
        "select count(distinct row_group_id) as n from pragma_storage_info('marts.gaps')"
    )
    return int(row["n"])


def note_builds(it: Warehouse, number: int) -> None:
    """Have so many builds left a trace."""
    with duckdb.connect(str(it.path)) as connection:
        connection.execute("delete from staging.changed_days")
        connection.execute(
            "insert into staging.changed_days (built_through) select range from range(?)", [number]
        )


@pytest.mark.parametrize(("builds", "groups"), [(7, 3), (8, 1)])
def test_rows_of_several_days_are_put_together_with_every_eighth_build(
    built: Warehouse, builds: int, groups: int
) -> None:
    leave_gaps(built)
    note_builds(built, builds)
    run_dbt(built.path, ("run", "--select", "stg_stores"))
    assert groups_of_rows(built) == groups


def test_what_duckdb_has_read_gives_way_before_a_table_is_made(
    built: Warehouse, tmp_path: Path
) -> None:
    asked: list[str] = []

    def note(message: "EventMsg") -> None:
        if message.info.name == "SQLQuery":
            asked.append(message.data.sql)

    run_dbt(built.path, ("run", "--select", "touched_orders"), memory_limit="1GB", on_event=note)
    (before,) = [
        one.partition("drop table")[0]
        for one in asked
        if "set memory_limit" in one and "touched_orders" in one
    ]
    limits = re.findall(r"set memory_limit = '\d+\w+'", before)
    assert limits[-1] == "set memory_limit = '1GB'"

    with duckdb.connect(str(tmp_path / "numbers.duckdb")) as connection:
        connection.execute("create table numbers as select random() as number from range(20000000)")
        connection.execute("checkpoint")
        whole = connection.execute("select count(*), max(number) from numbers").fetchone()
        assert kept(connection) > 130_000_000
        for limit in limits:
            connection.execute(limit)
        assert kept(connection) < 110_000_000
        assert connection.execute("select count(*), max(number) from numbers").fetchone() == whole


def kept(connection: duckdb.DuckDBPyConnection) -> int:
    """Bytes of memory that DuckDB has."""
    row = connection.execute("select sum(memory_usage_bytes) from duckdb_memory()").fetchone()
    return int(row[0]) if row else 0
