"""Examinations of what is stored: the archive, the lake, and the stores that they name.

Belongs here: whether it can be reached and what it lacks. Does not belong here: closing gaps.
"""

import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import obstore

from bwp_pipeline.api.stores_named import stores_named
from bwp_pipeline.archive import Archive
from bwp_pipeline.commands.doctor.finding import Finding, look, ok, wrong
from bwp_pipeline.commands.lake_gaps import gaps
from bwp_pipeline.defs.partitions import newest_finished_day
from bwp_pipeline.defs.resources import Installation

_DAYS_OF_STORES = 28
_SAMPLE = 50

# How dates look in keys, and the layout that finds them.
_LAYOUTS = {
    r"\d{4}/\d{2}/\d{2}/": "%Y/%m/%d/",
    r"year=\d{4}/month=\d{2}/day=\d{2}/": "year=%Y/month=%m/day=%d/",
    r"dt=\d{4}-\d{2}-\d{2}/": "dt=%Y-%m-%d/",
    r"\d{4}-\d{2}-\d{2}/": "%Y-%m-%d/",
    r"\d{4}/\d{2}/\d{2}": "%Y/%m/%d",
    r"\d{8}": "%Y%m%d",
}


def archive(installation: Installation) -> Iterator[Finding]:
    """Whether yesterday's objects are found; where not, what the archive holds instead."""
    day = newest_finished_day(datetime.now(UTC))
    found = installation.archive()
    count = len(found.list_day(day))
    if count:
        yield ok(f"{count} objects on {day} under {found.url}")
        return
    keys = _some_keys(found)
    if not keys:
        yield look(
            f"{found.url} can be listed but is empty: check the prefix in BWP_ARCHIVE_URL, the "
            "event subscription, and the rule that archives events"
        )
        return
    layouts = {layout for key in keys if (layout := _layout_of(key.removeprefix(found.root)))}
    if found.layout and layouts and found.layout not in layouts:
        yield wrong(
            f"no object on {day}, and keys such as {keys[0]!r} don't match the layout"
            f" {found.layout!r}: set BWP_ARCHIVE_LAYOUT={min(layouts)}"
        )
    else:
        yield look(
            f"no object on {day} under {found.url}, which has other objects, such as {keys[0]!r}: "
            "check that events still arrive there"
        )


def _some_keys(found: Archive) -> list[str]:
    for batch in obstore.list(found.store, prefix=found.root or None, chunk_size=_SAMPLE):
        return [item["path"] for item in batch]
    return []


def _layout_of(key: str) -> str | None:
    """The layout that a key follows, with what stands before the date."""
    for pattern, layout in _LAYOUTS.items():
        match = re.search(pattern, key)
        if match:
            return key[: match.start()] + layout
    return None


def lake(installation: Installation) -> Iterator[Finding]:
    """Whether the lake is writable, and which days and files are missing."""
    url, it = installation.settings.lake_url, installation.lake()
    path = f".doctor-{uuid.uuid4().hex}"
    try:
        obstore.put(it.store, path, b"probe")
        obstore.get(it.store, path).bytes()
        obstore.delete(it.store, path)
    except (obstore.exceptions.BaseError, OSError) as error:
        reason = " ".join(str(error).split())[:300]
        yield wrong(
            f"{url} is not readable and writable: check BWP_LAKE_URL and its permissions ({reason})"
        )
        return
    yield ok(f"{url} is readable and writable")
    for line in gaps(it, newest_finished_day(datetime.now(UTC))):
        yield look(line)


def stores(installation: Installation) -> Iterator[Finding]:
    """The stores that the archive's last days name, compared with those that are set up."""
    it, settings = installation.lake(), installation.settings
    since = datetime.now(UTC).date() - timedelta(days=_DAYS_OF_STORES)
    days = [day for day in it.days("events") if day >= since]
    named = stores_named(it, days, settings.stores)
    for line in named.lines():
        yield wrong(line)
    if not named.known and not named.waiting:
        yield look("no event of the last four weeks has been read: start bwp run")
    elif not named.waiting:
        yield ok(f"all {len(named.known)} stores in the archive's last four weeks are set up")
    for store in sorted(set(settings.stores).difference(named.known)) if named.known else ():
        yield look(
            f"store {store} is set up, but no event of the last four weeks names it: check its id"
        )
