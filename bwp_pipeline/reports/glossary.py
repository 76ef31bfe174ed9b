"""What the report's figures mean, and what could not be computed.

Here belong the limits that hold for every report and those of a single page. The words of the
definitions are in `glossary.yaml`; the tables' own columns are described in the database.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import yaml

from bwp_pipeline.reports.data import Window
from bwp_pipeline.reports.history import RateHistory
from bwp_pipeline.reports.rows import UnfulfilledProduct

LIMITS = (
    "Lost sales are a floor: demand that was refused before an order was placed leaves no trace.",
    "Orders of which no event ever came are missing.",
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
    """Return what a page could not compute and why, before the limits of all reports."""
    notes = []
    if unresolved:
        notes.append(
            f"{unresolved} deliveries are unresolved: the event and the newest snapshot disagree."
            " They are in no figure until they agree."
        )
    if not has_comparison:
        notes.append(
            f"Nothing is compared with the period before: the archive does not cover the"
            f" {window.days} days before this window."
        )
    if history.signalled_on is None:
        notes.append("The alarm for a doubled rate is off: too few days or cancellations before.")
    if any(row.unfulfillable_rate_eb is None for row in restock):
        notes.append("Product rates without an interval: their denominator is not known.")
    if any(row.revenue_at_risk is None for row in restock):
        notes.append("Revenue at risk is missing where a price, a rate or the demand is not known.")
    if restock and not has_stock:
        notes.append(
            "Days of cover, reorder points and quantities: no stock or lead times were given."
        )
    notes += [f"Stock: {problem}." for problem in stock_problems]
    if not promised:
        notes.append("Promises missed: no order of this window says when it was promised.")
    return [*notes, *LIMITS]
