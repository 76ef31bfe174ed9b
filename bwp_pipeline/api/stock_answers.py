"""What the API said of products' stock, kept in the lake: it can't be asked for again.

Belongs here: rows of the lake's `stock_answers`. Does not belong here: asking (`stock.py`), or what
the report shows of the latest answers (`bwp_pipeline/reports/stock/asked.py`).
"""

import hashlib
from collections.abc import Sequence
from itertools import groupby

import pyarrow as pa

from bwp_pipeline.api.stock import ProductStock
from bwp_pipeline.lake import SCHEMAS, Lake

_TABLE = "stock_answers"


def keep_stock_answers(lake: Lake, answers: Sequence[ProductStock]) -> None:
    """Write the answers that say anything of stock or buyability, a file for each day (UTC).

    Args:
        lake: Where they are kept for ever.
        answers: What one step was told.
    """
    known = [one for one in answers if (one.buyable_units, one.buyability) != (None, None)]
    known.sort(key=lambda one: (one.asked_at, one.ref.business_product_id, one.ref.product_key))
    for day, group in groupby(known, key=lambda one: one.asked_at.date()):
        of_day = list(group)
        rows = [
            {
                "business_product_id": one.ref.business_product_id,
                "product_key": one.ref.product_key,
                "product_id": one.ref.product_id,
                "asked_at": one.asked_at,
                "buyable_units": None if one.buyable_units is None else float(one.buyable_units),
                "buyability": one.buyability,
            }
            for one in of_day
        ]
        name = f"{of_day[0].asked_at:%Y%m%dT%H%M%S}-{_digest(repr(rows))}"
        lake.write(_TABLE, day, name, pa.Table.from_pylist(rows, schema=SCHEMAS[_TABLE]))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
