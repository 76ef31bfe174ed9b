"""A sandbox world behaves as Buy with Prime documents its orders to behave."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bwp_pipeline.sandbox import World
from bwp_pipeline.sandbox.archive import happenings, stream
from bwp_pipeline.sandbox.world import identifiers
from bwp_pipeline.sandbox.world.state_machine import State

END = date(2026, 11, 1)

MOVES = {
    State.PENDING: {State.IN_TRANSIT, State.CANCELLED},
    State.IN_TRANSIT: {State.DELIVERED, State.CANCELLED},
    State.DELIVERED: set(),
    State.CANCELLED: set(),
}
REASONS_FROM = {
    State.PENDING: {"UNFULFILLABLE", "CUSTOMER_REQUESTED"},
    State.IN_TRANSIT: {"UNDELIVERABLE"},
}


@pytest.fixture(scope="module")
def world() -> World:
    return World(seed=3, days=20, orders_per_day=100, end=END)


def test_the_same_arguments_make_the_same_world() -> None:
    one, two = (World(seed=5, days=3, orders_per_day=20, end=END) for _ in range(2))
    assert one.business_product_ids == two.business_product_ids
    assert one.delivery_items() == two.delivery_items()
    assert one.business_events() == two.business_events()


def test_another_seed_makes_another_world() -> None:
    one, two = (World(seed=seed, days=2, orders_per_day=10, end=END) for seed in (1, 2))
    assert one.business_product_ids != two.business_product_ids
    assert {o.id for o in one.orders()}.isdisjoint(o.id for o in two.orders())


@given(number=st.integers(0, 10**9), salt=st.integers(0, 2**50 - 1))
def test_an_order_id_leads_back_to_its_order(number: int, salt: int) -> None:
    text = identifiers.order_id(number, salt)
    assert identifiers.order_number(text, salt) == number
    assert text.startswith("322-")
    assert len(text) == len("322-43Q4-R3S5J8")


@given(text=st.text(max_size=20))
def test_no_text_is_too_odd_to_look_up(text: str) -> None:
    assert World(days=1, orders_per_day=1, end=END).find(text) is None


def test_packages_move_only_as_the_state_machine_allows(world: World) -> None:
    for order in world.orders():
        for delivery in order.deliveries:
            moments = [delivery.appears, delivery.shipped, delivery.delivered, delivery.cancelled]
            states = [delivery.state(moment) for moment in moments if moment is not None]
            assert states[0] is State.PENDING
            path = list(dict.fromkeys(states))
            assert all(after in MOVES[before] for before, after in pairwise(path))
            if delivery.cancelled is not None and delivery.reason not in {None, "RECALLED"}:
                assert delivery.reason in REASONS_FROM[path[-2]]
            if delivery.vanishes is not None:
                assert path == [State.PENDING]


def test_packages_hold_every_ordered_unit_exactly_once_at_any_time(world: World) -> None:
    for order in world.orders():
        changes = {d.vanishes for d in order.deliveries} - {None}
        for at in {order.placed, world.end, *(c - 1 for c in changes if c), *changes}:
            held: Counter[str] = Counter()
            for delivery in order.deliveries:
                if at is not None and delivery.exists(at):
                    held.update({line.id: units for line, units in delivery.contents})
            assert held == {line.id: line.units for line in order.lines}


def test_a_cancellation_succeeds_only_while_all_packages_are_pending(world: World) -> None:
    for order in world.orders():
        for request in order.cancellations:
            if request.outcome == "SUCCESS" and request.decided:
                states = {d.state(request.decided) for d in order.deliveries}
                assert states == {State.PENDING}


def test_shares_of_cancelled_and_of_unfulfilled_units_are_lifelike() -> None:
    items = World(days=30, orders_per_day=200, end=END).delivery_items()
    units: Counter[str] = Counter()
    for item in items:
        units[item["state"]] += item["units"]
        units[str(item["root_cause"])] += item["units"]
        units["unfulfilled"] += item["units"] * (item["delivery_reason"] == "UNFULFILLABLE")
    total = sum(units[state.value] for state in State)
    assert 0.06 < units["CANCELLED"] / total < 0.09
    assert 0.02 < units["unfulfilled"] / total < 0.045
    causes = {"STOCK", "SPEED", "ADDRESS", "PAYMENT", "SHOPPER_MISTAKE", "DELIVERY_FAILURE",
              "SHOPPER_CHOICE", "MERCHANT_CHOICE", "UNKNOWN", "UNMAPPED:RECALLED"}  # fmt: skip
    assert causes <= units.keys()
    assert {i["stock_kind"] for i in items} == {None, "direct", "shared", "merchant_declared"}


def test_nothing_happens_to_an_order_later_than_is_looked_for() -> None:
    world = World(seed=2, days=5, orders_per_day=400, end=END)
    for order in world.orders():
        told = max((fact.at for fact in happenings.of_order(order)), default=order.placed)
        assert told - order.placed < stream.LIFE_DAYS * 86_400


def test_the_hard_cases_of_the_grain_occur(world: World) -> None:
    items = world.delivery_items()
    lines = Counter((i["order_id"], i["line_item_id"]) for i in items)
    deliveries = Counter((i["order_id"], i["delivery_id"]) for i in items)
    assert max(lines.values()) > 1
    assert max(deliveries.values()) > 1
    assert any(d.vanishes for o in world.orders() for d in o.deliveries)
    assert {i["snapshot_says"] for i in world.unresolved_deliveries()} <= {
        None,
        "DELIVERED",
        "IN_TRANSIT",
    }


def test_an_order_is_shown_as_of_any_moment(world: World) -> None:
    order = next(o for o in world.orders() if all(d.delivered for d in o.deliveries))
    placed = datetime.fromtimestamp(order.placed, UTC)
    assert world.order(order.id, placed - timedelta(seconds=1)) is None
    early, late = world.order(order.id, placed), world.order(order.id, placed + timedelta(days=30))
    assert early
    assert late
    assert early["packageInformation"]["summary"] == {"state": "PENDING"}
    assert late["packageInformation"]["summary"] == {"state": "DELIVERED"}


def test_truth_rows_agree_with_what_the_api_shows(world: World) -> None:
    for item in world.delivery_items()[:500]:
        order = world.order(item["order_id"])
        assert order
        detail = next(
            d for d in order["packageInformation"]["details"] if d["id"] == item["delivery_id"]
        )
        assert (detail["state"], detail["reason"]) == (item["state"], item["delivery_reason"])
        amounts = detail["packageInformationDetailsFor"]["orderLineItems"]
        shown = {a["lineItem"]["id"]: Decimal(str(a["amount"]["value"])) for a in amounts}
        assert shown[item["line_item_id"]] == item["units"]
        line = next(x for x in order["lineItems"] if x["id"] == item["line_item_id"])
        assert datetime.fromisoformat(line["createdAt"]) == item["ordered_at"]
        if line["product"]:
            assert Decimal(str(line["product"]["price"]["amount"])) == item["unit_price"]


def test_reading_fewer_days_leaves_orders_unknown_and_times_empty(world: World) -> None:
    days = world.day_list()[-2:]
    known = world.known_order_ids(days)
    items = world.delivery_items(days=days)
    assert {i["order_id"] for i in items} == known < world.known_order_ids()
    assert any(i["state"] == "DELIVERED" and i["shipped_at"] is None for i in items)
    first = datetime(days[0].year, days[0].month, days[0].day, tzinfo=UTC)
    # Events of those days may tell of moments up to two days before.
    assert all(
        i["shipped_at"] is None or i["shipped_at"] > first - timedelta(days=2) for i in items
    )


def test_several_stores_sell_apart() -> None:
    world = World(days=2, orders_per_day=20, end=END, store_count=2)
    assert len({store.client_id for store in world.stores}) == 2
    assert {o.business_product_id for o in world.orders()} == set(world.business_product_ids)


def test_products_come_in_any_number_and_stock_outs_in_every_kind() -> None:
    for count in (1, 40, 500):
        world = World(days=30, orders_per_day=5, end=END, product_count=count)
        assert len(world.stores[0].catalog.products) == count
        assert world.known_order_ids()
    kinds = {row["kind"] for row in world.stockout_episodes()}
    assert kinds == {"ONGOING", "RECOVERED", "INTERMITTENT", "SILENT"}
