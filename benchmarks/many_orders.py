# ruff: noqa: INP001, S603, T201 -- a command of its own; it starts processes, prints a table
"""The marts of very many orders on DuckDB and on Spark: rows, time and memory of both.

    python benchmarks/many_orders.py DIRECTORY [--days 200] [--orders 5000] [--memory 2GB]

Makes the lake in DIRECTORY where it has none yet, builds it with each engine in a process of its
own, and prints a table. Then every mart is compared by its number of rows and by sums over whole
rows and over each column, doubles to nine digits; it ends with 1 where one differs. Memory is the
highest sum over an engine's processes, of which Java is one.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import duckdb
from generated_history import STORE, History

from bwp_pipeline.lake import Lake
from bwp_pipeline.warehouse.loading import marts_path

_START = date(2025, 1, 6)
_TURN = 0.2
_DOUBLES = {"DOUBLE", "FLOAT"}


def main() -> int:
    """Make the lake, build, compare; 0 when all marts are the same."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--days", type=int, default=200)
    parser.add_argument("--orders", type=int, default=5000, help="orders a day")
    parser.add_argument("--memory", default="2GB", help="BWP_MEMORY_LIMIT of both")
    parser.add_argument("--engines", nargs="+", default=["duckdb", "spark"])
    asked = parser.parse_args()
    directory = asked.directory.resolve()
    write_lake(directory, asked.days, asked.orders)
    print("| engine | orders | seconds | CPU seconds | peak memory, MB |")
    print("|---|--:|--:|--:|--:|")
    for engine in asked.engines:
        seconds, cpu, memory = build(directory, engine, asked.memory)
        orders = sums(directory, engine)["marts.dim_orders"][0]
        print(f"| {engine} | {orders:,} | {seconds:.0f} | {cpu:.0f} | {memory:,.0f} |", flush=True)
    unlike = list(differences(*(sums(directory, engine) for engine in ("duckdb", "spark"))))
    print(*(unlike or ["all marts are the same"]), sep="\n")
    return int(bool(unlike))


def write_lake(directory: Path, days: int, orders: int) -> None:
    """Write the days that the lake lacks."""
    lake = Lake(f"{(directory / 'lake').as_uri()}/")
    history = History(orders, _START)
    for number in range(len(lake.days("objects")), days):
        history.write(lake, number)


def build(directory: Path, engine: str, memory: str) -> tuple[float, float, float]:
    """`bwp warehouse` of that engine, from nothing: seconds, CPU seconds, peak memory in MB."""
    environment = os.environ | {
        "BWP_ARCHIVE_URL": f"file://{directory}/",
        "BWP_LAKE_URL": f"{(directory / 'lake').as_uri()}/",
        "BWP_DATA_DIR": str(directory / engine),
        "BWP_MEMORY_LIMIT": memory,
        **dict.fromkeys(("BWP_CLIENT_ID", "BWP_CLIENT_SECRET"), "none"),
        "BWP_TARGET_ID": STORE,
    }
    bwp = Path(sys.executable).with_name("bwp")
    began, peak, cpu = time.monotonic(), 0.0, dict[int, float]()
    with subprocess.Popen(
        [bwp, "warehouse", "--engine", engine], env=environment, stdout=sys.stderr
    ) as process:
        while process.poll() is None:
            running = [*family(process.pid)]
            peak = max(peak, sum(map(megabytes, running)))
            # Java is waited for by nobody, so its parent doesn't know what it took.
            cpu |= {one: seconds for one in running if (seconds := cpu_seconds(one))}
            time.sleep(_TURN)
    if process.returncode:
        raise SystemExit(f"the build by {engine} failed")
    return time.monotonic() - began, sum(cpu.values()), peak


def family(process: int) -> Iterator[int]:
    """A process and all that it has started, as far as they are there."""
    yield process
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):
            for child in children.read_text().split():
                yield from family(int(child))


def megabytes(process: int) -> float:
    """The memory that a process has now; 0 if it is gone."""
    with suppress(OSError, StopIteration):
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))
    return 0.0


def cpu_seconds(process: int) -> float:
    """What a process has taken of the processor so far; 0 if it is gone."""
    with suppress(OSError):
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def sums(directory: Path, engine: str) -> dict[str, list[float | int | None]]:
    """Of each mart the number of rows, then sums over its rows and columns."""
    path = marts_path(directory / engine / "warehouse.duckdb")
    found: dict[str, list[float | int | None]] = {}
    with duckdb.connect(str(path), read_only=True) as connection:
        columns = connection.execute(
            "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns()"
            " where schema_name = 'marts' order by 1, column_index"
        ).fetchall()
        for table in dict.fromkeys(name for name, *_ in columns):
            exact = [
                f'"{column}"'
                for name, column, kind in columns
                if name == table and kind not in _DOUBLES
            ]
            wanted = [
                # Equal rows have equal hashes, whatever their order.
                f"sum(hash({', '.join(exact)})::hugeint)"
            ] + [
                f'sum("{column}")' if kind in _DOUBLES else f'sum(hash("{column}")::hugeint)'
                for name, column, kind in columns
                if name == table
            ]
            query = f"select count(*), {', '.join(wanted)} from {table}"  # noqa: S608 -- own names
            found[table] = list(connection.execute(query).fetchall()[0])
    return found


def differences(
    one: dict[str, list[float | int | None]], other: dict[str, list[float | int | None]]
) -> Iterator[str]:
    """A line for each mart that is another."""
    for table in sorted(one.keys() | other.keys()):
        pairs = zip(one.get(table, []), other.get(table, []), strict=False)
        if len(one.get(table, [])) != len(other.get(table, [])) or any(
            not are_same(*pair) for pair in pairs
        ):
            yield f"{table}: {one.get(table)} and {other.get(table)}"


def are_same(one: float | None, other: float | None) -> bool:
    """Whether two sums are equal, doubles to nine digits."""
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= 1e-9 * max(1.0, abs(one))
    return one == other


if __name__ == "__main__":
    sys.exit(main())
