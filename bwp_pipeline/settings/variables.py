"""Every setting, typed and validated, read from the environment.

Belongs here: what a variable means, its default, and the one line that an impossible value gets.
Does not belong here: connecting to anything that a setting names.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from bwp_pipeline.settings.environ import Environ, SettingsError
from bwp_pipeline.settings.stores import Store, StoresFileError, read_stores_file

API_VERSIONS = ("2024-01-01", "2024-04-01", "2024-11-01")

_API = "https://api.buywithprime.amazon.com"
_LAST_HOUR = 23
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")


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
    api_product_identifiers: bool
    stores: Mapping[str, Store]
    timezone: ZoneInfo
    report_days: int
    memory_limit: str | None
    lookback_days: int
    reports_url: str | None
    reports_link: str | None
    smtp_url: SecretStr | None
    mail_from: str | None
    mail_to: tuple[str, ...]
    slack_webhook: SecretStr | None
    serve_credentials: SecretStr | None

    @property
    def warehouse_path(self) -> Path:
        """The private working database; derived, safe to delete."""
        return self.data_dir / "warehouse.duckdb"

    @property
    def published_path(self) -> Path:
        """The analysts' database."""
        return self.data_dir / "published" / "bwp.duckdb"

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
        return cls(
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
            api_rate=env.number("BWP_API_RATE", 10.0),
            api_concurrency=env.whole("BWP_API_CONCURRENCY", 8, least=1),
            api_batch=env.whole("BWP_API_BATCH", 1, least=1),
            api_product_identifiers=env.one_of(
                "BWP_API_PRODUCT_IDENTIFIERS", ("true", "false"), "true"
            )
            == "true",
            stores=_stores(env),
            timezone=timezone_from(env.variables),
            report_days=env.whole("BWP_REPORT_DAYS", 28, least=1),
            memory_limit=env.size("BWP_MEMORY_LIMIT"),
            lookback_days=env.whole("BWP_LOOKBACK_DAYS", 3, least=0),
            reports_url=env.optional_url(
                "BWP_REPORTS_URL", ("s3", "file"), "s3://my-bucket/bwp-reports/"
            ),
            reports_link=env.optional_url(
                "BWP_REPORTS_LINK", ("https", "http"), "https://reports.example.com/latest/"
            ),
            smtp_url=env.secret_url(
                "BWP_SMTP_URL", ("smtp", "smtps"), "smtps://user:password@smtp.example.com:465"
            ),
            **_mail(env),
            slack_webhook=env.secret_url(
                "BWP_SLACK_WEBHOOK", ("https", "http"), "https://hooks.slack.com/services/…"
            ),
            serve_credentials=_serve_credentials(env),
        )


def data_dir_from(environ: Mapping[str, str]) -> Path:
    """`BWP_DATA_DIR` as an absolute path; it need not exist yet.

    Raises:
        SettingsError: When a file is in its place.
    """
    path = Path(environ.get("BWP_DATA_DIR", "").strip() or "data").expanduser().resolve()
    if path.exists() and not path.is_dir():
        raise SettingsError("BWP_DATA_DIR", f"names {path}, which is not a directory", "./data")
    return path


def timezone_from(environ: Mapping[str, str]) -> ZoneInfo:
    """`BWP_TIMEZONE`, the merchant's time zone.

    Raises:
        SettingsError: When no such zone exists.
    """
    name = environ.get("BWP_TIMEZONE", "").strip() or "UTC"
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise SettingsError(
            "BWP_TIMEZONE", f"names no time zone: {name!r}", "America/New_York"
        ) from None


def run_hour_from(environ: Mapping[str, str]) -> int | None:
    """`BWP_RUN_HOUR`, the hour of the merchant's day at which the daily job starts, 0 to 23.

    Raises:
        SettingsError: When it is no such hour.
    """
    value = environ.get("BWP_RUN_HOUR", "").strip()
    if not value:
        return None
    if not value.isdecimal() or int(value) > _LAST_HOUR:
        raise SettingsError("BWP_RUN_HOUR", f"must be an hour from 0 to 23: {value!r}", "6")
    return int(value)


class _Mail(TypedDict):
    mail_from: str | None
    mail_to: tuple[str, ...]


def _mail(env: Environ) -> _Mail:
    sender = env.text("BWP_MAIL_FROM")
    recipients = tuple(filter(None, map(str.strip, (env.text("BWP_MAIL_TO") or "").split(","))))
    example = "ann@example.com, bob@example.com"
    if any(not _ADDRESS.fullmatch(address) for address in recipients):
        raise SettingsError("BWP_MAIL_TO", "must be addresses, separated by commas", example)
    if env.text("BWP_SMTP_URL") is not None:
        sender = env.required("BWP_MAIL_FROM", "reports@example.com")
        env.required("BWP_MAIL_TO", example)
    return {"mail_from": sender, "mail_to": recipients}


def _serve_credentials(env: Environ) -> SecretStr | None:
    value = env.text("BWP_SERVE_AUTH")
    if value is None:
        return None
    user, separator, password = value.partition(":")
    if not (user and separator and password):
        # It may hold a password: it is not repeated.
        raise SettingsError(
            "BWP_SERVE_AUTH", "must be a user and a password", "ann:a-long-password"
        )
    return SecretStr(value)


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
