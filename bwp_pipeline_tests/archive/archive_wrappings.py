"""How records come in archives: compressed, put one after the other, wrapped by other services.

The records themselves and how an object is read are in `archive_samples.py`.
"""

import base64
import gzip
import io
import json
import struct
import zipfile
from collections.abc import Callable, Iterable
from typing import Any

import pyarrow as pa

from bwp_pipeline_tests.examples.archive_samples import text


def multi_member_gzip(content: bytes) -> bytes:
    half = len(content) // 2
    return gzip.compress(content[:half]) + gzip.compress(content[half:]) + b"\0" * 3


def double_gzip(content: bytes) -> bytes:
    return gzip.compress(multi_member_gzip(content))


def zipped(content: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr("a/", b"")
        archive.writestr("a/events.json", content)
        archive.writestr("a/empty.json", b"")
    return file.getvalue()


def stored_zip(content: bytes) -> bytes:
    return zipped(content, zipfile.ZIP_STORED)


def streamed_zip(content: bytes) -> bytes:
    """As written to a pipe: sizes follow the entry instead of preceding it."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.content = b""

        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:  # noqa: ANN401 - any buffer
            self.content += bytes(data)
            return len(bytes(data))

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("events.json", content)
        archive.writestr("more.json", b"")
    return pipe.content


def framed_snappy(content: bytes) -> bytes:
    codec = pa.Codec("snappy")
    out = b"\xff\x06\x00\x00sNaPpY"
    for start in range(0, len(content), 65536):
        block = content[start : start + 65536]
        stored = start % 2 == 1
        packed = b"\0\0\0\0" + (block if stored else codec.compress(block, asbytes=True))
        out += bytes([stored]) + len(packed).to_bytes(3, "little") + packed
        out += b"\xfe\x02\x00\x00\0\0"
    return out


def hadoop_snappy(content: bytes) -> bytes:
    codec = pa.Codec("snappy")
    out = b""
    for start in range(0, len(content), 256 * 1024):
        block = content[start : start + 256 * 1024]
        out += struct.pack(">I", len(block))
        for begin in range(0, len(block), 64 * 1024):
            packed = codec.compress(block[begin : begin + 64 * 1024], asbytes=True)
            out += struct.pack(">I", len(packed)) + packed
    return out


def zstd(content: bytes) -> bytes:
    half = len(content) // 2
    packed = [pa.compress(part, "zstd", asbytes=True) for part in (content[:half], content[half:])]
    return b"".join(packed)


COMPRESSIONS: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "gzip": gzip.compress,
    "multi-member gzip": multi_member_gzip,
    "double gzip": double_gzip,
    "zip": zipped,
    "stored zip": stored_zip,
    "streamed zip": streamed_zip,
    "framed snappy": framed_snappy,
    "Hadoop snappy": hadoop_snappy,
    "zstd": zstd,
    "zstd in gzip": lambda content: gzip.compress(zstd(content)),
}


def framings() -> dict[str, Callable[[Iterable[object]], bytes]]:
    """How records are put one after the other; none keeps what is not a whole record."""

    def joined(between: str, start: str = "", end: str = "") -> Callable[[Iterable[object]], bytes]:
        return lambda records: start.encode() + text(*records, between=between) + end.encode()

    return {
        "concatenated": joined(""),
        "lines": joined("\n", end="\n"),
        "CRLF": joined("\r\n"),
        "blank lines": joined("\n\n\n"),
        "literal backslash-n": joined("\\n", end="\\n"),
        "commas": joined(",\n", end=","),
        "NULs": joined("\0", end="\0\0\0"),
        "BOM": joined("\n", start="\N{BOM}"),
        "BOMs": joined("\N{BOM}"),
        "array": joined(",", "[", "]"),
        "arrays": joined("]\n[", "[", "]"),
        "spaced array": joined(" ,\n ", " [\n", "\n]\n"),
        "export lines": lambda records: b"".join(
            b"2026-11-19T04:05:06.789Z " + text(record) + b"\n" for record in records
        ),
        "export lines of milliseconds": lambda records: b"".join(
            f"{1795061106789 + number} ".encode() + text(record) + b"\n"
            for number, record in enumerate(records)
        ),
        "export lines with an offset": lambda records: b"".join(
            b"2026-11-19 04:05:06,789+00:00\t" + text(record) + b"\n" for record in records
        ),
        "pretty-printed": lambda records: text(*records, between="\n", indent=2),
        "pretty-printed array": lambda records: json.dumps(list(records), indent=2).encode(),
        "strings": lambda records: text(*(json.dumps(record) for record in records), between="\n"),
    }


FRAMINGS = framings()


def sqs(records: list[object]) -> dict[str, Any]:
    return {
        "Records": [
            {
                "messageId": f"m-{number}",
                "receiptHandle": "handle",
                "body": json.dumps(record),
                "attributes": {},
                "eventSource": "aws:sqs",
            }
            for number, record in enumerate(records)
        ]
    }


def sns(record: object) -> dict[str, Any]:
    return {
        "Type": "Notification",
        "MessageId": "n-1",
        "TopicArn": "arn:aws:sns:us-east-1:111122223333:events",
        "Message": json.dumps(record),
        "Timestamp": "2026-11-19T04:05:07.000Z",
    }


def cloudwatch(records: list[object]) -> dict[str, Any]:
    return {
        "messageType": "DATA_MESSAGE",
        "owner": "111122223333",
        "logGroup": "/aws/events/shop",
        "logStream": "stream",
        "subscriptionFilters": ["all"],
        "logEvents": [
            {"id": str(number), "timestamp": 1795061106789, "message": json.dumps(record)}
            for number, record in enumerate(records)
        ],
    }


def firehose_error(content: bytes) -> dict[str, Any]:
    return {
        "attemptsMade": 4,
        "arrivalTimestamp": 1795061106789,
        "errorCode": "Lambda.FunctionError",
        "errorMessage": "The Lambda function was invoked but returned an error",
        "attemptEndingTimestamp": 1795061107789,
        "rawData": base64.b64encode(content).decode(),
        "EsDocumentId": None,
    }


def webhook_call(record: object) -> dict[str, Any]:
    return {
        "version": "2.0",
        "headers": {"content-type": "application/json"},
        "body": json.dumps(record),
        "isBase64Encoded": False,
    }


WRAPPERS: dict[str, Callable[[list[object]], list[object]]] = {
    "none": lambda records: records,
    "batch/sqs": lambda records: [sqs(records)] if records else [],
    "batch/sqs/sns": lambda records: [sqs([sns(record)]) for record in records],
    "sns": lambda records: [sns(record) for record in records],
    "batch/sns/sns": lambda records: [
        {"Records": [{"EventSource": "aws:sns", "Sns": sns(record)}]} for record in records
    ],
    "cloudwatch/log": lambda records: [cloudwatch(records)] if records else [],
    "firehose_error": lambda records: (
        [firehose_error(gzip.compress(text(*records)))] if records else []
    ),
    "webhook": lambda records: [webhook_call(record) for record in records],
}
