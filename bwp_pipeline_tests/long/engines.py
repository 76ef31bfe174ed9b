# ruff: noqa: T201 -- a command of its own; it prints what came of it
"""One lake built by DuckDB and by Spark: the same rows, at first and after each further day.

    python -m bwp_pipeline_tests.long.engines [--orders-per-day 15] [--days-after 5]

Two stores' days with refetches, beside odd orders of every kind, an order that changes, and stock
that was told. Half of it is built at once; then days follow in mixed order, with the first of them
a file that was read again. dbt's tests run in every build. Each engine has a process of its own;
both build at once. Spark begins a file anew after few rows, so that there are some in which a day
replaces nothing: some of the marts' must have been taken over.
"""

import argparse
import json
import math
import random
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from bwp_pipeline.lake import SCHEMAS, Lake
from bwp_pipeline.sandbox import World
from bwp_pipeline.warehouse import spark_files
from bwp_pipeline.warehouse.building import build_warehouse
from bwp_pipeline.warehouse.loading import marts_path
from bwp_pipeline_tests.examples.warehouse_builds import STORE, Row, Warehouse, event, snapshot
from bwp_pipeline_tests.long.any_order import TABLES, live
from bwp_pipeline_tests.warehouse import after_sales_orders, odd_orders, settled_orders
from bwp_pipeline_tests.warehouse.flattened_orders import ORDERS, SHAPES

END = date(2026, 3, 15)
DAYS = 10
ENGINES = ("duckdb", "spark")
LEAST_ROWS = 20
Table = tuple[list[str], list[tuple[Any, ...]]]


def orders() -> Iterator[tuple[str, Row]]:
    """Orders that once failed, in the shapes of all API versions."""
    yield from odd_orders.ORDERS.items()
    yield from after_sales_orders.ORDERS.items()
    yield from settled_orders.ORDERS.items()
    yield from ((name, {"lineItems": lines}) for name, lines in ORDERS.items())
    yield from ((f"shape {name}", order) for name, order in SHAPES.items())


def add_odd_orders(warehouse: Warehouse) -> None:
    """Spread odd orders over the days; each is told of by events, and some change later."""
    dice = random.Random(2)  # noqa: S311 -- a draw that can be repeated
    events: dict[date, list[Row]] = {}
    answers: dict[date, list[Row]] = {}
    days = [END - timedelta(days=back) for back in range(1, DAYS)]
    for name, order in orders():
        day, later = sorted(dice.sample(days, 2))
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        told = dice.choice(["PACKAGE_DELIVERY_IN_TRANSIT", "PACKAGE_DELIVERY_CANCELLED"])
        rows = [event(told, f"order/o/delivery/d{n}", at=noon) for n in (1, 2)]
        events.setdefault(day, []).extend(row | {"order_id": name} for row in [*rows, rows[0]])
        answers.setdefault(day, []).append(snapshot(order, order_id=name, at=noon))
        after = noon + (later - day)
        again = order if dice.random() < 0.5 else {**order, "cancellations": None}
        answers.setdefault(later, []).append(snapshot(again, order_id=name, at=after))
        if dice.random() < 0.2:
            failed = snapshot(None, order_id=name, at=after, status="UNAVAILABLE")
            answers[later].append(failed)
    for day in days:
        warehouse.archive(day, events.get(day, []), name="odd", others={"unknown": 2})
        warehouse.answer(day, answers.get(day, []), name="odd")
        asked = datetime(day.year, day.month, day.day, 20, tzinfo=UTC)
        stock = {"business_product_id": STORE, "product_key": "MUG", "product_id": "id-mug"}
        row = stock | {"asked_at": asked, "buyable_units": day.day % 3, "buyability": "BUYABLE"}
        table = pa.Table.from_pylist([row], schema=SCHEMAS["stock_answers"])
        warehouse.lake.write("stock_answers", day, "odd", table)


def give(source: Lake, target: Lake, day: date) -> None:
    """Copy the files of a day."""
    for table in (*TABLES, "stock_answers"):
        for file in source.files(table, [day]):
            target.write(table, day, file.name, source.read_file(file).drop_columns(["dt"]))


def read_again(lake: Lake) -> None:
    """Write a day's odd events without the last one, as if its object had been replaced."""
    file = next(one for one in lake.files("events") if one.name == "odd" and lake.read_file(one))
    day = file.day
    [noted] = [one for one in lake.files("objects", [day]) if one.name == "odd"]
    rows, note = lake.read_file(file), lake.read_file(noted).drop_columns(["dt"]).to_pylist()
    left = rows.drop_columns(["dt"]).slice(0, rows.num_rows - 1)
    lake.write("events", day, "odd", left)
    manifest = [note[0] | {"events": left.num_rows}]
    lake.write("objects", day, "odd", pa.Table.from_pylist(manifest, schema=SCHEMAS["objects"]))


def build(warehouse: Warehouse, engine: str) -> float:
    """Load and build what is new, in a directory of the engine's own; returns the seconds."""
    began = time.monotonic()
    spark_files.LEAST_ROWS = LEAST_ROWS
    settings = replace(warehouse.settings(), engine=engine, data_dir=warehouse.directory / engine)
    build_warehouse(warehouse.lake, settings, say=lambda _: None)
    return time.monotonic() - began


def taken_over(warehouse: Warehouse) -> int:
    """How many files of the marts in Spark's last build are those of the build before."""
    builds = warehouse.directory / "spark" / "spark"
    counting = builds / json.loads((builds / "current.json").read_text())["build"]
    return sum(path.stat().st_nlink > 1 for path in counting.glob("marts/*/*.parquet"))


def tables(warehouse: Warehouse, engine: str) -> dict[str, Table]:
    """Columns with their types, and rows, of everything that can be published."""
    path = marts_path(warehouse.directory / engine / "warehouse.duckdb")
    with duckdb.connect(str(path), read_only=True) as connection:
        names = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables()"
            " where schema_name in ('marts', 'reports', 'meta')"
        ).fetchall()
        return {
            name: (
                [f"{row[0]} {row[1]}" for row in connection.execute(f"describe {name}").fetchall()],
                sorted(connection.execute(f"from {name}").fetchall(), key=_without_last_digits),
            )
            for (name,) in names
        }


def differences(expected: dict[str, Table], found: dict[str, Table]) -> Iterator[str]:
    """A line for each table that is another."""
    for name in sorted(expected.keys() | found.keys()):
        columns, rows = expected.get(name, ([], []))
        others, other_rows = found.get(name, ([], []))
        if columns != others or len(rows) != len(other_rows):
            yield f"{name}: {len(rows)} rows and {len(other_rows)}, or other columns"
            continue
        for row, other in zip(rows, other_rows, strict=True):
            unlike = [
                f"{column}: {one!r} and {another!r}"
                for column, one, another in zip(columns, row, other, strict=True)
                if not _are_same(one, another)
            ]
            if unlike:
                yield f"{name}: {'; '.join(unlike)} in {row[:3]}"
                break


def _without_last_digits(row: tuple[Any, ...]) -> str:
    return repr([f"{value:.6g}" if isinstance(value, float) else value for value in row])


def _are_same(one: object, another: object) -> bool:
    if isinstance(one, float) and isinstance(another, float):
        return math.isclose(one, another, rel_tol=1e-9, abs_tol=1e-9)
    return one == another


def compare(directory: Path, orders_per_day: int, days_after: int) -> int:
    """Build step by step on both engines and print how they compare; 0 if all is the same."""
    whole = Warehouse(directory / "whole")
    live(whole, World(seed=4, days=DAYS, orders_per_day=orders_per_day, end=END, store_count=2))
    add_odd_orders(whole)
    given = Warehouse(directory / "given", timezone="America/New_York")
    days = sorted({day for table in TABLES for day in whole.lake.days(table)})
    later = random.Random(1).sample(days[1:-1], days_after)  # noqa: S311 -- can be repeated
    for day in days:
        if day not in later:
            give(whole.lake, given.lake, day)
    bad, taken = 0, list[int]()
    with ProcessPoolExecutor(1) as one, ProcessPoolExecutor(1) as other:
        for number, step in enumerate([None, *later]):
            if step is not None:
                give(whole.lake, given.lake, step)
            if number == 1:
                read_again(given.lake)
            building = [
                process.submit(build, given, engine)
                for process, engine in zip((one, other), ENGINES, strict=True)
            ]
            seconds = [built.result() for built in building]
            expected, found = (tables(given, engine) for engine in ENGINES)
            unlike = list(differences(expected, found))
            taken.append(taken_over(given))
            bad += len(unlike)
            rows = sum(len(table[1]) for table in expected.values())
            took = ", ".join(
                f"{engine} {spent:.0f} s" for engine, spent in zip(ENGINES, seconds, strict=True)
            )
            name = step or "first build"
            size = f"{len(expected)} tables, {rows} rows, {taken[-1]} files taken over"
            print(f"{name}: {size}; {took}", flush=True)
            print(*(unlike or ["the same"]), sep="\n", flush=True)
    empty = [name for name, (_, rows) in expected.items() if not rows]
    print(f"without a row at the end: {', '.join(empty) or 'none'}")
    return int(bad > 0 or not any(taken))


def main() -> None:
    """Compare; ends with 1 if any table differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders-per-day", type=int, default=15)
    parser.add_argument("--days-after", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        raise SystemExit(compare(Path(directory), asked.orders_per_day, asked.days_after))


if __name__ == "__main__":
    main()
