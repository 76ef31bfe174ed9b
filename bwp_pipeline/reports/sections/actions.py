"""What to do: for one product, and the few things for today, in order of money.

Here belong the choice and the wording of actions. The figures in them come from the page; single
values are printed by `wording`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bwp_pipeline.reports import wording
from bwp_pipeline.reports.language import money, number, percent, say, short_day
from bwp_pipeline.reports.reading.rows import DeliveryTimes, ProductPerformance
from bwp_pipeline.reports.sections.causes import Cause
from bwp_pipeline.reports.sections.order_lines import OrderLine
from bwp_pipeline.reports.sections.reliability import FEW_FAILURES, ShopperChoice
from bwp_pipeline.reports.sections.restock import Restock
from bwp_pipeline.reports.sections.signals import Signal

SHOWN, NAMED = 5, 3
FEW_LATE = 10
MUCH_LATE = 0.05


@dataclass(frozen=True)
class Task:
    """One thing to do, and why. `at_stake` is money; None if unknown.

    `section` of the page has the evidence; `product_key` names the product it is about, if one.
    """

    what: str
    why: str
    at_stake: Decimal | None
    section: str
    product_key: str | None = None


def tasks_of(
    restock: Sequence[Restock],
    signals: Sequence[Signal],
    causes: Sequence[Cause],
    others: Sequence[Task],
    currency: str | None,
) -> list[Task]:
    """Return everything that should be done, the most money at stake first.

    Args:
        restock: the page's restock list.
        signals: the page's signals.
        causes: the window's causes.
        others: further tasks.
        currency: the page's currency.
    """
    due = [_restock_task(product, currency) for product in restock if product.is_due]
    named = {task.product_key for task in due if task.product_key}
    tasks = [
        *due,
        *(task for task in _signal_tasks(signals) if task.product_key not in named),
        *_new_reasons(causes),
        *others,
    ]
    # The sort is stable: without a known amount they keep the order in which they were found.
    return sorted(tasks, key=lambda task: -(task.at_stake or Decimal(0)))


def _restock_task(product: Restock, currency: str | None) -> Task:
    row = product.row
    why = []
    # A product that is out is listed without a failed unit too: then its silence is the reason.
    if row.affected_orders:
        units = wording.units(row.unfulfilled_units)
        orders = wording.orders(row.affected_orders)
        lost = money(row.lost_sales, currency) if row.lost_sales is not None else None
        why.append(
            say("{units} unfulfilled in {orders}.", units=units, orders=orders)
            if lost is None
            else say(
                "{units} unfulfilled in {orders}, {money} lost.",
                units=units,
                orders=orders,
                money=lost,
            )
        )
    known = product.purchase
    if row.stockout_status == "SILENT":
        why.append(say("No orders since it ran out."))
    elif row.stockout_status == "ONGOING":
        why.append(
            say("No shipments since {day}.", day=short_day(row.last_shipped_at))
            if row.last_shipped_at
            else say("Not shipped yet.")
        )
    elif known and known.cover_days is not None:
        why = [
            say(
                "{days} of stock left at {demand} a day.",
                days=wording.days(round(known.cover_days)),
                demand=number(row.demand_per_day, 1),
            )
        ]
    if known and known.has_phantom_stock:
        why.append(say("{n} are shown as available.", n=number(known.on_hand)))
    what = f"{wording.product(row)}: {product.action[:1].lower()}{product.action[1:]}"
    return Task(what, " ".join(why), product.at_risk, "restock", row.product_key)


def order_tasks(lines: Sequence[OrderLine], restock: Sequence[Restock]) -> Iterator[Task]:
    """Yield one task for all that has to be ordered by today before it falls short."""
    listed = {product.row.product_key for product in restock}
    due = [line for line in lines if line.is_due and line.product.product_key not in listed]
    if not due:
        return
    names = ", ".join(wording.title(line.product) for line in due[:NAMED])
    more = ", \N{HORIZONTAL ELLIPSIS}" if len(due) > NAMED else ""
    known = [line.at_risk for line in due if line.at_risk is not None]
    yield Task(
        say("Order {products} before they run out", products=wording.products(len(due))),
        say("{names}: the day to order has come.", names=names + more),
        sum(known, Decimal(0)) if known else None,
        "order_list",
    )


def _signal_tasks(signals: Sequence[Signal]) -> Iterator[Task]:
    for signal in signals:
        if signal.kind == "rate_up":
            what = say("Find out why orders are cancelled more often than usual")
            yield Task(what, signal.evidence, None, "history")
        elif signal.kind == "product_up":
            yield Task(signal.text, signal.evidence, None, "restock", signal.product_key)


def _new_reasons(causes: Sequence[Cause]) -> Iterator[Task]:
    for cause in causes:
        if cause.root_cause.startswith("UNMAPPED:"):
            what = say("{reason}: check with Amazon", reason=wording.cause(cause.root_cause))
            why = say("{units} cancelled.", units=wording.units(cause.cancelled_units))
            yield Task(what, why, cause.lost_sales or None, "causes")


def other_tasks(
    shopper: Sequence[ShopperChoice],
    failed: Sequence[ProductPerformance],
    deliveries: Sequence[DeliveryTimes],
    currency: str | None,
) -> Iterator[Task]:
    """Yield what to ask of the shop, the carrier and Amazon.

    Args:
        shopper: products that shoppers cancel clearly more often than others.
        failed: products that failed on the way, those with the most orders first.
        deliveries: how long deliveries took.
        currency: the page's currency.
    """
    for choice in shopper[:1]:
        row = choice.product
        yield Task(
            say("{product}: check its page and price", product=wording.product(row)),
            say(
                "Shoppers cancelled {share}, clearly more than of other products.",
                share=wording.share(row.shopper_orders, row.orders),
            ),
            row.shopper_sales,
            "shopper",
            row.product_key,
        )
    for row in failed[:1]:
        if row.failed_orders >= FEW_FAILURES:
            yield Task(
                say("{product}: ask the carrier", product=wording.product(row)),
                say(
                    "{orders} lost or undeliverable, {money}; {shipped} shipped.",
                    orders=wording.orders(row.failed_orders),
                    money=money(row.failed_sales, currency),
                    shipped=number(row.shipped_orders),
                ),
                row.failed_sales,
                "deliveries",
                row.product_key,
            )
    for times in deliveries:
        if times.periods_ago == 0 and is_often_late(times):
            yield Task(
                say("Ask Amazon why deliveries come late, or promise less"),
                say(
                    "{late} of {promised} deliveries came later than promised ({share}).",
                    late=number(times.late_deliveries),
                    promised=number(times.promised_deliveries),
                    share=percent(times.late_share),
                ),
                None,
                "deliveries",
            )


def is_often_late(times: DeliveryTimes) -> bool:
    """Return whether late deliveries are worth a question: more than a few, and one in twenty."""
    share = times.late_share
    return share is not None and times.late_deliveries >= FEW_LATE and share >= MUCH_LATE
