"""Orders in the shapes of the API's versions: plain dictionaries as the `order` query answers them.

`order_object(order, version, at)` is the whole order as it was at that moment; a query then takes
from it what it selects. Names and nesting differ by version, facts do not.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from bwp_pipeline.sandbox.catalog import Product
from bwp_pipeline.sandbox.identifiers import external_id
from bwp_pipeline.sandbox.orders import Cancellation, Contents, Delivery, Line, Order, Refund
from bwp_pipeline.sandbox.returns import Return
from bwp_pipeline.sandbox.state_machine import State, summary

Json = dict[str, Any]
V2024_01_01 = "2024-01-01"
V2024_04_01 = "2024-04-01"
V2024_11_01 = "2024-11-01"
VERSIONS = (V2024_01_01, V2024_04_01, V2024_11_01)


def iso(at: int) -> str:
    """Whole seconds, as events write times."""
    return datetime.fromtimestamp(at, UTC).isoformat()[:19] + "Z"


def instant(at: int) -> datetime:
    """The moment that `iso_ms` writes: the API's times have milliseconds, made up from `at`."""
    return datetime.fromtimestamp(at, UTC).replace(microsecond=at % 997 * 1000)


def iso_ms(at: int) -> str:
    """Milliseconds, as the API writes times."""
    return f"{datetime.fromtimestamp(at, UTC).isoformat()[:19]}.{at % 997:03d}Z"


def order_object(order: Order, version: str, at: int) -> Json | None:
    """The order as of `at`; None when it was not placed yet."""
    if at < order.placed:
        return None
    old = version == V2024_01_01
    deliveries = [d for d in order.deliveries if d.exists(at)]
    details = {d.id: _delivery(order, d, version, at) for d in deliveries}
    aliases = [{"aliasId": external_id(order.number), "aliasType": "EXTERNAL_ID"}]
    shown: Json = {
        "id": order.id,
        "aliases": aliases,
        "customer": {
            "contact": {
                "id": f"customer-{order.number}",
                "name": f"Shopper {order.number}",
                "email": f"shopper{order.number}@example.com",
            }
        },
        "discounts": None,
        "lineItems": [
            _line(order, line, version, at, [(d, details[d.id]) for d in deliveries])
            for line in order.lines
        ],
        "metadata": {
            "createdAt": iso_ms(order.placed),
            "updatedAt": iso_ms(_last_change(order, at)),
            "executionState": "STARTED",
        },
        "orderLinks": [],
        _information(version): _packages(deliveries, details.values(), at),
        "payments": None,
        "refunds": {
            "summary": None,
            "details": [_refund(order, r, version, at) for r in order.refunds if r.created <= at],
        },
        "returns": {"details": [_return(r, version, at) for r in order.returns if r.created <= at]},
        "taxes": None,
    }
    total = {
        "value": _money(order, sum(Decimal(str(x.price)) * x.units for x in order.lines)),
        "rollupCharges": [],
        "verified": True,
    }
    shown["orderTotal" if old else "totalPrice"] = total
    if old:
        shown["orderAliases"] = aliases
    return shown


def _information(version: str) -> str:
    return "packageInformation" if version == V2024_11_01 else "deliveryInformation"


def _packages(deliveries: list[Delivery], details: Iterable[Json], at: int) -> Json:
    state = summary([d.state(at) for d in deliveries])
    return {"summary": {"state": state.value}, "details": list(details)}


def _line(
    order: Order, line: Line, version: str, at: int, deliveries: list[tuple[Delivery, Json]]
) -> Json:
    mine = [(d, x) for d, x in deliveries if any(held is line for held, _ in d.contents)]
    cancellations = [
        _cancellation(c, at)
        for c in order.cancellations
        if c.created <= at and any(covered is line for covered, _ in c.covers)
    ]
    aliases = [{"aliasType": line.alias[0], "aliasId": line.alias[1]}] if line.alias else []
    promise = {"earliest": iso(order.promised[0]), "latest": iso(order.promised[1])}
    recipient = {"deliveryAddress": {"name": f"Shopper {order.number}", "countryCode": "US"}}
    shown: Json = {
        "id": line.id,
        "aliases": aliases,
        "amount": {"unit": "ONE", "value": _number(order, line.units)},
        "cancellations": {"details": cancellations},
        "createdAt": iso_ms(order.placed),
        "discounts": None,
        _information(version): _packages([d for d, _ in mine], [x for _, x in mine], at),
        "payments": None,
        "taxes": None,
    }
    if version == V2024_01_01:
        shown["quantity"] = {"unit": "ONE", "amount": line.units}
        shown["lineItemAliases"] = aliases
        shown["purchasedItem"] = _purchased_item(order, line)
        shown["deliveryOffer"] = {
            "details": {
                "deliveryProvider": "PRIME",
                "estimatedDeliveryDate": promise,
                "recipient": recipient,
            }
        }
        return shown
    shown["product"] = product_object(line.product, order) if line.product_known else None
    offer: Json = {"date": promise, "recipient": recipient, "deliveryProvider": "PRIME"}
    if version == V2024_11_01:
        offer["deliveryProvider"] = "AMAZON"
        offer["deliveryTerms"] = {"isPrimeEligible": True, "deliverySpeed": "STANDARD"}
        shown["reversalOffers"] = None
    shown["deliveryOffer"] = {"details": offer, "summary": None}
    return shown


def identifiers_object(product: Product, at: int | None = None) -> Json:
    """A product's optional identifiers, as they were written at that time."""
    sku = None if at is not None and at < product.sku_since else product.sku
    amazon = product.amazon_sku and {
        "value": product.amazon_sku,
        "marketplaceId": "ATVPDKIKX0DER",
    }
    return {
        "sku": sku and {"value": sku},
        "externalId": product.external_id and {"value": product.external_id},
        "amazonSku": amazon,
    }


def product_object(product: Product, order: Order) -> Json:
    """A product as it was written to the order when it was placed."""
    return {
        **identifiers_object(product, order.placed),
        "productId": {"value": product.product_id},
        "title": product.title,
        "productDetailPageUrl": f"https://shop.example.com/p/{product.product_id}",
        "image": None,
        "price": _money(order, product.price),
        "variationSelections": [],
        "offerPrime": True,
    }


def _purchased_item(order: Order, line: Line) -> Json | None:
    if not line.product_known:
        return None
    product = line.product
    sku = product.sku if order.placed >= product.sku_since else None
    identifiers = {"ID": product.product_id, "SKU": sku, "ExternalId": product.external_id,
                   "mSKU": product.amazon_sku}  # fmt: skip
    return {
        "title": product.title,
        "altText": product.title,
        "imageUrl": None,
        "itemIdentifiers": [
            {"identifierType": kind, "identifierValue": value}
            for kind, value in identifiers.items()
            if value is not None
        ],
        "price": {"currentPrice": _money(order, line.price)},
        "productDetailPageUrl": f"https://shop.example.com/p/{product.product_id}",
        "variantSelections": [],
    }


def _delivery(order: Order, delivery: Delivery, version: str, at: int) -> Json:
    state = delivery.state(at)
    shown: Json = {
        "id": delivery.id,
        "aliases": [],
        "deliverFromAddress": None,
        "state": state.value,
        "reason": delivery.reason if state is State.CANCELLED else None,
    }
    moving = delivery.shipped is not None and delivery.shipped <= at
    covers = {"orderLineItems": _amounts(order, delivery.contents)}
    if version == V2024_11_01:
        shown["packageInformationDetailsFor"] = covers
        shown["packageTracker"] = tracker_object(order, delivery, at) if moving else None
        return shown
    shown["deliveryInformationDetailsFor"] = covers
    shown["association"] = [
        {"lineItem": {"id": line.id}, "interval": {"start": "0", "measure": str(units)}}
        for line, units in delivery.contents
    ]
    shown["estimatedDeliveryDate"] = iso(order.promised[1])
    shown["trackingDetails"] = (
        {"trackingNumber": delivery.tracking_number, "carrierCode": "ups"} if moving else None
    )
    return shown


def package_object(order: Order, delivery: Delivery, at: int) -> Json:
    """A package as the newest events carry it."""
    shown = _delivery(order, delivery, V2024_11_01, at)
    return {key: shown[key] for key in ("id", "state", "reason", "packageInformationDetailsFor")}


def tracker_object(order: Order, delivery: Delivery, at: int) -> Json:
    """A parcel's tracking: milestones reached so far, the latest last."""
    milestones = [
        {
            "status": {"code": code, "message": {"locale": "en-US", "value": code.capitalize()}},
            "address": {"locality": "Anytown", "region": "WA", "country": "US"},
            "occurredAt": iso(when),
        }
        for when, code in sorted(delivery.milestones)
        if when <= at
    ]
    return {
        "packageTrackerIdentifier": {
            "trackingNumber": delivery.tracking_number,
            "carrierCode": "ups",
        },
        "estimatedDeliveryDate": {
            "earliest": iso(order.promised[0]),
            "latest": iso(order.promised[1]),
        },
        "latestMilestone": milestones[-1] if milestones else None,
        "milestones": milestones,
        "trackingUrl": None,
    }


def _cancellation(request: Cancellation, at: int) -> Json:
    decided = request.decided is not None and request.decided <= at
    return {
        "additionalComments": request.comment,
        "aliases": [],
        "canceledFor": {"orderLineItems": _amounts(None, request.covers)},
        "createdAt": iso_ms(request.created),
        "reason": request.reason,
        "refundDetails": [],
        "requestedBy": request.requested_by,
        "state": request.state(at),
        "updatedAt": iso_ms(request.decided if decided and request.decided else request.created),
    }


def _refund(order: Order, refund: Refund, version: str, at: int) -> Json:
    done = refund.completed is not None and refund.completed <= at
    total = sum(Decimal(str(line.price)) * units for line, units in refund.covers)
    shown: Json = {
        "id": refund.id,
        "aliases": [],
        "createdAt": iso_ms(refund.created),
        "updatedAt": iso_ms(refund.completed if done and refund.completed else refund.created),
        "paymentDetails": [],
        "refundTotal": {"totalAmount": _money(order, total)},
        "state": refund.state(at),
    }
    if version == V2024_01_01:
        shown["refundFor"] = {
            "orderLineItems": [
                {"lineItem": {"id": x.id}, "refundedQuantity": {"unit": "ONE", "amount": units}}
                for x, units in refund.covers
            ]
        }
        return shown
    shown["refundRequestReason"] = refund.reason
    shown["refundStatusReason"] = "PARTIALLY_DECLINED" if shown["state"] == "PARTIAL" else None
    shown["refundFor"] = {"orderLineItems": _amounts(None, refund.covers), "causedBy": None}
    return shown


def _return(back: Return, version: str, at: int) -> Json:
    done = back.completed is not None and back.completed <= at
    graded = back.graded is not None and back.graded <= at
    arrived = {line for p in back.packages if p.state(at) == "DELIVERED" for line, _ in p.units}
    shown: Json = {
        "id": back.id,
        "aliases": [],
        "createdAt": iso_ms(back.created),
        "updatedAt": iso_ms(back.completed if done and back.completed else back.created),
        "state": back.state(at),
        "expiresAt": None,
        "refundTerm": None,
        "returnDeliveryGroups": [],
        "returnFor": _return_for([(line, units) for _, line, units in back.items]),
    }
    if version == V2024_01_01:
        return shown
    packages = [p for p in back.packages if p.created <= at]
    shown["returnLineItems"] = [
        {
            "id": item,
            "product": None,
            "returnFor": _return_for([(line, units)]),
            "returnReason": {"reasonCode": back.reason},
            "grading": _grading(back.condition, units) if graded and line in arrived else None,
            "refundDetails": [],
        }
        for item, line, units in back.items
    ]
    shown["returnDeliveryDetails"] = [
        {
            "id": p.id,
            "reason": p.reason if p.state(at) == "FAILED" else None,
            "returnDeliveryFor": _return_for(p.units),
            "state": p.state(at),
            "trackingDetails": None,
        }
        for p in packages
    ]
    shown["returnPackageDetails"] = [
        {
            "id": p.id,
            "reason": p.reason if p.state(at) == "FAILED" else None,
            "returnPackageFor": _return_for(p.units),
            "state": p.state(at),
            "packageTracker": None,
            "instructions": [],
            "labels": [],
            "packageTrackerIdentifier": None,
            "rma": None,
        }
        for p in packages
    ]
    return shown


def _grading(condition: str, units: int) -> Json:
    amount = {"unit": "ONE", "value": units}
    return {
        "summary": {
            "gradedAmount": amount,
            "unitWiseCondition": [{"amount": amount, "condition": condition}],
        }
    }


def _return_for(units: Iterable[tuple[str, int]]) -> Json:
    amounts = [
        {"lineItem": {"id": line}, "amount": {"unit": "ONE", "value": count}}
        for line, count in units
    ]
    return {"orderLineItemAmounts": amounts, "returnLineItemAmounts": []}


def _amounts(order: Order | None, contents: Contents) -> list[Json]:
    return [
        {"lineItem": {"id": line.id}, "amount": {"unit": "ONE", "value": _number(order, units)}}
        for line, units in contents
    ]


def _number(order: Order | None, value: int) -> int | float | str:
    """Numbers come in every form that has been seen: mostly 1, sometimes 1.0, rarely "1"."""
    odd = 0 if order is None else order.number % 100
    return float(value) if odd in {11, 12, 13} else str(value) if odd == 14 else value  # noqa: PLR2004


def _money(order: Order, amount: Decimal | float) -> Json:
    value = float(amount)
    return {"currencyCode": order.currency, "amount": int(value) if value.is_integer() else value}


def _last_change(order: Order, at: int) -> int:
    moments = [order.placed]
    for d in order.deliveries:
        moments += [t for t in (d.appears, d.shipped, d.delivered, d.cancelled) if t is not None]
    for c in order.cancellations:
        moments += [c.created, c.decided or 0]
    for r in order.refunds:
        moments += [r.created, r.completed or 0]
    return max(t for t in moments if t <= at)
