"""The cancellation rate over time, as the control chart shows it.

Here belongs the choice of periods: weeks where there are enough, else days. Limits are in
`bwp_pipeline.demand.control_charts`, coordinates in `charts`.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bwp_pipeline.demand.control_charts import Point, p_prime_chart
from bwp_pipeline.reports import charts, wording
from bwp_pipeline.reports.language import short_day
from bwp_pipeline.reports.reading.data import Window
from bwp_pipeline.reports.reading.rows import DayCancellations, DayDecisions
from bwp_pipeline.reports.sections.signals import Watched, rate_history, watched_rate

FEWEST_WEEKS = 12
MOST_DAYS = 42


@dataclass(frozen=True)
class RateHistory:
    """The chart with its figures; without a chart, there is too little data for one.

    `known_weeks` are the weeks, from the window's last day back, that the archive reaches into.
    `period` is week or day. `points` are the chart's figures with the first day of their period.
    `watched` is what the alarm says.
    """

    known_weeks: int
    period: str
    chart: charts.ControlChart | None
    centre: float | None
    points: list[tuple[date, Point]]
    watched: Watched

    @property
    def outside(self) -> list[tuple[date, Point]]:
        """The periods outside the limits."""
        return [(day, point) for day, point in self.points if point.is_signal]


def rate_history_of(
    days: Sequence[DayDecisions],
    unexplained: Sequence[DayDecisions],
    cancellations: Sequence[DayCancellations],
    window: Window,
) -> RateHistory:
    """Put together the chart of orders cancelled before shipping among all that were decided.

    Periods outside the limits are marked with the cause of most units cancelled in them. Weeks are
    7 days long and end with the window's last day, so the newest one is complete.
    """
    dates, counts = rate_history(days, window)
    weeks, known_weeks = len(dates) // 7, -(-len(dates) // 7)
    if weeks >= FEWEST_WEEKS:
        period, length = "week", 7
    else:
        period, length = "day", 1
        dates, counts = dates[-MOST_DAYS:], counts[-MOST_DAYS:]
    usable = len(dates) // length * length
    dates, counts = dates[-usable:], counts[-usable:]
    starts = dates[::length]
    sums = [
        (
            sum(x for x, _ in counts[index : index + length]),
            sum(n for _, n in counts[index : index + length]),
        )
        for index in range(0, usable, length)
    ]
    watched = watched_rate(unexplained, window)
    found = p_prime_chart(sums)
    if found is None:
        return RateHistory(known_weeks, period, None, None, [], watched)
    centre, points = found
    return RateHistory(
        known_weeks=known_weeks,
        period=period,
        chart=charts.control_chart(
            centre,
            points,
            [short_day(start) for start in starts],
            [_main_cause(cancellations, start, length) for start in starts],
        ),
        centre=centre,
        points=list(zip(starts, points, strict=True)),
        watched=watched,
    )


def _main_cause(cancellations: Sequence[DayCancellations], start: date, days: int) -> str:
    units: Counter[str] = Counter()
    for row in cancellations:
        if 0 <= (row.cancelled_on - start).days < days:
            units[row.root_cause] += int(row.cancelled_units or 0)
    return wording.cause(units.most_common(1)[0][0]) if units else ""


def week_starts(window: Window, weeks: int) -> list[date]:
    """Return the first days of the last weeks, the oldest first."""
    return [window.last_day - timedelta(days=7 * ago - 1) for ago in range(weeks, 0, -1)]
