"""What two processes read, and what becomes of jobs when one of them dies."""

import io
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import orc

from bwp_pipeline.archive import ingest_days
from bwp_pipeline.archive.counts import Counts
from bwp_pipeline.archive.ingest import worker
from bwp_pipeline.archive.ingest.job import Job, read_job
from bwp_pipeline.lake import Lake
from bwp_pipeline_tests.examples.archive_place import DAY, Place
from bwp_pipeline_tests.examples.archive_samples import event, text, with_a_worker


def test_two_processes_find_what_one_finds(
    place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("bwp_pipeline.archive.ingest.batches.BATCH_OBJECTS", 2)
    for number in range(12):
        place.put(f"{number:02}", text(event(number), {"data": {"order": {}}}) + b"broken")
    alone = Lake(f"file://{tmp_path}/alone/")
    (expected,) = ingest_days(place.archive, alone, [DAY], "run-1")
    with_a_worker(monkeypatch)
    here: list[Job] = []

    def read_here(job: Job, report: Callable[[Counts], None]) -> Counts:
        here.append(job)
        return read_job(job, report)

    monkeypatch.setattr(worker, "read_job", read_here)
    seen: list[int] = []
    (found,) = ingest_days(
        place.archive, place.lake, [DAY], "run-1", lambda progress: seen.append(progress.objects)
    )
    assert found == expected
    assert seen[-1] == 12
    assert 1 <= len(here) < 6
    for table in ("events", "quarantine"):
        assert place.lake.read(table) == alone.read(table)
        names = [file.name for file in place.lake.files(table)]
        assert names == [file.name for file in alone.files(table)]


def test_a_worker_imports_no_package_that_it_has_no_use_for() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        command = [sys.executable, "-X", "importtime", "-c", worker.program(theirs.fileno())]
        started = subprocess.Popen(  # noqa: S603 -- our own program
            command, pass_fds=[theirs.fileno()], stderr=subprocess.PIPE, text=True
        )
        theirs.close()
        Connection(ours.detach()).close()
        _, imported = started.communicate(timeout=60)
    assert " pyarrow.lib\n" in imported
    assert " numpy." not in imported
    assert " pandas." not in imported


def test_a_worker_reads_parquet_and_orc_too(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with_a_worker(monkeypatch)
    monkeypatch.setattr("bwp_pipeline.archive.ingest.batches.BATCH_OBJECTS", 1)
    nanoseconds = pa.scalar(1_795_061_106_000_000_001, pa.timestamp("ns", "UTC"))
    fields = [pa.array([nanoseconds]), pa.array([[1, 2.5]])]
    detail = pa.StructArray.from_arrays(fields, ["eventTime", "some"])
    table = pa.Table.from_pylist([event(1)]).drop("detail").append_column("detail", detail)
    for number in range(8):
        content = io.BytesIO()
        (orc.write_table if number % 2 else pq.write_table)(table, content)
        place.put(f"{number}", content.getvalue())
    assert place.ingest() == (8, 0, 0)
    details = place.lake.read("events", columns=["detail"])["detail"].to_pylist()
    assert set(details) == {'{"eventTime":"2026-11-19T04:05:06Z","some":[1.0,2.5]}'}


@pytest.mark.parametrize("end", [os._exit, int])
def test_batches_that_a_process_left_when_it_died_are_read_by_the_other(
    place: Place, monkeypatch: pytest.MonkeyPatch, end: Callable[..., object]
) -> None:
    monkeypatch.setattr("bwp_pipeline.archive.ingest.batches.BATCH_OBJECTS", 1)
    with_a_worker(monkeypatch)
    monkeypatch.setattr("bwp_pipeline.archive.ingest.worker._portable", lambda _: Fatal(end))
    for number in range(6):
        place.put(f"{number}", text(event(number)))
    assert place.ingest() == (6, 0, 0)


class Fatal:
    """Ends the process that receives it, at once or by an error."""

    def __init__(self, end: Callable[..., object]) -> None:
        self._end = end

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self._end, (1,) if self._end is os._exit else ("no number",)


PARENT = """
import sys, time
from collections import deque
from datetime import UTC, date, datetime
from bwp_pipeline.archive import open_archive
from bwp_pipeline.archive.ingest import worker
from bwp_pipeline.archive.ingest.job import Job
from bwp_pipeline.archive.objects.listing import ArchiveObject
from bwp_pipeline.lake import Lake

root = sys.argv[1]
endless = ArchiveObject.without_etag("endless", 9, datetime.now(UTC))
archive, lake = open_archive(f"file://{root}/", "%Y/%m/%d/"), Lake(f"file://{root}/lake/")
jobs = deque(Job(archive, lake, date(2026, 11, 19), [endless], f"{n}", "run") for n in range(4))
second = worker._Worker(jobs, print, print).__enter__()
second._take()
print(second._process.pid, flush=True)
time.sleep(600)
"""


def test_no_second_process_outlives_a_first_that_is_killed(tmp_path: Path) -> None:
    # Whoever reads it waits for ever.
    os.mkfifo(tmp_path / "endless")
    command = [sys.executable, "-c", PARENT, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:  # noqa: S603 - our own
        assert parent.stdout is not None
        second = Path("/proc") / parent.stdout.readline().strip()
        time.sleep(1)
        assert _is_alive(second)
        parent.kill()
    for _ in range(100):
        if not _is_alive(second):
            return
        time.sleep(0.1)
    raise AssertionError("the second process goes on")


def _is_alive(process: Path) -> bool:
    try:
        return "State:\tZ" not in (process / "status").read_text()
    except FileNotFoundError:
        return False
