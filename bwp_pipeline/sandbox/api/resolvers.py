"""The root fields of the API's queries: which object a caller gets for which arguments.

Objects are whole, in the shape of the caller's API version; cutting out what a query selects is
`execution`'s. Errors are raised as `ApiError` and are known by name to the documentation.
"""

from dataclasses import dataclass

from bwp_pipeline.sandbox.api import packages, versions
from bwp_pipeline.sandbox.api.faults import Faults
from bwp_pipeline.sandbox.api.values import Json
from bwp_pipeline.sandbox.world.catalog import Product
from bwp_pipeline.sandbox.world.order_book import OrderBook, SandboxStore


class ApiError(Exception):
    """An error of class `kind`: AccessDenied, ResourceNotFound, Validation, InternalServer.

    `spoils_all` errors leave the whole request without data.
    """

    def __init__(self, kind: str, status: int, message: str, *, spoils_all: bool = False) -> None:
        super().__init__(message)
        self.kind, self.status, self.spoils_all = kind, status, spoils_all

    def as_json(self, path: list[str] | None = None) -> Json:
        """The entry of `errors`."""
        shown: Json = {"message": str(self), "locations": [{"line": 1, "column": 1}]}
        if path:
            shown["path"] = path
        classification = {
            "type": f"{self.kind}Error",
            "code": f"{self.kind}Exception",
            "errorType": f"{self.kind}Exception",
            "errorCode": self.status,
        }
        return {**shown, "extensions": {"classification": classification}}


def access_denied() -> ApiError:
    """What a caller gets for something that isn't its own."""
    message = "You do not have sufficient access to perform this action."
    return ApiError("AccessDenied", 403, message)


def not_found() -> ApiError:
    """What a caller gets for an id that nobody has."""
    return ApiError("ResourceNotFound", 404, "The requested resource was not found.")


def invalid(message: str) -> ApiError:
    """What a caller gets for a request that makes no sense."""
    return ApiError("Validation", 400, message, spoils_all=True)


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose request it is, in which version, and the moment as of which it is answered."""

    world: OrderBook
    store: SandboxStore
    version: str
    at: int
    faults: Faults


def resolve(caller: Caller, field: str, arguments: Json) -> Json | None:
    """The object behind a root field of the schema."""
    if field == "order":
        return _order(caller, arguments)
    if field == "packageTracker":
        return _tracker(caller, arguments)
    products = caller.store.catalog.products
    if field == "inventoryItem":
        wanted = arguments["inventoryItemId"]
        item = next((p for p in products if p.inventory_item_id == wanted), None)
        shown = _catalog_product(caller, item)
        return {**shown["inventoryItem"], "product": shown}
    given: Json = arguments.get("identifier") or {}
    return _catalog_product(caller, next((p for p in products if _is_meant(p, given)), None))


def _order(caller: Caller, arguments: Json) -> Json | None:
    if ("orderId" in arguments) == ("orderIdentifier" in arguments):
        raise invalid("Give either orderId or orderIdentifier.")
    given: Json = arguments.get("orderIdentifier") or arguments
    alias = given.get("alias") or given.get("orderAlias")
    world, faults = caller.world, caller.faults
    order = world.find_alias(alias["aliasId"]) if alias else world.find(given.get("orderId") or "")
    if order is None or caller.at < order.placed:
        raise not_found()
    if order.id in faults.poisoned:
        raise invalid("The request could not be validated.")
    if order.id in faults.broken:
        raise ApiError("InternalServer", 500, "Something went wrong.")
    if order.id in faults.denied or order.business_product_id != caller.store.business_product_id:
        raise access_denied()
    if order.id in faults.absent:
        return None
    return versions.order_object(order, caller.version, caller.at)


def _tracker(caller: Caller, arguments: Json) -> Json:
    given = (arguments.get("packageTrackerInput") or {}).get("packageTrackerIdentifier") or {}
    tracking_number = given.get("trackingNumber") or ""
    order = caller.world.find_tracked(tracking_number)
    if order is not None and order.business_product_id == caller.store.business_product_id:
        for delivery in order.deliveries:
            shipped = delivery.shipped is not None and delivery.shipped <= caller.at
            if shipped and delivery.tracking_number == tracking_number:
                return packages.tracker_object(order, delivery, caller.at)
    raise not_found()


def _is_meant(product: Product, given: Json) -> bool:
    amazon = given.get("amazonSku") or {}
    pairs = (
        (given.get("productId"), product.product_id),
        (given.get("sku"), product.sku),
        (given.get("externalId"), product.external_id),
        (amazon.get("value"), product.amazon_sku),
    )
    return any(wanted is not None and wanted == known for wanted, known in pairs)


def _catalog_product(caller: Caller, product: Product | None) -> Json:
    if product is None:
        raise not_found()
    catalog = caller.store.catalog
    quantity = {"amount": catalog.stock(product, caller.at), "unit": "ONE"}
    hidden = catalog.is_hidden(product, caller.at)
    return {
        **versions.identifiers_object(product),
        "id": product.product_id,
        "title": {
            "values": [{"locale": "en-US", "value": product.title}],
            "defaultLocale": "en-US",
        },
        "offerPrime": True,
        "advertisedPrice": {"currentPrice": {"amount": product.price, "currencyCode": "USD"}},
        "buyability": {"status": "NOT_BUYABLE" if hidden else "BUYABLE"},
        "inventoryItem": {
            "inventoryItemId": product.inventory_item_id,
            "buyableQuantity": quantity,
            "fulfillableQuantity": quantity,
        },
    }
