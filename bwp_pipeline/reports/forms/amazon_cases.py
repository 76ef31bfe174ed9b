"""Stock that Amazon shows and doesn't ship: what to send to its support, a file for each product.

Here belongs which products are such a case, and the text of it. It is English whatever the report's
language, for Amazon reads it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from bwp_pipeline.reports.forms.csv_files import plain
from bwp_pipeline.reports.page import Page
from bwp_pipeline.reports.reading.rows import CancelledOrder
from bwp_pipeline.reports.sections.restock import Restock, case_file_name
from bwp_pipeline.reports.stock.files import StockFiles

MOST_ORDERS = 200


@dataclass(frozen=True)
class AmazonCase:
    """A file's name and its text."""

    file_name: str
    text: str


def amazon_cases(
    pages: Iterable[Page], orders: Iterable[CancelledOrder], stock: StockFiles
) -> Iterator[AmazonCase]:
    """Yield a case for each product that Amazon calls buyable and cancels as unfulfillable.

    Args:
        pages: all pages of the report; the one that tells a product's order has its case.
        orders: the window's cancelled orders of all pages, the newest first.
        stock: when Amazon told the stock.
    """
    by_product: dict[tuple[str, str], list[CancelledOrder]] = {}
    for order in orders:
        if order.root_cause == "STOCK":
            key = (order.business_product_id, order.product_key)
            by_product.setdefault(key, []).append(order)
    for page in pages:
        for product in page.restock:
            if product.is_phantom and not product.ordered_elsewhere:
                key = (page.business_product_id, product.row.product_key)
                yield _case(page, product, by_product.get(key, []), stock)


def _case(
    page: Page, product: Restock, orders: list[CancelledOrder], stock: StockFiles
) -> AmazonCase:
    row, known = product.row, product.purchase
    asked = stock.asked.products.get((row.business_product_id, row.product_key))
    units = known.on_hand if known else None
    at = f" on {asked.asked_at:%Y-%m-%d %H:%M} UTC" if asked and asked.asked_at else ""
    short = (
        f"{_units(row.unfulfilled_units)} ({_units(row.unfulfilled_units_direct)} in deliveries of"
        " this item alone)"
    )
    lines = [
        "Buy with Prime: an item is shown as buyable, its orders are cancelled as UNFULFILLABLE.",
        "",
        f"Business product id: {row.business_product_id}",
        f"SKU: {row.sku or row.product_key}",
        f"Title: {' '.join((row.product_title or '').split())}",
        f"Buyable quantity shown by the API{at}: {_units(units)}",
        f"Units cancelled for stock, {page.window.first_day} to {page.window.last_day}: {short}",
        "",
        "Please reconcile the stock of this item, and say what can be shipped.",
        "",
        "Cancelled on, order, units:",
        *(
            f"{order.cancelled_on}, {order.order_id}, {_units(order.cancelled_units)}"
            for order in orders[:MOST_ORDERS]
        ),
    ]
    if len(orders) > MOST_ORDERS:
        lines.append(f"and {len(orders) - MOST_ORDERS} earlier orders")
    name = case_file_name(row.business_product_id, row.product_key)
    return AmazonCase(name, "\n".join(lines) + "\n")


def _units(value: Decimal | None) -> str:
    return "unknown" if value is None else plain(value)


def write_cases(cases: Iterable[AmazonCase], directory: Path) -> tuple[Path, ...]:
    """Write the case files into a directory, and return their paths."""
    paths = []
    for case in cases:
        paths.append(directory / case.file_name)
        paths[-1].write_text(case.text, encoding="utf-8")
    return tuple(paths)
