"""What one day tells of every product: the arrays that the model reads.

Belongs here: their shapes and units. Does not belong here: reading them from a database.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]


def _no_indices() -> Indices:
    return np.zeros(0, np.int64)


@dataclass(frozen=True)
class SharedItems:
    """Orders of several products that stopped for want of stock, an entry for each product in them.

    Attributes:
        order: number of the order within the day, from 0.
        product: index of the product.
    """

    order: Indices = field(default_factory=_no_indices)
    product: Indices = field(default_factory=_no_indices)


@dataclass(frozen=True)
class DayCounts:
    """One merchant's day of one store; all arrays have one entry for each product.

    Attributes:
        weekday: 0 to 6, Monday first.
        orders: orders placed that day, without those that the shopper took back.
        units: units of these orders.
        shipped: orders shipped that day.
        direct: orders that stopped that day as UNFULFILLABLE, with this product alone.
        declared: orders that the merchant cancelled that day as out of stock, this product alone.
        shared: orders of several products that stopped that day for want of stock.
        buyable_units: what Amazon last said that day it can sell; NaN where it said nothing. A
            negative quantity is none.
        is_buyable: 1 where Amazon said that the offer can be bought, 0 where not, NaN unknown.
    """

    weekday: int
    orders: Floats
    units: Floats
    shipped: Floats
    direct: Floats
    declared: Floats
    shared: SharedItems
    buyable_units: Floats
    is_buyable: Floats
