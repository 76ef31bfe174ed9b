# ruff: noqa: T201 -- a command of its own; it prints what came of its runs
"""`bwp run` killed at every step and started again ends in the tables of one undisturbed run.

    python -m bwp_pipeline_tests.long.kills [--kills 50] [--seed 3]

Kills come in rounds: in each, every step is killed once, one run after the other on the same data,
and then a run comes to its end. Half of the rounds begin with nothing, half with the first days'
tables. A killed run may leave no process of its own behind, and no secret anywhere.
"""

import argparse
import multiprocessing
import os
import random
import re
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from multiprocessing.process import BaseProcess
from pathlib import Path

from bwp_pipeline.archive.ingest import batches, worker
from bwp_pipeline.cli import main as bwp
from bwp_pipeline.defs.assets import warehouse
from bwp_pipeline.sandbox import Faults, World, create_app, run_server, write_archive
from bwp_pipeline.sandbox.command import settings
from bwp_pipeline_tests.long.tables import Rows, differences, published_rows
from bwp_pipeline_tests.whole.canaries import Search, secret_settings

END = date(2026, 3, 15)
DAYS = [END - timedelta(days=back) for back in range(8, 0, -1)]
FIRST = DAYS[:5]
STEPS = ("events", "order_snapshots", "warehouse", "database", "product_stock", "reports")
# dbt has many stages.
MOMENTS = ("start", *STEPS, "warehouse", "warehouse", "messages", "end")
_MODELS = Path(warehouse.__file__).parents[3] / "dbt_project" / "models"
_PATIENCE = 120.0


def run(environment: dict[str, str], days: list[date], output: str) -> None:
    """The run that is killed, in a process and a session of its own; ends with its exit code."""
    os.setsid()
    os.environ.update(environment)
    # A second process reads however little there is.
    worker.WORTH_STARTING = 0
    batches.BATCH_OBJECTS = 5
    number = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(number, 1)
    os.dup2(number, 2)
    sys.exit(bwp(["run", "--from", str(days[0]), "--to", str(days[-1])]))


class Told:
    """A place for messages that holds on to each for a moment; `came` is set while it does."""

    def __init__(self) -> None:
        self.came = threading.Event()
        told = self

        class Handler(BaseHTTPRequestHandler):
            def _take(self) -> None:
                told.came.set()
                self.rfile.read(int(self.headers.get("content-length") or 0))
                time.sleep(0.2)
                self.send_response(200)
                self.end_headers()
                told.came.clear()

            do_GET = do_POST = _take  # noqa: N815 -- their names are http.server's

            def log_message(self, *_: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Answer until the block ends."""
        thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        thread.start()
        yield
        self._server.shutdown()


class Killer:
    """Starts runs, kills them at chosen moments, and notes where each was."""

    def __init__(self, root: Path, environment: dict[str, str], told: Told, seed: int) -> None:
        self.root = root
        self.killed: Counter[str] = Counter()
        self.outlived = 0
        self._runs = count()
        self._environment = environment
        self._told = told
        self._chance = random.Random(seed)  # noqa: S311 - not for secrets
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([__name__, "bwp_pipeline.commands.daily_job"])

    def whole(self, data: Path, days: list[date]) -> dict[str, float]:
        """Run to the end; how many seconds each step took."""
        process, output = self._start(data, days)
        process.join()
        if process.exitcode != 0:
            raise SystemExit(f"a run that nobody killed failed:\n{output.read_text()[-3_000:]}")
        found = re.findall(r"(\w+) +done in ([0-9.]+) s", output.read_text())
        return {step: float(seconds) for step, seconds in found}

    def kill(self, data: Path, days: list[date], moment: str, seconds: dict[str, float]) -> None:
        """Start a run and kill it at a random time of that step, or before, if it ends sooner."""
        process, output = self._start(data, days)

        def is_there() -> bool:
            if moment == "messages":
                return self._told.came.is_set()
            if moment == "end":
                return "done in" in _line_of(output, "reports")
            return moment == "start" or bool(_line_of(output, moment))

        _wait(lambda: is_there() or not process.is_alive())
        length = 0.5 if moment in {"start", "end"} else seconds.get(moment, 0.1)
        process.join(self._chance.uniform(0, length))
        if process.is_alive() and process.pid is not None:
            os.kill(process.pid, signal.SIGKILL)
            self.killed[_place(moment, data, output)] += 1
        process.join()
        if process.pid is not None and not _ends(process.pid):
            self.outlived += 1

    def _start(self, data: Path, days: list[date]) -> tuple[BaseProcess, Path]:
        data.mkdir(parents=True, exist_ok=True)
        output = self.root / f"output-{next(self._runs)}"
        places = {"BWP_DATA_DIR": str(data), "DAGSTER_HOME": str(data / "dagster")}
        arguments = ({**self._environment, **places}, days, str(output))
        process = self._context.Process(target=run, args=arguments)
        process.start()
        return process, output


def _line_of(output: Path, step: str) -> str:
    """The last line that a step has said."""
    text = output.read_text() if output.exists() else ""
    return next((line for line in text.splitlines()[::-1] if f" {step} " in line), "")


def _place(moment: str, data: Path, output: Path) -> str:
    """The step, and of dbt's the floor of the model that it was building."""
    if moment != "warehouse" or "files loaded" not in output.read_text():
        return moment
    log = data / "dbt" / "dbt.log"
    if not log.exists():
        return "dbt beginning"
    found = re.findall(
        r"START .*?(?:model|test|seed file) (?:\w+\.)?(\w+)", log.read_text()[-9_000:]
    )
    floors = {path.stem: path.parent.name for path in _MODELS.rglob("*.sql")}
    return f"dbt {floors.get(found[-1], 'tests') if found else 'beginning'}"


def _ends(session: int) -> bool:
    """Whether all processes of a session end soon."""

    def left() -> bool:
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                state, _, _, own = stat.read_text().rpartition(")")[2].split()[:4]
            except OSError:
                continue
            if int(own) == session and state != "Z":
                return False
        return True

    return _wait(left, 10.0)


def _wait(condition: Callable[[], bool], patience: float = _PATIENCE) -> bool:
    until = time.monotonic() + patience
    while not (found := condition()) and time.monotonic() < until:
        time.sleep(0.01)
    return found


def main() -> int:
    """Kill, compare, print; 0 when all tables are the same and no process was left."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=3)
    options = parser.parse_args()
    world = World(seed=options.seed, days=len(DAYS), orders_per_day=20, end=END)
    told, began = Told(), time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="bwp-kills-") as directory,
        run_server(create_app(world, Faults(latency=0.05))) as api,
        told.listening(),
    ):
        root = Path(directory)
        archive = f"{(root / 'archive').as_uri()}/"
        write_archive(world, archive)
        environment = settings(world, api, archive, root) | secret_settings(posts=told.url)
        killer = Killer(root, environment, told, options.seed)
        seconds = killer.whole(root / "undisturbed", DAYS)
        wrong = _rounds(killer, options.kills, published_rows(root / "undisturbed"), seconds)
        search = Search().of(root, given={root / "stores.yaml"})
    for place, kills in sorted(killer.killed.items()):
        print(f"{kills:3} killed at {place}")
    print(search)
    print(
        f"{killer.killed.total()} kills, {time.monotonic() - began:.0f} s; {wrong} rounds with"
        f" other tables; {killer.outlived} runs outlived by a process of theirs"
    )
    return int(wrong + killer.outlived > 0 or bool(search.found))


def _rounds(killer: Killer, kills: int, wanted: dict[str, Rows], seconds: dict[str, float]) -> int:
    """Kill until there were so many; how many rounds ended in other tables."""
    wrong = number = 0
    while killer.killed.total() < kills:
        data = killer.root / f"round-{number}"
        if number % 2:
            killer.whole(data, FIRST)
        for moment in MOMENTS:
            killer.kill(data, DAYS, moment, seconds)
        killer.whole(data, DAYS)
        lines = differences(wanted, published_rows(data))
        print(f"round {number}: {'; '.join(lines) or 'the same tables'}", flush=True)
        wrong += bool(lines)
        number += 1
    return wrong


if __name__ == "__main__":
    sys.exit(main())
