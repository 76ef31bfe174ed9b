"""What about an order is final and what is not, from its payload in any version."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bwp_pipeline.api.order_progress import progress_of


def delivery(state: str, reason: str | None = None) -> dict[str, Any]:
    return {"details": [{"id": "d1", "state": state, "reason": reason}]}


def details(*states: str) -> dict[str, Any]:
    return {"details": [{"state": state} for state in states]}


def back(state: str, *packages: str) -> dict[str, Any]:
    return {"details": [{"state": state, "returnPackageDetails": [{"state": p} for p in packages]}]}


@pytest.mark.parametrize(
    ("order", "unfinished"),
    [
        ({}, []),
        ({"packageInformation": delivery("CANCELLED", "UNFULFILLABLE")}, []),
        ({"packageInformation": delivery("CANCELLED")}, ["REASON"]),
        ({"deliveryInformation": delivery("CANCELLED", "")}, ["REASON"]),
        ({"lineItems": [{"packageInformation": delivery("CANCELLED")}, None]}, ["REASON"]),
        ({"packageInformation": delivery("PENDING")}, []),
        ({"lineItems": [{"cancellations": details("SUCCESS", "PENDING")}]}, ["CANCELLATION"]),
        ({"lineItems": [{"cancellations": details("SUCCESS", "REJECTED")}]}, []),
        ({"refunds": details("SUCCESS", "PENDING")}, ["REFUND"]),
        ({"refunds": details("SUCCESS", "PARTIAL", "FAILURE", "REJECTED", "NEW")}, []),
        ({"returns": back("CREATED")}, ["RETURN"]),
        ({"returns": back("COMPLETED", "DELIVERED", "FAILED")}, []),
        ({"returns": back("COMPLETED", "IN_TRANSIT")}, ["RETURN"]),
        ({"returns": back("CANCELLED", "CREATED")}, []),
        (
            {"refunds": details("PENDING"), "lineItems": [{"cancellations": details("PENDING")}]},
            ["CANCELLATION", "REFUND"],
        ),
    ],
)
def test_each_kind_of_open_end_is_found(order: dict[str, Any], unfinished: list[str]) -> None:
    found = progress_of(json.dumps(order))

    assert found is not None
    assert found.unfinished == unfinished


def test_deliveries_come_from_the_order_and_its_lines_once() -> None:
    order = {
        "packageInformation": delivery("PENDING"),
        "lineItems": [{"packageInformation": {"details": [{"id": "d0", "state": None}, None]}}],
    }
    found = progress_of(json.dumps(order))

    assert found is not None
    assert found.deliveries == [
        {"delivery_id": "d0", "state": None},
        {"delivery_id": "d1", "state": "PENDING"},
    ]


@given(
    st.dictionaries(
        st.sampled_from(["packageInformation", "lineItems", "refunds", "returns", "id"]),
        st.recursive(
            st.none() | st.text(max_size=3) | st.integers(),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.just("details"), inner),
            max_leaves=6,
        ),
    )
)
def test_an_order_of_another_form_is_none_or_has_states(order: dict[str, Any]) -> None:
    found = progress_of(json.dumps(order))

    assert found is None or isinstance(found.deliveries, list)
