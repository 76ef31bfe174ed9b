"""Sending news to every channel that is set, once.

Here belongs the order of things: is it new to the channel, send, note that it was sent.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

from bwp_pipeline.reports.messages.errors import NotificationError
from bwp_pipeline.reports.messages.mail import Mail, email_of, mail_of, plain_email, send_email
from bwp_pipeline.reports.messages.news import news_of, reason_to_send
from bwp_pipeline.reports.messages.outcome import Message, Outcome, message_of, pause_before
from bwp_pipeline.reports.messages.ping import ping
from bwp_pipeline.reports.messages.sent import Sent
from bwp_pipeline.reports.messages.slack import SlackMessage, plain_slack, post_slack, slack_of
from bwp_pipeline.reports.writing import ReportFiles
from bwp_pipeline.settings.channels import Channels

MOST_LINKED = 20
"""Purchase orders and cases in a mail; where there are more, the rest lie beside the report."""


def tell_digest(files: ReportFiles, channels: Channels, sent: Sent) -> Iterator[str]:
    """Send the digest to the channels that are set, if there is news; yields what went wrong."""
    news = news_of(files.digest)
    for name in _names(channels):
        reason = reason_to_send(files.digest)
        if reason is None and sent.was_stale(name):
            reason = "the data is fresh again"
        if reason is None or sent.knows(name, news):
            continue
        problem = _send_digest(name, channels, files, reason)
        if problem is None:
            sent.note_digest(name, news)
        else:
            yield problem


def tell_run(
    outcome: Outcome, channels: Channels, data_dir: Path, now: datetime, *, is_good: bool
) -> Iterator[str]:
    """Report how a run ended, once for each cause and again when it is over.

    Args:
        outcome: How it ended.
        channels: Where messages go.
        data_dir: Where what was sent is remembered.
        now: When it ended.
        is_good: Whether to send a sign of life.

    Yields:
        What could not be sent; it is tried again after the next run.
    """
    sent = Sent(data_dir)
    pause = pause_before(now, sent.last_end)
    for name in _names(channels):
        known = sent.troubles(name)
        # Channels that heard of the pause while it lasted hear here that it is over.
        added = [trouble for trouble in pause if trouble.cause not in known]
        whole = replace(outcome, warnings=[*outcome.warnings, *added])
        message = message_of(whole, known)
        if message is None:
            continue
        problem = _send_plain(name, channels, message)
        if problem is None:
            sent.note_troubles(name, whole.troubles)
        else:
            yield problem
    sent.note_end(now)
    if sent.problem is not None:
        yield sent.problem
    if channels.ping_url is not None:
        problem = ping(channels.ping_url.get_secret_value(), has_failed=not is_good)
        if problem is not None:
            yield problem


def tell_pause(channels: Channels, data_dir: Path, now: datetime) -> Iterator[str]:
    """Report, once, that no run has ended for too long; yields what could not be sent."""
    sent = Sent(data_dir)
    new = Outcome(warnings=pause_before(now, sent.last_end)).troubles
    for name in _names(channels):
        known = sent.troubles(name)
        untold = {cause: words for cause, words in new.items() if cause not in known}
        if not untold:
            continue
        problem = _send_plain(name, channels, Message("no run", tuple(untold.values())))
        if problem is None:
            sent.note_troubles(name, known | untold)
        else:
            yield problem


def send_test(channels: Channels) -> Iterator[tuple[str, str | None]]:
    """Send a message to every channel: its name, and what went wrong, if anything."""
    message = Message("a test", ("This is how bwp will reach you.",))
    for name in _names(channels):
        yield name, _send_plain(name, channels, message)


def _names(channels: Channels) -> list[str]:
    known = {"mail": channels.smtp_url, "slack": channels.slack_webhook}
    return [name for name, url in known.items() if url is not None]


def _send_digest(name: str, channels: Channels, files: ReportFiles, reason: str) -> str | None:
    def email(way: Mail) -> EmailMessage:
        attached = (files.html, *files.pages, *files.linked[:MOST_LINKED])
        return email_of(files.digest, way, link=channels.link, attachments=attached, reason=reason)

    return _send(name, channels, email, lambda: slack_of(files.digest, channels.link))


def _send_plain(name: str, channels: Channels, message: Message) -> str | None:
    return _send(
        name, channels, lambda way: plain_email(message, way), lambda: plain_slack(message)
    )


def _send(
    name: str,
    channels: Channels,
    email: Callable[[Mail], EmailMessage],
    slack_message: Callable[[], SlackMessage],
) -> str | None:
    try:
        if name == "mail":
            way = mail_of(channels)
            send_email(email(way), way)
        elif channels.slack_webhook is not None:
            post_slack(slack_message(), channels.slack_webhook.get_secret_value())
    except NotificationError as error:
        return str(error)
    return None
