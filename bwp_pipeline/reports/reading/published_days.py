"""Which days the published database has facts of; `BWP_PUBLISHED_DAYS` may leave out older ones.

Belongs here: whether a window can be reported from it. Does not belong here: what it has instead
(`publishing/window.py`), or reading it (`windows.py`).
"""

from datetime import date, timedelta

import duckdb

from bwp_pipeline.reports.language import say
from bwp_pipeline.reports.reading.data import Window

LACKS = (
    "{first} to {last} takes facts since {since}, and the published database has them"
    " from {there} on (BWP_PUBLISHED_DAYS)"
)

# The longest that a figure of any window looks back from the window's last day.
_LOOK_BACK = timedelta(days=97)


class NotPublishedError(Exception):
    """A window that takes facts which the published database lacks; one line."""

    def __init__(self, **days: date) -> None:
        super().__init__(LACKS.format(**days))
        self._days = days

    def said(self) -> str:
        """The same in the reader's language."""
        return say(LACKS, **self._days)


def check_published(connection: duckdb.DuckDBPyConnection, window: Window) -> None:
    """See whether the database has the facts of a past window and of what it is compared with.

    Raises:
        NotPublishedError: When it has only later ones.
    """
    told = connection.execute("from meta.report_window")
    names = [column[0] for column in told.description or ()]
    # A file of an earlier version has no such column, and all days.
    first = dict(zip(names, told.fetchall()[0], strict=True)).get("published_from")
    since = min(window.first_day - timedelta(days=window.days), window.last_day - _LOOK_BACK)
    if first is not None and since < first:
        raise NotPublishedError(
            first=window.first_day, last=window.last_day, since=since, there=first
        )
