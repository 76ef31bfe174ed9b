# ruff: noqa: T201 -- a command of its own; it prints what came of its runs
# ruff: noqa: S603, S607 -- programs of the system, on directories of its own
"""`bwp run` with a full disk, a read-only one, 256 open files and 600 MB of memory.

    sudo python -m bwp_pipeline_tests.long.scarce

Needs root, for it mounts small file systems, and a memory cgroup where the kernel still has version
1 of them. Each run must end well or with one line; the next one, with enough of everything, must
end in the tables of a run that lacked nothing. No secret may be left anywhere, or said.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from bwp_pipeline.sandbox import World, create_app, run_server, write_archive
from bwp_pipeline.sandbox.command import settings
from bwp_pipeline_tests.long.tables import differences, published_rows
from bwp_pipeline_tests.whole.canaries import Search, reveals, secret_settings

END = date(2026, 3, 15)
DAYS = [END - timedelta(days=back) for back in range(8, 0, -1)]
DISKS_MB = (1, 4, 16)
MEMORY_MB = 600
FILES = 256


@dataclass(frozen=True)
class Ended:
    """A run's exit code and the lines that it ended with."""

    code: int
    lines: list[str]

    @property
    def is_understood(self) -> bool:
        """Whether it ended well, or with one line that is no traceback."""
        said = [line for line in self.lines if line.startswith("bwp: ")]
        return "Traceback" not in "\n".join(self.lines) and (self.code == 0 or len(said) == 1)


@dataclass(frozen=True)
class Lack:
    """Something that a run lacks: how it begins and ends on a data directory."""

    name: str
    lacking: Callable[[Path], object]
    before_start: Callable[[], None] | None = None


@contextmanager
def file_system(place: Path) -> Iterator[None]:
    """Lay a file system of its own, with room enough, over a directory."""
    place.mkdir(parents=True)
    _mount("-t", "tmpfs", "-o", "size=2g,mode=700", "tmpfs", str(place))
    try:
        yield
    finally:
        subprocess.run(["umount", str(place)], check=True)


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)


def disk_of(megabytes: int) -> Lack:
    """A disk with so much room beyond what it already holds."""

    def fill(place: Path) -> None:
        held = os.statvfs(place)
        used_kb = (held.f_blocks - held.f_bfree) * held.f_frsize // 1024
        _mount("-o", f"remount,size={used_kb + megabytes * 1024}k", str(place))

    return Lack(f"{megabytes} MB left on the disk", fill)


def _read_only(place: Path) -> None:
    _mount("-o", "remount,ro", str(place))


def _few_files() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))


@contextmanager
def little_memory(place: Path) -> Iterator[Lack]:
    """A group of processes that together may hold so much memory."""
    place.mkdir()
    _mount("-t", "cgroup", "-o", "memory", "none", str(place))
    group = place / "bwp-scarce"
    group.mkdir(exist_ok=True)
    (group / "memory.limit_in_bytes").write_text(str(MEMORY_MB << 20))

    def enter() -> None:
        (group / "cgroup.procs").write_text(str(os.getpid()))

    try:
        yield Lack(f"{MEMORY_MB} MB of memory", lambda _: None, enter)
    finally:
        group.rmdir()
        subprocess.run(["umount", str(place)], check=True)


def run(environment: dict[str, str], data: Path, days: list[date], lack: Lack | None) -> Ended:
    """Run those days; what it said comes from a place that lacks nothing."""
    places = {"BWP_DATA_DIR": str(data), "DAGSTER_HOME": str(data / "dagster")}
    line = [str(Path(sys.executable).with_name("bwp")), "run"]
    done = subprocess.run(
        [*line, "--from", str(days[0]), "--to", str(days[-1])],
        env={**os.environ, **environment, **places},
        preexec_fn=lack.before_start if lack else None,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=300,
    )
    return Ended(done.returncode, done.stdout.splitlines())


def main() -> int:
    """Run with each lack, with and without earlier days; 0 when all ended as they should."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    world = World(seed=3, days=len(DAYS), orders_per_day=20, end=END)
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bwp-scarce-")))
        api = stack.enter_context(run_server(create_app(world)))
        archive = f"{(root / 'archive').as_uri()}/"
        write_archive(world, archive)
        environment = settings(world, api, archive, root) | secret_settings()
        whole = run(environment, root / "undisturbed", DAYS, None)
        if whole.code:
            raise SystemExit("\n".join(whole.lines[-30:]))
        wanted = published_rows(root / "undisturbed")
        lacks = [*map(disk_of, DISKS_MB), Lack("a read-only disk", _read_only)]
        lacks.append(Lack(f"{FILES} open files", lambda _: None, _few_files))
        lacks.append(stack.enter_context(little_memory(root / "cgroup")))
        wrong, search = 0, Search()
        for number, lack in enumerate(lacks):
            for begun in (False, True):
                data = root / f"data-{number}-{begun:d}"
                with file_system(data):
                    if begun:
                        run(environment, data, DAYS[:5], None)
                    lack.lacking(data)
                    ended = run(environment, data, DAYS, lack)
                    _mount("-o", "remount,rw,size=2g", str(data))
                    after = run(environment, data, DAYS, None)
                    lines = differences(wanted, published_rows(data)) if after.code == 0 else []
                    search.of(data)
                is_good = ended.is_understood and after.code == 0 and not lines
                is_good = is_good and not reveals("\n".join(ended.lines + after.lines))
                wrong += not is_good
                said = next((line for line in ended.lines if line.startswith("bwp: ")), "")
                print(f"{lack.name}, {'day 6' if begun else 'first run'}: exit {ended.code}", said)
                if not is_good:
                    tails = ended.lines[-40:], after.lines[-15:] if after.code else [], lines
                    print(*("    " + line for tail in tails for line in tail), sep="\n", flush=True)
    print(f"{2 * len(lacks)} runs that lacked something, {wrong} of them ended otherwise")
    print(search)
    return int(wrong > 0 or bool(search.found))


if __name__ == "__main__":
    sys.exit(main())
