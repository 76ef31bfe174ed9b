"""What is true of a world, as plain rows to compare a pipeline's results with.

Derived from how the world was made and not by any code that a pipeline uses. All rows are as of a
moment `at` (epoch seconds): what comes later is not in them. Units are whole numbers, prices
`Decimal`, times UTC. Rows of orders that no event names yet are left out, since nobody can know of
those orders; `seen_only=False` has them too.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from bwp_pipeline.sandbox import firehose, happenings
from bwp_pipeline.sandbox.order_book import OrderBook
from bwp_pipeline.sandbox.orders import Cancellation, Delivery, Line, Order
from bwp_pipeline.sandbox.state_machine import State
from bwp_pipeline.sandbox.versions import instant

Row = dict[str, Any]

REQUEST_CAUSES = {
    "OUT_OF_STOCK": "STOCK",
    "ITEMS_ARRIVING_LATE": "SPEED",
    "INCORRECT_SHIPPING_ADDRESS": "ADDRESS",
    "PAYMENT_ISSUE": "PAYMENT",
    "ORDERED_BY_MISTAKE": "SHOPPER_MISTAKE",
}


def seen_orders(
    world: OrderBook, at: int | None = None, *, seen_only: bool = True
) -> Iterator[Order]:
    """The orders that at least one event has named by then."""
    now = world.end if at is None else at
    for order in world.orders():
        facts = happenings.of_order(order)
        named = any(f.at < now and f.resource[0][0] == "order" for f in facts)
        if named or (not seen_only and order.placed <= now):
            yield order


def delivery_items(world: OrderBook, at: int | None = None, *, seen_only: bool = True) -> list[Row]:
    """One row per order, delivery and line: state, reasons, cause, units, money, times."""
    now = world.end if at is None else at
    return [
        _delivery_item(order, delivery, line, units, now)
        for order in seen_orders(world, at, seen_only=seen_only)
        for delivery in order.deliveries
        if delivery.exists(now)
        for line, units in delivery.contents
    ]


def cancellation_requests(world: OrderBook, at: int | None = None) -> list[Row]:
    """One row per request and line that it covers."""
    now = world.end if at is None else at
    return [
        {
            "business_product_id": order.business_product_id,
            "order_id": order.id,
            "line_item_id": line.id,
            "reason": request.reason,
            "state": request.state(now),
            "requested_by": request.requested_by,
            "units": units,
            "created_at": instant(request.created),
            "updated_at": instant(_updated(request, now)),
        }
        for order in seen_orders(world, at)
        for request in order.cancellations
        if request.created <= now
        for line, units in request.covers
    ]


def return_packages(world: OrderBook, at: int | None = None) -> list[Row]:
    """One row per return package and line in it.

    `failed_at` is the event's time; NULL where the event is filed under a return of several
    packages, because then nobody can tell which of them failed when.
    """
    now = world.end if at is None else at
    return [
        {
            "business_product_id": order.business_product_id,
            "order_id": order.id,
            "return_id": back.id,
            "return_package_id": package.id,
            "line_item_id": line_id,
            "state": package.state(now),
            "reason": package.reason if package.state(now) == "FAILED" else None,
            "units": units,
            "failed_at": _moment(package.failed, now)
            if order.number % 2 or len(back.packages) == 1
            else None,
        }
        for order in seen_orders(world, at)
        for back in order.returns
        if back.created <= now
        for package in back.packages
        for line_id, units in package.units
    ]


def business_events(world: OrderBook) -> list[Row]:
    """One row per business event in the archive, with the names and the copies it came in.

    Milestone, stock and buyability events can happen again to the same resource; `is_repeatable`
    marks them, and each time is a row.
    """
    found: dict[tuple[str, str, int], list[Any]] = defaultdict(list)
    for item in firehose.objects(world):
        for record in item.records:
            if (fact := record.happening) is not None:
                again = fact.at if is_repeatable(fact.name) else 0
                found[fact.name, fact.path, again].append(record)
    rows = []
    for (name, _, _), records in found.items():
        fact = min((r.happening for r in records), key=lambda f: f.at)
        rows.append(
            {
                "business_product_id": fact.business_product_id,
                "order_id": next((v for k, v in fact.resource if k == "order"), None),
                "event_type": name,
                "resource_type": fact.resource[-1][0],
                "resource_id": fact.resource[-1][1],
                "event_time": datetime.fromtimestamp(fact.at, UTC),
                "archived_names": sorted({r.name for r in records}),
                "copies": len(records),
                "is_repeatable": is_repeatable(name),
            }
        )
    return rows


def is_repeatable(name: str) -> bool:
    """Whether the same resource can have several events of that name."""
    return name in {
        "PACKAGE_TRACKER_MILESTONE_CHANGED", "INVENTORY_CHANGED", "BUYABILITY_CHANGED",
    }  # fmt: skip


def unresolved_deliveries(world: OrderBook, at: int | None = None) -> list[Row]:
    """Deliveries that an event calls cancelled while the API says otherwise or has none."""
    now = world.end if at is None else at
    rows = []
    for order in world.orders():
        for when, delivery_id in order.contradicted:
            if when < now:
                delivery = next(d for d in order.deliveries if d.id == delivery_id)
                rows.append(
                    {
                        "business_product_id": order.business_product_id,
                        "order_id": order.id,
                        "delivery_id": delivery_id,
                        "event_says": "CANCELLED",
                        "snapshot_says": delivery.state(now).value
                        if delivery.exists(now)
                        else None,
                    }
                )
    return rows


def _delivery_item(order: Order, delivery: Delivery, line: Line, units: int, now: int) -> Row:
    state = delivery.state(now)
    request = _counting_request(order, line, now)
    called_off = [t for t, which in order.contradicted if which == delivery.id]
    cancels = [t for t in (delivery.cancelled, *called_off) if t is not None and t < now]
    cancelled = min(cancels, default=None)
    ends = [
        t for t in (delivery.shipped, delivery.delivered, cancelled) if t is not None and t < now
    ]
    cause, kind = _cause(delivery, request, state)
    return {
        "business_product_id": order.business_product_id,
        "order_id": order.id,
        "delivery_id": delivery.id,
        "line_item_id": line.id,
        "product_key": line.product_key(),
        "product_id": line.product.product_id if line.product_known else None,
        "sku": _sku(order, line),
        "product_title": line.product.title if line.product_known else None,
        "state": state.value,
        "delivery_reason": delivery.reason if state is State.CANCELLED else None,
        "request_reason": request.reason if request else None,
        "requested_by": request.requested_by if request else None,
        "root_cause": cause,
        "stock_kind": kind,
        "is_shared_delivery": delivery.is_shared(),
        "units": units,
        "ordered_units": line.units,
        "unit_price": Decimal(str(line.price)) if line.product_known else None,
        "currency_code": order.currency if line.product_known else None,
        "ordered_at": instant(order.placed),
        "shipped_at": _moment(delivery.shipped, now),
        "delivered_at": _moment(delivery.delivered, now),
        "cancelled_at": _moment(cancelled, now),
        "resolved_at": _moment(min(ends, default=None), now),
    }


def _cause(
    delivery: Delivery, request: Cancellation | None, state: State
) -> tuple[str | None, str | None]:
    """The root cause by the published precedence, and for stock which kind of evidence."""
    if state is not State.CANCELLED:
        return None, None
    asked = request.reason if request else None
    if delivery.reason == "UNFULFILLABLE":
        return "STOCK", "shared" if delivery.is_shared() else "direct"
    if asked in REQUEST_CAUSES:
        cause = REQUEST_CAUSES[asked]
        return cause, "merchant_declared" if cause == "STOCK" else None
    if delivery.reason == "UNDELIVERABLE":
        return "DELIVERY_FAILURE", None
    if delivery.reason == "CUSTOMER_REQUESTED" or request:
        by_merchant = request is not None and request.requested_by == "MERCHANT"
        return "MERCHANT_CHOICE" if by_merchant else "SHOPPER_CHOICE", None
    return f"UNMAPPED:{delivery.reason}" if delivery.reason else "UNKNOWN", None


def _counting_request(order: Order, line: Line, now: int) -> Cancellation | None:
    counting = [
        c
        for c in order.cancellations
        if c.state(now) == "SUCCESS" and any(covered is line for covered, _ in c.covers)
    ]
    return max(counting, key=lambda c: (_updated(c, now), c.created), default=None)


def _updated(request: Cancellation, now: int) -> int:
    decided = request.decided
    return decided if decided is not None and decided <= now else request.created


def _sku(order: Order, line: Line) -> str | None:
    known = line.product_known and order.placed >= line.product.sku_since
    return line.product.sku if known else None


def _moment(at: int | None, now: int) -> datetime | None:
    return None if at is None or at >= now else datetime.fromtimestamp(at, UTC)
