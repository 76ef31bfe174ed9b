"""What an event lies in: generations, bare bodies, events of 2023, wrappers of other services."""

import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bwp_pipeline_tests.archive.archive_wrappings import cloudwatch, firehose_error, sns, sqs
from bwp_pipeline_tests.examples.archive_samples import body, event, only, read, reasons, text


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
