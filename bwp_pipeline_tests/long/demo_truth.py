# ruff: noqa: T201 -- a command of its own; it prints a table
"""The demo's report beside the truth of its sandbox: what is out, and what it costs.

`python -m bwp_pipeline_tests.long.demo_truth data/demo` reads the demo's database, prints each
product that is out with its money at risk, and ends with exit code 1 when one is not named, its
amount is more than a quarter off, or a product that ships is called out.
"""

import argparse
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bwp_pipeline.reports.pages import pages_of
from bwp_pipeline.reports.reading.windows import read_published
from bwp_pipeline.reports.stock.files import read_stock_files
from bwp_pipeline.sandbox import World
from bwp_pipeline.sandbox.demo import DAYS, ORDERS_PER_DAY
from bwp_pipeline_tests.sandbox.sandbox_outages import compared

FURTHEST = 0.25


def main() -> int:
    """Print the table; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("directory", type=Path, help="the demo's data directory")
    directory = parser.parse_args().directory
    published = read_published(directory / "published" / "bwp.duckdb")
    end = published.window.last_day + timedelta(days=1)
    world = World(days=DAYS, orders_per_day=ORDERS_PER_DAY, end=end, seasonal=True)
    pages = pages_of(published, read_stock_files(directory), datetime.now(UTC))
    found = compared(world, ORDERS_PER_DAY, pages)
    print("| out of stock | at risk, truth | at risk, page | page / truth |\n|---|--:|--:|--:|")
    for outage in found.out:
        told = "not named" if outage.told is None else f"{outage.told:,.0f}"
        print(f"| {outage.product_key} | {outage.truth:,.0f} | {told} | {outage.ratio:.2f} |")
    print(f"\nships and is called out: {', '.join(found.called_out) or 'none'}")
    is_right = all(abs(outage.ratio - 1) <= FURTHEST for outage in found.out)
    return 0 if is_right and found.out and not found.called_out else 1


if __name__ == "__main__":
    raise SystemExit(main())
