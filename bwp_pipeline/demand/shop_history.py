"""A store's whole history through the model: rows of counts in, rows of product days out.

Belongs here: turning columns of rows into days of arrays and back. Does not belong here: the model
(`product_days`), or where the rows come from.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bwp_pipeline.demand.assumptions import ASSUMPTIONS, Assumptions
from bwp_pipeline.demand.counts import DayCounts, Floats, Indices, SharedItems
from bwp_pipeline.demand.memory import Memory
from bwp_pipeline.demand.outlook import outlook, units_at_risk
from bwp_pipeline.demand.product_days import step
from bwp_pipeline.demand.status import Episodes, follow, is_listed, statuses

_COUNTED = ("orders", "units", "shipped", "direct", "declared")
_TOLD = ("buyable_units", "is_buyable")


@dataclass(frozen=True)
class CountRows:
    """Product days on which something happened, a row each, in any order.

    Attributes:
        product: number of the product, in the order of their first orders; ties in any fixed order.
        day: days since the archive's first, from 0.
        columns: by the names of `DayCounts`; what Amazon did not tell is NaN.
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
class History:
    """What the model says of each product on each day from its first order on.

    Attributes:
        product, day: what a row is of.
        numbers: the columns that are numbers, by name.
        status: the name of the status.
        is_listed: whether it is to be listed though nothing of it failed lately.
        probability_short: of each shared row, in their order.
    """

    product: Indices
    day: Indices
    numbers: dict[str, Floats]
    status: list[str]
    is_listed: list[bool]
    probability_short: Floats


def lived_through(
    counts: CountRows,
    shared: SharedRows,
    *,
    days: int,
    first_weekday: int,
    assumed: Assumptions = ASSUMPTIONS,
) -> History:
    """Live through a store's days in their order, each with what was known by then.

    Args:
        counts: what happened.
        shared: who may have been short.
        days: days of the archive, those without any row included.
        first_weekday: weekday of the first, Monday is 0.
        assumed: the priors.
    """
    memory, episodes = Memory.empty(assumed), Episodes.none()
    rows: list[tuple[Indices, Indices, dict[str, Floats]]] = []
    status: list[str] = []
    listed: list[bool] = []
    probability_short = np.zeros(len(shared.order))
    for day, (today, places) in enumerate(_days(counts, shared, days, first_weekday)):
        memory, told = step(memory, today, assumed)
        view = outlook(memory, assumed)
        episodes = follow(episodes, view, float(day))
        probability_short[places] = told.probability_short
        known = np.flatnonzero(memory.is_known)
        at_risk = units_at_risk(
            view, today.buyable_units, assumed=assumed, dispersion=memory.pace.dispersion
        )
        numbers = {
            "in_stock_probability": told.in_stock_probability,
            "demand_units": told.demand_units,
            "demand_per_day": view.demand_per_day,
            "demand_low": view.demand_low,
            "demand_high": view.demand_high,
            "demand_days": view.demand_days,
            "missed_orders": view.missed_orders,
            "units_at_risk": at_risk,
        }
        chosen = {name: values[known] for name, values in numbers.items()}
        rows.append((known, np.full(len(known), day), chosen))
        names, silent = statuses(view, episodes, float(day)), is_listed(view)
        status += [names[product] for product in known]
        listed += [bool(silent[product]) for product in known]
    return History(
        product=_joined([product for product, _, _ in rows]),
        day=_joined([day for _, day, _ in rows]),
        numbers={
            name: np.concatenate([columns[name] for _, _, columns in rows])
            for name in (rows[0][2] if rows else {})
        },
        status=status,
        is_listed=listed,
        probability_short=probability_short,
    )


def _days(
    counts: CountRows, shared: SharedRows, days: int, first_weekday: int
) -> Iterator[tuple[DayCounts, Indices]]:
    """Yield each day's arrays, and the places of its shared rows."""
    by_day = np.argsort(counts.day, kind="stable")
    ends = np.searchsorted(counts.day[by_day], np.arange(days + 1))
    shared_by_day = np.argsort(shared.day, kind="stable")
    shared_ends = np.searchsorted(shared.day[shared_by_day], np.arange(days + 1))
    products = 0
    for day in range(days):
        rows = by_day[ends[day] : ends[day + 1]]
        places = shared_by_day[shared_ends[day] : shared_ends[day + 1]]
        of_day = [counts.product[rows], shared.product[places]]
        products = max(products, *(int(some.max()) + 1 for some in of_day if len(some)), 0)
        arrays = {name: np.zeros(products) for name in _COUNTED}
        arrays |= {name: np.full(products, np.nan) for name in _TOLD}
        for name, array in arrays.items():
            array[counts.product[rows]] = counts.columns[name][rows]
        number = np.unique(shared.order[places], return_inverse=True)[1].astype(np.int64)
        items = SharedItems(number, shared.product[places])
        weekday = (first_weekday + day) % 7
        yield DayCounts(weekday=weekday, shared=items, **arrays), places


def _joined(parts: list[Indices]) -> Indices:
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)
