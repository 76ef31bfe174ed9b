# ruff: noqa: S603, T201 -- a command of its own; it starts runs and prints what came of them
"""Fourteen daily runs in which everything goes wrong end in the tables of one undisturbed run.

    python -m bwp_pipeline_tests.long.fortnight [--orders-per-day 20]

Each day's objects arrive in the archive, half of one day's two days late. A run follows as cron
would start it, with nothing but its last day named, except on a day on which the machine is off.
Once the archive is away, for three days the API is down, once the clock is a day ahead, and on
three days the run is killed in the middle and started again. No secret may be left, or said.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

from bwp_pipeline.sandbox import World, create_app, run_server, write_archive
from bwp_pipeline.sandbox.command import settings
from bwp_pipeline_tests.long.tables import differences, published_rows
from bwp_pipeline_tests.whole.canaries import Search, secret_settings

END = date(2026, 3, 15)
DAYS = [END - timedelta(days=back) for back in range(14, 0, -1)]
OFF, ARCHIVE_AWAY, CLOCK_AHEAD = DAYS[3], DAYS[5], DAYS[11]
API_DOWN = DAYS[7:10]
HALF_LATE = DAYS[6]
KILLED = (DAYS[2], DAYS[10], DAYS[12])
# What an order is like, without when it was asked for.
WITHOUT = ("resolved_at", "resolved_by", "fetches")


class Fortnight:
    """An archive that grows by the day, and the runs upon it."""

    def __init__(self, root: Path, environment: Mapping[str, str]) -> None:
        self.source, self.archive = root / "all", root / "archive"
        self.output = root / "output"
        self.archive.mkdir()
        self._environment = {
            **os.environ,
            **environment,
            "BWP_ARCHIVE_URL": f"{self.archive.as_uri()}/",
        }

    def deliver(self, day: date, *, late: bool) -> None:
        """Put the day's objects into the archive; half of the late day's come two days later."""
        arrives = f"{day:%Y/%m/%d}"
        files = sorted(path for path in (self.source / arrives).rglob("*") if path.is_file())
        for number, path in enumerate(files):
            if day != HALF_LATE or bool(number % 2) == late:
                target = self.archive / path.relative_to(self.source)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, target)

    def start(self, data: Path, *words: str, **variables: str) -> subprocess.Popen[bytes]:
        """Start `bwp run` on a data directory."""
        environment = {
            **self._environment,
            **variables,
            "BWP_DATA_DIR": str(data),
            "DAGSTER_HOME": str(data / "dagster"),
        }
        command = [sys.executable, "-m", "bwp_pipeline.cli", "run", *words]
        with self.output.open("ab") as output:
            return subprocess.Popen(command, env=environment, stdout=output, stderr=output)


def main() -> int:
    """Run both, compare, print; 0 when they agree."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--orders-per-day", type=int, default=20)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    world = World(seed=options.seed, days=14, orders_per_day=options.orders_per_day, end=END)
    with (
        tempfile.TemporaryDirectory(prefix="bwp-fortnight-") as directory,
        run_server(create_app(world)) as api,
    ):
        root = Path(directory)
        write_archive(world, f"{(root / 'all').as_uri()}/")
        it = Fortnight(root, settings(world, api, "", root) | secret_settings())
        began = time.monotonic()
        codes = disturbed(it, root / "disturbed", random.Random(options.seed))  # noqa: S311 - no secret
        print(f"exit codes by run: {codes} ({time.monotonic() - began:.0f} s)")
        words = ("--from", DAYS[0].isoformat(), "--to", END.isoformat())
        if it.start(root / "undisturbed", *words).wait() != 0:
            raise SystemExit("the undisturbed run failed")
        search = Search().of(it.output).of(root / "disturbed")
        print(search)
        return compare(root / "disturbed", root / "undisturbed") | bool(search.found)


def disturbed(it: Fortnight, data: Path, chance: random.Random) -> list[int]:
    """The days one after the other; the exit code of each run that was not killed."""
    codes = []
    for day in [*DAYS, END]:
        it.deliver(day, late=False)
        it.deliver(day - timedelta(days=2), late=True)
        if day == OFF:
            continue
        words = ["--to", (day + timedelta(days=day == CLOCK_AHEAD)).isoformat()]
        if day in KILLED:
            run = it.start(data, *words)
            time.sleep(chance.uniform(2, 30))
            run.kill()
            run.wait()
        closed = "http://127.0.0.1:9/"
        down = {"BWP_API_URL": closed, "BWP_TOKEN_URL": closed} if day in API_DOWN else {}
        away = it.archive.with_name("away")
        if day == ARCHIVE_AWAY:
            it.archive.rename(away)
        codes.append(it.start(data, *words, **down).wait())
        if day == ARCHIVE_AWAY:
            away.rename(it.archive)
        print(f"{day}: exit {codes[-1]}", flush=True)
    return codes


def compare(one: Path, other: Path) -> int:
    """Print how many rows of the facts there are and which tables differ; 0 when none does."""
    found, wanted = (
        {
            table: rows
            for table, rows in published_rows(data, without=WITHOUT).items()
            if table.startswith("marts.") and "product" not in table
        }
        for data in (one, other)
    )
    for table, rows in wanted.items():
        print(f"{table}: {len(rows)} rows")
    lines = differences(wanted, found)
    print("\n".join(lines) or "no row differs")
    return int(bool(lines))


if __name__ == "__main__":
    sys.exit(main())
