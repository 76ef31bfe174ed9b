# ruff: noqa: INP001, T201 -- a command of its own, not a package; it prints its result
"""What a small shop's day costs: the processor's time of one whole `bwp run`.

    python benchmarks/small_day.py [--beside CHECKOUT] [--rounds 5] [--orders 40]

Twelve days of a made-up store are run at once, then the thirteenth again and again, each time from
the same files. With another checkout, whose environment is in its `.venv`, both take turns.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bwp_pipeline.sandbox import World, create_app, run_server, write_archive
from bwp_pipeline.sandbox.command import settings

_DAYS = 13
_LAST = date(2026, 3, 14)
_HERE = Path(__file__).resolve().parent.parent


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--beside", type=Path, help="another checkout, which has a .venv")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--orders", type=int, default=40, help="orders a day")
    options = parser.parse_args()
    checkouts = [_HERE] if options.beside is None else [options.beside.resolve(), _HERE]
    world = World(seed=7, days=_DAYS, orders_per_day=options.orders, end=_LAST + timedelta(days=1))
    with tempfile.TemporaryDirectory() as name, run_server(create_app(world)) as server:
        directory = Path(name)
        archive = f"{(directory / 'archive').as_uri()}/"
        write_archive(world, archive)
        environment = settings(world, server, archive, directory)
        # The first run compiles modules, as an installation does, and the measured ones read them.
        environment |= {
            "PYTHONDONTWRITEBYTECODE": "",
            "PYTHONPYCACHEPREFIX": f"{directory / 'pyc'}",
        }
        first = _LAST - timedelta(days=_DAYS - 1)
        taken: list[list[tuple[float, float]]] = [[] for _ in checkouts]
        for number, checkout in enumerate(checkouts):
            data = directory / f"before-{number}"
            _run(checkout, environment, data, first, _LAST - timedelta(days=1))
        for _ in range(options.rounds):
            for number, checkout in enumerate(checkouts):
                data = directory / "data"
                shutil.copytree(directory / f"before-{number}", data, copy_function=_as_it_was)
                taken[number].append(_run(checkout, environment, data, _LAST, _LAST))
                shutil.rmtree(data)
    _print(taken)


def _as_it_was(source: str, target: str) -> None:
    """Copy a file; one of the lake stays the same file, as another would be loaded anew."""
    if "lake" in Path(source).parts:
        os.link(source, target)
    else:
        shutil.copy2(source, target)


def _run(
    checkout: Path, environment: dict[str, str], data: Path, first: date, last: date
) -> tuple[float, float]:
    """Seconds of CPU of a run and its processes, and the peak memory of the largest, in MB."""
    log = data.with_suffix(".log")
    with log.open("wb") as file:
        process = subprocess.Popen(  # noqa: S603 -- a checkout that the caller names
            [checkout / ".venv/bin/bwp", "run", "--from", f"{first}", "--to", f"{last}"],
            env={**os.environ, **environment, "BWP_DATA_DIR": str(data)},
            stdout=file,
            stderr=subprocess.STDOUT,
        )
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{checkout} ended with {process.returncode}:\n{log.read_text('utf-8')}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def _print(taken: list[list[tuple[float, float]]]) -> None:
    names = ["this checkout"] if len(taken) == 1 else ["the other checkout", "this checkout"]
    print("| a day's run | CPU seconds, median | all | peak memory, MB |\n|---|--:|---|--:|")
    medians = [statistics.median(seconds for seconds, _ in runs) for runs in taken]
    for name, median, runs in zip(names, medians, taken, strict=True):
        every = " ".join(f"{seconds:.1f}" for seconds, _ in runs)
        ratio = f" ({median / medians[0]:.2f}x)" if median != medians[0] else ""
        memory = statistics.median(peak for _, peak in runs)
        print(f"| {name} | {median:.1f}{ratio} | {every} | {memory:.0f} |")


if __name__ == "__main__":
    main()
