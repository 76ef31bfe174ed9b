"""The scorecard in sentences, each no stronger than its counts.

Here belong its words. What they rest on is put together in `scorecard`.
"""

from decimal import Decimal

from bwp_pipeline.reports import wording
from bwp_pipeline.reports.language import money, number, say, short_day
from bwp_pipeline.reports.reading.scored_products import ScoredProduct
from bwp_pipeline.reports.sections.scorecard import SOON_DAYS, Scorecard

FEW = 5
"""Fewer products than this say nothing about the bounds."""


def scorecard_out(card: Scorecard) -> str:
    """Say what became of the products that were told to be out, and which ran out since."""
    if card.told_out:
        parts = [
            say(
                "Out of stock then: {products}, {n} of them until today.",
                products=wording.products(card.told_out),
                n=number(card.still_out),
            )
        ]
    else:
        parts = [say("No product was told to be out.")]
    if card.days_to_recover is not None:
        parts.append(
            say(
                "{n} sold again, after {days} in the median.",
                n=number(card.recovered),
                days=wording.days(round(card.days_to_recover)),
            )
        )
    if card.sold_soon:
        parts.append(
            say(
                "{n} within {days}: perhaps never out.",
                n=number(card.sold_soon),
                days=wording.days(SOON_DAYS),
            )
        )
    parts.append(say("Ran out since: {products}.", products=wording.products(card.ran_out)))
    return " ".join(parts)


def scorecard_demand(card: Scorecard) -> str:
    """Say how demand held on the days on sale."""
    if not card.demand_graded or card.demand_ratio is None:
        return say("Demand can't be graded: nothing was on sale.")
    totals = say(
        "Demand: {wanted} wanted while on sale, {expected} expected.",
        wanted=wording.units(round(card.wanted_units)),
        expected=number(round(card.expected_units)),
    )
    if card.demand_graded < FEW:
        return totals
    held = say(
        "{n} of {products} stayed within bounds that chance alone keeps four times of five.",
        n=number(card.demand_held),
        products=wording.products(card.demand_graded),
    )
    return f"{totals} {held}"


def scorecard_dates(card: Scorecard) -> str:
    """Say how the days held on which stock was to run out."""
    if not card.dates_graded:
        return say(
            "Dates can't be graded: no known stock was to run out by now without more arriving."
        )
    return say(
        "Dates: of {products} that had to run out by now, {n} did so within the days told.",
        products=wording.products(card.dates_graded),
        n=number(card.dates_held),
    )


def scorecard_risk(card: Scorecard, currency: str | None) -> str:
    """Say how the money at risk held of products that were out, restocked ones apart."""

    def amount(value: Decimal) -> str:
        return money(value, currency, whole=True)

    parts = [
        say(
            "At risk: what was in stock lost {lost}, {told} told.",
            lost=amount(card.lost_in_stock),
            told=amount(card.at_risk_in_stock),
        )
    ]
    if card.still_out:
        parts.append(
            say(
                "What stayed out lost {lost}, {told} told.",
                lost=amount(card.lost),
                told=amount(card.at_risk),
            )
        )
    if card.recovered:
        parts.append(
            say(
                "What sold again lost {lost} of the {told} that staying out would have cost.",
                lost=amount(card.lost_of_recovered),
                told=amount(card.at_risk_of_recovered),
            )
        )
    return " ".join(parts)


def since(row: ScoredProduct) -> str:
    """Say what has happened to a product since it was listed."""
    if row.was_out and row.recovered_on is None:
        text = say("still out")
    elif row.recovered_on is not None:
        text = say(
            "sold again on {day}, after {days}",
            day=short_day(row.recovered_on),
            days=wording.days((row.recovered_on - row.as_of).days),
        )
    elif row.ran_out_on is not None:
        text = say("ran out on {day}", day=short_day(row.ran_out_on))
    else:
        return say("stayed on sale")
    is_out = row.stockout_status_now in {"ONGOING", "SILENT"}
    if row.recovered_on is not None and is_out:
        return say("{what}; out now", what=text)
    if row.ran_out_on is not None and not is_out:
        return say("{what}; back now", what=text)
    return text
