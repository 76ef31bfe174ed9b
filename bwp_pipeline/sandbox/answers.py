"""What the GraphQL API answers: a query, checked against its version's schema, run on a world.

HTTP, tokens and faults are the server's. The schemas lie in `schemas/`, one file a version.
"""

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    build_schema,
    get_named_type,
    parse,
    validate,
)
from graphql.execution.values import get_argument_values, get_variable_values

from bwp_pipeline.sandbox import versions
from bwp_pipeline.sandbox.catalog import Product
from bwp_pipeline.sandbox.order_book import OrderBook, SandboxStore
from bwp_pipeline.sandbox.projection import Fragments, Project, compile_selection, fields_of
from bwp_pipeline.sandbox.versions import Json


class ApiError(Exception):
    """An error with its class as the API names it: `AccessDenied`, `Validation`, `Throttling`."""

    def __init__(self, kind: str, status: int, message: str) -> None:
        super().__init__(message)
        self.kind, self.status = kind, status

    def as_json(self, path: list[str] | None = None) -> Json:
        """The entry of `errors`."""
        shown: Json = {"message": str(self), "locations": [{"line": 1, "column": 1}]}
        if path:
            shown["path"] = path
        shown["extensions"] = {
            "classification": {
                "type": f"{self.kind}Error",
                "code": f"{self.kind}Exception",
                "errorType": f"{self.kind}Exception",
                "errorCode": self.status,
            }
        }
        return shown


def access_denied() -> ApiError:
    """What a caller gets for a store that is not its own."""
    return ApiError(
        "AccessDenied", 403, "You do not have sufficient access to perform this action."
    )


def not_found() -> ApiError:
    """What a caller gets for an id that nobody has."""
    return ApiError("ResourceNotFound", 404, "The requested resource was not found.")


@dataclass(frozen=True, slots=True)
class RootField:
    """One field below `query`: the name that it is answered under and how to cut it out."""

    name: str
    node: FieldNode
    project: Project


@lru_cache
def schema(version: str) -> GraphQLSchema:
    """The schema of that API version; KeyError for a version that there is not."""
    if version not in versions.VERSIONS:
        raise KeyError(version)
    text = resources.files(__package__).joinpath("schemas", f"{version}.graphql").read_text("utf-8")
    return build_schema(text)


@lru_cache(maxsize=256)
def _checked(version: str, query: str) -> tuple[DocumentNode, tuple[GraphQLError, ...]]:
    document = parse(query)
    return document, tuple(validate(schema(version), document))


def execute(  # noqa: PLR0917 - a request and the world that it meets
    world: OrderBook, store: SandboxStore, version: str, query: str, variables: Json, at: int
) -> Json:
    """The whole response body, `data` and `errors`, for a store's caller at that time."""
    try:
        document, mistakes = _checked(version, query)
        if mistakes:
            return _refused([str(mistake.message) for mistake in mistakes])
        flags = tuple(sorted((k, v) for k, v in variables.items() if isinstance(v, bool)))
        roots = _roots(version, query, flags)
        operation = _operation(document)
        values = get_variable_values(
            schema(version), operation.variable_definitions or (), variables
        )
        if isinstance(values, list):
            return _refused([str(mistake.message) for mistake in values])
    except KeyError:
        return _refused([f"Unknown x-api-version {version!r}."])
    except GraphQLError as mistake:
        return _refused([mistake.message])
    data: Json = {}
    errors: list[Json] = []
    query_type = schema(version).query_type
    for root in roots:
        field = query_type.fields.get(root.node.name.value) if query_type else None
        if field is None:
            data[root.name] = "Query"
            continue
        arguments = get_argument_values(field, root.node, values)
        try:
            found = _resolve(world, store, version, root.node.name.value, arguments, at)
            data[root.name] = root.project(found)
        except ApiError as error:
            data[root.name] = None
            errors.append(error.as_json([root.name]))
    return {"errors": errors, "data": data} if errors else {"data": data}


def _operation(document: DocumentNode) -> OperationDefinitionNode:
    return next(d for d in document.definitions if isinstance(d, OperationDefinitionNode))


@lru_cache(maxsize=256)
def _roots(version: str, query: str, flags: tuple[tuple[str, bool], ...]) -> list[RootField]:
    document, _ = _checked(version, query)
    fragments: Fragments = {
        d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)
    }
    query_type = schema(version).query_type
    roots = []
    given = dict(flags)
    for node in fields_of(_operation(document).selection_set, fragments, given):
        field = query_type.fields.get(node.name.value) if query_type else None
        kind = get_named_type(field.type) if field else None
        name = node.alias.value if node.alias else node.name.value
        if isinstance(kind, GraphQLObjectType):
            roots.append(RootField(name, node, compile_selection(kind, [node], fragments, given)))
        else:
            roots.append(RootField(name, node, lambda value: value))
    return roots


def _refused(messages: list[str]) -> Json:
    errors = [ApiError("Validation", 400, message).as_json() for message in messages]
    return {"errors": errors, "data": None}


def _resolve(  # noqa: PLR0917 - as `execute`
    world: OrderBook, store: SandboxStore, version: str, field: str, arguments: Json, at: int
) -> Json | None:
    if field == "order":
        return _order(world, store, version, arguments, at)
    if field == "packageTracker":
        return _tracker(world, store, arguments, at)
    products = store.catalog.products
    if field == "inventoryItem":
        wanted = arguments["inventoryItemId"]
        product = next((p for p in products if p.inventory_item_id == wanted), None)
        return _inventory_item(store, _found(product), at)
    given: Json = arguments.get("identifier") or {}
    product = next((p for p in products if _is_meant(p, given)), None)
    return _catalog_product(store, _found(product), at)


def _found(product: Product | None) -> Product:
    if product is None:
        raise not_found()
    return product


def _order(
    world: OrderBook, store: SandboxStore, version: str, arguments: Json, at: int
) -> Json | None:
    given: Json = arguments.get("orderIdentifier") or {"orderId": arguments.get("orderId")}
    if "orderId" in arguments and "orderIdentifier" in arguments:
        raise ApiError("Validation", 400, "Give either orderId or orderIdentifier.")
    alias = given.get("alias") or given.get("orderAlias")
    order = world.find_alias(alias["aliasId"]) if alias else world.find(given.get("orderId") or "")
    if order is None or at < order.placed:
        raise not_found()
    if order.business_product_id != store.business_product_id:
        raise access_denied()
    return versions.order_object(order, version, at)


def _tracker(world: OrderBook, store: SandboxStore, arguments: Json, at: int) -> Json:
    given = (arguments.get("packageTrackerInput") or {}).get("packageTrackerIdentifier") or {}
    tracking_number = given.get("trackingNumber") or ""
    order = world.find_tracked(tracking_number)
    if order is not None and order.business_product_id == store.business_product_id:
        for delivery in order.deliveries:
            if delivery.tracking_number == tracking_number and (delivery.shipped or at) < at:
                return versions.tracker_object(order, delivery, at)
    raise not_found()


def _is_meant(product: Product, given: Json) -> bool:
    amazon = given.get("amazonSku") or {}
    return any(
        wanted is not None and wanted == had
        for wanted, had in (
            (given.get("productId"), product.product_id),
            (given.get("sku"), product.sku),
            (given.get("externalId"), product.external_id),
            (amazon.get("value"), product.amazon_sku),
        )
    )


def _inventory_item(store: SandboxStore, product: Product, at: int) -> Json:
    shown = _catalog_product(store, product, at)
    item: Json = shown["inventoryItem"]
    return {**item, "product": shown}


def _catalog_product(store: SandboxStore, product: Product, at: int) -> Json:
    quantity = {"amount": store.catalog.stock(product, at), "unit": "ONE"}
    hidden = store.catalog.is_hidden(product, at)
    values: dict[str, Any] = {
        "sku": product.sku, "externalId": product.external_id, "amazonSku": product.amazon_sku,
    }  # fmt: skip
    return {
        **{name: None if value is None else {"value": value} for name, value in values.items()},
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
