# ruff: noqa: INP001, S603, T201 -- a command of its own, not a package; it prints its result
"""What eight analysts who never pause do to a day's run, and what they see meanwhile.

    python benchmarks/readers.py [--orders 5000] [--days 20] [--readers 8] [--runs 3]

Days are run in turn without and with readers. Each reader opens the published database anew every
second, and asks all the time for figures that must agree with each other in any one copy. Readers
have a lower priority, for what is measured is who waits for whom, not who has the processors.
Prints one markdown table; a figure that disagrees or an error ends it.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import duckdb
from generated_history import History
from warehouse import measured

from bwp_pipeline.lake import Lake
from bwp_pipeline.warehouse.dbt_project import parsed_project

_REOPENED_AFTER = 1.0
_NICENESS = 15
_AGREE = """
select
    (select sum(units) from marts.fct_delivery_items where state = 'CANCELLED'),
    (select sum(cancelled_units) from reports.cancellation_reasons),
    (select sum(cancelled_units) from reports.daily_summary),
    (select sum(cancelled_units) from marts.dim_orders),
    (select count(*) from marts.dim_orders),
    (select count(distinct order_id) from marts.fct_delivery_items)
"""


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--orders", type=int, default=5000, help="orders a day")
    parser.add_argument("--days", type=int, default=20, help="days of history")
    parser.add_argument("--readers", type=int, default=8)
    parser.add_argument("--runs", type=int, default=3, help="days run in each way")
    parser.add_argument("--read", metavar="DATABASE", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.read:
        read(Path(arguments.read))
        return
    with tempfile.TemporaryDirectory() as name:
        _measure(Path(name), arguments)


def read(database: Path) -> None:
    """Query until the input ends; print how many answers there were of how many copies."""
    os.nice(_NICENESS)
    answers, copies = 0, set()
    waiting = threading.Thread(target=sys.stdin.read)
    waiting.start()
    while waiting.is_alive():
        with duckdb.connect(str(database), read_only=True, config={"threads": 1}) as connection:
            opened = time.monotonic()
            seen = set()
            while time.monotonic() < opened + _REOPENED_AFTER:
                (row,) = connection.execute(_AGREE).fetchall()
                if len(set(row[:4])) > 1 or row[4] != row[5]:
                    raise SystemExit(f"figures of one copy disagree: {row}")
                seen.add(row)
                answers += 1
            if len(seen) > 1:
                raise SystemExit(f"a copy changed while it was open: {seen}")
        copies |= seen
    print(answers, len(copies))


def _measure(directory: Path, arguments: argparse.Namespace) -> None:
    history = History(arguments.orders, date(2025, 1, 6))
    lake = Lake(f"{(directory / 'lake').as_uri()}/")
    parsed_project()
    for day in range(arguments.days):
        history.write(lake, day)
    measured(directory, "build")
    seconds: dict[bool, list[float]] = {False: [], True: []}
    answers = 0
    for number in range(2 * arguments.runs):
        history.write(lake, arguments.days + number)
        is_read = number % 2 == 1
        database = directory / "published" / "bwp.duckdb"
        with _reading(database, arguments.readers if is_read else 0) as counts:
            seconds[is_read].append(measured(directory, "day")["seconds"])
        answers += sum(counts)
    alone, read_ = (statistics.median(seconds[kind]) for kind in (False, True))
    print("| a day's run | seconds, median |\n|---|---|")
    print(f"| alone | {alone:.1f} |")
    print(f"| with {arguments.readers} readers | {read_:.1f} ({read_ / alone:.2f}x) |")
    print(f"\n{answers:,} answers, none wrong, none refused.")


@contextmanager
def _reading(database: Path, readers: int) -> Iterator[list[int]]:
    """Readers work on the database until the block ends; then their answers are counted."""
    command = [sys.executable, __file__, "--read", str(database)]
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(readers)
    ]
    counts: list[int] = []
    try:
        yield counts
    finally:
        for process in processes:
            out, _ = process.communicate()
            if process.returncode != 0:
                raise SystemExit("a reader failed")
            counts.append(int(out.split()[0]))


if __name__ == "__main__":
    main()
