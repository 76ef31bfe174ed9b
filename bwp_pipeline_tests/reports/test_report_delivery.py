"""Reports copied to a directory or an S3 prefix: dated, and the latest under one stable name."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import boto3
import pytest
from obstore.store import LocalStore, S3Store

from bwp_pipeline.reports.delivery import deliver
from bwp_pipeline_tests.servers.s3_server import s3_server


@pytest.fixture
def report(tmp_path: Path) -> Path:
    directory = tmp_path / "latest"
    directory.mkdir()
    for name in ("bwp_report.html", "bwp_report.xlsx", "cancellation_reasons.csv", "alerts.json"):
        (directory / name).write_text(name, encoding="utf-8")
    return directory


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with s3_server() as url:
        yield url


def test_a_directory_holds_a_dated_copy_and_the_latest(tmp_path: Path, report: Path) -> None:
    target = tmp_path / "shared"
    written = deliver(report, LocalStore(target, mkdir=True), date(2026, 11, 19))
    names = sorted(path.name for path in report.iterdir())
    for folder in ("2026-11-19", "latest"):
        assert sorted(path.name for path in (target / folder).iterdir()) == names
    assert len(written) == 8
    assert written[3] == "2026-11-19/bwp_report.html"
    assert written[-1] == "latest/bwp_report.html"


def test_the_latest_keeps_no_page_of_an_earlier_report(tmp_path: Path, report: Path) -> None:
    store = LocalStore(tmp_path / "shared", mkdir=True)
    (report / "bwp_report_bp-1_EUR.html").write_text("once", encoding="utf-8")
    deliver(report, store, date(2026, 11, 18))
    (report / "bwp_report_bp-1_EUR.html").unlink()
    deliver(report, store, date(2026, 11, 19))
    assert not (tmp_path / "shared/latest/bwp_report_bp-1_EUR.html").exists()
    assert (tmp_path / "shared/2026-11-18/bwp_report_bp-1_EUR.html").exists()


def test_an_s3_prefix_holds_the_same_and_browsers_show_the_page(s3: str, report: Path) -> None:
    client = boto3.client("s3", endpoint_url=s3, region_name="us-east-1")
    client.create_bucket(Bucket="reports")
    store = S3Store(
        "reports",
        prefix="bwp",
        endpoint=s3,
        region="us-east-1",
        access_key_id="test",
        secret_access_key="test",
        client_options={"allow_http": True},
    )
    deliver(report, store, date(2026, 11, 19))
    listed = client.list_objects_v2(Bucket="reports")["Contents"]
    assert len(listed) == 8
    page = client.get_object(Bucket="reports", Key="bwp/latest/bwp_report.html")
    assert page["ContentType"] == "text/html; charset=utf-8"
    assert page["Body"].read() == b"bwp_report.html"
