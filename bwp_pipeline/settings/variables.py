"""Every setting, typed and validated, read from the environment.

Belongs here: what a variable means, its default, and the one line that an impossible value gets.
Does not belong here: connecting to anything that a setting names.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from bwp_pipeline.settings.channels import Channels, channels_from
from bwp_pipeline.settings.environ import Environ, SettingsError
from bwp_pipeline.settings.labels import Labels, labels_from
from bwp_pipeline.settings.network import check_network
from bwp_pipeline.settings.places import (
    dagster_home_from,
    data_dir_from,
    locale_from,
    published_path,
    run_hour_from,
    timezone_from,
)
from bwp_pipeline.settings.stores import Store, StoresFileError, read_stores_file

API_VERSIONS = ("2024-01-01", "2024-04-01", "2024-11-01")
ENGINES = ("duckdb", "spark")

_API = "https://api.buywithprime.amazon.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one installation.

    `stores` maps a business product id to its credentials. Rates are requests a second, sizes of
    windows are days, `timezone` is the merchant's.
    """

    archive_url: str
    archive_layout: str
    data_dir: Path
    lake_url: str
    api_url: str
    token_url: str
    api_version: str
    api_headers: Mapping[str, str] = field(repr=False)
    api_rate: float
    api_concurrency: int
    api_batch: int
    api_reply_bytes: int
    api_reply_seconds: float
    api_product_identifiers: bool
    stock_products: int
    stores: Mapping[str, Store]
    timezone: ZoneInfo
    locale: str
    report_days: int
    published_days: int | None
    memory_limit: str | None
    engine: str
    lookback_days: int
    columnar_megabytes: int
    keep_detail: bool
    reports_url: str | None
    channels: Channels
    log_format: str
    metrics_file: Path | None
    dagster_home: Path
    record_days: int
    labels: Labels
    run_hour: int | None

    @property
    def warehouse_path(self) -> Path:
        """The private working database; derived, safe to delete."""
        return self.data_dir / "warehouse.duckdb"

    @property
    def published_path(self) -> Path:
        """The analysts' database."""
        return published_path(self.data_dir)

    @property
    def reports_dir(self) -> Path:
        """Where the managers' files are written."""
        return self.data_dir / "reports"

    @property
    def store_names(self) -> dict[str, str]:
        """The name that reports show for each business product."""
        return {key: store.name for key, store in self.stores.items()}

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read and check every setting.

        Args:
            environ: Variables by name; the process's own when None.

        Raises:
            SettingsError: At the first variable that is missing or impossible.
        """
        env = Environ(os.environ if environ is None else environ)
        data_dir = data_dir_from(env.variables)
        settings = cls(
            archive_url=env.url("BWP_ARCHIVE_URL", ("s3", "file"), "s3://my-bucket/bwp-events/"),
            archive_layout=env.layout("BWP_ARCHIVE_LAYOUT", "%Y/%m/%d/"),
            data_dir=data_dir,
            lake_url=env.url(
                "BWP_LAKE_URL",
                ("s3", "file"),
                "s3://my-bucket/lake/",
                f"{(data_dir / 'lake').as_uri()}/",
            ),
            api_url=env.url("BWP_API_URL", ("https", "http"), f"{_API}/graphql", f"{_API}/graphql"),
            token_url=env.url("BWP_TOKEN_URL", ("https", "http"), f"{_API}/token", f"{_API}/token"),
            api_version=env.one_of("BWP_API_VERSION", API_VERSIONS, API_VERSIONS[-1]),
            api_headers=env.headers("BWP_API_HEADERS"),
            api_rate=env.number("BWP_API_RATE", 10.0, most=10_000),
            api_concurrency=env.whole("BWP_API_CONCURRENCY", 8, least=1, most=256),
            api_batch=env.whole("BWP_API_BATCH", 1, least=1, most=100),
            api_reply_bytes=env.whole("BWP_API_REPLY_MB", 32, least=1, most=1_000) * 10**6,
            api_reply_seconds=env.number("BWP_API_REPLY_SECONDS", 60.0, most=3_600),
            api_product_identifiers=env.one_of(
                "BWP_API_PRODUCT_IDENTIFIERS", ("true", "false"), "true"
            )
            == "true",
            stock_products=env.whole("BWP_STOCK_PRODUCTS", 1_000, least=0, most=100_000),
            stores=_stores(env),
            timezone=timezone_from(env.variables),
            locale=locale_from(env.variables),
            report_days=env.whole("BWP_REPORT_DAYS", 28, least=1, most=366),
            published_days=env.optional_whole("BWP_PUBLISHED_DAYS", least=183, most=36_600),
            memory_limit=env.size("BWP_MEMORY_LIMIT"),
            engine=env.one_of("BWP_ENGINE", ENGINES, ENGINES[0]),
            lookback_days=env.whole("BWP_LOOKBACK_DAYS", 3, least=0, most=366),
            columnar_megabytes=env.whole("BWP_COLUMNAR_MEGABYTES", 512, least=64, most=65_536),
            keep_detail=env.one_of("BWP_KEEP_DETAIL", ("true", "false"), "true") == "true",
            reports_url=env.optional_url(
                "BWP_REPORTS_URL", ("s3", "file"), "s3://my-bucket/bwp-reports/"
            ),
            channels=channels_from(env),
            log_format=env.one_of("BWP_LOG_FORMAT", ("text", "json"), "text"),
            metrics_file=_metrics_file(env),
            dagster_home=dagster_home_from(env.variables, data_dir),
            record_days=env.whole("BWP_RECORD_DAYS", 90, least=7, most=3_660),
            labels=labels_from(env.variables),
            run_hour=run_hour_from(env.variables),
        )
        check_network((settings.api_url, settings.token_url), env.variables)
        return settings


def _metrics_file(env: Environ) -> Path | None:
    value = env.text("BWP_METRICS_FILE")
    if value is None:
        return None
    path = Path(value)
    if not path.is_absolute() or path.suffix != ".prom" or path.is_dir():
        raise SettingsError(
            "BWP_METRICS_FILE",
            "must be an absolute path that ends with .prom",
            "/var/lib/node_exporter/textfile_collector/bwp.prom",
        )
    return path


def _stores(env: Environ) -> dict[str, Store]:
    path = env.text("BWP_STORES_FILE")
    if path is not None:
        try:
            return read_stores_file(Path(path).expanduser(), env.variables)
        except StoresFileError as error:
            raise SettingsError("BWP_STORES_FILE", str(error), "./stores.yaml") from None
    target_id = env.required("BWP_TARGET_ID", "bp-0a1b2c3d-1111-4222-8333-444455556666")
    return {
        target_id: Store(
            business_product_id=target_id,
            client_id=env.required("BWP_CLIENT_ID", "the client id of the downloaded credentials"),
            client_secret=SecretStr(
                env.required("BWP_CLIENT_SECRET", "the client secret of the same credentials")
            ),
            target_id=target_id,
            name=target_id,
            rate=None,
        )
    }
