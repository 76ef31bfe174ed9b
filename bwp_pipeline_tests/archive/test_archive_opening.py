import gzip
import io
import time
import zipfile
import zlib

import msgspec
import pytest

from bwp_pipeline.archive.opening.layers import Opened
from bwp_pipeline.archive.records import framing
from bwp_pipeline.archive.records.framing import Broken, Values, frame
from bwp_pipeline_tests.archive.archive_wrappings import COMPRESSIONS
from bwp_pipeline_tests.examples.archive_samples import event, read, text

TEXT = text(*map(event, range(3_000)))


@pytest.mark.parametrize("name", sorted(COMPRESSIONS))
@pytest.mark.parametrize("chunk", [1_000, 10_000_000])
def test_compression_is_told_by_content(name: str, chunk: int) -> None:
    content = COMPRESSIONS[name](TEXT)
    chunks = [content[start : start + chunk] for start in range(0, len(content), chunk)]
    opened = Opened(chunks)
    assert b"".join(opened).strip() == TEXT
    assert opened.failure is None


@pytest.mark.parametrize("name", sorted(COMPRESSIONS.keys() - {"plain"}))
def test_a_truncated_object_gives_up_only_its_end(name: str) -> None:
    content = COMPRESSIONS[name](TEXT)
    counts, _, bad = read(content[: len(content) * 9 // 10])
    assert counts.events > 500
    assert counts.quarantined == 1
    assert bad[0]["reason"].startswith("truncated_")


@pytest.mark.parametrize("name", ["gzip", "zip", "framed snappy", "Hadoop snappy"])
def test_a_damaged_object_gives_up_what_follows_the_damage(name: str) -> None:
    content = bytearray(COMPRESSIONS[name](TEXT))
    middle = len(content) // 2
    content[middle : middle + 64] = b"\xff" * 64
    counts, _, _ = read(bytes(content))
    assert 0 < counts.events < 3_000
    assert counts.quarantined > 0


def test_a_bomb_is_quarantined_with_what_came_before_it_kept() -> None:
    bomb = gzip.compress(text(event(1)) + b" " * 50_000_000)
    counts, rows, bad = read(bomb, limit=10_000_000)
    assert [row["event_id"] for row in rows] == ["event-1"]
    assert [(row["reason"], row["error"]) for row in bad] == [
        ("too_large", "inflates to more than 10000000 bytes")
    ]
    assert counts.others.total() == 0


def test_a_bomb_in_a_bomb_is_stopped_at_its_first_layer() -> None:
    bomb = gzip.compress(gzip.compress(b"\0" * 100_000_000, 1) * 20)
    assert [row["reason"] for row in read(bomb, limit=30_000_000)[2]] == ["too_large"]


def test_an_encrypted_or_strange_zip_is_quarantined() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("events.json", TEXT)
    content = file.getvalue()
    assert [row["reason"] for row in read(content)[2]] == ["unknown_zip"]
    encrypted = content[:6] + b"\x01" + content[7:]
    assert [row["reason"] for row in read(encrypted)[2]] == ["encrypted_zip"]


@pytest.mark.parametrize(
    "content", [b"", b"\n \0", b"[]", b"\xef\xbb\xbf", gzip.compress(b"", mtime=0)]
)
def test_an_object_without_content_is_counted_as_empty(content: bytes) -> None:
    counts, _, _ = read(content)
    assert dict(counts.others) == {"empty": 1}
    assert counts.quarantined == 0


@pytest.mark.parametrize(
    "content",
    [b"\x1f", b"\x1f\x8b", b"PK", b"PK\x03\x04", b"\x28\xb5\x2f\xfd", b"\xff\x06\x00\x00s"],
)
def test_an_object_that_is_only_the_beginning_of_a_container_is_quarantined(content: bytes) -> None:
    counts, _, _ = read(content)
    assert (counts.events, counts.quarantined) == (0, 1)


def test_a_name_of_a_compression_means_nothing() -> None:
    assert zlib.decompress(gzip.compress(TEXT), 31) == TEXT
    assert read(TEXT)[0].events == 3_000


@pytest.mark.parametrize(
    ("beginning", "end"), [(b'{"a":1}', b'{"b":2}'), (b'"a"', b"[1]"), (b"{}", b"x")]
)
def test_the_parser_says_where_a_value_ends(beginning: bytes, end: bytes) -> None:
    with pytest.raises(msgspec.DecodeError) as raised:
        msgspec.json.decode(beginning + end, type=msgspec.Raw)
    assert str(raised.value) == (
        f"JSON is malformed: trailing characters (byte {len(beginning) + 1})"
    )


def test_the_parser_tells_every_beginning_of_a_value_from_a_broken_one() -> None:
    value = rb'{"a":-0.5e+10,"b":[1E-3,true,null],"c":"\ud83d\ude00\u00e9\"","d":{"e":[]},"f":0.25}'
    for end in range(1, len(value)):
        assert framing._value_end(value[:end], 0) == (None, None)  # noqa: SLF001


def test_a_broken_value_without_end_is_one_and_takes_bounded_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(framing, "MAX_BROKEN", 10_000)
    monkeypatch.setattr(framing, "MAX_VALUE", 20_000)
    chunks = [b'{"a": "', *([b"x" * 1_000] * 100), b"\n", text(event(1))]
    broken, values = frame(chunks)
    assert isinstance(broken, Broken)
    assert len(broken.raw) <= 31_000
    assert isinstance(values, Values)
    assert values.offset == 7 + 100_000 + 1


def test_values_apart_by_one_gap_are_taken_together() -> None:
    parts = list(frame([text(*map(event, range(100)), between=", \n")]))
    assert [len(list(part.values())) for part in parts if isinstance(part, Values)] == [1, 98, 1]


def test_a_gap_inside_a_string_is_no_gap() -> None:
    records = [
        event(number, detail={"text": "}{" if number == 50 else ""}) for number in range(100)
    ]
    parts = list(frame([text(*records)]))
    found = [value for part in parts if isinstance(part, Values) for _, value in part.values()]
    assert found == [text(record) for record in records]


@pytest.mark.parametrize(
    "record",
    [b'{"a":x}{"b":1}', b'{"a":{"b":', b"{", b'"', b'{"a":1,}', b"x\n", b'{"\\ud800":1}', b"["],
)
def test_many_broken_records_are_read_in_time(record: bytes) -> None:
    content = record * (500_000 // len(record))
    chunks = [content[start : start + 100_000] for start in range(0, len(content), 100_000)]
    started = time.process_time()
    parts = list(frame(chunks))
    assert time.process_time() - started < 15
    assert (parts == []) == (record == b"[")
