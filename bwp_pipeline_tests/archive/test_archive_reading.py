import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import pairwise
from typing import Any
from unittest import mock

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bwp_pipeline.archive.records import columns, framing
from bwp_pipeline_tests.archive.archive_wrappings import COMPRESSIONS, FRAMINGS, WRAPPERS
from bwp_pipeline_tests.examples.archive_samples import BP, event, read

# What ends a value, begins one, or looks as if it did.
words = st.sampled_from(
    ['"}{"', "}\n{", "{", "}", "[", '\\"', "\\n", ",", "}{", '{"detail-type":', "ü", "\N{BOM}", "%"]
)
strings = st.lists(words | st.text(max_size=5), max_size=5).map("".join)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | strings,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(strings, inner, max_size=3),
    max_leaves=6,
)
segments = st.text('abc-#ü{}" ', min_size=1, max_size=6)


chunks = st.integers(1, 2000)
# From how many bytes values are taken together, and how many Arrow takes: always, or never.
bulks = st.sampled_from([0, 2**40])


@contextmanager
def taken_together_from(bulk: int) -> Iterator[None]:
    with (
        mock.patch.object(framing, "BULK", bulk),
        mock.patch.object(columns, "MANY", max(1, bulk)),
    ):
        yield


@st.composite
def events(draw: st.DrawFn) -> dict[str, Any]:
    detail = draw(
        st.just({})
        | st.fixed_dictionaries(
            {"eventDescriptor": strings, "eventId": strings},
            optional={"data": st.dictionaries(strings, values, max_size=2), "extra": values},
        )
    )
    changes = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "time": st.datetimes(datetime(1900, 1, 1), datetime(2300, 1, 1)).map(  # noqa: DTZ001
                    lambda time: f"{time.isoformat()}+02:00"
                ),
                "replay-name": strings,
                "account": strings,
            },
        )
    )
    number = draw(st.integers(0, 5))
    order = draw(segments)
    resources = [f"businessProduct/{BP}/order/{order}/{draw(segments)}/{draw(segments)}"]
    return event(number, draw(strings.filter(bool)), detail=detail, resources=resources, **changes)


@given(st.lists(events(), max_size=6), st.sampled_from(sorted(FRAMINGS)), chunks, bulks)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_event_in_any_framing_comes_out_equal(
    records: list[dict[str, Any]], framed: str, chunk: int, bulk: int
) -> None:
    with taken_together_from(bulk):
        counts, found, _ = read(FRAMINGS[framed](records), chunk)
    assert (counts.events, counts.quarantined) == (len(records), 0)
    assert counts.others.total() == (0 if records else 1)
    for index, (record, row) in enumerate(zip(records, found, strict=True)):
        assert row["event_id"] == record["id"]
        assert row["detail_type"] == record["detail-type"]
        assert row["account"] == record["account"]
        assert row["resources"] == record["resources"]
        assert row["event_time"] == datetime.fromisoformat(record["time"])
        assert json.loads(row["detail"]) == record["detail"]
        assert row["order_id"] == record["resources"][0].split("/")[3]
        assert row["record_index"] == index


@given(
    st.lists(events(), max_size=5),
    st.sampled_from(sorted(FRAMINGS)),
    st.sampled_from(sorted(WRAPPERS)),
    st.sampled_from(sorted(COMPRESSIONS)),
    chunks,
)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_wrapping_and_compression_comes_off(
    records: list[dict[str, Any]], framed: str, wrapped: str, compressed: str, chunk: int
) -> None:
    content = FRAMINGS[framed](WRAPPERS[wrapped](list(records)))
    counts, found, _ = read(COMPRESSIONS[compressed](content), chunk)
    assert (counts.events, counts.quarantined) == (len(records), 0)
    assert [row["resources"] for row in found] == [record["resources"] for record in records]
    assert [json.loads(row["detail"]) for row in found] == [one["detail"] for one in records]
    labels = {row["envelope"].rpartition("/")[0] for row in found}
    assert labels == ({"" if wrapped == "none" else wrapped} if records else set())


snapshot = {"data": {"order": {"id": "o-1", "lineItems": []}}}
strange = {"hello": [{"a": 1}, {"b": {}}]}
foreign = event(9, source="aws.ec2", resources=["arn:aws:ec2:us-east-1:1:instance/i-1"])
others = st.sampled_from([snapshot, strange, foreign, {}]).map(lambda record: ("other", record))


@st.composite
def cuts(draw: st.DrawFn) -> tuple[str, str]:
    """The beginning of an event that broke off."""
    whole = json.dumps(draw(events()))
    return "broken", whole[: draw(st.integers(1, len(whole) - 1))]


garbage = st.sampled_from(
    [
        "garbage",
        "null",
        "'single': 'quotes'",
        "<html></html>",
        "\x80\x81",
        "-",
        "{]",
        '{"a":}',
        "{{",
    ]
).map(lambda line: ("broken", line))
pieces = events().map(lambda record: ("event", record)) | others | cuts() | garbage


def as_text(piece: tuple[str, object]) -> str:
    kind, record = piece
    return str(record) if kind == "broken" else json.dumps(record)


def assert_accounts(content: str, mix: list[tuple[str, Any]], chunk: int, bulk: int) -> None:
    with taken_together_from(bulk):
        counts, found, _ = read(content.encode(errors="surrogateescape"), chunk)
    expected = [record for kind, record in mix if kind == "event"]
    assert [json.loads(row["detail"]) for row in found] == [one["detail"] for one in expected]
    assert [row["event_id"] for row in found] == [record["id"] for record in expected]
    kinds = [kind for kind, _ in mix]
    assert counts.quarantined == kinds.count("broken")
    assert counts.others.total() == kinds.count("other") + (not mix)


@given(st.lists(pieces, max_size=6), st.sampled_from(["\n", "\r\n", "\n\n"]), chunks, bulks)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_lines_are_all_accounted_for_whatever_is_between(
    mix: list[tuple[str, Any]], between: str, chunk: int, bulk: int
) -> None:
    assert_accounts(between.join(map(as_text, mix)), mix, chunk, bulk)


@given(st.lists(cuts() | events().map(lambda record: ("event", record)), max_size=6), chunks, bulks)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_record_cut_off_without_any_delimiter_takes_no_whole_one_with_it(
    mix: list[tuple[str, Any]], chunk: int, bulk: int
) -> None:
    # Of two broken ones in a row nobody can tell where the first ends.
    apart = [
        piece for piece, after in pairwise([*mix, ("event", {})]) if "event" in (piece[0], after[0])
    ]
    assert_accounts("".join(map(as_text, apart)), apart, chunk, bulk)


@given(
    st.lists(events(), min_size=1, max_size=4), st.sampled_from(sorted(FRAMINGS)), chunks, st.data()
)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_an_object_cut_off_anywhere_keeps_all_before_the_cut(
    records: list[dict[str, Any]], framed: str, chunk: int, data: st.DataObject
) -> None:
    content = FRAMINGS[framed](records)
    cut = data.draw(st.integers(0, len(content)))
    counts, found, _ = read(content[:cut], chunk)
    whole = [
        record
        for number, record in enumerate(records)
        if cut >= len(FRAMINGS[framed](records[: number + 1]))
    ]
    assert [row["event_id"] for row in found][: len(whole)] == [one["id"] for one in whole]
    assert len(found) - len(whole) in (0, 1)
    assert counts.quarantined <= 1
