import gzip
import io
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.orc
import pyarrow.parquet as pq
import pytest

from bwp_pipeline.archive.records.columns import event_resources
from bwp_pipeline.archive.records.event import Event, Resource, first_resource, parse_resource
from bwp_pipeline_tests.archive_samples import (
    BP,
    body,
    cloudwatch,
    event,
    firehose_error,
    read,
    sns,
    sqs,
    text,
)

ORDER = f"businessProduct/{BP}/order/322-EX4M-PLE001"


def only(content: bytes) -> dict[str, Any]:
    """The one event of an object that holds nothing else."""
    counts, (row,), _ = read(content)
    assert (counts.events, counts.quarantined, counts.others.total()) == (1, 0, 0)
    return row


def reasons(content: bytes) -> list[str]:
    return [row["reason"] for row in read(content)[2]]


@pytest.mark.parametrize(
    ("detail", "envelope", "message"),
    [
        ({}, "gen1", "event-1"),
        (None, "gen1", "event-1"),
        ("", "gen1", "event-1"),
        ([1], "gen1", "event-1"),
        (body(1), "gen2", "message-1"),
        (body(1, data=None), "gen2", "message-1"),
        (body(1, eventId=None), "gen2", "message-1"),
        (body(1, eventId=None, idempotencyKey="no base64!"), "gen2", "event-1"),
        (body(1, eventId=None, idempotencyKey=None), "gen2", "event-1"),
        (body(1, data={"order": {"id": "o-1"}}), "gen3", "message-1"),
        (body(1, data=["of another kind"]), "gen3", "message-1"),
        (json.dumps(body(1, data={"order": {}})), "gen3", "message-1"),
    ],
)
def test_a_detail_tells_its_generation_and_message(
    detail: object, envelope: str, message: str
) -> None:
    row = only(text(event(1, detail=detail)))
    assert (row["envelope"], row["message_id"]) == (envelope, message)
    inner = json.loads(detail) if isinstance(detail, str) and detail else detail
    assert json.loads(row["detail"]) == inner


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


def test_a_bare_body_is_an_event() -> None:
    row = only(text(body(1, "ITEM_DELIVERED")))
    assert row["envelope"] == "detail_only"
    assert (row["event_id"], row["message_id"]) == ("message-1", "message-1")
    assert (row["detail_type"], row["event_type"]) == ("ITEM_DELIVERED", "PACKAGE_DELIVERED")
    assert row["event_time"] == datetime(2026, 11, 19, 4, 5, 6, 789000, UTC)
    assert (row["order_id"], row["source"]) == ("o-1", None)
    assert json.loads(row["detail"]) == body(1, "ITEM_DELIVERED")


LEGACY = {
    "eventType": "ORDER_PLACED",
    "orderIdentifier": {"orderId": "322-EX4M-PLE003"},
    "contextKeys": {"installationId": "i-1"},
}


@pytest.mark.parametrize(
    "record",
    [
        event(1, "Buy with Prime event", resources=[], detail=LEGACY),
        {"source": "buywithprime.com", "time": "2023-09-14T23:42:12Z", "detail": LEGACY},
        LEGACY | {"eventTime": 1694734932000},
    ],
)
def test_an_event_of_2023_is_read_from_its_detail(record: dict[str, Any]) -> None:
    row = only(text(record))
    assert row["envelope"] == "legacy2023"
    assert row["event_type"] == "ORDER_PLACED"
    assert (row["business_product_id"], row["order_id"]) == (None, "322-EX4M-PLE003")


def test_an_item_event_of_2023_names_its_item() -> None:
    detail = {"eventType": "INVENTORY_AVAILABILITY_CHANGED", "inventoryItemId": "abcdef"}
    row = only(text(event(1, resources=[], detail=detail)))
    assert row["event_type"] == "INVENTORY_CHANGED"
    assert (row["order_id"], row["resource_type"], row["resource_id"]) == (
        None,
        "inventory-item",
        "abcdef",
    )


@pytest.mark.parametrize(
    ("record", "kind"),
    [
        (event(1, source="aws.ec2", resources=["arn:aws:ec2:::i"]), "other_source"),
        (event(1, source="aws.partner/other.com/x"), "other_source"),
        ({"data": {"order": {"id": "o-1"}}}, "order_snapshot"),
        (cloudwatch([]) | {"messageType": "CONTROL_MESSAGE"}, "cloudwatch_control"),
        (sns({}) | {"Type": "SubscriptionConfirmation"}, "sns_control"),
        ({"Records": [{"s3": {"object": {"key": "k"}}, "eventName": "Put"}]}, "s3_notification"),
        ({"Records": []}, "empty"),
        ({"anything": "else"}, "unknown"),
        ({}, "unknown"),
    ],
)
def test_whole_things_that_are_not_events_are_counted_by_kind(
    record: dict[str, Any], kind: str
) -> None:
    counts, _, _ = read(text(record, event(2)))
    assert (counts.events, counts.quarantined, dict(counts.others)) == (1, 0, {kind: 1})


def test_a_notification_is_known_by_its_type_alone() -> None:
    row = only(text({"Type": "Notification", "Message": json.dumps(event(1))}))
    assert (row["event_id"], row["envelope"]) == ("event-1", "sns/gen1")


def test_a_wrapper_accounts_for_each_of_its_records() -> None:
    batch = sqs([event(1), event(2, resources=["odd"]), {"data": {"order": {}}}, event(3)])
    counts, rows, bad = read(text(batch))
    assert (counts.events, counts.quarantined, counts.others.total()) == (2, 1, 1)
    assert [row["record_index"] for row in rows] == [0, 3]
    assert [(row["record_index"], row["raw"]) for row in bad] == [(1, text(batch))]


def test_a_wrapper_that_broke_off_keeps_its_whole_messages() -> None:
    content = text(sqs([event(1), event(2), event(3)]))
    counts, rows, _ = read(content[: content.index(b"event-3")])
    assert [row["event_id"] for row in rows] == ["event-1", "event-2"]
    assert counts.quarantined == 2  # the beginning of the wrapper, and of the last message


def test_what_firehose_could_not_process_may_itself_be_compressed_or_broken() -> None:
    assert only(text(firehose_error(gzip.compress(text(event(1))))))["order_id"] == "o-1"
    assert reasons(text(firehose_error(gzip.compress(text(event(1)))[:-9]))) == ["truncated_gzip"]
    assert reasons(text(firehose_error(b"") | {"rawData": "%"})) == ["not_base64"]


def test_wrappers_without_end_are_quarantined() -> None:
    record: object = event(1)
    for _ in range(12):
        record = sns(record)
    assert reasons(text(record)) == ["nested_too_deep"]


@pytest.mark.parametrize(
    "content",
    [
        b'{"detail-type":"\xff"}',
        b'{"detail-type":"x","id":"\xff"}',
        b'{"eventDescriptor":"x","data":{"a":{"b":"\xff"}}}',
    ],
)
def test_a_record_that_is_not_utf8_is_quarantined_alone(content: bytes) -> None:
    assert reasons(text(event(1)) + content + text(event(2))) == ["not_utf8"]
    whole = text(event(3, detail={"x": "?"})).replace(b"?", b"\xff")
    assert reasons(text(event(1)) + whole + text(event(2))) == ["not_utf8"]


COLUMNS: dict[str, Callable[[str], str]] = {
    "camel": lambda name: name,
    "underscored": lambda name: name.replace("-", "_").lower(),
    "joined": lambda name: name.replace("-", "").lower(),
}


@pytest.mark.parametrize("naming", sorted(COLUMNS))
@pytest.mark.parametrize("file_format", ["parquet", "orc"])
def test_events_come_back_from_a_format_conversion(naming: str, file_format: str) -> None:
    rename = COLUMNS[naming]
    records = [
        event(number, detail={rename(key): value for key, value in body(number).items()})
        for number in range(3)
    ]
    for record in records:
        record["detail"][rename("data")] = {"order": {"id": "o"}}
    table = pa.Table.from_pylist(records)
    table = table.rename_columns([rename(name) for name in table.column_names])
    file = io.BytesIO()
    (pq.write_table if file_format == "parquet" else pa.orc.write_table)(table, file)
    counts, rows, _ = read(file.getvalue(), 1_000)
    assert (counts.events, counts.quarantined) == (3, 0)
    assert [row["event_id"] for row in rows] == ["event-0", "event-1", "event-2"]
    assert {row["envelope"] for row in rows} == {"gen3"}
    assert [row["message_id"] for row in rows] == ["message-0", "message-1", "message-2"]
    assert json.loads(rows[1]["detail"])["data"] == {"order": {"id": "o"}}


def test_columns_may_hold_json_text_and_times() -> None:
    time = datetime(2026, 11, 19, 4, 5, 6, tzinfo=UTC)
    record = event(1, time=time, detail=json.dumps(body(1)))
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([record]), file)
    row = only(file.getvalue())
    assert (row["event_time"], row["envelope"]) == (time, "gen2")


@pytest.mark.parametrize("content", [b"PAR1", b"ORC", b"PAR1garbagePAR1", b"ORCgarbage"])
def test_a_broken_columnar_file_is_quarantined(content: bytes) -> None:
    assert reasons(content) == ["broken_columnar"]
