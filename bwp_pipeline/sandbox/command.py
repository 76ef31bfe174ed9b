"""The sandbox as a command: writes its archive, serves its API until stopped.

What it makes and serves is elsewhere; here are options, and the settings that point a pipeline at
it. `bwp sandbox` and `python -m bwp_pipeline.sandbox` are this. `bwp sandbox -- COMMAND` serves
while COMMAND runs, with those settings in its environment.
"""

import argparse
import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import msgspec

from bwp_pipeline.commands.arguments import OneLineParser
from bwp_pipeline.sandbox.api.faults import Faults
from bwp_pipeline.sandbox.api.server import RunningServer, create_app, run_server
from bwp_pipeline.sandbox.archive import firehose
from bwp_pipeline.sandbox.made_world import World

PORT = 8321


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the sandbox with those arguments; returns its or its command's exit code."""
    own, command = _split(sys.argv[1:] if argv is None else list(argv))
    options = _parser().parse_args(own)
    world = World(
        seed=options.seed,
        days=options.days,
        orders_per_day=options.orders_per_day,
        end=options.end,
        store_count=options.stores,
        hostile=options.hostile,
        seasonal=True,
    )
    directory = Path(options.dir).resolve()
    archive_url = options.archive_url or f"{(directory / 'archive').as_uri()}/"
    try:
        if not options.no_archive:
            target = archive_url if options.archive_url else _emptied(directory / "archive")
            counts = firehose.write_archive(world, target)
            _say(
                f"{counts.events} events of {world.order_count} orders"
                f" in {len(counts.keys)} objects under {archive_url}"
            )
        port = (0 if command else PORT) if options.port is None else options.port
        with run_server(create_app(world, options.faults), port) as server:
            values = settings(world, server, archive_url, directory)
            return _run(command, values) if command else _wait(values, export=options.print_env)
    except OSError as error:
        _say(f"The sandbox can't start: {error}")
        return 1


def _run(command: list[str], values: dict[str, str]) -> int:
    """The command's exit code. An interrupt reaches the command too, which answers it."""
    with subprocess.Popen(command, env={**os.environ, **values}) as process:  # noqa: S603 - the user's own
        while True:
            with contextlib.suppress(KeyboardInterrupt):
                return process.wait()


def _wait(values: dict[str, str], *, export: bool) -> int:
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    for name, value in values.items():
        print(f"{'export ' * export}{name}={shlex.quote(value)}", flush=True)
    stopped.wait()
    return 0


def _emptied(archive: Path) -> Path:
    """The directory without an earlier sandbox's archive, which would mix with this world's."""
    mark = archive.with_name("sandbox-archive")
    if archive.exists() and not mark.exists():
        raise FileExistsError(f"{archive} is not a sandbox's; choose another --dir")
    shutil.rmtree(archive, ignore_errors=True)
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.write_text("The directory `archive` beside this file belongs to a sandbox.\n", "utf-8")
    return archive


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    where = words.index("--") if "--" in words else len(words)
    return words[:where], words[where + 1 :]


def settings(
    world: World, server: RunningServer, archive_url: str, directory: Path
) -> dict[str, str]:
    """The pipeline's settings for this sandbox.

    The stores' names and credentials are written to `stores.yaml` in the directory.
    """
    values = {
        "BWP_ARCHIVE_URL": archive_url,
        "BWP_API_URL": server.graphql_url,
        "BWP_TOKEN_URL": server.token_url,
        "BWP_API_RATE": "1000",
        "BWP_API_CONCURRENCY": "16",
    }
    if len(world.stores) == 1:
        store = world.stores[0]
        values["BWP_CLIENT_ID"] = store.client_id
        values["BWP_CLIENT_SECRET"] = store.client_secret
        values["BWP_TARGET_ID"] = store.business_product_id
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "stores.yaml"
    path.write_text("stores:\n" + "".join(
        f"  {s.business_product_id}:\n    name: {s.name}\n    client_id: {s.client_id}\n"
        f"    client_secret: {s.client_secret}\n"
        for s in world.stores
    ), encoding="utf-8")  # fmt: skip
    values["BWP_STORES_FILE"] = str(path)
    return values


def _parser() -> argparse.ArgumentParser:
    parser = OneLineParser(
        prog="bwp sandbox",
        description=(
            "Serve a made-up store: an event archive and an API, as Buy with Prime's, until"
            " stopped. What follows -- is a command to run on it, with which it ends."
        ),
    )
    parser.add_argument(
        "--dir", default="data/sandbox", help="where the archive is written (data/sandbox)"
    )
    parser.add_argument("--archive-url", help="write the archive there instead, e.g. s3://bucket/")
    parser.add_argument("--no-archive", action="store_true", help="only serve the API")
    parser.add_argument(
        "--port", type=int, help=f"0 takes any free port, as a COMMAND does; else {PORT}"
    )
    parser.add_argument("--days", type=_count, default=30, help="days of orders (30)")
    parser.add_argument("--orders-per-day", type=_count, default=200, help="orders a day (200)")
    parser.add_argument("--seed", type=int, default=7, help="another number, another store (7)")
    parser.add_argument("--stores", type=_count, default=1, help="number of stores (1)")
    parser.add_argument(
        "--end", type=date.fromisoformat, help="first day (UTC) after the world's last; today"
    )
    parser.add_argument(
        "--faults",
        type=_faults,
        help='what goes wrong, as JSON, e.g. {"latency": 0.05, "limit": 20}',
    )
    parser.add_argument(
        "--hostile",
        action="store_true",
        help="name some products by texts that are meant to break pages and spreadsheets",
    )
    parser.add_argument("--print-env", action="store_true", help="print settings as shell exports")
    return parser


def _faults(text: str) -> Faults:
    try:
        return msgspec.json.decode(text, type=Faults)
    except msgspec.MsgspecError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1")
    return int(text)
