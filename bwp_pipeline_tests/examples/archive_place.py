"""An archive and a lake in a directory, for the tests of what ingestion does with them."""

from datetime import date
from pathlib import Path
from typing import Any

import obstore

from bwp_pipeline.archive import ingest_days, open_archive
from bwp_pipeline.lake import Lake

DAY = date(2026, 11, 19)
PREFIX = "2026/11/19/04/"


class Place:
    """An archive and a lake in a directory."""

    def __init__(self, tmp_path: Path) -> None:
        (tmp_path / "archive").mkdir()
        self.archive = open_archive(f"file://{tmp_path}/archive/", "%Y/%m/%d/")
        self.lake = Lake(f"file://{tmp_path}/lake/")

    def put(self, key: str, content: bytes) -> None:
        obstore.put(self.archive.store, PREFIX + key, content)

    def ingest(self) -> tuple[int, int, int]:
        (counts,) = ingest_days(self.archive, self.lake, [DAY], "run-1")
        return counts.events, counts.others.total(), counts.quarantined

    def rows(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        """The rows that count, without what a killed run left."""
        rows = self.lake.concatenated(table, self.lake.committed()[table], columns)
        return sorted(tuple(row[column] for column in columns) for row in rows.to_pylist())
