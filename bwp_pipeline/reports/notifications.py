"""The report's digest sent to people: by e-mail and to Slack, and only when there is news.

Here belong when something is sent, and the sending. What a digest holds is `reports.digest`'s;
credentials come from the caller and never appear in an error.
"""

import json
import smtplib
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx

from bwp_pipeline.reports import wording
from bwp_pipeline.reports.digest import Digest
from bwp_pipeline.reports.rendering import render

HEARTBEAT_WEEKDAY = 0
"""Monday, by the report's last day's morrow: a weekly sign of life when all is well."""

MOST_TEXT = 3000
MOST_BLOCKS = 50


class NotificationError(Exception):
    """A message could not be sent; the text names where to and what was answered, no secret."""


@dataclass(frozen=True)
class Mail:
    """How e-mail is sent.

    `smtp_url` is smtp://user:password@host:587 (STARTTLS when the server offers it, required where
    a password is given) or smtps://…:465. Amazon SES has SMTP endpoints of this kind.
    """

    smtp_url: str = field(repr=False)
    sender: str
    recipients: Sequence[str]
    unsubscribe: str | None = None


def reason_to_send(digest: Digest) -> str | None:
    """Return why a digest is sent today, None when nothing is new.

    Signals that lasted from the report before are no news. A report whose data is stale always is.
    """
    if digest.is_stale:
        return "the data is not fresh"
    if digest.new_signals:
        return wording.count(len(digest.new_signals), "new signal")
    cleared = [signal for signal in digest.signals if signal.state == "cleared"]
    if cleared:
        return f"{wording.count(len(cleared), 'signal')} cleared"
    if (digest.window.last_day.weekday() + 1) % 7 == HEARTBEAT_WEEKDAY:
        return "weekly heartbeat"
    return None


class Told:
    """What was told where, so that making a day's report again tells nobody twice.

    Args:
        path: The file that remembers it.
        digest: What is to be told now.
    """

    def __init__(self, path: Path, digest: Digest) -> None:
        self._path = path
        changed = sorted(
            f"{signal.identity} {signal.state}"
            for signal in digest.signals
            if signal.state != "ongoing"
        )
        self._news = f"{digest.window.last_day} {digest.is_stale} {'; '.join(changed)}"
        self._before: dict[str, str] = {}
        # A file that can't be read costs a message that comes twice.
        with suppress(FileNotFoundError, ValueError):
            self._before = json.loads(path.read_text())

    def knows(self, channel: str) -> bool:
        """Whether the channel was told exactly this."""
        return self._before.get(channel) == self._news

    def note(self, channel: str) -> None:
        """Note that the channel has been told."""
        self._before[channel] = self._news
        part = self._path.with_suffix(".part")
        part.write_text(json.dumps(self._before, indent=1))
        part.replace(self._path)


def email_of(
    digest: Digest, mail: Mail, *, link: str | None = None, attachments: Sequence[Path] = ()
) -> EmailMessage:
    """Return the digest as an e-mail: plain text and inline-styled HTML, the pages attached.

    Args:
        digest: what is told.
        mail: from whom and to whom.
        link: where the whole report lies, if it has an address.
        attachments: the report's pages.
    """
    message = EmailMessage()
    message["Subject"] = f"Buy with Prime: {digest.verdict}"
    message["From"] = mail.sender
    message["To"] = ", ".join(mail.recipients)
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = make_msgid(domain=mail.sender.rpartition("@")[2].rstrip(">"))
    if mail.unsubscribe:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
    context = {"digest": digest, "link": link, "reason": reason_to_send(digest)}
    message.set_content(render("messages/email.txt.j2", **context))
    message.add_alternative(render("messages/email.html.j2", **context), subtype="html")
    for path in attachments:
        message.add_attachment(
            path.read_bytes(), maintype="text", subtype="html", filename=path.name
        )
    return message


def send_email(message: EmailMessage, mail: Mail, *, timeout: float = 30) -> None:
    """Send a message to all recipients.

    Raises:
        NotificationError: the server could not be reached, or refused the sender or a recipient.
    """
    url = urlsplit(mail.smtp_url)
    host = url.hostname or "localhost"
    try:
        if url.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, url.port or 465, timeout=timeout, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(host, url.port or 587, timeout=timeout)
        with server:
            server.ehlo()
            if url.scheme != "smtps" and (url.username or server.has_extn("starttls")):
                server.starttls(context=ssl.create_default_context())
            if url.username:
                server.login(unquote(url.username), unquote(url.password or ""))
            refused = server.send_message(message, to_addrs=list(mail.recipients))
    except (OSError, smtplib.SMTPException) as error:
        kind = type(error).__name__
        raise NotificationError(f"e-mail through {host} failed: {kind}") from None
    if refused:
        raise NotificationError(f"{host} refused {', '.join(sorted(refused))}")


def slack_of(digest: Digest, link: str | None = None) -> dict[str, Any]:
    """Return the digest as a Slack message: the verdict and the top five of each page."""
    blocks = [_section(f"*{_slack_text(digest.verdict)}*")]
    for page in digest.pages:
        name = " ".join(filter(None, (page.store_name, page.currency_code)))
        lines = [f"*{_slack_text(name)}*: {_slack_text(page.verdict)}"]
        lines += [
            f"{place}. {_slack_text(wording.product(item.row))}: {_slack_text(item.action)}"
            for place, item in enumerate(page.top, start=1)
        ]
        blocks.append(_section("\n".join(lines)))
    news = [f"• {_slack_text(signal.text)} ({signal.evidence})" for signal in digest.new_signals]
    if news:
        blocks.append(_section("\n".join(["*New*", *news[:10]])))
    if link:
        blocks.append(_section(f"<{link}|The whole report>"))
    return {"text": _slack_text(digest.verdict), "blocks": blocks[:MOST_BLOCKS]}


def post_slack(message: dict[str, Any], webhook: str, *, timeout: float = 30) -> None:
    """Post a message to a Slack webhook.

    Raises:
        NotificationError: Slack could not be reached or did not take it. The webhook, which is a
            secret, is not in the text.
    """
    try:
        answer = httpx.post(webhook, json=message, timeout=timeout)
    except httpx.HTTPError as error:
        raise NotificationError(f"Slack could not be reached: {type(error).__name__}") from None
    if answer.is_error:
        raise NotificationError(f"Slack answered {answer.status_code}: {answer.text[:200]}")


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:MOST_TEXT]}}


def _slack_text(text: str) -> str:
    """Escape the three characters that Slack reads as markup, links and mentions."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
