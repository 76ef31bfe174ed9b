"""Why units were cancelled: by root cause, and by week.

Here belongs adding up reasons. Which cause a unit has is decided in the database, what it is called
in `wording`.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bwp_pipeline.reports.reading.rows import DayCancellations, WindowReason

WEEKS = 8


@dataclass(frozen=True)
class Cause:
    """A root cause with its share of all cancelled units, alone and with those before it."""

    root_cause: str
    cancelled_units: Decimal
    lost_sales: Decimal
    reasons: tuple[str, ...]
    share: float | None
    cumulative: float | None


def causes_of(reasons: Iterable[WindowReason]) -> list[Cause]:
    """Add up cancellation reasons by root cause, the most units first, with shares that add up."""
    groups: dict[str, list[WindowReason]] = defaultdict(list)
    for row in reasons:
        groups[row.root_cause].append(row)
    totals = [
        (root_cause, _total(row.cancelled_units for row in rows), rows)
        for root_cause, rows in groups.items()
    ]
    totals.sort(key=lambda total: (-total[1], total[0]))
    everything, running = sum(units for _, units, _ in totals), Decimal(0)
    causes = []
    for root_cause, units, rows in totals:
        running += units
        causes.append(
            Cause(
                root_cause=root_cause,
                cancelled_units=units,
                lost_sales=_total(row.lost_sales for row in rows),
                reasons=tuple(
                    sorted(
                        {
                            f"{row.delivery_reason or 'none'} / {row.request_reason or 'none'}"
                            for row in rows
                        }
                    )
                ),
                share=float(units / everything) if everything else None,
                cumulative=float(running / everything) if everything else None,
            )
        )
    return causes


def cause_weeks_of(
    days: Iterable[DayCancellations], causes: Sequence[Cause], last_day: date, known_weeks: int
) -> list[tuple[str, list[float | None]]]:
    """Return the cancelled units of each cause by week, the oldest week first.

    Args:
        days: cancelled units by day and cause.
        causes: the window's causes, whose order is kept.
        last_day: the last day of the newest week.
        known_weeks: how many of the weeks the archive reaches into; before, a week is None.
    """
    unknown = WEEKS - min(known_weeks, WEEKS)
    weeks: dict[str, list[float | None]] = defaultdict(
        lambda: [None] * unknown + [0.0] * (WEEKS - unknown)
    )
    for row in days:
        place = WEEKS - 1 - (last_day - row.cancelled_on).days // 7
        if 0 <= place < WEEKS:
            units = weeks[row.root_cause]
            units[place] = (units[place] or 0.0) + float(row.cancelled_units or 0)
    known = [cause.root_cause for cause in causes]
    older = sorted(set(weeks) - set(known))
    return [(root_cause, weeks[root_cause]) for root_cause in [*known, *older]]


def _total(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), Decimal(0))
