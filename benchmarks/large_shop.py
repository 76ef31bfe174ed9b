# ruff: noqa: INP001, T201 -- a command of its own, not a package; it prints its result
"""A data directory of a large shop for `benchmarks/serve.py`: 5,000 products and a year of orders.

    python benchmarks/large_shop.py DATA_DIR [--days 365] [--orders 2000]

Takes some minutes. Orders fail in turn, so that most products are on the restock list: the worst
case for a page.
"""

import argparse
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from generated_history import History

from bwp_pipeline.publishing.published_file import publish
from bwp_pipeline.warehouse.building import build_warehouse
from bwp_pipeline_tests.examples.warehouse_builds import Warehouse

_PRODUCTS = 5003
"""A prime, so that no product always fails with the same orders."""
_TURNS = 28


def main() -> None:
    """Make the directory, and say what it took."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--orders", type=int, default=2000, help="orders a day")
    given = parser.parse_args()
    began = time.perf_counter()
    start = datetime.now(UTC).date() - timedelta(days=given.days)
    history = History(given.orders, start, products=_PRODUCTS, turns=_TURNS)
    warehouse = Warehouse(given.directory, "America/New_York", name=".")
    for number in range(given.days):
        history.write(warehouse.lake, number)
    _write_terms(given.directory)
    build_warehouse(warehouse.lake, warehouse.settings(), say=print)
    publish(warehouse.path, given.directory / "published" / "bwp.duckdb")
    print(f"{given.directory}: {time.perf_counter() - began:.0f} s")


def _write_terms(directory: Path) -> None:
    numbers = range(_PRODUCTS)
    terms = [f"SKU-{n:05},{7 + n % 21},{1 + n % 12},{2 + n % 9},Supplier {n % 40}" for n in numbers]
    head = "sku,lead_time_days,case_pack,unit_cost,supplier"
    (directory / "overrides.csv").write_text("\n".join([head, *terms, ""]), encoding="utf-8")
    stock = [f"SKU-{n:05},{n % 60}" for n in numbers]
    (directory / "inventory.csv").write_text("\n".join(["sku,on_hand", *stock, ""]), "utf-8")


if __name__ == "__main__":
    main()
