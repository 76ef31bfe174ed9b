import pytest

from bwp_pipeline.settings import Settings, SettingsError, run_hour_from

ENOUGH = {
    "BWP_ARCHIVE_URL": "s3://events/bwp/",
    "BWP_CLIENT_ID": "id",
    "BWP_CLIENT_SECRET": "s3cr3t-value",
    "BWP_TARGET_ID": "bp-1",
}


def settings(**variables: str) -> Settings:
    return Settings.from_environ({**ENOUGH, **variables})


def test_four_variables_are_enough_and_the_rest_has_the_documented_defaults() -> None:
    it = settings(BWP_DATA_DIR="/srv/bwp")

    assert it.archive_layout == "%Y/%m/%d/"
    assert it.lake_url == "file:///srv/bwp/lake/"
    assert it.warehouse_path.as_posix() == "/srv/bwp/warehouse.duckdb"
    assert it.published_path.as_posix() == "/srv/bwp/published/bwp.duckdb"
    assert it.reports_dir.as_posix() == "/srv/bwp/reports"
    assert it.api_url == "https://api.buywithprime.amazon.com/graphql"
    assert it.token_url == "https://api.buywithprime.amazon.com/token"
    assert it.api_version == "2024-11-01"
    assert (it.api_rate, it.api_concurrency, it.api_batch) == (10.0, 8, 1)
    assert it.api_headers == {}
    assert it.timezone.key == "UTC"
    assert (it.report_days, it.lookback_days) == (28, 3)
    assert it.stores["bp-1"].target_id == "bp-1"
    assert it.stores["bp-1"].client_secret.get_secret_value() == "s3cr3t-value"


@pytest.mark.parametrize("variable", sorted(ENOUGH))
def test_a_missing_required_setting_is_named_in_one_line_with_an_example(variable: str) -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.from_environ({**ENOUGH, variable: " "})

    assert str(raised.value).startswith(f"{variable} is not set. Example: {variable}=")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("BWP_ARCHIVE_URL", "my-bucket/events"),
        ("BWP_ARCHIVE_URL", "file://relative/dir/"),
        ("BWP_ARCHIVE_LAYOUT", "events/%Y/"),
        ("BWP_LAKE_URL", "gs://lake/"),
        ("BWP_API_URL", "api.example.com"),
        ("BWP_API_VERSION", "2025-01-01"),
        ("BWP_API_RATE", "0"),
        ("BWP_API_RATE", "nan"),
        ("BWP_API_RATE", "fast"),
        ("BWP_API_CONCURRENCY", "0"),
        ("BWP_API_BATCH", "1.5"),
        ("BWP_API_HEADERS", "x-key: 1"),
        ("BWP_API_HEADERS", '{"x": 1}'),
        ("BWP_API_HEADERS", '{"bad name": "1"}'),
        ("BWP_API_HEADERS", '{"x": "a\\r\\nb"}'),
        ("BWP_TIMEZONE", "Mars/Olympus"),
        ("BWP_TIMEZONE", "../etc/passwd"),
        ("BWP_REPORT_DAYS", "-1"),
        ("BWP_LOOKBACK_DAYS", "-1"),
        ("BWP_MEMORY_LIMIT", "much"),
        ("BWP_MEMORY_LIMIT", "0GB"),
        ("BWP_STORES_FILE", "/nowhere/stores.yaml"),
        ("BWP_REPORTS_URL", "reports/"),
        ("BWP_SMTP_URL", "mail.example.com"),
        ("BWP_MAIL_TO", "ann"),
        ("BWP_SLACK_WEBHOOK", "hooks.slack.com"),
    ],
)
def test_an_impossible_value_is_refused_in_one_line_that_names_the_variable(
    variable: str, value: str
) -> None:
    with pytest.raises(SettingsError, match=f"^{variable} .*Example: {variable}=") as raised:
        settings(**{variable: value})

    assert "\n" not in str(raised.value)


def test_mail_needs_a_sender_and_recipients() -> None:
    it = settings(
        BWP_SMTP_URL="smtps://user:p4ss@mail.example.com",
        BWP_MAIL_FROM="reports@example.com",
        BWP_MAIL_TO="ann@example.com, bob@example.com",
    )

    assert it.channels.mail_to == ("ann@example.com", "bob@example.com")
    assert "p4ss" not in repr(it)
    with pytest.raises(SettingsError, match="BWP_MAIL_TO is not set"):
        settings(BWP_SMTP_URL="smtps://mail.example.com", BWP_MAIL_FROM="reports@example.com")


def test_an_empty_layout_means_keys_without_dates() -> None:
    assert settings(BWP_ARCHIVE_LAYOUT="").archive_layout == ""


def test_no_secret_shows_in_the_settings_text() -> None:
    it = settings(BWP_API_HEADERS='{"x-api-access-key": "k3y"}')

    assert "s3cr3t-value" not in repr(it)
    assert "k3y" not in repr(it)


@pytest.mark.parametrize("value", ["24", "-1", "six"])
def test_a_run_hour_is_an_hour_of_a_day(value: str) -> None:
    with pytest.raises(SettingsError, match="BWP_RUN_HOUR"):
        run_hour_from({"BWP_RUN_HOUR": value})

    assert run_hour_from({}) is None
    assert run_hour_from({"BWP_RUN_HOUR": "23"}) == 23
