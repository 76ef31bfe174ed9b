"""A store's days through the model, one after the other: rows of counts in, product days out.

Belongs here: turning columns of rows into days of arrays, and what is said of each day. Does not
belong here: the model (`product_days`), or where the rows come from.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bwp_pipeline.demand.assumptions import ASSUMPTIONS, Assumptions
from bwp_pipeline.demand.checkpoints import Checkpoint
from bwp_pipeline.demand.counts import DayCounts, Floats, Indices, SharedItems
from bwp_pipeline.demand.memory import Flags, units_per_order
from bwp_pipeline.demand.outlook import outlook, units_at_risk
from bwp_pipeline.demand.product_days import step
from bwp_pipeline.demand.status import follow, is_listed, statuses

COUNTED = ("orders", "units", "shipped", "direct", "declared")
TOLD = ("buyable_units", "is_buyable")


@dataclass(frozen=True)
class Rows:
    """Product days on which orders were decided, or Amazon told of stock; a row each, in any order.

    Attributes:
        product: number of the product, in the order of their first orders; ties in any fixed order.
        day: days since the store's first, from 0.
        columns: by the names of `DayCounts`, those of `COUNTED` or of `TOLD`.
    """

    product: Indices
    day: Indices
    columns: dict[str, Floats]


@dataclass(frozen=True)
class SharedRows:
    """Orders of several products that stopped for want of stock, a row for each product in them."""

    order: Indices
    product: Indices
    day: Indices


@dataclass(frozen=True)
class LivedDay:
    """What the model says of a day; arrays have an entry for each product with an order by then.

    Attributes:
        day: days since the store's first, from 0.
        product: number of the product.
        numbers: the columns that are numbers, by name.
        status: the name of the status.
        is_listed: whether it is to be listed though nothing of it failed lately.
        shared: places of the day's rows among all `SharedRows`.
        probability_short: of each of these rows.
        after: where the next day goes on from.
    """

    day: int
    product: Indices
    numbers: dict[str, Floats]
    status: list[str]
    is_listed: Flags
    shared: Indices
    probability_short: Floats
    after: Checkpoint


def lived_through(
    counts: Rows,
    shared: SharedRows,
    told: Rows,
    *,
    days: int,
    first_weekday: int,
    since: Checkpoint | None = None,
    assumed: Assumptions = ASSUMPTIONS,
) -> Iterator[LivedDay]:
    """Live through a store's days in their order, each with what was known by then.

    Whether they are lived through in one go, or from the checkpoint after any of them on, the
    numbers are the same to the last bit.

    Args:
        counts: what happened; nothing is read of the days before the checkpoint.
        shared: who may have been short, likewise.
        told: what Amazon told of products that had an order by then, likewise.
        days: days of the store, those without any row included.
        first_weekday: weekday of the first, Monday is 0.
        since: the checkpoint to go on from; the start without one.
        assumed: the priors.
    """
    at = since or Checkpoint.start()
    by_day = zip(
        _arrays(counts, told, range(at.days, days), len(at.memory.orders)),
        _places(shared.day, range(at.days, days)),
        strict=True,
    )
    for arrays, places in by_day:
        day = at.days
        order = np.unique(shared.order[places], return_inverse=True)[1].astype(np.int64)
        items = SharedItems(order, shared.product[places])
        today = DayCounts(weekday=(first_weekday + day) % 7, shared=items, **arrays)
        memory, said = step(at.memory, today, assumed)
        view = outlook(memory, assumed)
        at = Checkpoint(day + 1, memory, follow(at.episodes, view, float(day)))
        known = np.flatnonzero(memory.is_known)
        at_risk = units_at_risk(
            view, today.buyable_units, assumed=assumed, dispersion=memory.pace.dispersion
        )
        numbers = {
            "in_stock_probability": said.in_stock_probability,
            "demand_units": said.demand_units,
            "demand_per_day": view.demand_per_day,
            "demand_low": view.demand_low,
            "demand_high": view.demand_high,
            "demand_days": view.demand_days,
            "missed_orders": view.missed_orders,
            "units_at_risk": at_risk,
            "dispersion": np.full(len(view.shape), memory.pace.dispersion),
            "units_per_order": units_per_order(memory, assumed),
        }
        names = statuses(view, at.episodes, float(day))
        yield LivedDay(
            day=day,
            product=known,
            numbers={name: values[known] for name, values in numbers.items()},
            status=[names[product] for product in known],
            is_listed=is_listed(view)[known],
            shared=places,
            probability_short=said.probability_short,
            after=at,
        )


def _arrays(counts: Rows, told: Rows, days: range, products: int) -> Iterator[dict[str, Floats]]:
    """Yield each day's arrays; what nobody told is NaN."""
    for places, told_places in zip(_places(counts.day, days), _places(told.day, days), strict=True):
        of_day = counts.product[places]
        products = max(products, int(of_day.max()) + 1 if len(of_day) else 0)
        arrays = {name: np.zeros(products) for name in COUNTED}
        arrays |= {name: np.full(products, np.nan) for name in TOLD}
        for name in COUNTED:
            arrays[name][of_day] = counts.columns[name][places]
        for name in TOLD:
            arrays[name][told.product[told_places]] = told.columns[name][told_places]
        yield arrays


def _places(day: Indices, days: range) -> Iterator[Indices]:
    """Yield where each day's rows are."""
    by_day = np.argsort(day, kind="stable")
    ends = np.searchsorted(day[by_day], np.arange(days.start, max(days.start, days.stop) + 1))
    for number in range(len(days)):
        yield by_day[ends[number] : ends[number + 1]]
