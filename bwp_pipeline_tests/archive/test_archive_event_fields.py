"""What is read from an event's fields: its names, resources and time."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.orc
import pytest

from bwp_pipeline.archive.records.columns import event_resources
from bwp_pipeline.archive.records.event import Event, Resource, first_resource, parse_resource
from bwp_pipeline_tests.examples.archive_samples import (
    BP,
    ORDER,
    body,
    event,
    only,
    read,
    reasons,
    text,
)


@pytest.mark.parametrize(
    ("name", "current"),
    [
        ("DELIVERY_CANCELLED", "PACKAGE_DELIVERY_CANCELLED"),
        ("ITEM_CANCELLED", "PACKAGE_DELIVERY_CANCELLED"),
        ("PACKAGE_DELIVERY_CANCELLED", "PACKAGE_DELIVERY_CANCELLED"),
        ("ITEM_DELIVERED", "PACKAGE_DELIVERED"),
        ("DELIVERY_COMPLETED", "PACKAGE_DELIVERED"),
        ("DELIVERY_IN_TRANSIT", "PACKAGE_DELIVERY_IN_TRANSIT"),
        ("RETURN_DELIVERY_FAILED", "RETURN_PACKAGE_DELIVERY_FAILED"),
        ("NEVER_SEEN", "NEVER_SEEN"),
    ],
)
def test_an_event_keeps_its_name_beside_the_current_one(name: str, current: str) -> None:
    row = only(text(event(1, name)))
    assert (row["detail_type"], row["event_type"]) == (name, current)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (f"{ORDER}/delivery/d-1", (BP, "322-EX4M-PLE001", "delivery", "d-1")),
        (f"{ORDER}/refund/r#1", (BP, "322-EX4M-PLE001", "refund", "r#1")),
        (f"{ORDER}/return/r/returnDelivery/rd", (BP, "322-EX4M-PLE001", "returnDelivery", "rd")),
        (f"{ORDER}/carrier/ups/tracker/1Z", (BP, "322-EX4M-PLE001", "tracker", "1Z")),
        (ORDER, (BP, "322-EX4M-PLE001", "order", "322-EX4M-PLE001")),
        (f"businessProduct/{BP}/carrier/ups/tracker/1Z", (BP, None, "tracker", "1Z")),
        (f"businessProduct/{BP}/item-quantities/i-1", (BP, None, "item-quantities", "i-1")),
        (f"businessProduct/{BP}", (BP, None, None, None)),
        (f"/{ORDER}/delivery/d-1/", (BP, "322-EX4M-PLE001", "delivery", "d-1")),
        (f"order/o/delivery/d/businessProduct/{BP}", (BP, "o", "delivery", "d")),
        (f"businessProduct/{BP}/order/a%2Fb%20c/delivery/d", (BP, "a/b c", "delivery", "d")),
    ],
)
def test_a_resource_is_read_as_pairs(path: str, expected: tuple[str | None, ...]) -> None:
    assert parse_resource(path) == expected
    row = only(text(event(1, resources=[path, ORDER])))
    found = (row["business_product_id"], row["order_id"], row["resource_type"], row["resource_id"])
    assert found == expected
    assert row["resources"] == [path, ORDER]


@pytest.mark.parametrize(
    "resources", [["order/o"], [f"{ORDER}/delivery"], [ORDER, "odd"], [f"{ORDER}//d"], [], [""], 7]
)
def test_malformed_or_missing_resources_quarantine_the_event(resources: object) -> None:
    assert reasons(text(event(1, resources=resources), event(2))) == ["bad_resources"]


@pytest.mark.parametrize(
    "odd",
    [
        "businessProduct/x/order/o/delivery",
        "businessProduct/businessProduct/x/order/o/delivery/d",
        "businessProduct/x/order/o/delivery/d/",
        "businessProduct/x/order/o/delivery/a\nb",
        "businessProduct/x/order/o/delivery/d/\n/businessProduct/x/order/o/delivery/d",
        "order/o/businessProduct/x/delivery/d",
        "businessProduct/x/order/o/order/p",
    ],
)
def test_paths_are_read_alike_alone_and_among_many(odd: str) -> None:
    one, two = f"{ORDER}/delivery/d-1", f"{ORDER}/refund/r-1"
    for paths in ([one, odd, two], [odd], [one, odd, *[two] * 100], [one, *[two] * 100]):
        try:
            expected: object = [first_resource([path]) for path in paths]
        except ValueError:
            expected = ValueError
        events = [decoded(event(1, resources=[path])) for path in paths]
        try:
            found: object = named(events)
        except ValueError:
            found = ValueError
        assert found == expected
    events = [decoded(event(1, resources=[one, two])), decoded(event(2, resources=[]))]
    with pytest.raises(ValueError, match="names no resources"):
        event_resources(events)


def named(events: Sequence[Event]) -> list[Resource]:
    """What the first resources of events that lie together name."""
    _, fields = event_resources(events)
    plain = [field.to_pylist() if isinstance(field, pa.Array) else field for field in fields]
    return [Resource(*row) for row in zip(*plain, strict=True)]


def decoded(record: dict[str, Any]) -> Event:
    return msgspec.convert(record | {"detail": msgspec.Raw(b"{}")}, Event)


def test_resources_may_be_one_string_or_only_in_the_detail() -> None:
    assert only(text(event(1, resources=ORDER)))["resources"] == [ORDER]
    detail = body(1, resources=[ORDER])
    assert only(text(event(1, resources=None, detail=detail)))["order_id"] == "322-EX4M-PLE001"


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("2026-11-19T04:05:06Z", datetime(2026, 11, 19, 4, 5, 6, tzinfo=UTC)),
        ("2026-11-19T04:05:06.123456Z", datetime(2026, 11, 19, 4, 5, 6, 123456, UTC)),
        ("2026-11-19T04:05:06.123456789Z", datetime(2026, 11, 19, 4, 5, 6, 123456, UTC)),
        ("2026-11-19T06:05:06+02:00", datetime(2026, 11, 19, 4, 5, 6, tzinfo=UTC)),
        ("2026-11-19 04:05:06", datetime(2026, 11, 19, 4, 5, 6, tzinfo=UTC)),
        (1795061106, datetime(2026, 11, 19, 4, 5, 6, tzinfo=UTC)),
        (1795061106000.0, datetime(2026, 11, 19, 4, 5, 6, tzinfo=UTC)),
        ("1969-07-20T20:17:40Z", datetime(1969, 7, 20, 20, 17, 40, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_in_every_form(time: object, expected: datetime) -> None:
    assert only(text(event(1, time=time)))["event_time"] == expected


def test_a_time_may_be_only_in_the_detail() -> None:
    row = only(text(event(1, time=None, detail=body(1))))
    assert row["event_time"] == datetime(2026, 11, 19, 4, 5, 6, 789000, UTC)


@pytest.mark.parametrize("time", [None, "yesterday", "", "0001-01-01T00:00:00+14:00", 1e300, True])
def test_an_event_without_readable_time_is_quarantined(time: object) -> None:
    assert reasons(text(event(1, time=time), event(2))) == ["bad_time"]


@pytest.mark.parametrize(
    "odd",
    [
        {"time": "0001-01-01T00:00:00+14:00"},
        {"time": "1969-07-20T20:17:40Z"},
        {"time": "2199-01-01T00:00:00+01:00"},
        {"time": "2026-11-19 04:05:06"},
        {"time": 1795061106},
        {"detail": 12},
        {"detail": [{"eventId": "message-1"}, {"eventId": "message-2"}]},
        {"detail": {"eventId": 5}},
        {"detail": json.dumps(body(1))},
        {"source": None},
        {"source": "aws.ec2"},
    ],
)
def test_an_odd_event_among_many_is_read_as_if_alone(odd: dict[str, Any]) -> None:
    others = [event(number) for number in range(2, 202)]
    counts, rows, quarantined = read(text(event(1, **odd)))
    all_counts, all_rows, all_quarantined = read(
        text(*others[:100], event(1, **odd), *others[100:])
    )
    assert all_counts.events == counts.events + 200
    assert all_counts.others == counts.others
    for alone, among in ((rows, all_rows), (quarantined, all_quarantined)):
        places = {"record_index": 100, "byte_offset": len(text(*others[:100]))}
        expected = [row | {key: places[key] for key in places if key in row} for row in alone]
        assert [row for row in among if row["record_index"] == 100] == expected
