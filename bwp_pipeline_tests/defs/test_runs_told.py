"""What people are told of runs: once for each cause, again when it is over, and a sign of life."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    DagsterInstance,
    Definitions,
    MaterializeResult,
    asset,
    build_run_status_sensor_context,
    define_asset_job,
)

from bwp_pipeline.defs.checks import ADVICE
from bwp_pipeline.defs.metrics import write_metrics
from bwp_pipeline.defs.outcomes import TOLD_BY_TERMINAL, outcome_of
from bwp_pipeline.defs.resources import Installation
from bwp_pipeline.defs.sensors import run_sensors
from bwp_pipeline.defs.step_log import terminal
from bwp_pipeline.reports.messages.outcome import Outcome, Trouble
from bwp_pipeline.reports.messages.telling import tell_pause, tell_run
from bwp_pipeline.settings import Settings, SettingsError

NOW = datetime(2026, 11, 18, 6, tzinfo=UTC)
DAY = timedelta(days=1)
FAILED = Trouble("events", "can't list s3://b/: the bucket does not exist", "The next run does.")
WARNED = Trouble("orders_were_fetched", "3 NOT_FOUND.", "See reports.data_quality.")


class Web:
    """A Slack and a watcher on this machine, and what they were sent."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.messages: list[str] = []
        self.pings: list[str] = []
        self.is_down = False


@pytest.fixture
def web() -> Iterator[Web]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if not it.is_down:
                it.messages.append("\n".join(block["text"]["text"] for block in body["blocks"]))
            self._answer()

        def do_GET(self) -> None:
            it.pings.append(self.path)
            self._answer()

        def _answer(self) -> None:
            self.send_response(500 if it.is_down else 200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    it = Web(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield it
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def settings(tmp_path: Path, web: Web) -> Settings:
    return Settings.from_environ(
        {
            "BWP_ARCHIVE_URL": tmp_path.as_uri(),
            "BWP_DATA_DIR": str(tmp_path),
            "BWP_CLIENT_ID": "client",
            "BWP_CLIENT_SECRET": "secret",
            "BWP_TARGET_ID": "bp-1",
            "BWP_SLACK_WEBHOOK": f"{web.url}/hook",
            "BWP_PING_URL": f"{web.url}/ping/secret-id?tag=a",
        }
    )


def ended(settings: Settings, outcome: Outcome, at: datetime = NOW) -> list[str]:
    is_good = not outcome.failures
    return list(tell_run(outcome, settings.channels, settings.data_dir, at, is_good=is_good))


def test_a_failure_is_told_once_and_so_is_its_end(settings: Settings, web: Web) -> None:
    for hours in range(3):
        assert ended(settings, Outcome([FAILED]), NOW + timedelta(hours=hours)) == []
    (message,) = web.messages
    assert "the daily run failed" in message
    assert "can't list s3://b/" in message

    assert ended(settings, Outcome()) == []
    assert ended(settings, Outcome()) == []
    assert len(web.messages) == 2
    assert "is well again" in web.messages[1]
    assert "Over: events" in web.messages[1]


def test_a_memory_that_cannot_be_written_keeps_nobody_from_being_told(
    settings: Settings, web: Web
) -> None:
    away = settings.data_dir / "away"
    (problem,) = tell_run(Outcome([FAILED]), settings.channels, away, NOW, is_good=False)
    assert "sent.json can't be written (No such file or directory)" in problem
    assert len(web.messages) == len(web.pings) == 1


def test_a_runs_log_is_lines_of_json_where_that_is_set(capsys: pytest.CaptureFixture[str]) -> None:
    @asset
    def orders(context: AssetExecutionContext) -> None:
        context.log.info("3 orders\nasked for")

    defs = Definitions(
        assets=[orders], jobs=[define_asset_job("daily")], loggers={"terminal": terminal}
    )
    defs.resolve_job_def("daily").execute_in_process(
        run_config={"loggers": {"terminal": {"config": {"format": "json"}}}}
    )
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["level"], line["step"]) for line in lines][1] == ("INFO", "orders")
    assert [line["message"].partition(" in ")[0] for line in lines] == [
        "started",
        "3 orders\nasked for",
        "done",
    ]
    assert all(datetime.fromisoformat(line["time"]).tzinfo for line in lines)


def test_another_cause_is_news_and_another_count_is_not(settings: Settings, web: Web) -> None:
    ended(settings, Outcome(warnings=[WARNED]))
    ended(settings, Outcome(warnings=[Trouble(WARNED.where, "4 NOT_FOUND.", WARNED.advice)]))
    assert len(web.messages) == 1
    assert "has warnings" in web.messages[0]
    ended(settings, Outcome([FAILED], [WARNED]))
    assert len(web.messages) == 2
    assert "NOT_FOUND" not in web.messages[1]


def test_what_could_not_be_sent_is_sent_after_the_next_run(settings: Settings, web: Web) -> None:
    web.is_down = True
    problems = ended(settings, Outcome([FAILED]))
    assert [problem.partition(":")[0] for problem in problems] == [
        "Slack answered 500",
        "BWP_PING_URL answered 500",
    ]
    web.is_down = False
    assert ended(settings, Outcome([FAILED])) == []
    assert len(web.messages) == 1


def test_a_watcher_gets_a_sign_of_life_after_good_runs_and_an_alarm_after_others(
    settings: Settings, web: Web
) -> None:
    ended(settings, Outcome(warnings=[WARNED]))
    ended(settings, Outcome([FAILED]))
    assert web.pings == ["/ping/secret-id?tag=a", "/ping/secret-id/fail?tag=a"]


def test_an_address_that_is_away_is_a_problem_without_the_address(settings: Settings) -> None:
    settings = Settings.from_environ(
        {
            "BWP_ARCHIVE_URL": "s3://bucket/",
            "BWP_DATA_DIR": str(settings.data_dir),
            "BWP_CLIENT_ID": "client",
            "BWP_CLIENT_SECRET": "secret",
            "BWP_TARGET_ID": "bp-1",
            "BWP_PING_URL": "http://127.0.0.1:1/secret-id",
        }
    )
    assert ended(settings, Outcome()) == ["BWP_PING_URL could not be reached: ConnectError"]


def test_a_run_that_did_not_happen_is_told_once_and_its_end_once(
    settings: Settings, web: Web
) -> None:
    ended(settings, Outcome())
    for hours in (20, 40, 41, 60):
        at = NOW + timedelta(hours=hours)
        assert list(tell_pause(settings.channels, settings.data_dir, at)) == []
    assert len(web.messages) == 1
    assert "no run ended from 2026-11-18 06:00" in web.messages[0]

    ended(settings, Outcome(), NOW + 3 * DAY)
    ended(settings, Outcome(), NOW + 4 * DAY)
    assert len(web.messages) == 2
    assert "is well again" in web.messages[1]


def test_a_machine_that_was_off_is_told_by_the_next_run(settings: Settings, web: Web) -> None:
    for days in (0, 1, 5, 6, 7):
        ended(settings, Outcome(), NOW + days * DAY)
    assert ["no run ended" in message for message in web.messages] == [True, True]
    assert "Over: schedule" in web.messages[1]


def run(instance: DagsterInstance, *, fails: bool, tags: dict[str, str]) -> str:
    @asset(check_specs=[AssetCheckSpec("orders_were_fetched", asset="orders")])
    def orders() -> MaterializeResult:  # type: ignore[type-arg]
        if fails:
            raise SettingsError("BWP_X", "is wrong", "y")
        result = AssetCheckResult(
            check_name="orders_were_fetched",
            passed=False,
            severity=AssetCheckSeverity.WARN,
            metadata={"NOT_FOUND": 3, "INVALID": 0, "findings": "an example"},
        )
        return MaterializeResult(metadata={"throttled": 2}, check_results=[result])

    defs = Definitions(assets=[orders], jobs=[define_asset_job("daily")])
    job = defs.resolve_job_def("daily")
    return job.execute_in_process(instance=instance, tags=tags, raise_on_error=False).run_id


def test_troubles_are_read_from_what_dagster_recorded() -> None:
    found: list[str] = []
    with DagsterInstance.ephemeral() as instance:
        for fails in (True, False):
            logs = instance.all_logs(run(instance, fails=fails, tags={}))
            outcome = outcome_of(log.dagster_event for log in logs if log.dagster_event)
            assert bool(outcome.failures) == fails
            found += outcome.troubles.values()
    assert found == [
        "orders: BWP_X is wrong. Example: BWP_X=y The next run catches up.",
        f"orders_were_fetched: 3 NOT FOUND; an example. {ADVICE['orders_were_fetched']}",
    ]


def test_a_runs_figures_are_a_file_for_prometheus(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "bwp.prom"
    installation = Installation(lambda: replace(settings, metrics_file=path))
    with DagsterInstance.ephemeral() as instance:
        for fails in (False, True):
            run_id = run(instance, fails=fails, tags={})
            logs = instance.all_logs(run_id)
            events = [log.dagster_event for log in logs if log.dagster_event]
            record = instance.get_run_record_by_id(run_id)
            assert write_metrics(installation, record, events) is None
            found = dict(
                line.split(" ") for line in path.read_text().splitlines() if line[0] != "#"
            )
            assert found["bwp_run_success"] == str(int(not fails))
            assert float(found["bwp_run_duration_seconds"]) >= 0
            assert found["bwp_missing_days"] == "0"
            assert found.get("bwp_api_throttled") == (None if fails else "2")
    away = Installation(lambda: replace(settings, metrics_file=tmp_path / "no" / "bwp.prom"))
    assert "could not be written" in (write_metrics(away, record, events) or "")


@pytest.mark.parametrize(("tags", "told"), [({}, 1), (TOLD_BY_TERMINAL, 0)])
def test_dagster_tells_of_its_runs_and_leaves_those_of_a_terminal_to_it(
    settings: Settings, web: Web, tags: dict[str, str], told: int
) -> None:
    failed, succeeded, missing = run_sensors(Installation(lambda: settings))
    assert missing.minimum_interval_seconds == 3600
    with DagsterInstance.ephemeral() as instance:
        for sensor, fails in ((failed, True), (succeeded, False)):
            run_id = run(instance, fails=fails, tags=tags)
            record = instance.get_run_record_by_id(run_id)
            assert record is not None
            logs = [log for log in instance.all_logs(run_id) if log.dagster_event]
            event = logs[-1].dagster_event
            assert event is not None
            context = build_run_status_sensor_context(
                sensor_name=sensor.name,
                dagster_instance=instance,
                dagster_run=record.dagster_run,
                dagster_event=event,
            )
            sensor(context)
    assert len(web.messages) == 2 * told
    assert len(web.pings) == 2 * told
