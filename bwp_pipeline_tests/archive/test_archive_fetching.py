"""How many objects are asked for at once."""

import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bwp_pipeline.archive import ArchiveObject, open_archive
from bwp_pipeline.archive.objects import fetching


@pytest.mark.parametrize(("seconds", "fewest", "most"), [(0.0, 1, 16), (0.02, 80, 128)])
def test_as_many_objects_are_asked_for_at_once_as_the_store_is_slow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: float, fewest: int, most: int
) -> None:
    threads: list[str] = []

    def get(*_: object) -> bytes:
        time.sleep(seconds)
        threads.append(threading.current_thread().name)
        return b"{}"

    monkeypatch.setattr(fetching, "_get", get)
    # An empty one is not asked for, and tells nothing about the store.
    objects = [
        ArchiveObject(f"{number:04}", "", 2 if number % 32 else 0, datetime.now(UTC))
        for number in range(1_064)
    ]
    contents = fetching.fetch(open_archive(f"file://{tmp_path}/", ""), objects)
    found = [next(contents) for _ in range(64)]
    threads.clear()
    found += contents
    assert [item for item, _ in found] == objects
    assert len(threads) == 1_000 - 1_000 // 32 - 1
    assert fewest <= len(set(threads)) <= most
