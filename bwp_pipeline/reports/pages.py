"""What each page of the report shows: one page for a store and a currency.

Here belongs the choice and order of the figures on a page. They are read in `data` and drawn by
the templates.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from bwp_pipeline.reports.data import Published, Row, Window


@dataclass(frozen=True)
class Page:
    """The figures of one store in one currency.

    `causes` is the window's cancelled units by root cause, the largest first.
    """

    business_product_id: str
    currency_code: str | None
    window: Window
    products: list[Row]
    causes: list[Row]

    @property
    def cancelled_units(self) -> Decimal:
        """Units cancelled in the window, whatever the cause."""
        return sum((row["cancelled_units"] for row in self.causes), Decimal(0))


def pages_of(published: Published) -> list[Page]:
    """Return the pages, by store and currency; one empty page where there is no data at all."""
    keys = {
        (row["business_product_id"], row["currency_code"])
        for table in ("unfulfilled_products", "cancellation_reasons")
        for row in published.records(table)
    }
    ordered = sorted(keys, key=lambda key: (key[0] or "", key[1] or ""))
    return [_page(published, *key) for key in ordered or [("", None)]]


def _page(published: Published, store: str, currency: str | None) -> Page:
    where = {"business_product_id": store, "currency_code": currency}
    return Page(
        business_product_id=store,
        currency_code=currency,
        window=published.window,
        products=published.records("unfulfilled_products", **where),
        causes=causes(
            row
            for row in published.records("cancellation_reasons", **where)
            if published.window.first_day <= row["cancelled_on"] <= published.window.last_day
        ),
    )


def causes(reasons: Iterable[Row]) -> list[Row]:
    """Add up cancellation reasons by root cause, the most units first."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in reasons:
        groups[row["root_cause"]].append(row)
    totals: list[Row] = [
        {
            "root_cause": root_cause,
            "cancelled_units": _total(rows, "cancelled_units"),
            "lost_sales": _total(rows, "lost_sales"),
        }
        for root_cause, rows in groups.items()
    ]
    return sorted(totals, key=lambda row: (-row["cancelled_units"], row["root_cause"]))


def _total(rows: list[Row], column: str) -> Decimal:
    return sum((row[column] for row in rows if row[column] is not None), Decimal(0))
