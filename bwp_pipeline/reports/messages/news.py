"""Why a digest is worth sending today, if it is.

Here belongs that decision. Which channel knows it already is `sent`'s.
"""

from bwp_pipeline.reports import wording
from bwp_pipeline.reports.forms.digest import Digest

HEARTBEAT_WEEKDAY = 0
"""Monday, judged by the day after the report's last: a weekly sign of life when all is well."""


def reason_to_send(digest: Digest) -> str | None:
    """Return why a digest is sent today, None when nothing is new.

    Signals that were in the report before are not news. A report with stale data always is.
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


def news_of(digest: Digest) -> str:
    """The news in a form that can be compared with what was sent before.

    Making a day's report again gives the same; data that stays stale does so from day to day.
    """
    changed = sorted(
        f"{signal.identity} {signal.state}"
        for signal in digest.signals
        if signal.state != "ongoing"
    )
    day = f"stale since {digest.window.data_through}" if digest.is_stale else digest.window.last_day
    return f"{day} {'; '.join(changed)}"
