"""The digest as an e-mail: what it says, to whom it goes, and how the server is spoken to."""

from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Self

import pytest

from bwp_pipeline.reports.messages.errors import NotificationError
from bwp_pipeline.reports.messages.mail import Mail, email_of, send_email
from bwp_pipeline_tests.reports.message_reports import (
    fresh,
    out_of_stock,
    report,
    send,
    settings_of,
)
from bwp_pipeline_tests.reports.published import Item
from bwp_pipeline_tests.servers.message_receivers import Mailbox, receiving_mail


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, str]]:
    with receiving_mail() as receiver:
        yield receiver


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
