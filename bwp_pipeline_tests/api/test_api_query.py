"""The order query of each API version: it fits the schema and asks for nothing personal."""

import json

import pytest
from graphql import FieldNode, GraphQLSchema, TypeInfo, TypeInfoVisitor, Visitor, parse, validate
from graphql.language import visit
from graphql.type import get_named_type

from bwp_pipeline.api.query import OrderQuery, response_names
from bwp_pipeline.sandbox.api.execution import schema
from bwp_pipeline.settings import API_VERSIONS

PERSONAL_TYPES = {
    "Customer",
    "Contact",
    "Recipient",
    "ShippingAddress",
    "Payer",
    "Payments",
    "PaymentDetails",
    "PaymentMethod",
    "PaymentSummary",
    "PackageMilestoneAddress",
    "ReturnLabel",
    "OrderLink",
}
# Free text of shoppers, and what leads to a person through a carrier's or the store's site.
PERSONAL_FIELDS = {"additionalComments", "trackingNumber", "trackingUrl", "rma"}

both_ways = pytest.mark.parametrize("identifiers", [True, False])
every_version = pytest.mark.parametrize("version", API_VERSIONS)


def document(version: str, *, identifiers: bool, orders: int = 1) -> str:
    query = OrderQuery.of_version(version, product_identifiers=identifiers)
    text: str = json.loads(query.request([f"322-{n}" for n in range(orders)]))["query"]
    return text


def selected(version: str, *, identifiers: bool = True) -> list[tuple[str, str, str]]:
    """Each field as (type that has it, its name, its own type)."""
    info = TypeInfo(schema(version))
    found: list[tuple[str, str, str]] = []

    class Walk(Visitor):
        def enter_field(self, node: FieldNode, *_: object) -> None:
            parent, own = info.get_parent_type(), info.get_type()
            assert parent is not None
            assert own is not None
            found.append((parent.name, node.name.value, get_named_type(own).name))

    visit(parse(document(version, identifiers=identifiers)), TypeInfoVisitor(info, Walk()))
    return found


@every_version
@both_ways
@pytest.mark.parametrize("orders", [1, 2, 10])
def test_the_query_fits_the_versions_schema(
    version: str, orders: int, *, identifiers: bool
) -> None:
    known: GraphQLSchema = schema(version)

    assert validate(known, parse(document(version, identifiers=identifiers, orders=orders))) == []


@every_version
def test_no_selected_field_is_personal(version: str) -> None:
    fields = selected(version)

    assert len(fields) > 50
    assert [field for field in fields if field[2] in PERSONAL_TYPES] == []
    assert [field for field in fields if field[1] in PERSONAL_FIELDS] == []


@every_version
def test_the_schema_has_personal_types_that_the_walk_would_find(version: str) -> None:
    known = schema(version).type_map

    assert {"Customer", "Contact", "Recipient", "ShippingAddress", "Payer"} <= known.keys()


@every_version
def test_identifiers_beyond_the_documented_ones_can_be_left_out(version: str) -> None:
    inferred = OrderQuery.of_version(version, product_identifiers=True).inferred
    without = {name for _, name, _ in selected(version, identifiers=False)}

    expected = (
        {"itemIdentifiers"} if version == "2024-01-01" else {"sku", "amazonSku", "externalId"}
    )
    assert inferred == expected
    assert without.isdisjoint(inferred)
    assert "title" in without


@pytest.mark.parametrize(
    ("version", "fields"),
    [
        (
            "2024-11-01",
            {
                ("Order", "packageInformation"),
                ("LineItem", "packageInformation"),
                ("PackageInformationDetails", "packageInformationDetailsFor"),
                ("PackageTracker", "milestones"),
                ("CancellationDetails", "requestedBy"),
                ("DeliveryOfferDetails", "date"),
                ("DeliveryTerms", "isPrimeEligible"),
                ("RefundDetails", "refundFor"),
                ("ReturnDetails", "returnPackageDetails"),
                ("ReturnLineItem", "grading"),
                ("ReturnReason", "reasonCode"),
                ("PurchasedProductView", "price"),
            },
        ),
        (
            "2024-04-01",
            {
                ("Order", "deliveryInformation"),
                ("LineItem", "deliveryInformation"),
                ("DeliveryInformationDetails", "deliveryInformationDetailsFor"),
                ("CancellationDetails", "requestedBy"),
                ("DeliveryOfferDetails", "date"),
                ("RefundDetails", "refundFor"),
                ("ReturnDetails", "returnDeliveryDetails"),
                ("ReturnLineItem", "grading"),
                ("PurchasedProductView", "price"),
            },
        ),
        (
            "2024-01-01",
            {
                ("LineItem", "deliveryInformation"),
                ("DeliveryInformationDetails", "association"),
                ("DeliveryInformationDetails", "deliveryInformationDetailsFor"),
                ("LineItem", "quantity"),
                ("PurchasedItem", "price"),
                ("CancellationDetails", "requestedBy"),
                ("DeliveryOfferDetails", "estimatedDeliveryDate"),
                ("RefundedLineItem", "refundedQuantity"),
                ("ReturnDetails", "returnFor"),
            },
        ),
    ],
)
def test_what_the_reports_need_is_asked_for(version: str, fields: set[tuple[str, str]]) -> None:
    assert fields <= {(parent, name) for parent, name, _ in selected(version)}


def test_a_single_order_has_the_fields_own_name_and_a_batch_has_aliases() -> None:
    query = OrderQuery.of_version("2024-11-01", product_identifiers=True)

    assert response_names(1) == ("order",)
    assert response_names(3) == ("order0", "order1", "order2")
    assert json.loads(query.request(["322-A", "322-B"]))["variables"] == {
        "order0": {"orderId": "322-A"},
        "order1": {"orderId": "322-B"},
    }
