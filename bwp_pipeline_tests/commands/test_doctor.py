"""What `bwp doctor` finds, and that every finding that isn't well says what to do."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bwp_pipeline.commands.doctor import examine, machine, stored
from bwp_pipeline.commands.doctor.finding import Finding, Level
from bwp_pipeline.defs.resources import Installation
from bwp_pipeline.settings import NAMES, Settings
from bwp_pipeline_tests.examples.documented_shop import ORDERS, STORE
from bwp_pipeline_tests.servers.api_server import ApiServer, serving

YESTERDAY = datetime.now(UTC).date() - timedelta(days=1)


def settings_of(directory: Path, **more: str) -> Settings:
    (directory / "archive").mkdir(exist_ok=True)
    return Settings.from_environ(
        {
            "BWP_ARCHIVE_URL": f"{(directory / 'archive').as_uri()}/",
            "BWP_DATA_DIR": str(directory / "data"),
            "BWP_CLIENT_ID": "client",
            "BWP_CLIENT_SECRET": "the-secret",
            "BWP_TARGET_ID": STORE,
            **more,
        }
    )


def found(
    examination: Callable[[Installation], Iterator[Finding]], settings: Settings
) -> list[tuple[Level, str]]:
    installation = Installation(lambda: settings)
    return [(finding.level, finding.words) for finding in examination(installation)]


def put(directory: Path, key: str) -> None:
    path = directory / "archive" / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{}")


@pytest.mark.parametrize(
    ("keys", "layout", "level", "words"),
    [
        ([f"{YESTERDAY:%Y/%m/%d}/07/a"], "%Y/%m/%d/", Level.OK, "1 objects on"),
        ([], "%Y/%m/%d/", Level.LOOK, "is empty: check the prefix"),
        ([f"{YESTERDAY:%Y-%m-%d}/a"], "%Y/%m/%d/", Level.WRONG, "BWP_ARCHIVE_LAYOUT=%Y-%m-%d/"),
        (
            [f"year={YESTERDAY:%Y}/month={YESTERDAY:%m}/day={YESTERDAY:%d}/a"],
            "%Y/%m/%d/",
            Level.WRONG,
            "BWP_ARCHIVE_LAYOUT=year=%Y/month=%m/day=%d/",
        ),
        ([f"in/{YESTERDAY:%Y/%m/%d}/a"], "%Y/%m/%d/", Level.WRONG, "LAYOUT=in/%Y/%m/%d/"),
        (["2023/01/02/a"], "%Y/%m/%d/", Level.LOOK, "check that events still arrive"),
    ],
)
def test_the_archives_layout_is_compared_with_what_is_there(
    tmp_path: Path, keys: list[str], layout: str, level: Level, words: str
) -> None:
    for key in keys:
        put(tmp_path, key)
    ((found_level, said),) = found(stored.archive, settings_of(tmp_path, BWP_ARCHIVE_LAYOUT=layout))
    assert (found_level, words in said) == (level, True), said


def test_a_typing_mistake_in_a_variable_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BWP_REPORT_DAY", "7")
    monkeypatch.setenv("BWP_THE_OTHER_STORES_KEY", "x")
    assert found(machine.settings_known, settings_of(tmp_path)) == [
        (Level.LOOK, "BWP_REPORT_DAY is not a setting: did you mean BWP_REPORT_DAYS?")
    ]


def test_the_names_of_settings_are_those_that_are_read() -> None:
    sources = (Path(machine.__file__).parents[2] / "settings").glob("*.py")
    read = {
        name
        for path in sources
        for name in re.findall(r'"(BWP_[A-Z_]+)"', path.read_text(encoding="utf-8"))
    }
    assert read == NAMES


def test_an_hour_too_early_for_the_archives_day_is_named(tmp_path: Path) -> None:
    early = settings_of(tmp_path, BWP_TIMEZONE="America/New_York", BWP_RUN_HOUR="20")
    level, words = found(machine.clock, early)[0]
    assert level is Level.LOOK
    assert "BWP_RUN_HOUR=6" in words
    fitting = settings_of(tmp_path, BWP_TIMEZONE="America/New_York", BWP_RUN_HOUR="6")
    assert {level for level, _ in found(machine.clock, fitting)} == {Level.OK}


def test_zones_whose_rules_differ_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "_differing_hours", lambda _: [datetime(2026, 3, 29, tzinfo=UTC)])
    level, words = found(machine.clock, settings_of(tmp_path))[1]
    assert level is Level.LOOK
    assert "from 2026-03-29 on: update the packages tzdata" in words


def test_a_disk_too_small_for_a_month_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found(machine.disk, settings_of(tmp_path))[0][0] is Level.OK
    monkeypatch.setattr(machine, "_LEAST_FREE_BYTES", 1 << 60)
    level, words = found(machine.disk, settings_of(tmp_path))[0]
    assert level is Level.WRONG
    assert "free up space, or move BWP_DATA_DIR" in words


def test_credentials_that_others_can_read_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    path = tmp_path / "stores.yaml"
    path.write_text("stores: {bp-1: {client_id: a, client_secret: b}}")
    path.chmod(0o644)
    monkeypatch.setenv("BWP_STORES_FILE", str(path))
    assert (Level.LOOK, f"{path} can be read by others: chmod 600 {path}") in found(
        machine.permissions, settings_of(tmp_path)
    )


def test_everything_is_examined_and_one_wrong_thing_hides_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, f"{YESTERDAY:%Y/%m/%d}/07/a")
    monkeypatch.delenv("BWP_SERVE_AUTH", raising=False)
    with serving(ApiServer(orders=ORDERS.get)) as api:
        settings = settings_of(
            tmp_path, BWP_API_URL=f"{api.url}/graphql", BWP_TOKEN_URL=f"{api.url}/token"
        )
        assert examine(settings, try_channels=True) == 0
        well = capsys.readouterr().out
        monkeypatch.setenv("BWP_SERVE_AUTH", "a-secret-without-user")
        settings = settings_of(
            tmp_path,
            BWP_API_URL=f"{api.url}/graphql",
            BWP_TOKEN_URL=f"{api.url}/nowhere",
            BWP_SLACK_WEBHOOK="http://127.0.0.1:1/secret-hook",
        )
        assert examine(settings, try_channels=True) == 1
    ill = capsys.readouterr().out
    for name in (
        "settings",
        "live page",
        "archive",
        "API",
        "network",
        "lake",
        "stores",
        "clock",
        "disk",
    ):
        assert f" {name}: " in well
        assert f" {name}: " in ill
    assert "WRONG" not in well
    assert "look  messages: nobody is notified when a run fails" in well
    assert "ok    messages: people are notified" in ill
    assert "WRONG live page: BWP_SERVE_AUTH must be a user and a password" in ill
    assert "WRONG API: " in ill
    assert "WRONG slack: Slack could not be reached" in ill
    assert "the-secret" not in ill
    assert "secret-hook" not in ill
    assert "a-secret-without-user" not in ill
