"""Events that come back from a format conversion, as columns of Parquet or ORC."""

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.orc
import pyarrow.parquet as pq
import pytest

from bwp_pipeline_tests.examples.archive_samples import (
    body,
    event,
    only,
    read,
    reasons,
)

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
