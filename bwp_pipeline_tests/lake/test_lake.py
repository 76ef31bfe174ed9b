from datetime import UTC, date, datetime
from pathlib import Path

import obstore
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from obstore.store import MemoryStore

from bwp_pipeline.lake import SCHEMAS, Lake

DAY = date(2026, 11, 19)
READ_AT = datetime(2026, 11, 20, 3, tzinfo=UTC)


def manifest(*keys: str) -> pa.Table:
    rows = [
        {
            "object_key": key,
            "etag": "e",
            "size": 1,
            "last_modified": READ_AT,
            "events": 1,
            "others": 0,
            "other_kinds": "{}",
            "quarantined": 0,
            "read_at": READ_AT,
            "run_id": "run",
        }
        for key in keys
    ]
    return pa.Table.from_pylist(rows, schema=SCHEMAS["objects"])


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(f"file://{tmp_path}/the lake/")


def test_a_file_lies_under_its_table_and_day(lake: Lake, tmp_path: Path) -> None:
    path = lake.write("objects", DAY, "abc", manifest("a"))
    assert path == "objects/dt=2026-11-19/abc.parquet"
    assert pq.read_table(tmp_path / "the lake" / path, partitioning=None) == manifest("a")


def test_rows_come_back_with_their_day(lake: Lake) -> None:
    lake.write("objects", DAY, "abc", manifest("a", "b"))
    lake.write("objects", date(2026, 11, 20), "def", manifest("c"))
    rows = lake.read("objects", columns=["dt", "object_key"]).to_pylist()
    assert rows == [
        {"dt": DAY, "object_key": "a"},
        {"dt": DAY, "object_key": "b"},
        {"dt": date(2026, 11, 20), "object_key": "c"},
    ]
    assert lake.read("objects", [DAY]).num_rows == 2


def test_an_empty_table_has_its_whole_schema(lake: Lake) -> None:
    empty = lake.read("events")
    assert empty.num_rows == 0
    assert empty.schema == SCHEMAS["events"].append(pa.field("dt", pa.date32()))


@pytest.mark.parametrize("table", SCHEMAS)
def test_all_columns_are_compressed_but_identifiers(lake: Lake, tmp_path: Path, table: str) -> None:
    row = dict.fromkeys(SCHEMAS[table].names)
    path = lake.write(table, DAY, "one", pa.Table.from_pylist([row], schema=SCHEMAS[table]))
    group = pq.ParquetFile(tmp_path / "the lake" / path).metadata.row_group(0)
    columns = [group.column(number) for number in range(group.num_columns)]
    plain = {one.path_in_schema for one in columns if one.compression == "UNCOMPRESSED"}
    ids = {"event_id", "message_id", "order_id", "resource_id"}
    assert plain == ids & set(SCHEMAS[table].names)
    assert len(columns) == len(SCHEMAS[table].names) + (table == "order_snapshots")


def test_writing_a_name_again_replaces_the_file(lake: Lake) -> None:
    lake.write("objects", DAY, "abc", manifest("a"))
    lake.write("objects", DAY, "abc", manifest("b"))
    assert lake.read("objects", columns=["object_key"]).to_pylist() == [{"object_key": "b"}]


def test_a_partition_without_rows_is_a_day(lake: Lake) -> None:
    lake.write("objects", DAY, "abc", manifest())
    assert lake.days("objects") == [DAY]
    assert lake.days("events") == []


def test_rows_of_another_shape_are_refused(lake: Lake) -> None:
    with pytest.raises(ValueError, match="objects has the columns"):
        lake.write("objects", DAY, "abc", manifest("a").drop_columns(["etag"]))
    assert lake.days("objects") == []


def test_a_column_that_an_older_file_lacks_is_null(lake: Lake, tmp_path: Path) -> None:
    path = tmp_path / "the lake" / lake.write("objects", DAY, "abc", manifest("a"))
    pq.write_table(manifest("a").drop_columns(["run_id"]), path)
    assert lake.read("objects", columns=["run_id"]).to_pylist() == [{"run_id": None}]


def test_files_tell_their_identity(lake: Lake) -> None:
    path = lake.write("objects", DAY, "abc", manifest("a"))
    (first,) = lake.files("objects", [DAY])
    assert (first.path, first.table, first.day, first.name) == (path, "objects", DAY, "abc")
    lake.write("objects", DAY, "abc", manifest("a", "b"))
    (second,) = lake.files("objects")
    assert (first.etag, first.size) != (second.etag, second.size)


def test_files_of_unknown_directories_are_left_alone(lake: Lake) -> None:
    obstore.put(lake.store, "objects/README.txt", b"by hand")
    obstore.put(lake.store, "objects/dt=soon/abc.parquet", b"by hand")
    assert lake.files("objects") == []
    assert lake.days("objects") == []


def test_deleting_a_file_twice_is_no_error(lake: Lake) -> None:
    path = lake.write("objects", DAY, "abc", manifest("a"))
    lake.delete([path, path])
    assert lake.files("objects") == []


def test_a_local_lake_gives_its_own_paths(lake: Lake, tmp_path: Path) -> None:
    path = lake.write("objects", DAY, "abc", manifest("a"))
    assert lake.local(lake.files("objects")) == [tmp_path / "the lake" / path]


def test_a_remote_lake_gives_copies_that_are_made_once(tmp_path: Path) -> None:
    lake = Lake("s3://bucket/lake/", MemoryStore(), cache=tmp_path)
    lake.write("objects", DAY, "abc", manifest("a"))
    (copy,) = lake.local(lake.files("objects"))
    assert pq.read_table(copy, partitioning=None) == manifest("a")
    made = copy.stat().st_mtime_ns
    assert lake.local(lake.files("objects")) == [copy]
    assert copy.stat().st_mtime_ns == made


def test_a_changed_remote_file_gets_another_copy(tmp_path: Path) -> None:
    lake = Lake("s3://bucket/lake/", MemoryStore(), cache=tmp_path)
    lake.write("objects", DAY, "abc", manifest("a"))
    before = lake.local(lake.files("objects"))
    lake.write("objects", DAY, "abc", manifest("a", "b"))
    (after,) = lake.local(lake.files("objects"))
    assert [after] != before
    assert pq.read_table(after, partitioning=None).num_rows == 2


def test_a_remote_lake_without_a_cache_says_so() -> None:
    lake = Lake("s3://bucket/lake/", MemoryStore())
    with pytest.raises(ValueError, match="no cache directory"):
        lake.local([])


@pytest.mark.parametrize(("keeps_detail", "kept"), [(True, "{1}"), (False, None)])
def test_detail_of_orders_events_is_kept_only_where_it_is_to_be(
    tmp_path: Path, *, keeps_detail: bool, kept: str | None
) -> None:
    lake = Lake(f"{tmp_path.as_uri()}/", keeps_detail=keeps_detail).portable()
    rows: list[dict[str, str | None]] = [
        {"order_id": "O-1", "detail": "{1}"},
        {"order_id": None, "detail": "{2}"},
    ]
    events = [{name: row.get(name) for name in SCHEMAS["events"].names} for row in rows]
    lake.write("events", DAY, "abc", pa.Table.from_pylist(events, schema=SCHEMAS["events"]))

    # A product's events say what can be bought, and nothing of a person.
    assert lake.read("events", columns=["detail"])["detail"].to_pylist() == [kept, "{2}"]
