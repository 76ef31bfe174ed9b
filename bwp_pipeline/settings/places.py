"""Settings that are read before all others: directories, the merchant's time zone, the run's hour.

Belongs here: what Dagster needs to know before a run starts. Does not belong here: making or
opening anything.
"""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError

from bwp_pipeline.settings.environ import SettingsError
from bwp_pipeline.settings.urls import ODD_IN_PATHS, is_plain

_LAST_HOUR = 23


def data_dir_from(environ: Mapping[str, str]) -> Path:
    """`BWP_DATA_DIR` as an absolute path; it need not exist yet.

    Raises:
        SettingsError: When it is not a path that every tool accepts, or a file is in its place.
    """
    value = environ.get("BWP_DATA_DIR", "").strip() or "data"
    if not is_plain(value):
        odd = " ".join(sorted(ODD_IN_PATHS))
        raise SettingsError(
            "BWP_DATA_DIR", f"must be a path without {odd} and control characters", "./data"
        )
    try:
        path = Path(value).expanduser().resolve()
        is_taken = path.exists() and not path.is_dir()
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SettingsError("BWP_DATA_DIR", f"is not a usable path: {reason}", "./data") from None
    if not is_plain(str(path)):
        raise SettingsError(
            "BWP_DATA_DIR", f"leads to {str(path)!r}, which is not a usable path", "./data"
        )
    if is_taken:
        raise SettingsError("BWP_DATA_DIR", f"names {path}, which is not a directory", "./data")
    return path


def published_path(data_dir: Path) -> Path:
    """The analysts' database in a data directory."""
    return data_dir / "published" / "bwp.duckdb"


def dagster_home_from(environ: Mapping[str, str], data_dir: Path) -> Path:
    """`DAGSTER_HOME`, where Dagster keeps its record of runs; `dagster/` in the data directory.

    Raises:
        SettingsError: When it is relative: Dagster would refuse it in the middle of a run.
    """
    value = environ.get("DAGSTER_HOME", "").strip()
    if value and not Path(value).expanduser().is_absolute():
        raise SettingsError("DAGSTER_HOME", f"must be absolute: {value[:80]!r}", "/srv/bwp/dagster")
    return Path(value).expanduser() if value else data_dir / "dagster"


def timezone_from(environ: Mapping[str, str]) -> ZoneInfo:
    """`BWP_TIMEZONE`, the merchant's time zone.

    Raises:
        SettingsError: When it is not the name of a zone: names such as `localtime` or `posix/UTC`
            mean another zone on another machine, and DuckDB knows none of them.
    """
    name = environ.get("BWP_TIMEZONE", "").strip() or "UTC"
    known = (files("tzdata") / "zones").read_text(encoding="ascii").split()
    if name not in known or name == "Factory":
        raise SettingsError(
            "BWP_TIMEZONE", f"is not a known time zone: {name[:80]!r}", "America/New_York"
        )
    return ZoneInfo(name)


def locale_from(environ: Mapping[str, str]) -> str:
    """`BWP_LOCALE`, by which reports print numbers, money and days, and in which language.

    Raises:
        SettingsError: When no such locale exists.
    """
    name = environ.get("BWP_LOCALE", "").strip() or "en_US"
    try:
        return str(Locale.parse(name.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        raise SettingsError(
            "BWP_LOCALE", f"is not a known locale: {name[:80]!r}", "de_DE"
        ) from None


def run_hour_from(environ: Mapping[str, str]) -> int | None:
    """`BWP_RUN_HOUR`, the hour of the merchant's day at which the daily job starts, 0 to 23.

    Raises:
        SettingsError: When it is not such an hour.
    """
    value = environ.get("BWP_RUN_HOUR", "").strip()
    if not value:
        return None
    if not (value.isascii() and value.isdecimal() and len(value) <= 2 and int(value) <= _LAST_HOUR):  # noqa: PLR2004 -- digits of an hour
        raise SettingsError("BWP_RUN_HOUR", f"must be an hour from 0 to 23: {value[:80]!r}", "6")
    return int(value)
