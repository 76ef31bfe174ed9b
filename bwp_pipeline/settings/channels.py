"""How people are notified: e-mail, Slack, and the address that is pinged.

Belongs here: those variables. Does not belong here: sending (`reports/messages/`).
"""

import re
from dataclasses import dataclass, field

from pydantic import SecretStr

from bwp_pipeline.settings.environ import Environ, SettingsError

_ADDRESS = re.compile(r"[!-;=?A-~]+@[!-;=?A-~]+")
_SENDER = re.compile(rf"({_ADDRESS.pattern}|[ !#-;=?A-~]+<{_ADDRESS.pattern}>)")
_RECIPIENTS = "ann@example.com, bob@example.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """Where messages go; None for what isn't set. `link` is where people open reports."""

    smtp_url: SecretStr | None = None
    mail_from: str | None = None
    mail_to: tuple[str, ...] = ()
    slack_webhook: SecretStr | None = field(default=None)
    ping_url: SecretStr | None = None
    link: str | None = None


def channels_from(env: Environ) -> Channels:
    """Read them.

    Raises:
        SettingsError: When one is impossible, or e-mail has no sender or recipient.
    """
    sender = env.text("BWP_MAIL_FROM")
    recipients = tuple(filter(None, map(str.strip, (env.text("BWP_MAIL_TO") or "").split(","))))
    if not all(map(_ADDRESS.fullmatch, recipients)):
        raise SettingsError("BWP_MAIL_TO", "must be addresses, separated by commas", _RECIPIENTS)
    if sender is not None and not _SENDER.fullmatch(sender):
        raise SettingsError("BWP_MAIL_FROM", "must be an address", "reports@example.com")
    smtp_url = env.secret_url(
        "BWP_SMTP_URL", ("smtp", "smtps"), "smtps://user:password@smtp.example.com:465"
    )
    if smtp_url is not None:
        env.required("BWP_MAIL_FROM", "reports@example.com")
        env.required("BWP_MAIL_TO", _RECIPIENTS)
    return Channels(
        smtp_url=smtp_url,
        mail_from=sender,
        mail_to=recipients,
        slack_webhook=env.secret_url(
            "BWP_SLACK_WEBHOOK", ("https", "http"), "https://hooks.slack.com/services/…"
        ),
        ping_url=env.secret_url("BWP_PING_URL", ("https", "http"), "https://hc-ping.com/…"),
        link=env.optional_url(
            "BWP_REPORTS_LINK", ("https", "http"), "https://reports.example.com/latest/"
        ),
    )
