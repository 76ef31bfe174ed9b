"""How the API writes values: times, amounts, money, and which versions of it there are.

Whole objects are in `versions`, `packages` and `after_sales`.
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from bwp_pipeline.sandbox.world.order_history import Contents, Order

Json = dict[str, Any]
V2024_01_01 = "2024-01-01"
V2024_04_01 = "2024-04-01"
V2024_11_01 = "2024-11-01"
VERSIONS = (V2024_01_01, V2024_04_01, V2024_11_01)
"""Oldest first."""


def iso(at: int) -> str:
    """Whole seconds, as events write times."""
    return datetime.fromtimestamp(at, UTC).isoformat()[:19] + "Z"


def instant(at: int) -> datetime:
    """The moment that `iso_ms` writes: the API's times have milliseconds, made up from `at`."""
    return datetime.fromtimestamp(at, UTC).replace(microsecond=at % 997 * 1000)


def iso_ms(at: int) -> str:
    """Milliseconds, as the API writes times."""
    return f"{datetime.fromtimestamp(at, UTC).isoformat()[:19]}.{at % 997:03d}Z"


def amounts(order: Order | None, contents: Contents) -> list[Json]:
    """Lines with units; given the order, its numbers may come in odd forms."""
    return [
        {"lineItem": {"id": line.id}, "amount": {"unit": "ONE", "value": number(order, units)}}
        for line, units in contents
    ]


def number(order: Order | None, value: int) -> int | float | str:
    """A count in each form that has been seen: mostly 1, in some orders 1.0, in few "1"."""
    odd = 0 if order is None else order.number % 100
    return float(value) if odd in {11, 12, 13} else str(value) if odd == 14 else value  # noqa: PLR2004


def money(order: Order, amount: Decimal | float) -> Json:
    """An amount in the order's currency."""
    value = float(amount)
    return {"currencyCode": order.currency, "amount": int(value) if value.is_integer() else value}
