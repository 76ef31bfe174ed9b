"""Days as the model of demand reads them, told by hand, and lived through.

Belongs here: what tests of the model share. Does not belong here: made-up shops (`demand_worlds`).
"""

import numpy as np

from bwp_pipeline.demand.counts import DayCounts, Floats, SharedItems
from bwp_pipeline.demand.memory import Memory
from bwp_pipeline.demand.product_days import ProductDay, step


def a_day(
    orders: Floats,
    *,
    direct: Floats | None = None,
    shared: SharedItems | None = None,
    buyable: Floats | None = None,
    weekday: int = 0,
) -> DayCounts:
    none, unknown = np.zeros(len(orders)), np.full(len(orders), np.nan)
    failed = none if direct is None else direct
    return DayCounts(
        weekday=weekday,
        orders=orders,
        units=orders,
        shipped=np.maximum(orders - failed, 0.0),
        direct=failed,
        declared=none,
        shared=shared or SharedItems(),
        buyable_units=unknown if buyable is None else buyable,
        is_buyable=unknown,
    )


def lived(days: list[DayCounts]) -> tuple[Memory, list[ProductDay]]:
    memory, told = Memory.empty(), []
    for counts in days:
        memory, of_day = step(memory, counts)
        told.append(of_day)
    return memory, told


def steady(products: int, days: int, seed: int = 1) -> list[DayCounts]:
    random = np.random.default_rng(seed)
    return [
        a_day(random.poisson(3.0, products).astype(np.float64), weekday=day % 7)
        for day in range(days)
    ]
