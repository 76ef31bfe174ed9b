"""When there is something to tell people: each thing once, its end once, and a weekly heartbeat."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from bwp_pipeline.reports.messages.news import reason_to_send
from bwp_pipeline.reports.messages.sent import Sent
from bwp_pipeline_tests.reports.message_reports import (
    TUESDAY,
    fresh,
    out_of_stock,
    report,
    send,
    settings_of,
)
from bwp_pipeline_tests.reports.published import Item


def test_news_is_sent_once_and_its_end_once(tmp_path: Path) -> None:
    reasons = []
    for offset, items in enumerate(
        [[out_of_stock()], [out_of_stock()], [Item("o-2")], [Item("o-2")]]
    ):
        day = date(2026, 11, 17 + offset)
        reasons.append(reason_to_send(fresh(report(tmp_path, *items, last_day=day))))
    assert reasons == ["1 new signal", None, "1 signal cleared", None]


def test_making_a_days_report_again_says_the_same(tmp_path: Path) -> None:
    first = report(tmp_path, out_of_stock())
    (tmp_path / f"{TUESDAY}.duckdb").unlink()
    again = report(tmp_path, out_of_stock())
    assert again.digest.signals == first.digest.signals
    assert json.loads(again.alerts.read_text())["alerts"][0]["state"] == "new"


def test_what_is_gone_is_said_as_often_as_that_days_report_is_made(tmp_path: Path) -> None:
    report(tmp_path, out_of_stock())
    wednesday = date(2026, 11, 18)
    for _ in range(2):
        (tmp_path / f"{wednesday}.duckdb").unlink(missing_ok=True)
        gone = report(tmp_path, Item("o-2"), last_day=wednesday).digest.signals
        assert {(signal.state, signal.cleared_on) for signal in gone} == {("cleared", wednesday)}
    assert not report(tmp_path, Item("o-2"), last_day=date(2026, 11, 19)).digest.signals


def test_a_channel_is_told_the_same_once_and_again_when_it_failed(
    tmp_path: Path, slack: tuple[list[dict[str, Any]], str]
) -> None:
    received, url = slack

    def run(hook: str, *items: Item, day: date = TUESDAY) -> list[str]:
        (tmp_path / f"{day}.duckdb").unlink(missing_ok=True)
        settings = settings_of(tmp_path, BWP_SLACK_WEBHOOK=f"{url}/{hook}")
        files = report(tmp_path, *items, last_day=day)
        return send(replace(files, digest=fresh(files)), settings)

    assert len(run("revoked", out_of_stock())) == 1
    assert run("hook", out_of_stock()) == []
    assert run("hook", out_of_stock()) == []
    assert len(received) == 2
    assert run("hook", out_of_stock(), out_of_stock(1)) == []
    assert run("hook", Item("o-2"), day=date(2026, 11, 18)) == []
    assert len(received) == 4

    (tmp_path / "sent.json").write_text("{")
    assert run("hook", Item("o-2"), day=date(2026, 11, 18)) == []
    assert len(received) == 5


def test_stale_data_is_told_once_and_so_is_its_end(
    tmp_path: Path, slack: tuple[list[dict[str, Any]], str]
) -> None:
    received, url = slack
    settings = settings_of(tmp_path, BWP_SLACK_WEBHOOK=f"{url}/hook")
    for offset in range(2):
        files = report(tmp_path, Item("o-1", days_ago=9), last_day=date(2026, 11, 17))
        later = replace(files.digest.window, last_day=date(2026, 11, 17 + offset))
        assert send(replace(files, digest=replace(files.digest, window=later)), settings) == []
        (tmp_path / f"{TUESDAY}.duckdb").unlink()
    assert len(received) == 1
    for _ in range(2):
        assert send(replace(files, digest=fresh(files)), settings) == []
    assert len(received) == 2


def test_what_the_forerunner_of_this_version_sent_is_not_sent_again(tmp_path: Path) -> None:
    (tmp_path / "told.json").write_text('{"mail": "the news"}')
    assert Sent(tmp_path).knows("mail", "the news")
    for torn in (b"", b"{", b"[]", b"\xff", b"[" * 9_000):
        (tmp_path / "sent.json").write_bytes(torn)
        sent = Sent(tmp_path)
        assert sent.problem is not None
        assert not sent.knows("mail", "the news")
        sent.note_digest("mail", "the news")
        assert Sent(tmp_path).problem is None


def test_all_well_is_said_on_mondays_only(tmp_path: Path) -> None:
    sunday = report(tmp_path, Item("o-1"), last_day=date(2026, 11, 15))
    assert reason_to_send(fresh(sunday)) == "weekly heartbeat"
    tuesday = report(tmp_path, Item("o-1"), last_day=TUESDAY)
    assert reason_to_send(fresh(tuesday)) is None


def test_stale_data_is_always_told(tmp_path: Path) -> None:
    files = report(tmp_path, Item("o-1", days_ago=9))
    assert files.digest.is_stale
    assert reason_to_send(files.digest) == "the data is not fresh"
    assert files.digest.verdict == "Data is not fresh"
