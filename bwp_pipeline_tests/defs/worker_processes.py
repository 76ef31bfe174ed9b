"""Worker processes that read archive days into one lake, as Dagster's launchers start them.

Belongs here: the processes, which take days until none is left, and the rows that the lake has
afterwards. Does not belong here: the archive, the API and the comparison.
"""

import multiprocessing
import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from multiprocessing import Queue
from pathlib import Path
from queue import Empty

from dagster import DagsterInstance

from bwp_pipeline.definitions import build_defs
from bwp_pipeline.defs.resources import Installation
from bwp_pipeline.lake import SCHEMAS, Lake

_OF_THE_RUN = {"read_at", "run_id", "fetched_at"}

Rows = dict[str, Counter[tuple[str, ...]]]
"""How often each row is there, by table."""


def work(environment: Mapping[str, str], days: "Queue[str]", output: str) -> None:
    """Run the job `archive_days` for one day after the other; ends with 1 where a run failed."""
    os.environ.update(environment)
    number = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(number, 1)
    os.dup2(number, 2)
    job = build_defs(Installation()).resolve_job_def("archive_days")
    with DagsterInstance.ephemeral() as instance:
        while True:
            try:
                day = days.get(timeout=1)
            except Empty:
                return
            done = job.execute_in_process(
                partition_key=day, instance=instance, raise_on_error=False
            )
            if not done.success:
                sys.exit(1)


def read_on_workers(
    environment: Mapping[str, str], days: Sequence[date], workers: int, root: Path
) -> None:
    """Have so many processes read the days, each in a data directory of its own below `root`.

    Raises:
        RuntimeError: When one of them failed; its text is the end of what that one said.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    queue: Queue[str] = context.Queue()
    for day in days:
        queue.put(day.isoformat())
    started = []
    for number in range(workers):
        own = root / f"worker-{number}"
        own.mkdir(parents=True)
        output = own / "output"
        process = context.Process(
            target=work,
            args=({**environment, "BWP_DATA_DIR": str(own)}, queue, str(output)),
        )
        process.start()
        started.append((process, output))
    for process, output in started:
        process.join()
        if process.exitcode != 0:
            raise RuntimeError(output.read_text()[-3_000:])


def lake_rows(lake: Lake) -> Rows:
    """All rows that count, without what tells of the run."""
    committed = lake.committed()
    committed["order_snapshots"] = lake.files("order_snapshots")
    return {
        table: Counter(
            tuple(map(repr, row.values()))
            for row in lake.concatenated(
                table,
                files,
                [name for name in ["dt", *SCHEMAS[table].names] if name not in _skip(table)],
            ).to_pylist()
        )
        for table, files in committed.items()
    }


def _skip(table: str) -> set[str]:
    # An answer lies in the partition of the day on which it came.
    return _OF_THE_RUN | {"dt"} if table == "order_snapshots" else _OF_THE_RUN


def lost_and_twice(wanted: Rows, found: Rows) -> tuple[int, int]:
    """How many rows are missing, and how many are there that should not be, in all tables."""
    lost = sum((wanted[table] - found[table]).total() for table in wanted)
    return lost, sum((found[table] - wanted[table]).total() for table in wanted)
