"""What a person at a terminal gets from `bwp`, above all when something is wrong."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from bwp_pipeline.archive import ingest_days, open_archive
from bwp_pipeline.cli import main
from bwp_pipeline.lake import Lake
from bwp_pipeline_tests.examples.documented_shop import EVENTS, ORDERS, STORE
from bwp_pipeline_tests.servers.api_server import ApiServer, serving
from bwp_pipeline_tests.servers.message_receivers import receiving_posts
from bwp_pipeline_tests.servers.s3_server import s3_server

DAY = "2025-02-20"
# Its report goes out on a Monday, when a sign of life is sent whatever the news.
SUNDAY = "2025-02-23"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    directory = tmp_path / "archive"
    day_folder = directory / "2025/02/20/09"
    day_folder.mkdir(parents=True)
    (day_folder / "events").write_text("".join(json.dumps(event) for event in EVENTS))
    return directory


@pytest.fixture
def settings(tmp_path: Path, archive: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Settings that are right, on an API that nobody serves."""
    for name, value in {
        "BWP_ARCHIVE_URL": f"{archive.as_uri()}/",
        "BWP_DATA_DIR": str(tmp_path / "data"),
        "DAGSTER_HOME": str(tmp_path / "dagster"),
        "BWP_API_URL": "http://127.0.0.1:9/graphql",
        "BWP_TOKEN_URL": "http://127.0.0.1:9/token",
        "BWP_CLIENT_ID": "client",
        "BWP_CLIENT_SECRET": "the-secret",
        "BWP_TARGET_ID": STORE,
    }.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def lake_of(tmp_path: Path) -> Lake:
    return Lake(f"{(tmp_path / 'data' / 'lake').as_uri()}/")


def run(*words: str) -> int:
    return main(["run", "--from", DAY, "--to", DAY, *words])


def test_a_missing_setting_ends_the_command_in_one_line_and_touches_nothing(
    settings: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.delenv("BWP_ARCHIVE_URL")

    assert run() == 2

    said = capsys.readouterr().err
    assert said.startswith("bwp: BWP_ARCHIVE_URL is not set. Example: ")
    assert said.count("\n") == 1
    assert not (tmp_path / "data").exists()


def test_records_of_dagster_that_cannot_be_used_are_one_line_and_people_are_told(
    settings: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records = tmp_path / "dagster" / "history"
    records.mkdir(parents=True)
    (records / "runs.db").write_bytes(b"no database" * 500)
    with receiving_posts() as (posts, url):
        settings.setenv("BWP_SLACK_WEBHOOK", f"{url}/hook")
        assert run() == 1

    said = capsys.readouterr().err.splitlines()
    words = "Dagster's records (DAGSTER_HOME) can't be written"
    assert [line for line in said if line.startswith("bwp: ")] == [said[-1]]
    assert words in said[-1]
    assert len(posts) == 1
    assert words in json.dumps(posts)


def test_an_archive_that_is_not_there_is_named(
    settings: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.setenv("BWP_ARCHIVE_URL", "file:///nowhere/events/")

    assert run() == 1

    said = capsys.readouterr().err
    assert "file:///nowhere/events/" in said
    assert "check BWP_ARCHIVE_URL" in said
    assert not (tmp_path / "data" / "lake").exists()


def test_a_bucket_that_does_not_exist_is_named_with_what_to_do(
    settings: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.setenv("AWS_ACCESS_KEY_ID", "key")
    settings.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    settings.setenv("AWS_REGION", "us-east-1")
    settings.setenv("BWP_ARCHIVE_URL", "s3://no-such-bucket/events/")

    with s3_server() as url:
        settings.setenv("AWS_ENDPOINT_URL_S3", url)
        assert run() == 1

    said = capsys.readouterr().err
    assert "can't list s3://no-such-bucket/events/" in said
    assert "the bucket does not exist" in said


def test_a_refused_token_says_so_and_keeps_the_events(
    settings: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(ApiServer(orders=ORDERS.get)) as api:
        settings.setenv("BWP_API_URL", f"{api.url}/graphql")
        settings.setenv("BWP_TOKEN_URL", f"{api.url}/nowhere")

        assert run() == 1

    said = capsys.readouterr().err
    assert f"{api.url}/nowhere refused the credentials" in said
    assert "the-secret" not in said
    events = lake_of(tmp_path).read("events")
    assert events.num_rows == len(EVENTS)


def test_a_day_without_events_is_reported_as_such_and_delivered_though_no_message_can_be_sent(
    settings: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.setenv("BWP_SLACK_WEBHOOK", "http://127.0.0.1:9/secret-path")
    settings.setenv("BWP_REPORTS_URL", (tmp_path / "delivered").as_uri())

    assert main(["run", "--from", SUNDAY, "--to", SUNDAY]) == 0

    said = capsys.readouterr()
    assert said.out.count("nothing\n") == 2
    page = tmp_path / "data" / "reports" / "latest" / "bwp_report.html"
    assert "No data for these days" in page.read_text(encoding="utf-8")
    with duckdb.connect(str(tmp_path / "data" / "published" / "bwp.duckdb")) as connection:
        assert connection.execute("from reports.unfulfilled_products").fetchall() == []
        assert connection.execute("from marts.fct_delivery_items").fetchall() == []
    assert "Slack could not be reached: ConnectError" in said.err
    assert "secret-path" not in said.err
    assert (tmp_path / "delivered" / "latest" / "bwp_report.html").exists()
    assert (tmp_path / "delivered" / SUNDAY / "bwp_report.xlsx").exists()


@pytest.mark.usefixtures("settings")
def test_what_can_not_be_read_is_listed_by_reason(
    archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (archive / "2025/02/20/10").mkdir()
    (archive / "2025/02/20/10" / "broken").write_text('{"version": "0", "detail-type": ')
    read = open_archive(f"{archive.as_uri()}/", "%Y/%m/%d/")
    ingest_days(read, lake_of(tmp_path), [date.fromisoformat(DAY)], "run-1")

    assert main(["quarantine"]) == 0

    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert "2025/02/20/10/broken at byte 0 (2025-02-20)" in said


@pytest.mark.usefixtures("settings")
def test_a_range_that_is_none_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tomorrow = f"{datetime.now(UTC).year + 1}-01-01"

    for first, last in (("2025-02-21", "2025-02-20"), (tomorrow, tomorrow), ("2022-01-01", DAY)):
        with pytest.raises(SystemExit):
            main(["run", "--from", first, "--to", last])

        said = capsys.readouterr().err
        assert "is not a valid range" in said
        assert said.count("\n") == 1
    assert not (tmp_path / "data").exists()
