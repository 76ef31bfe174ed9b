# ruff: noqa: INP001, T201 -- a command of its own, not a package; it prints its result
"""What the model of demand costs: all days at once, a day after all others, and late news.

    python benchmarks/product_states.py [--products 5000] [--days 365]

Prints one markdown table. Each case reads a DuckDB file in a process of its own; memory is what the
model adds to the peak of that process.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import duckdb

from bwp_pipeline.warehouse.former_states import FormerStates
from bwp_pipeline.warehouse.product_states import ModelInputs, product_states

_FIRST = date(2025, 1, 6)
# Products sell by Zipf's law, five orders a day in the mean; one order in fifty fails.
_COUNTS = """
create table counts as
select
    'bp-1' as business_product_id, format('SKU-{:05}', product) as product_key,
    $first::date + day::integer as day, orders::double as orders, (orders * 1.2)::double as units,
    orders::double as shipped,
    (hash(product, day, 'fails') % 50 < least(orders, 5))::double as direct, 0::double as declared
from (
    select
        product, day,
        floor($products / 2.0 / product + hash(product, day) % 1000 / 400.0)::integer as orders
    from range(1, $products + 1) as products (product)
    cross join range($days) as days (day)
)
where orders > 0
"""
_SHARED = """
create table shared as
select business_product_id, product_key, day, format('{}-{}', day, n // 2) as order_id
from (select *, row_number() over (partition by day order by hash(product_key)) as n from counts)
where n <= 20
"""


_TOLD = """
create table told as
select
    business_product_id, product_key, day, (hash(product_key, day) % 50)::double as buyable_units,
    null::double as is_buyable
from counts
"""
_LATE_DAYS = 14


def main() -> None:
    """Measure every case and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--products", type=int, default=5000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--run", nargs=2, metavar=("FILE", "DAYS"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.run:
        print(json.dumps(_run(Path(arguments.run[0]), int(arguments.run[1]))))
        return
    days = arguments.days
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "warehouse.duckdb"
        with duckdb.connect(str(path)) as connection:
            values = {"first": _FIRST, "products": arguments.products, "days": days}
            connection.execute(_COUNTS, values)
            connection.execute(_SHARED)
            connection.execute(_TOLD)
        print("| case | rows | CPU seconds | memory, MB |\n|---|---:|---:|---:|")
        _row(f"{days - 2} days", _measured(path, days - 2))
        _row(f"day {days - 1}", _measured(path, days - 1))
        with duckdb.connect(str(path)) as connection:
            late = _FIRST + timedelta(days=days - 1 - _LATE_DAYS)
            connection.execute("update counts set orders = orders + 1 where day = ?", [late])
        case = f"day {days}, and news of {_LATE_DAYS} days ago"
        _row(case, _measured(path, days))


def _row(case: str, run: dict[str, float]) -> None:
    took = f"{run['rows']:,.0f} | {run['seconds']:.2f} | {run['memory']:.0f}"
    print(f"| {case}, the model alone | {took} |", flush=True)


def _measured(path: Path, days: int) -> dict[str, float]:
    done = subprocess.run(  # noqa: S603 -- this very program
        [sys.executable, __file__, "--run", str(path), str(days)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    result: dict[str, float] = json.loads(done.stdout)
    return result


def _run(path: Path, days: int) -> dict[str, float]:
    """Live through the days that are not known yet, and put them beside those that are."""
    with duckdb.connect(str(path), config={"memory_limit": "200MB"}) as connection:
        is_known = bool(connection.sql("from duckdb_tables() where table_name = 'states'"))
        before, started = _peak(), time.process_time()
        found = product_states(
            ModelInputs(
                **{name: connection.sql(f"from {name}") for name in ("counts", "shared", "told")}
            ),
            _FIRST + timedelta(days=days - 1),
            FormerStates(connection.sql("from states") if is_known else None),
        )
        seconds, memory = time.process_time() - started, _peak() - before
        connection.register("found", found)
        if is_known:
            connection.execute("delete from states where day >= (select min(day) from found)")
            connection.execute("insert into states from found")
        else:
            connection.execute("create table states as from found")
    return {"rows": len(found), "seconds": seconds, "memory": memory}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
