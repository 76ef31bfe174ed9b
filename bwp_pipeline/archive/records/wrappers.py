"""What carries events: queues, topics, logs, streams' error records, webhook calls.

Belongs here: recognising a record's kind by its keys, and unwrapping it, layer by layer.
Does not belong here: an event's own envelope (envelopes.py).
"""

import base64
import binascii
from collections.abc import Callable, Iterable, Iterator

import msgspec

from bwp_pipeline.archive.opening.layers import Opened
from bwp_pipeline.archive.records.columns import Found
from bwp_pipeline.archive.records.envelopes import Bad, Keys, Other, Outcome, body, event
from bwp_pipeline.archive.records.framing import Broken, frame

_MAX_DEPTH = 4
_MAX_WRAPPED = 64 * 1024 * 1024
_KEYS = msgspec.json.Decoder(Keys)
_TEXT = msgspec.json.Decoder(str)


def read_record(raw: bytes, depth: int = 0) -> list[Outcome]:
    """What a JSON value holds: one outcome for each event, thing or broken part in it.

    Args:
        raw: A JSON object, or a string that holds one.
        depth: How many wrappers it lay in.
    """
    if depth > _MAX_DEPTH:
        return [Bad("nested_too_deep", f"is nested in more than {_MAX_DEPTH} wrappers")]
    try:
        if raw.startswith(b'"'):
            return _text(_TEXT.decode(raw), depth) or [Other("empty")]
        return _object(raw, _KEYS.decode(raw), depth) or [Other("empty")]
    except UnicodeDecodeError as error:
        return [Bad("not_utf8", str(error))]
    except (msgspec.DecodeError, RecursionError) as error:
        return [Bad("not_json", str(error))]


def _object(raw: bytes, keys: Keys, depth: int) -> list[Outcome]:
    if "detail-type" in keys:
        return [event(raw, keys)]
    if "eventDescriptor" in keys:
        return [body(raw, keys, "detail_only")]
    for name, required, unwrap in _WRAPPERS:
        if required <= keys.keys():
            return _labelled(name, unwrap(keys, depth))
    if "eventType" in keys and keys.keys() & {"orderIdentifier", "contextKeys", "inventoryItemId"}:
        return [body(raw, keys, "legacy2023")]
    if "detail" in keys and b'"eventType"' in bytes(keys["detail"]):
        return [event(raw, keys)]
    return [Other(_kind(keys))]


def _kind(keys: Keys) -> str:
    if "data" in keys and b'"order"' in bytes(keys["data"]):
        return "order_snapshot"
    return "aws_event" if "detail" in keys else "unknown"


def _text(text: str, depth: int) -> list[Outcome]:
    return list(_framed([text.encode()], depth))


def _framed(chunks: Iterable[bytes], depth: int) -> Iterator[Outcome]:
    for part in frame(chunks):
        if isinstance(part, Broken):
            yield Bad("not_json", part.error)
        else:
            for _, value in part.values():
                yield from read_record(value, depth + 1)


def _labelled(name: str, outcomes: list[Outcome]) -> list[Outcome]:
    return [
        outcome._replace(envelopes=[f"{name}/{envelope}" for envelope in outcome.envelopes])
        if isinstance(outcome, Found)
        else outcome
        for outcome in outcomes
    ]


def _records(keys: Keys, depth: int) -> list[Outcome]:
    """The batch that a Lambda function gets: messages of a queue, a topic or a stream."""
    return [
        outcome
        for record in _array(keys, "Records", "Messages")
        for outcome in read_record(bytes(record), depth + 1)
    ]


def _message(keys: Keys, depth: int) -> list[Outcome]:
    return _text(_string(keys, "body", "Body", "message", "Message"), depth)


def _notification(keys: Keys, depth: int) -> list[Outcome]:
    if _string(keys, "Type") in {"SubscriptionConfirmation", "UnsubscribeConfirmation"}:
        return [Other("sns_control")]
    return _message(keys, depth)


def _nested(keys: Keys, depth: int) -> list[Outcome]:
    return read_record(bytes(keys["Sns"]), depth + 1)


def _log_events(keys: Keys, depth: int) -> list[Outcome]:
    if _string(keys, "messageType") == "CONTROL_MESSAGE":
        return [Other("cloudwatch_control")]
    return [
        outcome
        for record in _array(keys, "logEvents")
        for outcome in read_record(bytes(record), depth + 1)
    ]


def _encoded(keys: Keys, depth: int) -> list[Outcome]:
    """A record that Firehose could not deliver, or a stream's, in base64."""
    encoded = _string(keys, "rawData", "data")
    try:
        opened = Opened([base64.b64decode(encoded, validate=True)], _MAX_WRAPPED)
    except (binascii.Error, ValueError) as error:
        return [Bad("not_base64", str(error))]
    outcomes = list(_framed(opened, depth))
    if opened.failure is not None:
        outcomes.append(Bad(opened.failure.reason, str(opened.failure)))
    return outcomes


def _call(keys: Keys, depth: int) -> list[Outcome]:
    """An HTTP call as a webhook's receiver got it."""
    if bytes(keys.get("isBase64Encoded", msgspec.Raw(b"false"))) == b"true":
        return _encoded({"data": keys["body"]}, depth)
    return _message(keys, depth)


def _stream(keys: Keys, depth: int) -> list[Outcome]:
    return _encoded(_KEYS.decode(keys["kinesis"]), depth)


def _notified(keys: Keys, depth: int) -> list[Outcome]:
    del keys, depth
    return [Other("s3_notification")]


# The first whose keys are all there: name in `envelope`, keys, how to unwrap.
_WRAPPERS: tuple[tuple[str, set[str], Callable[[Keys, int], list[Outcome]]], ...] = (
    ("batch", {"Records"}, _records),
    ("batch", {"Messages"}, _records),
    ("sns", {"Sns"}, _nested),
    ("kinesis", {"kinesis"}, _stream),
    ("s3", {"s3"}, _notified),
    ("cloudwatch", {"logEvents"}, _log_events),
    ("firehose_error", {"rawData"}, _encoded),
    ("sns", {"Message", "MessageId"}, _notification),
    ("sns", {"Message", "TopicArn"}, _notification),
    ("sns", {"Message", "Type"}, _notification),
    ("webhook", {"body", "headers"}, _call),
    ("sqs", {"body"}, _message),
    ("sqs", {"Body"}, _message),
    ("log", {"message", "timestamp"}, _message),
)


def _string(keys: Keys, *names: str) -> str:
    """The text of the first of those keys that is there, empty without any."""
    value = next((keys[name] for name in names if name in keys), None)
    decoded = msgspec.json.decode(value) if value is not None else ""
    # A message that was parsed along the way is already an object.
    return decoded if isinstance(decoded, str) else bytes(value or b"").decode()


def _array(keys: Keys, *names: str) -> list[msgspec.Raw]:
    value = next(keys[name] for name in names if name in keys)
    return msgspec.json.decode(value, type=list[msgspec.Raw])
