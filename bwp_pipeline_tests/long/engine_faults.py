# ruff: noqa: T201, S603 -- a command of its own that runs `bwp`; it prints what came of it
"""Builds on Spark that are killed or lack memory, and engines that change: never other rows.

    python -m bwp_pipeline_tests.long.engine_faults

Each fault is followed by a whole build, whose tables are compared with those of DuckDB.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from bwp_pipeline.sandbox import World
from bwp_pipeline_tests.examples.warehouse_builds import Warehouse
from bwp_pipeline_tests.long.any_order import TABLES, live
from bwp_pipeline_tests.long.engines import (
    DAYS,
    END,
    add_odd_orders,
    differences,
    give,
    tables,
)

# Files of few rows, so that some are taken over.
FEW = "from bwp_pipeline.warehouse import spark_files; spark_files.LEAST_ROWS = 20"
RUN = "import sys; from bwp_pipeline.cli import main; sys.exit(main())"
BWP = (sys.executable, "-W", "ignore", "-c", f"{FEW}; {RUN}")


class Trial:
    """One lake, and a data directory for each name: `spark` has the faults, `duckdb` has none."""

    def __init__(self, directory: Path) -> None:
        self.whole = Warehouse(directory / "whole")
        live(self.whole, World(seed=4, days=DAYS, orders_per_day=4, end=END, store_count=2))
        add_odd_orders(self.whole)
        self.given = Warehouse(directory / "given")
        self.bad = 0

    def give(self, back: int) -> None:
        """Add the days up to so many before the end."""
        for day in sorted({day for table in TABLES for day in self.whole.lake.days(table)}):
            if day <= END - timedelta(days=back):
                give(self.whole.lake, self.given.lake, day)

    def start(self, name: str, engine: str, **settings: str) -> subprocess.Popen[str]:
        """Begin `bwp warehouse` in a data directory."""
        settings |= {
            "BWP_ARCHIVE_URL": "file:///none/",
            "BWP_LAKE_URL": f"{(self.given.directory / 'lake').as_uri()}/",
            "BWP_DATA_DIR": str(self.given.directory / name),
            "BWP_TARGET_ID": "bp-1",
            "BWP_CLIENT_ID": "client",
            "BWP_CLIENT_SECRET": "secret",
        }
        return subprocess.Popen(
            [*BWP, "warehouse", "--engine", engine],
            env=os.environ | settings,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def fails(self, what: str, says: str, running: subprocess.Popen[str]) -> None:
        """See that a build ends with one line."""
        words = running.communicate()[1]
        is_line = words.startswith("bwp: ") and words.count("\n") == 1 and says in words
        self.note(what, is_line and running.returncode == 1, words)

    def agrees(self, what: str, engine: str = "spark") -> None:
        """Build whole, and compare with DuckDB's tables."""
        for name, builder in (("spark", engine), ("duckdb", "duckdb")):
            building = self.start(name, builder)
            words = building.communicate()[1]
            if building.returncode:
                self.note(what, is_well=False, found=words)
                return
        unlike = list(differences(tables(self.given, "duckdb"), tables(self.given, "spark")))
        self.note(what, not unlike, "\n".join(unlike))

    def note(self, what: str, is_well: bool, found: str) -> None:  # noqa: FBT001 -- what is noted
        """Print how something went."""
        self.bad += not is_well
        print(f"{what}: {'well' if is_well else found or 'nothing said'}", flush=True)


def when(is_there: Callable[[], object], running: subprocess.Popen[str]) -> None:
    """Wait until a build has come so far."""
    while not is_there() and running.poll() is None:
        time.sleep(0.02)


def drivers(process: int) -> list[int]:
    """The processes of Java that a process has started."""
    told = Path(f"/proc/{process}/task/{process}/children").read_text()
    return [int(one) for one in told.split() if Path(f"/proc/{one}/comm").read_text() == "java\n"]


def main() -> None:
    """Try all; ends with 1 if anything went otherwise."""
    with tempfile.TemporaryDirectory() as directory:
        trial = Trial(Path(directory))
        builds = trial.given.directory / "spark" / "spark"
        trial.give(3)
        trial.fails(
            "too little memory", "memory", trial.start("spark", "spark", BWP_MEMORY_LIMIT="200MB")
        )

        running = trial.start("spark", "spark")
        when(lambda: [*builds.glob("build-*/marts/fct_delivery_items")], running)
        for driver in drivers(running.pid):
            os.kill(driver, signal.SIGKILL)
        trial.fails("a driver that was killed", "Spark ended while it built", running)

        running = trial.start("spark", "spark")
        when((builds / "current.json").exists, running)
        running.kill()
        running.communicate()
        trial.agrees("killed before DuckDB had the marts")

        trial.give(1)
        before = {*builds.glob("build-*")}
        running = trial.start("spark", "spark")
        new = "marts/fct_delivery_items"
        when(
            lambda: [
                one for one in builds.glob("build-*") if one not in before and (one / new).exists()
            ],
            running,
        )
        started = drivers(running.pid)
        running.kill()
        running.communicate()
        time.sleep(10)
        left = [one for one in started if Path(f"/proc/{one}").exists()]
        trial.note("no driver outlives a killed run", not left, str(left))
        trial.agrees("killed in a further day")

        trial.agrees("DuckDB after Spark", "duckdb")
        trial.give(0)
        trial.agrees("Spark after DuckDB")
        raise SystemExit(int(trial.bad > 0))


if __name__ == "__main__":
    main()
