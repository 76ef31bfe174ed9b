"""Why units were cancelled: by root cause, and by week.

Here belongs adding up reasons. Which cause a unit has is decided in the database, what it is called
in `wording`.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from bwp_pipeline.reports.data import Row

WEEKS = 8


def causes_of(reasons: Iterable[Row]) -> list[Row]:
    """Add up cancellation reasons by root cause, the most units first, with shares that add up."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in reasons:
        groups[row["root_cause"]].append(row)
    totals: list[Row] = [
        {
            "root_cause": root_cause,
            "cancelled_units": _total(rows, "cancelled_units"),
            "lost_sales": _total(rows, "lost_sales"),
            "reasons": sorted(
                {
                    f"{row['delivery_reason'] or 'none'} / {row['request_reason'] or 'none'}"
                    for row in rows
                }
            ),
        }
        for root_cause, rows in groups.items()
    ]
    totals.sort(key=lambda row: (-row["cancelled_units"], row["root_cause"]))
    everything, running = sum(row["cancelled_units"] for row in totals), Decimal(0)
    for row in totals:
        running += row["cancelled_units"]
        row["share"] = float(row["cancelled_units"] / everything) if everything else None
        row["cumulative"] = float(running / everything) if everything else None
    return totals


def cause_weeks_of(
    rows: Sequence[Row], causes: Sequence[Row], known_weeks: int
) -> list[tuple[str, list[float | None]]]:
    """Return the cancelled units of each cause by week, the oldest week first.

    Args:
        rows: of the query `cause_weeks`.
        causes: the window's causes, whose order is kept.
        known_weeks: how many of the weeks the archive reaches into; before, a week is None.
    """
    unknown = WEEKS - min(known_weeks, WEEKS)
    weeks: dict[str, list[float | None]] = defaultdict(
        lambda: [None] * unknown + [0.0] * (WEEKS - unknown)
    )
    for row in rows:
        place = WEEKS - 1 - row["weeks_ago"]
        weeks[row["root_cause"]][place] = float(row["cancelled_units"] or 0)
    known = [row["root_cause"] for row in causes]
    older = sorted(set(weeks) - set(known))
    return [(root_cause, weeks[root_cause]) for root_cause in [*known, *older]]


def _total(rows: list[Row], column: str) -> Decimal:
    return sum((row[column] for row in rows if row[column] is not None), Decimal(0))
