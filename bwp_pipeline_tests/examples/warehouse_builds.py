"""Small lakes and warehouses for tests: rows that a test names, built by the real dbt project."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from bwp_pipeline.archive.records.event import CURRENT_NAMES, parse_resource
from bwp_pipeline.lake import SCHEMAS, Lake
from bwp_pipeline.settings import Settings
from bwp_pipeline.warehouse.dbt_run import BUILD, run_dbt
from bwp_pipeline.warehouse.loading import load_lake, mark_built, marts_path

Row = dict[str, Any]
STORE = "bp-1"
STORE_NAME = "Mugs & More"
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def event(name: str, *resources: str, at: datetime = NOON) -> Row:
    """An archived event about resources like "order/O-1/delivery/D-1"."""
    paths = [f"businessProduct/{STORE}/{resource}" for resource in resources]
    first = parse_resource(paths[0])
    return {
        "detail_type": name,
        "event_type": CURRENT_NAMES.get(name, name),
        "event_time": at,
        "business_product_id": first.business_product_id,
        "order_id": first.order_id,
        "resource_type": first.resource_type,
        "resource_id": first.resource_id,
        "resources": paths,
        "detail": "{}",
    }


def snapshot(
    order: Mapping[str, Any] | None, *, order_id: str, at: datetime = NOON, status: str = "OK"
) -> Row:
    """An answer of the API about an order."""
    payload = None if order is None else json.dumps(order, sort_keys=True)
    return {
        "business_product_id": STORE,
        "order_id": order_id,
        "fetched_at": at,
        "api_version": "2024-11-01",
        "status": status,
        "payload": payload,
        "payload_sha256": payload and hashlib.sha256(payload.encode()).hexdigest(),
        "run_id": "run-1",
    }


@dataclass
class Warehouse:
    """A lake in a directory and the warehouse that is built of it."""

    directory: Path
    timezone: str = "UTC"
    report_days: int = 28
    name: str = "built"
    lake: Lake = field(init=False)

    def __post_init__(self) -> None:
        self.lake = Lake(f"{(self.directory / 'lake').as_uri()}/")

    @property
    def path(self) -> Path:
        return self.directory / self.name / "warehouse.duckdb"

    def settings(self) -> Settings:
        """The settings of a pipeline whose warehouse this is."""
        settings = Settings.from_environ(
            {
                "BWP_ARCHIVE_URL": "file:///none/",
                "BWP_DATA_DIR": str(self.path.parent),
                "BWP_TIMEZONE": self.timezone,
                "BWP_REPORT_DAYS": str(self.report_days),
                "BWP_TARGET_ID": STORE,
                "BWP_CLIENT_ID": "client",
                "BWP_CLIENT_SECRET": "secret",
            }
        )
        return replace(settings, stores={STORE: replace(settings.stores[STORE], name=STORE_NAME)})

    def archive(
        self,
        day: date,
        events: Iterable[Row],
        *,
        name: str = "a",
        quarantined: int = 0,
        others: Mapping[str, int] | None = None,
        read_at: datetime = NOON,
    ) -> None:
        """Write a batch of events into the lake, its manifest last."""
        rows = [{"object_key": name, "record_index": n, **row} for n, row in enumerate(events)]
        self._write("events", day, name, rows)
        read = {
            "object_key": name,
            "events": len(rows),
            "others": sum((others or {}).values()),
            "other_kinds": json.dumps(others or {}),
            "quarantined": quarantined,
            "read_at": read_at,
            "run_id": "run-1",
        }
        self._write("objects", day, name, [read])

    def answer(self, day: date, snapshots: Iterable[Row], *, name: str = "a") -> None:
        """Write a file of snapshots into the lake."""
        self._write("order_snapshots", day, name, list(snapshots))

    def _write(self, table: str, day: date, name: str, rows: list[Row]) -> None:
        schema = SCHEMAS[table]
        whole = [{column: row.get(column) for column in schema.names} for row in rows]
        self.lake.write(table, day, name, pa.Table.from_pylist(whole, schema=schema))

    def build(self, *selection: str, marked: bool = True) -> None:
        """Load the lake and run all models and data tests, or a selection; fails on an error."""
        load_lake(
            self.lake,
            self.path,
            timezone=self.timezone,
            report_days=self.report_days,
            stores={STORE: STORE_NAME},
        )
        run_dbt(self.path, (*BUILD, *selection))
        if marked:
            mark_built(self.path)

    def build_mart(self, *names: str, marked: bool = True) -> None:
        """Build some marts and what they are made of, in a fraction of the time that all take."""
        lineages = (f"+{name}" for name in names)
        self.build("--select", *lineages, "--indirect-selection", "cautious", marked=marked)

    def rows(self, query: str) -> list[Row]:
        with duckdb.connect(str(marts_path(self.path)), read_only=True) as connection:
            cursor = connection.execute(query)
            names = [column[0] for column in cursor.description or []]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def tables(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of marts, reports and meta, sorted."""
        with duckdb.connect(str(marts_path(self.path)), read_only=True) as connection:
            names = connection.execute(
                "select schema_name || '.' || table_name from duckdb_tables()"
                " where schema_name in ('marts', 'reports', 'meta')"
            ).fetchall()
            return {
                name: sorted(connection.execute(f"from {name}").fetchall(), key=repr)
                for (name,) in names
            }
