"""The digest and the outcome of a run, as messages to a Slack channel.

Here belong their blocks, and posting them.
"""

from typing import TypedDict

import httpx

from bwp_pipeline.reports.forms.digest import Digest
from bwp_pipeline.reports.language import money, say
from bwp_pipeline.reports.messages.errors import NotificationError
from bwp_pipeline.reports.messages.outcome import Message
from bwp_pipeline.reports.sections.actions import Task

MOST_TEXT = 3000
MOST_BLOCKS = 50


class Text(TypedDict):
    """Text in Slack's markup."""

    type: str
    text: str


class Block(TypedDict):
    """A section of a message."""

    type: str
    text: Text


class SlackMessage(TypedDict):
    """What a webhook takes; `text` is what a phone shows."""

    text: str
    blocks: list[Block]


def slack_of(digest: Digest, link: str | None = None) -> SlackMessage:
    """Return the digest as a Slack message: the verdict and what each page says to do."""
    blocks = [_section(f"*{_slack_text(digest.verdict)}*")]
    for page in digest.pages:
        name = " ".join(filter(None, (page.store_name, page.currency_code)))
        lines = [f"*{_slack_text(name)}*: {_slack_text(page.verdict)}"]
        lines += [
            f"{place}. {_slack_text(task.what)}{_at_stake(task, page.currency_code)}"
            for place, task in enumerate(page.tasks, start=1)
        ]
        blocks.append(_section("\n".join(lines)))
    news = [f"• {_slack_text(signal.text)} ({signal.evidence})" for signal in digest.new_signals]
    if news:
        blocks.append(_section("\n".join(["*New*", *news[:10]])))
    if link:
        blocks.append(_section(f"<{link}|The whole report>"))
    return {"text": _slack_text(digest.verdict), "blocks": blocks[:MOST_BLOCKS]}


def _at_stake(task: Task, currency: str | None) -> str:
    if not task.at_stake:
        return ""
    return f" ({money(task.at_stake, currency, whole=True)} {say('at stake')})"


def plain_slack(message: Message) -> SlackMessage:
    """Return a plain message for Slack."""
    subject = f"Buy with Prime: {message.subject}"
    lines = "\n".join(f"• {_slack_text(line)}" for line in message.lines)
    return {"text": subject, "blocks": [_section(f"*{_slack_text(subject)}*"), _section(lines)]}


def post_slack(message: SlackMessage, webhook: str, *, timeout: float = 30) -> None:
    """Post a message to a Slack webhook.

    Raises:
        NotificationError: Slack could not be reached or did not take it. The webhook, which is a
            secret, is not in the text.
    """
    try:
        answer = httpx.post(webhook, json=message, timeout=timeout)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotificationError(f"Slack could not be reached: {type(error).__name__}") from None
    if answer.is_error:
        raise NotificationError(f"Slack answered {answer.status_code}: {answer.text[:200]}")


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:MOST_TEXT]}}


def _slack_text(text: str) -> str:
    """Escape the three characters that Slack reads as markup, links and mentions."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
