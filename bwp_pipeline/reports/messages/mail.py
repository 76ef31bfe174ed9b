"""The digest and the outcome of a run, as e-mails.

Here belong their form, and sending them.
"""

import smtplib
import ssl
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bwp_pipeline.reports.forms.digest import Digest
from bwp_pipeline.reports.forms.rendering import render
from bwp_pipeline.reports.messages.errors import NotificationError
from bwp_pipeline.reports.messages.outcome import Message
from bwp_pipeline.settings.channels import Channels

_ACCEPTED = 235
_SUBTYPES = {".html": "html", ".csv": "csv", ".txt": "plain"}


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


def mail_of(channels: Channels) -> Mail:
    """How e-mail is sent, according to the settings."""
    url = "" if channels.smtp_url is None else channels.smtp_url.get_secret_value()
    return Mail(url, channels.mail_from or "", channels.mail_to)


def email_of(
    digest: Digest,
    mail: Mail,
    *,
    link: str | None = None,
    attachments: Sequence[Path] = (),
    reason: str | None = None,
) -> EmailMessage:
    """Return the digest as an e-mail: plain text and inline-styled HTML, with files attached.

    Args:
        digest: what is told.
        mail: from whom and to whom.
        link: where the whole report lies, if it has an address.
        attachments: the report's pages, and files that they lead to.
        reason: why it is sent.
    """
    message = _headed(digest.verdict, mail)
    context = {"digest": digest, "link": link, "reason": reason}
    message.set_content(render("messages/email.txt.j2", **context))
    message.add_alternative(render("messages/email.html.j2", **context), subtype="html")
    for path in attachments:
        message.add_attachment(
            path.read_bytes(),
            maintype="text",
            subtype=_SUBTYPES[path.suffix],
            filename=path.name,
            params={"charset": "utf-8"},
        )
    return message


def plain_email(message: Message, mail: Mail) -> EmailMessage:
    """Return a plain message as an e-mail."""
    sent = _headed(message.subject, mail)
    sent.set_content("\n\n".join(message.lines) + "\n")
    return sent


def _headed(subject: str, mail: Mail) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = f"Buy with Prime: {subject}"
    message["From"] = mail.sender
    message["To"] = ", ".join(mail.recipients)
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = make_msgid(domain=mail.sender.rpartition("@")[2].rstrip(">"))
    if mail.unsubscribe:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
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
                _log_in(server, unquote(url.username), unquote(url.password or ""))
            refused = server.send_message(message, to_addrs=list(mail.recipients))
    except (OSError, ValueError, smtplib.SMTPException) as error:
        kind = type(error).__name__
        raise NotificationError(f"e-mail through {host} failed: {kind}") from None
    if refused:
        raise NotificationError(f"{host} refused {', '.join(sorted(refused))}")


def _log_in(server: smtplib.SMTP, user: str, password: str) -> None:
    if user.isascii() and password.isascii():
        server.login(user, password)
        return
    # The library's login knows ASCII only; the mechanism PLAIN is defined for UTF-8.
    plain = b64encode(f"\0{user}\0{password}".encode()).decode()
    code, answer = server.docmd("AUTH", f"PLAIN {plain}")
    if code != _ACCEPTED:
        raise smtplib.SMTPAuthenticationError(code, answer)
