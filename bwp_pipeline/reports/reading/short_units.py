"""Units that stopped for want of stock in orders that don't say which product was missing.

Here belong the row's shape and its query. How likely each product was the missing one is the
model's (`marts.fct_short_items`), how it is told is in `restock`.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class InferredUnits:
    """A product's units of a window that failed beside others or by the merchant's word.

    `likely_units` are the same, each weighed by the chance that this product was the missing one;
    None where nobody knows how many there were.
    """

    business_product_id: str
    currency_code: str | None
    product_key: str
    inferred_units: Decimal | None
    likely_units: float | None

    @property
    def probability(self) -> float | None:
        """The mean chance that this product was the missing one."""
        if not self.inferred_units or self.likely_units is None:
            return None
        return self.likely_units / float(self.inferred_units)


def inferred_units_between(first_day: date, last_day: date) -> str:
    """Return the rows of a window, for a from clause; dates are nobody's text."""
    days = f"between date '{first_day}' and date '{last_day}'"
    return f"""(
        select
            short.business_product_id, items.currency_code, short.product_key,
            sum(short.units) as inferred_units,
            cast(sum(short.units * short.probability_short) as double) as likely_units
        from marts.fct_short_items as short
        inner join marts.fct_delivery_items as items
            on short.business_product_id = items.business_product_id
            and short.order_id = items.order_id and short.delivery_id = items.delivery_id
            and short.line_item_id = items.line_item_id
        where short.evidence <> 'direct' and short.decided_on {days}
        group by short.business_product_id, items.currency_code, short.product_key
    )"""  # noqa: S608 -- dates of the window
