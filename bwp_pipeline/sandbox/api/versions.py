"""Orders in the shapes of the API's versions: plain dictionaries as the `order` query answers them.

`order_object(order, version, at)` is the whole order as it was at that moment; a query then takes
from it what it selects. Names and nesting differ by version, facts do not. The parts of an order
are in `packages` and `after_sales`.
"""

from decimal import Decimal

from bwp_pipeline.sandbox.api.after_sales import cancellation_object, refund_object, return_object
from bwp_pipeline.sandbox.api.packages import (
    delivery_object,
    information_field,
    package_information,
)
from bwp_pipeline.sandbox.api.values import (
    V2024_01_01,
    V2024_11_01,
    Json,
    iso,
    iso_ms,
    money,
    number,
)
from bwp_pipeline.sandbox.world.catalog import Product
from bwp_pipeline.sandbox.world.identifiers import external_id
from bwp_pipeline.sandbox.world.order_history import Delivery, Line, Order


def order_object(order: Order, version: str, at: int) -> Json | None:
    """The order as of `at`; None when it was not placed yet."""
    if at < order.placed:
        return None
    old = version == V2024_01_01
    deliveries = [d for d in order.deliveries if d.exists(at)]
    details = {d.id: delivery_object(order, d, version, at) for d in deliveries}
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
        information_field(version): package_information(deliveries, details.values(), at),
        "payments": None,
        "refunds": {
            "summary": None,
            "details": [
                refund_object(order, r, version, at) for r in order.refunds if r.created <= at
            ],
        },
        "returns": {
            "details": [return_object(r, version, at) for r in order.returns if r.created <= at]
        },
        "taxes": None,
    }
    total = {
        "value": money(order, sum(Decimal(str(x.price)) * x.units for x in order.lines)),
        "rollupCharges": [],
        "verified": True,
    }
    shown["orderTotal" if old else "totalPrice"] = total
    if old:
        shown["orderAliases"] = aliases
    return shown


def _line(
    order: Order, line: Line, version: str, at: int, deliveries: list[tuple[Delivery, Json]]
) -> Json:
    mine = [(d, x) for d, x in deliveries if any(held is line for held, _ in d.contents)]
    cancellations = [
        cancellation_object(c, at)
        for c in order.cancellations
        if c.created <= at and any(covered is line for covered, _ in c.covers)
    ]
    aliases = [{"aliasType": line.alias[0], "aliasId": line.alias[1]}] if line.alias else []
    promise = {"earliest": iso(order.promised[0]), "latest": iso(order.promised[1])}
    recipient = {"deliveryAddress": {"name": f"Shopper {order.number}", "countryCode": "US"}}
    shown: Json = {
        "id": line.id,
        "aliases": aliases,
        "amount": {"unit": "ONE", "value": number(order, line.units)},
        "cancellations": {"details": cancellations},
        "createdAt": iso_ms(order.placed),
        "discounts": None,
        information_field(version): package_information(
            [d for d, _ in mine], [x for _, x in mine], at
        ),
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
        "price": money(order, product.price),
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
        "price": {"currentPrice": money(order, line.price)},
        "productDetailPageUrl": f"https://shop.example.com/p/{product.product_id}",
        "variantSelections": [],
    }


def _last_change(order: Order, at: int) -> int:
    moments = [order.placed]
    for d in order.deliveries:
        moments += [t for t in (d.appears, d.shipped, d.delivered, d.cancelled) if t is not None]
    for c in order.cancellations:
        moments += [c.created, c.decided or 0]
    for r in order.refunds:
        moments += [r.created, r.completed or 0]
    return max(t for t in moments if t <= at)
