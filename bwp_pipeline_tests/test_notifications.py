"""What is sent to people, when, and that nothing in it is interpreted or leaks."""

import json
import socket
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Self

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from bwp_pipeline.reports import ReportFiles, write_reports
from bwp_pipeline.reports.digest import Digest
from bwp_pipeline.reports.messages import Sent, tell_digest
from bwp_pipeline.reports.messages.errors import NotificationError
from bwp_pipeline.reports.messages.mail import Mail, email_of, send_email
from bwp_pipeline.reports.messages.news import reason_to_send
from bwp_pipeline.reports.messages.slack import post_slack, slack_of
from bwp_pipeline.settings import Settings
from bwp_pipeline_tests.published import Item, estimate, publish

NASTY = "<!channel> <script>alert(1)</script> & \u202e=cmd()" + "x" * 300
BUILT_AT = datetime(2026, 11, 18, 5, 30, tzinfo=UTC)
TUESDAY = date(2026, 11, 17)


class Mailbox:
    """What a local SMTP server received."""

    def __init__(self) -> None:
        self.recipients: list[str] = []
        self.content: bytes | str = b""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802 -- aiosmtpd's own names
        self.recipients, self.content = list(envelope.rcpt_tos), envelope.content or ""
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd's own names
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
        address: str,
        options: list[str],  # noqa: ARG002
    ) -> str:
        if address.startswith("gone"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, str]]:
    box = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, f"smtp://127.0.0.1:{port}"
    controller.stop()


@pytest.fixture
def slack() -> Iterator[tuple[list[dict[str, Any]], str]]:
    received: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.append(json.loads(body))
            self.send_response(403 if self.path == "/revoked" else 200)
            self.end_headers()
            self.wfile.write(b"invalid_token" if self.path == "/revoked" else b"ok")

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield received, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def report(tmp_path: Path, *items: Item, last_day: date = TUESDAY) -> ReportFiles:
    database = tmp_path / f"{last_day}.duckdb"
    publish(database, items, last_day=last_day)
    estimate(database)
    return write_reports(
        database, tmp_path / "reports", built_at=BUILT_AT, version="1", run_id="run-7"
    )


def out_of_stock(number: int = 0, title: str = NASTY) -> Item:
    return Item(f"o-{number}", f"S-{number}", product_title=title, root_cause="STOCK", days_ago=2.5)


def test_the_verdict_is_the_subject_and_every_recipient_gets_it(
    tmp_path: Path, mailbox: tuple[Mailbox, str]
) -> None:
    box, url = mailbox
    files = report(tmp_path, out_of_stock(title="Enamel mug"), Item("o-9", days_ago=3))
    mail = Mail(url, "reports@example.com", ["a@example.com", "b@example.com"])
    message = email_of(
        files.digest,
        mail,
        link="https://example.com/r",
        attachments=[files.html],
        reason="1 new signal",
    )
    send_email(message, mail)
    assert box.recipients == ["a@example.com", "b@example.com"]
    assert message["Subject"] == "Buy with Prime: Restock 1: Enamel mug \u2013 USD\xa020 lost"
    assert "bwp_report.html" in str(box.content)
    (plain,) = [part for part in message.walk() if part.get_content_type() == "text/plain"]
    assert "1. Enamel mug (S-0): restock now (USD" in plain.get_content()
    assert "Sent because: 1 new signal." in plain.get_content()


def test_the_digest_stays_small_and_inert_whatever_titles_hold(tmp_path: Path) -> None:
    files = report(tmp_path, *(out_of_stock(number) for number in range(300)))
    message = email_of(files.digest, Mail("smtp://x", "r@example.com", ["a@example.com"]))
    assert len(message.as_bytes()) <= 60_000
    html = message.get_body(("html",))
    assert html is not None
    text = html.get_content()
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "\u202e" not in text
    assert "<svg" not in text
    assert "<style" not in text


def test_an_unsubscribe_address_is_a_header(tmp_path: Path) -> None:
    files = report(tmp_path, Item("o-1"))
    mail = Mail("smtp://x", "r@example.com", ["a@example.com"], "mailto:stop@example.com")
    assert email_of(files.digest, mail)["List-Unsubscribe"] == "<mailto:stop@example.com>"


def test_a_refused_recipient_and_an_absent_server_are_errors_without_secrets(
    tmp_path: Path, mailbox: tuple[Mailbox, str]
) -> None:
    files = report(tmp_path, Item("o-1"))
    mail = Mail(mailbox[1], "r@example.com", ["a@example.com", "gone@example.com"])
    with pytest.raises(NotificationError, match=r"refused gone@example\.com"):
        send_email(email_of(files.digest, mail), mail)
    closed = replace(mail, smtp_url="smtp://user:hidden@127.0.0.1:1")
    with pytest.raises(NotificationError, match=r"127\.0\.0\.1 failed") as raised:
        send_email(email_of(files.digest, closed), closed)
    assert "hidden" not in str(raised.value)
    assert "hidden" not in repr(closed)


def test_a_password_is_never_sent_without_encryption(
    tmp_path: Path, mailbox: tuple[Mailbox, str]
) -> None:
    box, url = mailbox
    files = report(tmp_path, Item("o-1"))
    mail = Mail(url.replace("//", "//user:secret@"), "r@example.com", ["a@example.com"])
    with pytest.raises(NotificationError, match="SMTPNotSupportedError"):
        send_email(email_of(files.digest, mail), mail)
    assert not box.content


def test_a_password_of_any_letters_is_sent_in_utf_8(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[str, str]] = []

    class Server:
        def __init__(self, *_: object, **__: object) -> None:
            pass

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def ehlo(self) -> None:
            pass

        def docmd(self, command: str, words: str) -> tuple[int, bytes]:
            said.append((command, words))
            return 235, b"welcome"

        def send_message(self, *_: object, **__: object) -> dict[str, str]:
            return {}

    monkeypatch.setattr("smtplib.SMTP_SSL", Server)
    mail = Mail("smtps://me:p%C3%A4%23%2F@example.com", "r@example.com", ["a@example.com"])
    send_email(email_of(report(tmp_path, Item("o-1")).digest, mail), mail)
    ((command, words),) = said
    assert command == "AUTH"
    assert b64decode(words.removeprefix("PLAIN ")).decode() == "\0me\0pä#/"


def test_slack_gets_the_top_five_and_mentions_nobody(
    tmp_path: Path, slack: tuple[list[dict[str, Any]], str]
) -> None:
    received, url = slack
    files = report(tmp_path, *(out_of_stock(number) for number in range(9)))
    post_slack(slack_of(files.digest, "https://example.com/r"), f"{url}/hook")
    (message,) = received
    text = json.dumps(message)
    assert "5. " in text
    assert "6. " not in text
    assert "<!channel>" not in text
    assert "&lt;!channel&gt;" in text
    assert "<https://example.com/r|The whole report>" in text
    assert len(message["blocks"]) <= 50
    assert all(len(block["text"]["text"]) <= 3000 for block in message["blocks"])


def test_a_webhook_that_is_refused_is_an_error_that_keeps_it_secret(
    tmp_path: Path, slack: tuple[list[dict[str, Any]], str]
) -> None:
    files = report(tmp_path, Item("o-1"))
    with pytest.raises(NotificationError, match="403: invalid_token") as raised:
        post_slack(slack_of(files.digest), f"{slack[1]}/revoked")
    assert "revoked" not in str(raised.value)
    with pytest.raises(NotificationError, match="could not be reached"):
        post_slack(slack_of(files.digest), "http://127.0.0.1:1/hook")


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


def test_every_page_of_several_is_attached(tmp_path: Path, mailbox: tuple[Mailbox, str]) -> None:
    box, url = mailbox
    files = report(tmp_path, out_of_stock(), Item("o-2", currency_code="EUR", days_ago=3))
    settings = settings_of(
        tmp_path,
        BWP_SMTP_URL=url,
        BWP_MAIL_FROM="reports@example.com",
        BWP_MAIL_TO="a@example.com",
    )
    assert send(replace(files, digest=fresh(files)), settings) == []
    assert len(files.pages) == 2
    for path in (files.html, *files.pages):
        assert f'filename="{path.name}"' in str(box.content)


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


def fresh(files: ReportFiles) -> Digest:
    return replace(files.digest, is_stale=False)
