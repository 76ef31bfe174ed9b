"""Columnar objects that are small and would take gigabytes: they cost one record each."""

import io
from collections.abc import Callable

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import orc

from bwp_pipeline.archive.opening.columnar import records
from bwp_pipeline.archive.opening.containers import Unopenable
from bwp_pipeline_tests.examples.archive_samples import event, read, text

KB = 1024
MB = 1024 * KB
Write = Callable[[pa.Table], bytes]


def parquet(table: pa.Table) -> bytes:
    file = io.BytesIO()
    pq.write_table(table, file, compression="zstd", dictionary_pagesize_limit=MB)
    return file.getvalue()


def as_orc(table: pa.Table) -> bytes:
    file = io.BytesIO()
    orc.write_table(table, file, compression="zstd", dictionary_key_size_threshold=1)
    return file.getvalue()


@pytest.mark.parametrize("write", [parquet, as_orc])
def test_rows_that_take_no_bytes_are_one_quarantined_record(write: Write) -> None:
    bomb = write(pa.table({"id": pa.repeat(pa.scalar("x"), 3_000_000)}))

    counts, events, quarantined = read(bomb)

    assert (counts.events, counts.quarantined, events) == (0, 1, [])
    assert quarantined[0]["reason"] == "too_large"
    assert "3000000 rows" in quarantined[0]["error"]


@pytest.mark.parametrize("write", [parquet, as_orc])
@pytest.mark.parametrize("nested", [False, True])
def test_a_long_value_that_is_repeated_takes_its_memory_once(write: Write, *, nested: bool) -> None:
    values = pa.repeat(pa.scalar("x" * 64 * KB), 2_000)
    column = pa.StructArray.from_arrays([values], ["deep"]) if nested else values
    bomb = write(pa.table({"detail": column, "id": [f"{n:032x}" for n in range(2_000)]}))
    del values, column
    before, most, rows = pa.total_allocated_bytes(), 0, 0

    for _ in records([bomb], memory=4 * MB):
        rows += 1
        most = max(most, pa.total_allocated_bytes() - before)

    assert len(bomb) < 200 * KB
    assert rows == 2_000
    # Of 125 MB that the rows would take together.
    assert most < 48 * MB


def test_a_row_group_beyond_the_bound_is_refused_with_what_to_do() -> None:
    values = pa.array([str(n) * 1_000 for n in range(5_000)])

    with pytest.raises(Unopenable, match="BWP_COLUMNAR_MEGABYTES"):
        list(records([parquet(pa.table({"id": values}))], memory=MB))


def test_rows_beyond_the_bound_of_an_object_end_it_after_those_before() -> None:
    table = pa.Table.from_pylist([event(number, detail={"n": number}) for number in range(200)])
    size = len(text(event(0)))

    counts, events, quarantined = read(parquet(table), limit=50 * size)

    assert 20 < counts.events < 200
    assert len(events) == counts.events
    assert [row["reason"] for row in quarantined] == ["too_large"]
