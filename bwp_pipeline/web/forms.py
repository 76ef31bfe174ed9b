"""A product's form: from its fields to a decision.

Belongs here: judging what was typed. Does not belong here: keeping it.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from bwp_pipeline.reports.language import number, say
from bwp_pipeline.reports.stock.cells import MOST_DAYS
from bwp_pipeline.reports.stock.decisions import MOST_TEXT, MOST_UNITS, Decision, Kind


def decision_from(form: Mapping[str, object], author: str, now: datetime) -> Decision:
    """The decision that a form states.

    Args:
        form: `store`, `key`, `kind`, and what that kind needs: `remark`, `units`, `day`.
        author: Who sent it.
        now: When, with a time zone.

    Raises:
        ValueError: When a field is missing or impossible; the text is for the person.
    """
    store, key = _text(form, "store"), _text(form, "key")
    if not store or not key:
        raise ValueError(say("The form names no product."))
    try:
        kind = Kind(_text(form, "kind"))
    except ValueError:
        raise ValueError(say("Choose what you decided.")) from None
    remark = _text(form, "remark") or None
    if kind is Kind.NOTE and remark is None:
        raise ValueError(say("Write the note first."))
    return Decision(
        business_product_id=store,
        product_key=key,
        kind=kind,
        author=author,
        noted_at=now,
        remark=remark,
        units=_units(_text(form, "units")) if kind is Kind.ORDERED else None,
        day=_day(_text(form, "day"), now.date()) if kind in {Kind.ORDERED, Kind.SNOOZED} else None,
    )


def _text(form: Mapping[str, object], name: str) -> str:
    value = form.get(name, "")
    text = value.strip() if isinstance(value, str) else ""
    if len(text) > MOST_TEXT:
        raise ValueError(say("This is too long: at most {n} characters.", n=number(MOST_TEXT)))
    return text


def _units(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text[:12]) <= MOST_UNITS:
        raise ValueError(say("Enter how many units you ordered, as a whole number above 0."))
    return int(text)


def _day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(
            say("Enter the day, such as {day}.", day=today + timedelta(days=14))
        ) from None
    if not today - timedelta(days=1) <= day <= today + timedelta(days=MOST_DAYS):
        raise ValueError(say("The day must be within the next {n} days.", n=number(MOST_DAYS)))
    return day
