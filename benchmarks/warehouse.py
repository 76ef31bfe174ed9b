# ruff: noqa: INP001, T201 -- a command of its own, not a package; it prints its result
"""What a day costs as the history grows, how fast orders flatten, and what a rebuild takes.

    python benchmarks/warehouse.py [--orders 5000] [--days 10 100 365] [--flatten 100000]

Prints one markdown table. A day's row is the median of three days run one after the other, with the
highest memory of them. Every case runs in a process of its own; memory is the peak of its
processes, dbt's included.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from operator import itemgetter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import pandas as pd
from generated_history import History

from bwp_pipeline.lake import Lake
from bwp_pipeline.publishing.published_file import publish
from bwp_pipeline.sandbox import World
from bwp_pipeline.warehouse.building import build_warehouse
from bwp_pipeline.warehouse.dbt_project import parsed_project
from bwp_pipeline.warehouse.dbt_run import run_dbt
from bwp_pipeline.warehouse.loading import load_lake
from bwp_pipeline_tests.examples.warehouse_builds import Warehouse, snapshot

_START = date(2025, 1, 6)
_RUNS = 3
_FLATTENING = ("int_orders", "int_lines", "int_delivery_items")
Json = dict[str, Any]


def main() -> None:
    """Measure every case and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--orders", type=int, default=5000, help="orders a day")
    parser.add_argument("--days", type=int, nargs="+", default=[10, 100, 365])
    parser.add_argument("--flatten", type=int, default=100_000, help="orders to flatten")
    parser.add_argument("--run", nargs=2, metavar=("DIRECTORY", "CASE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.run:
        print(json.dumps(_run(Path(arguments.run[0]), arguments.run[1])))
        return
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        print("| case | seconds | CPU seconds | peak memory, MB |\n|---|---|---|---|")
        _days(directory, arguments.orders, sorted(arguments.days))
        _flattening(directory, arguments.flatten)


def _days(directory: Path, orders: int, days: list[int]) -> None:
    history = History(orders, _START)
    lake = Lake(f"{(directory / 'lake').as_uri()}/")
    parsed_project()
    written = 0
    first: Json | None = None
    for last in days:
        (directory / "warehouse.duckdb").unlink(missing_ok=True)
        for number in range(written, last - 1):
            history.write(lake, number)
        built = measured(directory, "build")
        # What a rebuild leaves to be written to the disk is not the next day's.
        os.sync()
        runs = []
        for number in range(last - 1, last - 1 + _RUNS):
            history.write(lake, number)
            runs.append(measured(directory, "day"))
        written = last - 1 + _RUNS
        run = sorted(runs, key=itemgetter("seconds"))[_RUNS // 2]
        run["memory"] = max(one["memory"] for one in runs)
        _row(f"rebuild of {last - 1} days, {orders:,} orders a day", built)
        _row(f"the run of day {last}", run, first)
        first = first or run
        for step, seconds in run["steps"].items():
            print(f"| - {step} | {seconds:.1f} | | |")


def _flattening(directory: Path, orders: int) -> None:
    world = World(seed=7, days=30, orders_per_day=200, end=date(2026, 3, 1))
    known = sorted(world.known_order_ids())
    payloads = [world.order(order_id) for order_id in known]
    it = Warehouse(directory / "flat")
    rows = [
        snapshot(payloads[number % len(known)], order_id=f"O-{number}") for number in range(orders)
    ]
    for part in range(0, orders, 10_000):
        it.answer(_START, rows[part : part + 10_000], name=str(part))
    ours = measured(directory / "flat", "flatten")
    texts = [row["payload"] for row in rows]
    started = time.perf_counter()
    frames = _pandas([json.loads(text) for text in texts])
    theirs = time.perf_counter() - started
    if min(map(len, frames)) < orders // 2:
        raise SystemExit("pandas has lost rows")
    _row(f"flattening {orders:,} orders, dbt", ours)
    print(
        f"| the same, pandas.json_normalize | {theirs:.1f} ({theirs / ours['seconds']:.0f}x) | | |"
    )


def _pandas(orders: list[Json]) -> list[pd.DataFrame]:
    """Lines, and entries of deliveries under lines and at the order, as dbt has them."""
    plain = [_without_nulls(order) for order in orders]
    deliveries = ["packageInformation", "details"]
    amounts = ["packageInformationDetailsFor", "orderLineItems"]
    facts = [[*deliveries, name] for name in ("id", "state", "reason")]
    line_facts = [["lineItems", *fact] for fact in facts]
    lines = pd.json_normalize(plain, "lineItems", ["id", ["metadata", "createdAt"]], "line.")
    under = pd.json_normalize(
        plain,
        ["lineItems", *deliveries, *amounts],
        ["id", ["lineItems", "id"], *line_facts],
        record_prefix="entry.",
    )
    at_order = pd.json_normalize(
        plain, [*deliveries, *amounts], ["id", *facts], record_prefix="entry."
    )
    return [lines, under, at_order]


def _without_nulls(order: Json) -> Json:
    """Lists where the API has NULL, which pandas takes for an error."""
    for place in (order, *order["lineItems"]):
        place["packageInformation"] = place["packageInformation"] or {"details": []}
        for package in place["packageInformation"]["details"]:
            amounts = package["packageInformationDetailsFor"]
            package["packageInformationDetailsFor"] = amounts or {"orderLineItems": []}
    return order


def _row(case: str, run: Json, first: Json | None = None) -> None:
    cells = []
    for key, digits in (("seconds", 1), ("cpu", 1), ("memory", 0)):
        ratio = f" ({run[key] / first[key]:.2f}x)" if first else ""
        cells.append(f"{run[key]:.{digits}f}{ratio}")
    print(f"| {case} | {' | '.join(cells)} |", flush=True)


def measured(directory: Path, case: str) -> Json:
    """What a case took in `directory`, run as a process: seconds, memory in MB, steps."""
    done = subprocess.run(  # noqa: S603 -- this very program
        [sys.executable, __file__, "--run", str(directory), case],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    result: Json = json.loads(done.stdout.splitlines()[-1])
    return result


def _run(directory: Path, case: str) -> Json:
    warehouse = Warehouse(directory, "America/New_York", name=".")
    if case == "flatten":
        return _flatten(warehouse)
    started = time.perf_counter()
    build_warehouse(warehouse.lake, warehouse.settings(), say=_say)
    steps = {"build": time.perf_counter() - started}
    publish(warehouse.path, directory / "published" / "bwp.duckdb")
    seconds = time.perf_counter() - started
    steps["publish"] = seconds - steps["build"]
    return {"seconds": seconds, "cpu": _cpu(), "memory": _peak(), "steps": steps}


def _flatten(warehouse: Warehouse) -> Json:
    load_lake(warehouse.lake, warehouse.path, timezone="UTC", report_days=28, stores={})
    took = {one.name: one.seconds for one in run_dbt(warehouse.path)}
    return {"seconds": sum(took[name] for name in _FLATTENING), "cpu": _cpu(), "memory": _peak()}


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


_WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def _peak() -> float:
    return max(resource.getrusage(one).ru_maxrss for one in _WHO) / 1024


def _cpu() -> float:
    """What the process has taken since its start, imports included."""
    used = [resource.getrusage(one) for one in _WHO]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    main()
