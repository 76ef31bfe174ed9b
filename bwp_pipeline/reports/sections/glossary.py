"""What the report's figures mean, and what could not be computed.

Here belong the limits that hold for every report and those of a single page. The words of the
definitions are in `glossary.yaml`; the tables' own columns are described in the database.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import yaml

from bwp_pipeline.reports import wording
from bwp_pipeline.reports.language import say, say_many
from bwp_pipeline.reports.reading.data import Window
from bwp_pipeline.reports.reading.rows import UnfulfilledProduct
from bwp_pipeline.reports.sections.history import RateHistory

LIMITS = (
    "Lost sales are a minimum: shoppers who saw no offer never ordered.",
    "Orders without any event are missing.",
    "An order's state is the newest one fetched; its times come from events.",
)


@cache
def definitions() -> dict[str, str]:
    """Return what each figure means, in the order of the page."""
    path = Path(__file__).with_name("glossary.yaml")
    loaded: dict[str, str] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


def notes_of(
    window: Window,
    *,
    restock: Sequence[UnfulfilledProduct],
    history: RateHistory,
    has_stock: bool,
    stock_problems: Sequence[str],
    has_comparison: bool,
    promised: bool,
    unresolved: int,
) -> list[str]:
    """Return what a page could not compute and why, followed by the limits of all reports."""
    notes = []
    if unresolved:
        notes.append(
            say_many(
                unresolved,
                "{n} delivery is unresolved: event and snapshot disagree. It is counted by the"
                " snapshot's state.",
                "{n} deliveries are unresolved: event and snapshot disagree. They are counted by"
                " the snapshot's state.",
            )
        )
    if not has_comparison:
        text = "No comparison: the archive does not cover the {days} before this window."
        notes.append(say(text, days=wording.days(window.days)))
    if history.watched.alarms is None:
        notes.append(say("The alarm is off: too few days or cancellations before this window."))
    if any(row.unfulfillable_rate_eb is None for row in restock):
        notes.append(say("Some rates have no interval: their number of orders is not known."))
    if any(row.revenue_at_risk is None for row in restock):
        notes.append(say("Money at risk is missing where price, rate or demand is not known."))
    if restock and not has_stock:
        notes.append(say("Cover and order quantities are missing: no stock or lead time is known."))
    notes += [say("Stock: {problem}.", problem=problem) for problem in stock_problems]
    if not promised:
        notes.append(say("Late deliveries: no order of this window has a promised time."))
    return [*notes, *map(say, LIMITS)]
