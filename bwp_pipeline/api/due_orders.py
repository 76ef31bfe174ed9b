"""Which orders to ask for, from what the lake has.

Belongs here: comparing events with snapshots. Does not belong here: asking (`fetch.py`). The
comparison itself is `due_orders.sql`.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.resources import files

import duckdb
import pyarrow.dataset as ds

from bwp_pipeline.api.order_ref import OrderRef
from bwp_pipeline.lake import SCHEMAS, Lake
from bwp_pipeline.lake.relisting import relisting

_LOOK_BACK = timedelta(days=60)
_PAUSE = timedelta(hours=4)
_SETTLED_AFTER = timedelta(days=3)
_UNDECIDED = timedelta(days=1)
_REFUND = timedelta(days=4)
_RETURN = timedelta(days=8)
_MOST_PER_STORE = 2_000
_SHARE_NOT_FINAL = 0.05
_LEAST_NOT_FINAL = 100
_OLDEST_EVENT_DAY = """
    select cast(make_timestamp(min(epoch_us(event_time))) as date)
    from (select event_time from run_events union all select event_time from earlier_events)
"""

# An answer that repeats an earlier one has no payload of its own.
_WITHOUT_LOST_PAYLOADS = """
    create temp view snapshots as
    select * replace (
        case
            when status = 'OK' and payload_sha256 not in (
                select payload_sha256 from all_snapshots
                where payload is not null and payload_sha256 is not null
            ) then 'UNAVAILABLE'
            else status
        end as status
    )
    from all_snapshots
"""


@dataclass(frozen=True, slots=True)
class DueOrders:
    """Orders to ask for, starting with the one whose newest event is oldest.

    `not_final` counts those among `refs` without news, asked for again because something in them
    was not final; `put_off` counts orders that are due and left to later runs.
    """

    refs: list[OrderRef]
    not_final: int = 0
    put_off: int = 0


def find_due_orders(lake: Lake, days: Collection[date], now: datetime) -> DueOrders:
    """The orders to ask for.

    These are the orders that the events of `days` name and that have no answer newer than their
    newest event; UNAVAILABLE does not count as an answer. Added to these, up to 2,000 per store,
    are orders of the last 60 days that are still open: never asked for; without a payload since
    their newest event; whose payload lacks a delivery or shows it in another state than its newest
    event; with a delivery under way for over three days. Also added, up to a twentieth of the
    store's orders of `days` or 100, are orders of the same days that are not final: with an
    undecided request to cancel, a cancellation without a reason, a refund or a return under way.

    The first pause before an order is asked for again is four hours, for those under way three
    days, for the undecided one day, for refunds four, for returns eight; each further pause is
    twice as long.

    While a damaged file of snapshots is set aside in the lake, `days` are all days, and an
    answer whose payload is lost does not count.

    Args:
        lake: Events and snapshots.
        days: The archive days of the run.
        now: The present, UTC.
    """
    return relisting(lambda: _find(lake, days, now))


def _find(lake: Lake, days: Collection[date], now: datetime) -> DueOrders:
    event_days = lake.days("events")
    answers_lost = any(path.startswith("order_snapshots/") for path in lake.damaged())
    if answers_lost:
        days = event_days
    recent = {day for day in event_days if day >= (now - _LOOK_BACK).date()}
    with duckdb.connect() as connection:
        connection.register("run_events", _rows(lake, "events", days))
        connection.register("earlier_events", _rows(lake, "events", recent.difference(days)))
        # A snapshot older than the oldest event answers none of them.
        oldest = connection.execute(_OLDEST_EVENT_DAY).fetchall()[0][0] or now.date()
        fetch_days = lake.days("order_snapshots")
        if answers_lost:
            connection.register("all_snapshots", _rows(lake, "order_snapshots", fetch_days))
            connection.execute(_WITHOUT_LOST_PAYLOADS)
        else:
            fetch_days = [day for day in fetch_days if day >= oldest]
            connection.register("snapshots", _rows(lake, "order_snapshots", fetch_days))
        query = files("bwp_pipeline.api").joinpath("due_orders.sql").read_text()
        found = connection.execute(
            query,
            {
                "now": _microseconds(now - datetime.fromtimestamp(0, now.tzinfo)),
                "pause": _microseconds(_PAUSE),
                "settled_after": _microseconds(_SETTLED_AFTER),
                "undecided": _microseconds(_UNDECIDED),
                "refund": _microseconds(_REFUND),
                "return": _microseconds(_RETURN),
                "most": _MOST_PER_STORE,
                "least": _LEAST_NOT_FINAL,
                "share": _SHARE_NOT_FINAL,
            },
        ).fetchall()
    asked = [row for row in found if not row[-1]]
    return DueOrders(
        refs=[OrderRef(*row[:3]) for row in asked],
        not_final=sum(row[3] for row in asked),
        put_off=len(found) - len(asked),
    )


def _rows(lake: Lake, table: str, days: Collection[date]) -> ds.Dataset:
    paths = lake.local(lake.files(table, days))
    return ds.dataset([str(path) for path in paths], schema=SCHEMAS[table], format="parquet")


def _microseconds(duration: timedelta) -> int:
    return duration // timedelta(microseconds=1)
