"""What of a world's life is announced: one `Happening` for each fact that an event tells.

Facts only: under which names, in which envelopes and how often they are archived is decided in
`events`. Times are epoch seconds.
"""

from collections.abc import Iterator
from typing import NamedTuple

from bwp_pipeline.sandbox.api import packages
from bwp_pipeline.sandbox.api.values import Json, iso_ms
from bwp_pipeline.sandbox.api.versions import identifiers_object
from bwp_pipeline.sandbox.world.catalog import DAY
from bwp_pipeline.sandbox.world.identifiers import external_id
from bwp_pipeline.sandbox.world.order_book import SandboxStore
from bwp_pipeline.sandbox.world.order_history import Delivery, Order

QUIET_MILESTONES = frozenset({"IN_TRANSIT", "DELIVERED", "OUT_FOR_DELIVERY"})
"""Milestones that a delivery's own events tell already, or that nobody subscribes to."""


class Happening(NamedTuple):
    """A fact: its event's current name, when, and the resource as key/value pairs.

    Hydrated envelopes tell of the `part` of `order` that has this id, or else carry `data`.
    """

    name: str
    at: int
    business_product_id: str
    resource: tuple[tuple[str, str], ...]
    order: Order | None = None
    part: str | None = None
    data: Json | None = None

    @property
    def order_id(self) -> str | None:
        """The order that the resource names."""
        return dict(self.resource).get("order")

    @property
    def path(self) -> str:
        """The resource as events write it."""
        pairs = (("businessProduct", self.business_product_id), *self.resource)
        return "/".join(text for pair in pairs for text in pair)


def of_order(order: Order) -> Iterator[Happening]:
    """All that an order's events tell, in no particular order, whenever it happens."""
    bp = order.business_product_id

    def fact(name: str, at: int | None, *resource: tuple[str, str]) -> Iterator[Happening]:
        if at is not None:
            yield Happening(name, at, bp, (("order", order.id), *resource), order, resource[-1][1])

    for delivery in order.deliveries:
        what = ("delivery", delivery.id)
        yield from fact("PACKAGE_DELIVERY_IN_TRANSIT", delivery.shipped, what)
        yield from fact("PACKAGE_DELIVERED", delivery.delivered, what)
        yield from fact("PACKAGE_DELIVERY_CANCELLED", delivery.cancelled, what)
        yield from _milestones(order, delivery)
    for at, delivery_id in order.contradicted:
        yield from fact("PACKAGE_DELIVERY_CANCELLED", at, ("delivery", delivery_id))
    for refund in order.refunds:
        what = ("refund", refund.id)
        yield from fact("REFUND_REQUESTED", refund.created, what)
        yield from fact("REFUND_COMPLETED", refund.completed, what)
    for back in order.returns:
        what = ("return", back.id)
        yield from fact("RETURN_STARTED", back.created, what)
        yield from fact("RETURN_COMPLETED", back.completed, what)
        for package in back.packages:
            # Documented under the return, observed under its package: half of the orders each.
            path = (what, ("returnDelivery", package.id)) if order.number % 2 else (what,)
            yield from fact("RETURN_PACKAGE_IN_TRANSIT", package.in_transit, *path)
            yield from fact("RETURN_PACKAGE_DELIVERED", package.delivered, *path)
            yield from fact("RETURN_PACKAGE_DELIVERY_FAILED", package.failed, *path)
        arrived = {line for p in back.packages if p.delivered is not None for line, _ in p.units}
        for item, line, _ in back.items:
            if line in arrived:
                path = (what, ("returnLineItem", item)) if order.number % 2 else (what,)
                yield from fact("RETURN_ITEM_GRADED", back.graded, *path)


def _milestones(order: Order, delivery: Delivery) -> Iterator[Happening]:
    tracker = (("carrier", "ups"), ("tracker", delivery.tracking_number or ""))
    for at, code in delivery.milestones:
        if code not in QUIET_MILESTONES:
            resource = (("order", order.id), *tracker) if order.number % 2 else tracker
            yield Happening(
                "PACKAGE_TRACKER_MILESTONE_CHANGED", at, order.business_product_id, resource
            )


def of_stock(store: SandboxStore, start: int, end: int) -> Iterator[Happening]:
    """Stock going out and coming back, weekly counts, and products that can't be bought."""
    bp = store.business_product_id
    for product in store.catalog.products:
        # Documented with one word, observed with the other.
        word = "item-quantities" if product.product_id < "bwp8" else "inventory-item"
        item = (word, product.inventory_item_id)
        for at in range(start + DAY // 3, end, 7 * DAY):
            yield Happening("INVENTORY_CHANGED", at, bp, (item,))
    for episode in store.catalog.episodes:
        product = episode.product
        item = ("inventory-item", product.inventory_item_id)
        for moment in (episode.starts, episode.ends):
            if moment is not None:
                yield Happening("INVENTORY_CHANGED", moment, bp, (item,))
        for moment, status in ((episode.hidden, "NOT_BUYABLE"), (episode.ends, "BUYABLE")):
            if episode.hidden is not None and moment is not None:
                data = {
                    "product": {
                        **identifiers_object(product),
                        "id": product.product_id,
                        "buyability": {"status": status},
                    }
                }
                what = ("items", product.product_id)
                yield Happening("BUYABILITY_CHANGED", moment, bp, (what,), data=data)


def hydrated(happening: Happening) -> Json:
    """The `data` of a third-generation event: the part of the order that it is about."""
    order = happening.order
    if order is None:
        return happening.data or {}
    shown: Json = {
        "id": order.id,
        "aliases": [{"aliasId": external_id(order.number), "aliasType": "EXTERNAL_ID"}],
    }
    if happening.name in {"REFUND_REQUESTED", "REFUND_COMPLETED"}:
        refund = next(r for r in order.refunds if r.id == happening.part)
        details = {
            "id": refund.id,
            "state": refund.state(happening.at),
            "createdAt": iso_ms(refund.created),
            "updatedAt": iso_ms(happening.at),
        }
        # Seen in both shapes: an object with a list, a list of objects.
        done = happening.name == "REFUND_COMPLETED"
        shown["refunds"] = [{"details": details}] if done else {"details": [details]}
    elif happening.name.startswith("PACKAGE_"):
        delivery = next(d for d in order.deliveries if d.id == happening.part)
        shown["packageInformation"] = {
            "details": [packages.package_object(order, delivery, happening.at)]
        }
    return {"order": shown}
