"""Reports to send in the tests of messages, and the settings of their channels."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from bwp_pipeline.reports.forms.digest import Digest
from bwp_pipeline.reports.messages.sent import Sent
from bwp_pipeline.reports.messages.telling import tell_digest
from bwp_pipeline.reports.writing import ReportFiles, write_reports
from bwp_pipeline.settings import Settings
from bwp_pipeline_tests.reports.published import Item, publish
from bwp_pipeline_tests.reports.published_report import estimate

NASTY = "<!channel> <script>alert(1)</script> & \u202e=cmd()" + "x" * 300
BUILT_AT = datetime(2026, 11, 18, 5, 30, tzinfo=UTC)
TUESDAY = date(2026, 11, 17)


def report(tmp_path: Path, *items: Item, last_day: date = TUESDAY) -> ReportFiles:
    database = tmp_path / f"{last_day}.duckdb"
    publish(database, items, last_day=last_day)
    estimate(database)
    return write_reports(
        database, tmp_path / "reports", built_at=BUILT_AT, version="1", run_id="run-7"
    )


def out_of_stock(number: int = 0, title: str = NASTY) -> Item:
    return Item(f"o-{number}", f"S-{number}", product_title=title, root_cause="STOCK", days_ago=2.5)


def send(files: ReportFiles, settings: Settings) -> list[str]:
    return list(tell_digest(files, settings.channels, Sent(settings.data_dir)))


def settings_of(tmp_path: Path, **more: str) -> Settings:
    return Settings.from_environ(
        {
            "BWP_ARCHIVE_URL": tmp_path.as_uri(),
            "BWP_DATA_DIR": str(tmp_path),
            "BWP_CLIENT_ID": "client",
            "BWP_CLIENT_SECRET": "secret",
            "BWP_TARGET_ID": "bp-1",
            **more,
        }
    )


def fresh(files: ReportFiles) -> Digest:
    return replace(files.digest, is_stale=False)
