"""What the manifest says was read, reconciled with the rows in the lake.

Belongs here: batches according to the manifest, and finding those with missing rows.
Does not belong here: reading them again (`days.py`).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bwp_pipeline.lake import BATCH_TABLES, DAMAGED, Lake, LakeFile
from bwp_pipeline.lake.seals import read_whole_from

Identity = tuple[str, str]
"""An object's key and etag."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Objects that were read into the files of one name, each with its events and bad records."""

    file: LakeFile
    objects: dict[Identity, tuple[int, int]]

    @property
    def name(self) -> str:
        """What its files are called."""
        return self.file.name

    @property
    def events(self) -> int:
        """The rows of its events."""
        return sum(events for events, _ in self.objects.values())

    @property
    def quarantined(self) -> int:
        """The rows of its bad records."""
        return sum(quarantined for _, quarantined in self.objects.values())


@dataclass(frozen=True, slots=True)
class Checked:
    """What is wrong with the lake's files, a sentence for each, and what must be read again.

    `broken` are batches whose number of rows differs from their manifest's, `days` all days with a
    problem.
    """

    broken: list[Batch]
    days: set[date]
    findings: list[str]


def read_batches(lake: Lake, day: date) -> list[Batch]:
    """The day's batches, in the order of their names."""
    return [_batch(lake, file) for file in lake.files("objects", [day])]


def days_read_by(lake: Lake, run_id: str) -> set[date]:
    """The days from which that run has read an object."""
    return {
        file.day
        for file in lake.files("objects")
        if run_id in lake.read_file(file, ["run_id"])["run_id"].to_pylist()
    }


def check(lake: Lake, days: Iterable[date] | None = None) -> Checked:
    """Reconcile the files of those days, or all, and set damaged ones aside."""
    # In this order: a batch is named once all of its rows are there.
    files = [file for table in ("objects", *BATCH_TABLES) for file in lake.files(table, days)]
    whole_from = read_whole_from(file.day for file in files)
    counted = dict(zip(files, lake.count_rows(files, whole_from), strict=True))
    checked = Checked([], set(), [])
    rows: dict[tuple[date, str], Counter[str]] = defaultdict(Counter)
    for file, count in counted.items():
        if count is None:
            lake.set_aside(file)
            checked.days.add(file.day)
            checked.findings.append(f"{file.path} is damaged and was moved to {DAMAGED}/")
        rows[file.day, file.batch][file.table] += count or 0
    for file, count in counted.items():
        # A day without objects has an empty manifest.
        if file.table == "objects" and count:
            batch, there = _batch(lake, file), rows[file.day, file.name]
            wanted, found = (
                (batch.events, batch.quarantined),
                (there["events"], there["quarantine"]),
            )
            if wanted != found:
                checked.broken.append(batch)
                checked.days.add(file.day)
                checked.findings.append(
                    f"the files of batch {batch.name} of {file.day} hold {found[0]} events and"
                    f" {found[1]} unreadable records; their manifest says {wanted[0]} and"
                    f" {wanted[1]}"
                )
    return checked


def _batch(lake: Lake, file: LakeFile) -> Batch:
    rows = lake.read_file(file, ["object_key", "etag", "events", "quarantined"])
    columns = [rows[name].to_pylist() for name in rows.column_names]
    return Batch(
        file,
        {
            (key, etag): (events or 0, quarantined or 0)
            for key, etag, events, quarantined in zip(*columns, strict=True)
        },
    )
