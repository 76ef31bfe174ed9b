"""`bwp doctor`: is everything there that a daily run needs, and what is to be done where not.

Belongs here: one short probe for each thing that a run touches. Does not belong here: fixing it.
"""

import asyncio
import shutil
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import obstore

from bwp_pipeline.api import Clock, FetchStoppedError, OrderRef, RetryPolicy
from bwp_pipeline.api.answers import Answer, Status
from bwp_pipeline.api.client import StoreClient
from bwp_pipeline.api.connection import connected
from bwp_pipeline.api.stores_named import stores_named
from bwp_pipeline.archive import ArchiveUnreachable
from bwp_pipeline.commands.arguments import OneLineParser
from bwp_pipeline.commands.lake_gaps import gaps
from bwp_pipeline.defs.partitions import newest_finished_day
from bwp_pipeline.defs.resources import Installation
from bwp_pipeline.settings import Settings
from bwp_pipeline.settings.stores import Store, StoresFileError

LEAST_FREE_BYTES = 2 << 30
_DAYS_OF_STORES = 28
# An id that no store has: the answer about it shows that the API can be asked.
PROBE_ORDER = "322-0000-000000"


def main(words: Sequence[str]) -> int:
    """Probe what a daily run needs, print a line for each; failed where one is wrong."""
    OneLineParser(prog="bwp doctor", description=__doc__).parse_args(words)
    return examine(Settings.from_environ())


def examine(settings: Settings) -> int:
    """Probe archive, API, lake and disk, print a line for each.

    Returns:
        0 when a daily run can work, else 1.
    """
    installation = Installation(lambda: settings)
    probes: list[tuple[str, Callable[[Installation], Iterator[str]]]] = [
        ("archive", _archive),
        ("API", _api),
        ("lake", _lake),
        ("stores", _stores),
        ("disk", _disk),
    ]
    print("ok    settings: all read")
    failed = False
    for name, probe in probes:
        try:
            for line in probe(installation):
                print(f"ok    {name}: {line}")
        except (ArchiveUnreachable, FetchStoppedError, StoresFileError, _NotWellError) as error:
            print(f"WRONG {name}: {error}")
            failed = True
    return int(failed)


class _NotWellError(Exception):
    """A probe's finding, with what to do about it."""


def _archive(installation: Installation) -> Iterator[str]:
    day = newest_finished_day(datetime.now(UTC))
    count = len(installation.archive().list_day(day))
    url, layout = installation.settings.archive_url, installation.settings.archive_layout
    if count:
        yield f"{count} objects on {day} under {url}"
    else:
        where = f"the layout {layout!r}" if layout else "an empty layout"
        yield f"{url} can be listed, but has no object on {day} by {where} (BWP_ARCHIVE_LAYOUT)"


def _api(installation: Installation) -> Iterator[str]:
    settings = installation.api_settings()
    for store in settings.stores.values():
        answer = asyncio.run(_probe_order(settings, store))
        if answer.status in {Status.OK, Status.NOT_FOUND}:
            yield f"store {store.name}: credentials accepted, orders can be asked for"
        elif answer.status is Status.ACCESS_DENIED:
            yield (
                f"store {store.name}: credentials accepted; an unknown order is answered with"
                f" {answer.error!r}. If real orders are too: check the target id and Read Order"
            )
        else:
            raise _NotWellError(f"store {store.name}: {answer.status}: {answer.error}")


async def _probe_order(settings: Settings, store: Store) -> Answer:
    answers: list[Answer] = []

    def keep(_: OrderRef, answer: Answer, __: datetime) -> None:
        answers.append(answer)

    retry = RetryPolicy(attempts=2, read_timeout=10.0)
    async with connected(settings, Clock(), retry) as connection:
        client = StoreClient(connection, settings, store, keep)
        await client.fetch([OrderRef(store.business_product_id, PROBE_ORDER)])
        client.finish()
    return answers[0]


def _lake(installation: Installation) -> Iterator[str]:
    url = installation.settings.lake_url
    store = installation.lake().store
    path = f".doctor-{uuid.uuid4().hex}"
    try:
        obstore.put(store, path, b"probe")
        obstore.get(store, path).bytes()
        obstore.delete(store, path)
    except (obstore.exceptions.BaseError, OSError) as error:
        reason = " ".join(str(error).split())[:300]
        raise _NotWellError(
            f"{url} can't be written and read: check BWP_LAKE_URL and its permissions ({reason})"
        ) from error
    yield f"{url} can be written and read"
    yield from gaps(installation.lake(), newest_finished_day(datetime.now(UTC)))


def _stores(installation: Installation) -> Iterator[str]:
    lake, settings = installation.lake(), installation.settings
    since = datetime.now(UTC).date() - timedelta(days=_DAYS_OF_STORES)
    days = [day for day in lake.days("events") if day >= since]
    named = stores_named(lake, days, settings.stores)
    if named.waiting:
        raise _NotWellError("; ".join(named.lines()))
    yield f"all {len(named.known)} stores of the archive's last {_DAYS_OF_STORES} days are set"


def _disk(installation: Installation) -> Iterator[str]:
    directory = installation.settings.data_dir
    directory.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(directory).free
    if free < LEAST_FREE_BYTES:
        raise _NotWellError(
            f"{free / 1e9:.1f} GB free under {directory}: free some, or move BWP_DATA_DIR"
        )
    yield f"{free / 1e9:.0f} GB free under {directory}"
