"""Every bad setting and situation ends in one line and the right exit code, and touches nothing."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from bwp_pipeline.cli import main

SECRET = "s3cr3t-value"
FILES = {
    "stores-without-mapping.yaml": "stores: [a, b]",
    "stores-not-yaml.yaml": f"stores: {{bp-1: {SECRET}",
    "stores-unknown-key.yaml": f"stores: {{bp-1: {{client_id: a, client_secret: {SECRET}, x: y}}}}",
    "stores-incomplete.yaml": f"stores: {{bp-1: {{client_secret: {SECRET}}}}}",
    "stores-unset-variable.yaml": "stores: {bp-1: {client_id: '${NO}', client_secret: b}}",
    "stores-number.yaml": "stores: {bp-1: {client_id: 0123, client_secret: b}}",
    "stores-number-as-id.yaml": "stores: {0123: {client_id: a, client_secret: b}}",
    "stores-twice.yaml": (
        "stores:\n  bp-1: {client_id: a, client_secret: b}\n"
        "  bp-1: {client_id: c, client_secret: d}\n"
    ),
    "stores-rate.yaml": "stores: {bp-1: {client_id: a, client_secret: b, rate: .inf}}",
    "stores-name.yaml": 'stores: {bp-1: {client_id: a, client_secret: b, name: "a\\eb"}}',
    "stores-deep.yaml": "[" * 5000,
    "a-file": "",
}
MAIL = {"BWP_MAIL_FROM": "r@example.com", "BWP_MAIL_TO": "a@example.com"}


def smtp(url: str) -> dict[str, str]:
    return {**MAIL, "BWP_SMTP_URL": url}


SETTINGS: list[tuple[Mapping[str, str], str]] = [
    ({"BWP_ARCHIVE_URL": ""}, "BWP_ARCHIVE_URL is not set"),
    ({"BWP_CLIENT_ID": " "}, "BWP_CLIENT_ID is not set"),
    ({"BWP_CLIENT_SECRET": ""}, "BWP_CLIENT_SECRET is not set"),
    ({"BWP_TARGET_ID": ""}, "BWP_TARGET_ID is not set"),
    ({"BWP_ARCHIVE_URL": "bucket/events"}, "must be a URL"),
    ({"BWP_ARCHIVE_URL": "file://relative/"}, "must be a URL"),
    ({"BWP_ARCHIVE_URL": "s3://b u/"}, "must be a URL"),
    ({"BWP_ARCHIVE_URL": "s3://b"}, "s3:// and a bucket of 3 to 255 characters"),
    ({"BWP_ARCHIVE_URL": f"s3://key:{SECRET}@bucket/"}, "must be a URL"),
    ({"BWP_ARCHIVE_URL": "s3://bucket/a?b"}, "must be a URL"),
    ({"BWP_ARCHIVE_LAYOUT": "events/%Y/"}, "must give each day a different prefix"),
    ({"BWP_ARCHIVE_LAYOUT": "%d/"}, "must give each day a different prefix"),
    ({"BWP_ARCHIVE_LAYOUT": "%Y/%m/%d/%H/"}, "must name days, not hours"),
    ({"BWP_LAKE_URL": "gs://lake/"}, "must be a URL"),
    ({"BWP_API_URL": "api.example.com"}, "must be a URL"),
    ({"BWP_API_URL": f"https://me:{SECRET}@example.com/"}, "must be a URL"),
    ({"BWP_API_URL": "https://example.com:99999/"}, "must be a URL"),
    ({"BWP_TOKEN_URL": "https://[::1/"}, "must be a URL"),
    ({"BWP_API_VERSION": "2025-01-01"}, "must be one of"),
    ({"HTTPS_PROXY": "ftp://proxy"}, "HTTPS_PROXY is not a usable proxy URL"),
    ({"SSL_CERT_FILE": "/none.pem"}, "SSL_CERT_FILE names '/none.pem'"),
    ({"BWP_API_REPLY_MB": "0"}, "must be a whole number from 1"),
    ({"BWP_API_REPLY_SECONDS": "-1"}, "must be a number above 0"),
    ({"BWP_API_RATE": "nan"}, "must be a number above 0"),
    ({"BWP_API_RATE": "1e9"}, "must be a number above 0"),
    ({"BWP_API_CONCURRENCY": "0"}, "must be a whole number from 1"),
    ({"BWP_API_CONCURRENCY": "9" * 5000}, "must be a whole number from 1"),
    ({"BWP_API_BATCH": "1.5"}, "must be a whole number from 1"),
    ({"BWP_API_HEADERS": f"x: {SECRET}"}, "is not JSON"),
    ({"BWP_API_HEADERS": "[" * 100_000}, "is not JSON"),
    ({"BWP_API_HEADERS": '{"x": "ä"}'}, "texts in ASCII"),
    ({"BWP_API_HEADERS": '{"x": "a\\r\\nb"}'}, "texts in ASCII"),
    ({"BWP_API_PRODUCT_IDENTIFIERS": "maybe"}, "must be one of"),
    ({"BWP_TIMEZONE": "Mars/Olympus"}, "is not a known time zone"),
    ({"BWP_TIMEZONE": "localtime"}, "is not a known time zone"),
    ({"BWP_TIMEZONE": "posix/Europe/Berlin"}, "is not a known time zone"),
    ({"BWP_TIMEZONE": "Factory"}, "is not a known time zone"),
    ({"BWP_TIMEZONE": "europe/berlin"}, "is not a known time zone"),
    ({"BWP_RUN_HOUR": "25"}, "must be an hour from 0 to 23"),
    ({"BWP_RUN_HOUR": "٣"}, "must be an hour from 0 to 23"),
    ({"BWP_REPORT_DAYS": "1000000"}, "must be a whole number from 1"),
    ({"BWP_REPORT_DAYS": "-1"}, "must be a whole number from 1"),
    ({"BWP_LOOKBACK_DAYS": "1000"}, "must be a whole number from 0"),
    ({"BWP_MEMORY_LIMIT": "much"}, "must be a number with MB or GB"),
    ({"BWP_MEMORY_LIMIT": "1MB"}, "must be a number with MB or GB"),
    ({"BWP_DATA_DIR": "a-file"}, "which is not a directory"),
    ({"BWP_DATA_DIR": "is it?"}, "must be a path without"),
    ({"BWP_DATA_DIR": "a'b"}, "must be a path without"),
    ({"BWP_DATA_DIR": "a\nb"}, "must be a path without"),
    ({"BWP_DATA_DIR": "x" * 5000}, "is not a usable path"),
    ({"BWP_DATA_DIR": "~no-such-user/x"}, "is not a usable path"),
    ({"DAGSTER_HOME": "dagster"}, "must be absolute"),
    ({"BWP_STORES_FILE": "/nowhere/stores.yaml"}, "can't be read"),
    ({"BWP_STORES_FILE": "/"}, "can't be read"),
    ({"BWP_STORES_FILE": "stores-without-mapping.yaml"}, "must have a mapping"),
    ({"BWP_STORES_FILE": "stores-not-yaml.yaml"}, "is not YAML"),
    ({"BWP_STORES_FILE": "stores-deep.yaml"}, "is not YAML"),
    ({"BWP_STORES_FILE": "stores-unknown-key.yaml"}, "has an unknown key 'x'"),
    ({"BWP_STORES_FILE": "stores-incomplete.yaml"}, "needs client_id and client_secret"),
    ({"BWP_STORES_FILE": "stores-unset-variable.yaml"}, "refers to the variable NO"),
    ({"BWP_STORES_FILE": "stores-number.yaml"}, "needs its client_id in quotes"),
    ({"BWP_STORES_FILE": "stores-number-as-id.yaml"}, "needs the store's id in quotes"),
    ({"BWP_STORES_FILE": "stores-twice.yaml"}, "contains the key 'bp-1' twice"),
    ({"BWP_STORES_FILE": "stores-rate.yaml"}, "needs a rate above 0"),
    ({"BWP_STORES_FILE": "stores-name.yaml"}, "printable"),
    ({"BWP_REPORTS_URL": "reports/"}, "must be a URL"),
    ({"BWP_REPORTS_LINK": "ftp://x/"}, "must be a URL"),
    (smtp("mail.example.com"), "must be a URL"),
    (smtp(f"smtps://me:{SECRET}#x@example.com"), "write # / ? @ : % as"),
    (smtp(f"smtps://me:{SECRET}/x@example.com"), "write # / ? @ : % as"),
    (smtp(f"smtps://me:{SECRET}?x@example.com"), "write # / ? @ : % as"),
    (smtp("smtps://me:123#s3cr3t-value@example.com"), "write # / ? @ : % as"),
    (smtp(f"smtps://me:{SECRET}@example.com:99999"), "a port up to 65535"),
    (smtp(f"smtps://me:{SECRET}℀@example.com"), "must be a URL"),
    ({"BWP_SMTP_URL": "smtps://example.com", "BWP_MAIL_TO": "a@b.c"}, "BWP_MAIL_FROM is not set"),
    ({**MAIL, "BWP_SMTP_URL": "smtps://example.com", "BWP_MAIL_TO": ""}, "BWP_MAIL_TO is not set"),
    ({"BWP_MAIL_TO": "ann"}, "must be addresses"),
    ({"BWP_MAIL_TO": "a@b.c\nBcc: d@e.f"}, "must be addresses"),
    ({"BWP_MAIL_FROM": "nobody"}, "must be an address"),
    ({"BWP_SLACK_WEBHOOK": f"hooks.slack.com/{SECRET}"}, "must be a URL"),
    ({"BWP_PING_URL": f"hc-ping.com/{SECRET}"}, "must be a URL"),
    ({"BWP_OWNERS": "data"}, "must be e-mail addresses and teams"),
    ({"BWP_OWNERS": "team:"}, "must be e-mail addresses and teams"),
    ({"BWP_OWNERS": "team:data ann@example.com"}, "must be e-mail addresses and teams"),
    ({"BWP_SOURCE_URL": f"https://me:{SECRET}@example.com/"}, "must be a URL"),
    ({"BWP_RECORD_DAYS": "1"}, "must be a whole number from 7"),
    ({"BWP_PUBLISHED_DAYS": "182"}, "must be a whole number from 183"),
    ({"BWP_LOG_FORMAT": "xml"}, "must be one of text, json"),
    ({"BWP_METRICS_FILE": "bwp.prom"}, "must be an absolute path"),
]
ARGUMENTS = [
    ([], "required: COMMAND"),
    (["fly"], "invalid choice"),
    (["run", "--form", "2026-11-01"], "unrecognized arguments"),
    (["run", "--from", "yesterday"], "is not a day"),
    (["run", "--from", "0001-01-01"], "is not a day from 2022"),
    (["run", "--days", "0"], "is not a whole number"),
    (["run", "--days", "9" * 5000], "is not a whole number"),
    (["report", "--from", "2026-11-01"], "required: --to"),
    (["report", "--from", "0001-01-01", "--to", "2026-11-01"], "is not a day from 2022"),
    (["report", "--from", "2026-11-01", "--to", "2026-11-01", "--as-of", "2026"], "is not a time"),
    (
        ["report", "--from", "2026-11-01", "--to", "2026-11-01", "--as-of", "2099-01-01T00:00Z"],
        "is in the future",
    ),
    (["report", "--from", "2026-11-02", "--to", "2026-11-01"], "is after the last"),
    (["report", "--from", "2099-01-01", "--to", "2099-01-02"], "is in the future"),
    (["serve", "--port", "99999"], "is not a port"),
]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with right settings, and files that are none."""
    for name in [name for name in os.environ if name.startswith(("BWP_", "AWS_", "DAGSTER_"))]:
        monkeypatch.delenv(name)
    for name, value in {
        "BWP_ARCHIVE_URL": tmp_path.as_uri(),
        "BWP_DATA_DIR": str(tmp_path / "data"),
        "BWP_CLIENT_ID": "client",
        "BWP_CLIENT_SECRET": SECRET,
        "BWP_TARGET_ID": "bp-1",
    }.items():
        monkeypatch.setenv(name, value)
    for name, content in FILES.items():
        (tmp_path / name).write_text(content)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ended(words: list[str]) -> int:
    try:
        return main(words)
    except SystemExit as end:
        return int(end.code or 0)


def assert_one_line_and_untouched(place: Path, said: str, expected: str) -> None:
    assert said.startswith("bwp")
    assert said.count("\n") == 1
    assert len(said) < 500
    assert expected in said
    assert SECRET not in said
    assert {path.name for path in place.iterdir()} <= {*FILES, "data"}
    for name in ("lake", "warehouse.duckdb", "published", "reports"):
        assert not (place / "data" / name).exists()


@pytest.mark.parametrize(("variables", "expected"), SETTINGS)
@pytest.mark.parametrize("command", ["run", "doctor"])
def test_a_bad_setting_ends_every_command_with_2(
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    command: str,
    variables: Mapping[str, str],
    expected: str,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert ended([command]) == 2
    assert_one_line_and_untouched(place, capsys.readouterr().err, expected)


@pytest.mark.parametrize(("words", "expected"), ARGUMENTS)
def test_a_bad_argument_ends_the_command_with_2(
    place: Path, capsys: pytest.CaptureFixture[str], words: list[str], expected: str
) -> None:
    assert ended(words) == 2
    assert_one_line_and_untouched(place, capsys.readouterr().err, expected)


@pytest.mark.parametrize(
    ("variables", "words", "code", "expected"),
    [
        ({"BWP_DATA_DIR": "/proc/x"}, ["run"], 2, "can't be written: /proc/x"),
        ({"BWP_DATA_DIR": "a-file/x"}, ["run"], 2, "Not a directory"),
        ({"BWP_ARCHIVE_URL": "file:///nowhere/"}, ["run"], 1, "check BWP_ARCHIVE_URL"),
        ({}, ["run", "--from", "2022-01-01"], 2, "is not a valid range"),
        ({}, ["report", "--from", "2026-11-01", "--to", "2026-11-02"], 1, "bwp run"),
        ({"BWP_SERVE_AUTH": SECRET}, ["serve"], 2, "must be a user and a password"),
    ],
)
def test_a_bad_situation_ends_the_command(
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    variables: Mapping[str, str],
    words: list[str],
    code: int,
    expected: str,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert ended(words) == code
    assert_one_line_and_untouched(place, capsys.readouterr().err, expected)


def test_a_database_that_is_none_is_named_with_what_to_do(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "data" / "published").mkdir(parents=True)
    (place / "data" / "published" / "bwp.duckdb").write_bytes(b"none" * 5000)
    assert ended(["report", "--from", "2026-11-01", "--to", "2026-11-02"]) == 1
    assert "bwp run builds it again" in capsys.readouterr().err
