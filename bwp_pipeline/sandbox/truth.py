"""What is true of a world, as plain rows to compare a pipeline's results with.

Derived from how the world was made and from no code that a pipeline uses. Orders are shown as of
`at` (epoch seconds); which of them are known and when things happened is what `evidence` tells.
Units are whole numbers, prices `Decimal` per unit, times UTC.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

from bwp_pipeline.sandbox.api.values import instant
from bwp_pipeline.sandbox.evidence import Evidence, Row
from bwp_pipeline.sandbox.world.order_book import OrderBook
from bwp_pipeline.sandbox.world.order_history import Cancellation, Delivery, Line, Order
from bwp_pipeline.sandbox.world.state_machine import State

REQUEST_CAUSES = {
    "OUT_OF_STOCK": "STOCK",
    "ITEMS_ARRIVING_LATE": "SPEED",
    "INCORRECT_SHIPPING_ADDRESS": "ADDRESS",
    "PAYMENT_ISSUE": "PAYMENT",
    "ORDERED_BY_MISTAKE": "SHOPPER_MISTAKE",
}
"""What a request's reason means, where the package's own reason does not come first."""


def delivery_items(world: OrderBook, at: int, evidence: Evidence) -> list[Row]:
    """One row per order, delivery and line: state, reasons, cause, units, money, times.

    `stock_kind` says for the cause STOCK whether it is direct, shared or merchant_declared.
    `resolved_at` is None for a package past PENDING that no event tells of.
    """
    return [
        _delivery_item(order, delivery, line, units, at, evidence)
        for order in _known(world, at, evidence)
        for delivery in order.deliveries
        if delivery.exists(at)
        for line, units in delivery.contents
    ]


def cancellation_requests(world: OrderBook, at: int, evidence: Evidence) -> list[Row]:
    """One row per request and line that it covers."""
    return [
        {
            "business_product_id": order.business_product_id,
            "order_id": order.id,
            "line_item_id": line.id,
            "reason": request.reason,
            "state": request.state(at),
            "requested_by": request.requested_by,
            "units": units,
            "created_at": instant(request.created),
            "updated_at": instant(_updated(request, at)),
        }
        for order in _known(world, at, evidence)
        for request in order.cancellations
        if request.created <= at
        for line, units in request.covers
    ]


def return_packages(world: OrderBook, at: int, evidence: Evidence) -> list[Row]:
    """One row per return package and line in it.

    An event filed under its return dates that return's package only when it has one.
    """
    rows = []
    for order in _known(world, at, evidence):
        for back in order.returns:
            if back.created > at:
                continue
            path = f"{_path(order)}/return/{back.id}"
            for package in back.packages:
                name = "RETURN_PACKAGE_DELIVERY_FAILED"
                failed_at = evidence.time(name, f"{path}/returnDelivery/{package.id}")
                if failed_at is None and len(back.packages) == 1:
                    failed_at = evidence.time(name, path)
                state = package.state(at)
                rows += [
                    {
                        "business_product_id": order.business_product_id,
                        "order_id": order.id,
                        "return_id": back.id,
                        "return_package_id": package.id,
                        "line_item_id": line_id,
                        "state": state,
                        "reason": package.reason if state == "FAILED" else None,
                        "units": units,
                        "failed_at": failed_at,
                    }
                    for line_id, units in package.units
                ]
    return rows


def refunds(world: OrderBook, at: int, evidence: Evidence) -> list[Row]:
    """One row per refund and line that it covers; a time is None where no event tells it."""
    rows = []
    for order in _known(world, at, evidence):
        for refund in order.refunds:
            path = f"{_path(order)}/refund/{refund.id}"
            rows += [
                {
                    "business_product_id": order.business_product_id,
                    "order_id": order.id,
                    "refund_id": refund.id,
                    "line_item_id": line.id,
                    "state": refund.state(at),
                    "request_reason": refund.reason,
                    "units": units,
                    "refund_total": sum(Decimal(str(x.price)) * n for x, n in refund.covers),
                    "requested_at": evidence.time("REFUND_REQUESTED", path),
                    "completed_at": evidence.time("REFUND_COMPLETED", path),
                }
                for line, units in refund.covers
                if refund.created <= at
            ]
    return rows


def return_items(world: OrderBook, at: int, evidence: Evidence) -> list[Row]:
    """One row per return and line in it; units are graded once they arrived."""
    rows = []
    for order in _known(world, at, evidence):
        for back in order.returns:
            arrived = {
                line for p in back.packages if p.state(at) == "DELIVERED" for line, _ in p.units
            }
            for item_id, line_id, units in back.items if back.created <= at else ():
                is_graded = back.graded is not None and back.graded <= at and line_id in arrived
                rows.append(
                    {
                        "business_product_id": order.business_product_id,
                        "order_id": order.id,
                        "return_id": back.id,
                        "return_line_item_id": item_id,
                        "line_item_id": line_id,
                        "return_state": back.state(at),
                        "return_reason": back.reason,
                        "units": units,
                        "graded_units": units if is_graded else None,
                        "sellable_units": units * (back.condition == "SELLABLE")
                        if is_graded
                        else None,
                    }
                )
    return rows


def unresolved_deliveries(world: OrderBook, at: int, evidence: Evidence) -> list[Row]:
    """Deliveries that an event calls cancelled while the order says otherwise or has none."""
    rows = []
    for order in _known(world, at, evidence):
        for _, delivery_id in order.contradicted:
            path = f"{_path(order)}/delivery/{delivery_id}"
            if evidence.time("PACKAGE_DELIVERY_CANCELLED", path) is None:
                continue
            delivery = next(d for d in order.deliveries if d.id == delivery_id)
            rows.append(
                {
                    "business_product_id": order.business_product_id,
                    "order_id": order.id,
                    "delivery_id": delivery_id,
                    "event_says": "CANCELLED",
                    "snapshot_says": delivery.state(at).value if delivery.exists(at) else None,
                }
            )
    return rows


def stockout_episodes(world: OrderBook) -> list[Row]:
    """One row per stock-out: product, kind, from when to when, since when it can't be ordered."""
    return [
        {
            "business_product_id": store.business_product_id,
            "product_key": episode.product.key,
            "kind": episode.kind.value,
            "starts_at": datetime.fromtimestamp(episode.starts, UTC),
            "ends_at": _moment(episode.ends),
            "hidden_at": _moment(episode.hidden),
        }
        for store in world.stores
        for episode in store.catalog.episodes
    ]


def _known(world: OrderBook, at: int, evidence: Evidence) -> Iterator[Order]:
    orders = world.orders()
    return (o for o in orders if o.id in evidence.order_ids and o.placed <= at)


def _path(order: Order) -> str:
    return f"businessProduct/{order.business_product_id}/order/{order.id}"


def _delivery_item(  # noqa: PLR0917 - what a row follows from
    order: Order, delivery: Delivery, line: Line, units: int, at: int, evidence: Evidence
) -> Row:
    path = f"{_path(order)}/delivery/{delivery.id}"
    state = delivery.state(at)
    request = _counting_request(order, line, at)
    cause, kind = _cause(delivery, request, state)
    shipped_at = evidence.time("PACKAGE_DELIVERY_IN_TRANSIT", path)
    delivered_at = evidence.time("PACKAGE_DELIVERED", path)
    cancelled_at = evidence.time("PACKAGE_DELIVERY_CANCELLED", path)
    if cancelled_at is None and state is State.CANCELLED and request:
        cancelled_at = instant(_updated(request, at))
    ends = [moment for moment in (shipped_at, delivered_at, cancelled_at) if moment is not None]
    known = line.product_known
    sku_known = known and order.placed >= line.product.sku_since
    return {
        "business_product_id": order.business_product_id,
        "order_id": order.id,
        "delivery_id": delivery.id,
        "line_item_id": line.id,
        "product_key": line.product_key(),
        "product_id": line.product.product_id if known else None,
        "sku": line.product.sku if sku_known else None,
        "product_title": line.product.title if known else None,
        "state": state.value,
        "delivery_reason": delivery.reason if state is State.CANCELLED else None,
        "request_reason": request.reason if request else None,
        "requested_by": request.requested_by if request else None,
        "root_cause": cause,
        "stock_kind": kind,
        "is_shared_delivery": delivery.is_shared(),
        "units": units,
        "ordered_units": line.units,
        "unit_price": Decimal(str(line.price)) if known else None,
        "currency_code": order.currency if known else None,
        "ordered_at": instant(order.placed),
        "shipped_at": shipped_at,
        "delivered_at": delivered_at,
        "cancelled_at": cancelled_at,
        "resolved_at": min(ends, default=None),
    }


def _cause(
    delivery: Delivery, request: Cancellation | None, state: State
) -> tuple[str | None, str | None]:
    """The root cause by the published precedence, and for STOCK the kind of evidence."""
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


def _counting_request(order: Order, line: Line, at: int) -> Cancellation | None:
    """The latest successful request that names the line."""
    counting = [
        request
        for request in order.cancellations
        if request.state(at) == "SUCCESS" and any(covered is line for covered, _ in request.covers)
    ]
    return max(counting, key=lambda r: (_updated(r, at), r.created), default=None)


def _updated(request: Cancellation, at: int) -> int:
    decided = request.decided
    return decided if decided is not None and decided <= at else request.created


def _moment(at: int | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(at, UTC)
