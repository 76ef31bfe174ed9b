"""Which order to ask for.

Belongs here: the reference that goes from choosing orders (`due_orders.py`) to asking for them
(`client.py`). Does not belong here: an order's content.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OrderRef:
    """An order of one store.

    `known_sha256` is the hash of its newest payload in the lake: an answer of the same
    hash is kept as a reference to that payload.
    """

    business_product_id: str
    order_id: str
    known_sha256: str | None = None
