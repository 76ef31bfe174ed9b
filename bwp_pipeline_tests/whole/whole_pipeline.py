"""A pipeline installed on a world: S3 over HTTP, the sandbox's API over HTTP, real settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import boto3
import duckdb
from dagster import DagsterInstance, ExecuteInProcessResult
from dagster_aws.s3 import S3Resource
from obstore.store import S3Store

from bwp_pipeline.definitions import build_defs
from bwp_pipeline.defs.resources import Installation
from bwp_pipeline.sandbox import World, create_app, run_server, write_archive
from bwp_pipeline.settings import Settings
from bwp_pipeline_tests.servers.s3_server import s3_server

BUCKET = "merchant-events"
END = date(2026, 3, 15)
DAYS = 8
# The clocks of New York go forward on 8 March 2026, inside the world's days.
ZONE = ZoneInfo("America/New_York")
REPORT_DAYS = 6
Row = dict[str, Any]


@dataclass(frozen=True)
class Pipeline:
    """A pipeline installed on a world, and how to run it."""

    world: World
    settings: Settings
    s3: S3Resource
    instance: DagsterInstance

    def run(self, first: date, last: date) -> ExecuteInProcessResult:
        defs = build_defs(Installation(lambda: self.settings, self.s3))
        return defs.resolve_job_def("daily").execute_in_process(
            instance=self.instance,
            tags={
                "dagster/asset_partition_range_start": first.isoformat(),
                "dagster/asset_partition_range_end": last.isoformat(),
            },
        )

    def rows(self, query: str) -> list[Row]:
        with duckdb.connect(str(self.settings.published_path), read_only=True) as connection:
            cursor = connection.execute(query)
            names = [column[0] for column in cursor.description or []]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def tables(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every published table's rows, sorted, but for the stock that the run before asked for."""
        with duckdb.connect(str(self.settings.published_path), read_only=True) as connection:
            names = connection.execute(
                "select table_schema || '.' || table_name from information_schema.tables"
                " where table_schema in ('marts', 'reports', 'meta')"
                " and table_name <> 'stock_cover'"
            ).fetchall()
            return {
                name: sorted(connection.execute(f"from {name}").fetchall(), key=repr)
                for (name,) in names
            }


@contextmanager
def installed(directory: Path) -> Iterator[Pipeline]:
    """Install a pipeline in `directory` and run all of the world's days."""
    with s3_server() as url:
        yield from _installed(directory, url)


def _installed(directory: Path, s3_url: str) -> Iterator[Pipeline]:
    world = World(seed=11, days=DAYS, orders_per_day=60, end=END)
    resource = S3Resource(
        endpoint_url=s3_url,
        region_name="us-east-1",
        aws_access_key_id="test-key",
        aws_secret_access_key="test-secret",
    )
    resource.get_client().create_bucket(Bucket=BUCKET)
    session = boto3.Session("test-key", "test-secret", region_name="us-east-1")
    write_archive(world, _store(session, s3_url))
    with run_server(create_app(world)) as api, DagsterInstance.ephemeral() as instance:
        store = world.stores[0]
        settings = Settings.from_environ(
            {
                "BWP_ARCHIVE_URL": f"s3://{BUCKET}/bwp-events/",
                "BWP_LAKE_URL": f"s3://{BUCKET}/lake/",
                "BWP_DATA_DIR": str(directory),
                "BWP_API_URL": api.graphql_url,
                "BWP_TOKEN_URL": api.token_url,
                "BWP_CLIENT_ID": store.client_id,
                "BWP_CLIENT_SECRET": store.client_secret,
                "BWP_TARGET_ID": store.business_product_id,
                "BWP_TIMEZONE": ZONE.key,
                "BWP_REPORT_DAYS": str(REPORT_DAYS),
                "BWP_API_RATE": "1000",
            }
        )
        it = Pipeline(world, settings, resource, instance)
        assert it.run(END - timedelta(days=DAYS), END - timedelta(days=1)).success
        yield it


def _store(session: boto3.Session, endpoint: str) -> S3Store:
    credentials = session.get_credentials()
    assert credentials is not None
    return S3Store(
        BUCKET,
        prefix="bwp-events",
        endpoint=endpoint,
        region="us-east-1",
        access_key_id=credentials.access_key,
        secret_access_key=credentials.secret_key,
        client_options={"allow_http": True},
    )
