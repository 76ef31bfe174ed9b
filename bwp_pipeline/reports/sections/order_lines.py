"""What to buy: each active product of a page with its purchase, and the totals by supplier.

Here belongs which products a page's orders hold, their order and their money. Quantities are worked
out in `purchases`; what fell short is listed in `restock`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from bwp_pipeline.reports.reading.active_products import ActiveProduct, ProductId
from bwp_pipeline.reports.sections.purchases import Purchase


@dataclass(frozen=True)
class OrderLine:
    """A product of the page that tells its order.

    `at_risk` is what is expected to be lost in `purchase.horizon_days` if nothing is ordered, in
    the page's currency; None without a price. `is_due` is whether to order it by today.
    """

    purchase: Purchase
    at_risk: Decimal | None
    is_due: bool

    @property
    def product(self) -> ActiveProduct:
        """What is bought."""
        return self.purchase.product

    @property
    def margin_at_risk(self) -> Decimal | None:
        """The part of `at_risk` that the units would not have cost; None without cost or price."""
        price, cost = self.product.unit_price, self.purchase.unit_cost
        if self.at_risk is None or not price or cost is None:
            return None
        return self.at_risk * (1 - cost / price)

    @property
    def at_risk_per_cost(self) -> float | None:
        """Money at risk for each unit of money that the order costs."""
        cost = self.purchase.cost
        return float(self.at_risk / cost) if self.at_risk is not None and cost else None


@dataclass(frozen=True)
class SupplierOrder:
    """All that is to be ordered from one supplier; `cost` is None where a unit cost is missing.

    `name` is that of the table and the file that hold it.
    """

    supplier: str | None
    name: str
    lines: tuple[OrderLine, ...]

    @property
    def units(self) -> int:
        """Units of all lines."""
        return sum(line.purchase.suggested_units or 0 for line in self.lines)

    @property
    def cost(self) -> Decimal | None:
        """Cost of all lines."""
        costs = [line.purchase.cost for line in self.lines]
        known = [cost for cost in costs if cost is not None]
        return sum(known, Decimal(0)) if len(known) == len(costs) else None

    @property
    def order_by(self) -> date | None:
        """The earliest day by which one of the lines has to be ordered."""
        days = [line.purchase.last_order_on for line in self.lines if line.purchase.last_order_on]
        return min(days, default=None)


def order_lines_of(
    products: Iterable[ActiveProduct],
    purchases: Mapping[ProductId, Purchase],
    last_day: date,
    listed: Mapping[str, Decimal | None] | None = None,
) -> list[OrderLine]:
    """Return a page's active products, the most money at risk first.

    Args:
        products: the page's own.
        purchases: what to order of them.
        last_day: the window's last day.
        listed: the money at risk of those on the page's restock list, by product key.
    """
    amounts = listed or {}
    today = last_day + timedelta(days=1)
    lines = [
        OrderLine(
            known,
            at_risk=amounts.get(product.product_key, money_at_risk(product, known.units_at_risk)),
            is_due=known.is_due(today) and not known.is_set_aside(today),
        )
        for product in products
        for known in [purchases[product.id]]
    ]
    return sorted(lines, key=lambda line: (-(line.at_risk or Decimal(0)), line.product.product_key))


def money_at_risk(product: ActiveProduct, units: float) -> Decimal | None:
    """Return what units that are lost would have brought on the product's own page."""
    if product.unit_price is None:
        return None
    return round(product.unit_price * Decimal(units * product.currency_share), 4)


def to_order(lines: Sequence[OrderLine], today: date) -> list[OrderLine]:
    """Return the lines with something to order, without what the merchant has set aside."""
    return [
        line
        for line in lines
        if line.purchase.suggested_units and not line.purchase.is_set_aside(today)
    ]


def purchase_order_names(suppliers: Iterable[str | None]) -> dict[str | None, str]:
    """Name each supplier's purchase order, with nothing a file system minds, and each another."""
    names: dict[str | None, str] = {}
    taken: set[str] = set()
    for supplier in _by_name({*suppliers, None}):
        plain = re.sub(r"[^\w]+", "-", supplier or "no supplier").strip("-").lower()
        name = f"purchase_order_{plain[:60] or 'supplier'}"
        while name in taken:
            name += "-2"
        taken.add(name)
        names[supplier] = name
    return names


def supplier_orders(
    lines: Iterable[OrderLine], names: Mapping[str | None, str]
) -> list[SupplierOrder]:
    """Return the lines by supplier, in the order of their names; those without one last.

    Args:
        lines: what is to be ordered.
        names: the purchase orders' names, by supplier.
    """
    by_supplier: dict[str | None, list[OrderLine]] = {}
    for line in lines:
        by_supplier.setdefault(line.purchase.supplier, []).append(line)
    return [
        SupplierOrder(supplier, names[supplier], tuple(by_supplier[supplier]))
        for supplier in _by_name(by_supplier)
    ]


def _by_name(suppliers: Iterable[str | None]) -> list[str | None]:
    return sorted(suppliers, key=lambda name: (name is None, name or ""))


def running_out(lines: Iterable[OrderLine], today: date, within: int) -> list[OrderLine]:
    """Return products that still sell and whose stock is soon gone, the earliest first.

    Known stock above 0, not out by the model, and more likely than not gone within so many days if
    nothing is ordered.
    """
    until = today + timedelta(days=within)
    soon = [
        (line.purchase.stockout_on, line)
        for line in lines
        if not line.purchase.is_set_aside(today)
        and not line.purchase.has_phantom_stock
        and (line.purchase.on_hand or 0) > 0
        and line.purchase.stockout_on is not None
    ]
    return [
        line
        for on, line in sorted(soon, key=lambda pair: (pair[0], pair[1].product.product_key))
        if on <= until
    ]
