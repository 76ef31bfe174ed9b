"""The reader's language: how numbers, money and days are printed, and texts in it.

Here belong the locale and the catalogues in `texts/`, one for each language; English is the text in
the code itself. What a value is called is in `wording`.
"""

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal, format_percent

MISSING = "\u2013"
"""Stands for unknown values, which are never 0."""

_TEXTS = Path(__file__).parent / "texts"


@dataclass(frozen=True)
class Language:
    """A locale, and the texts of its language if there are any."""

    locale: Locale
    texts: Catalog | None


def speak(locale: str) -> None:
    """Use a locale such as de_DE from here on, in this thread or task.

    Raises:
        babel.UnknownLocaleError: there is no such locale.
        ValueError: it is not the name of one.
    """
    _spoken.set(_language(locale))


@cache
def _language(name: str) -> Language:
    locale = Locale.parse(name)
    path = _TEXTS / f"{locale.language}.po"
    if not path.exists():
        return Language(locale, None)
    with path.open("rb") as file:
        return Language(locale, read_po(file, locale=locale.language))


_spoken: ContextVar[Language] = ContextVar("spoken")


def _current() -> Language:
    return _spoken.get(_language("en_US"))


def say(text: str, **values: object) -> str:
    """Return a text in the reader's language, with values in place of their names in braces."""
    texts = _current().texts
    message = texts.get(text) if texts else None
    found = message.string if message else None
    template = found if isinstance(found, str) and found else text
    return template.format(**values) if values else template


def say_many(amount: Decimal | float, one: str, many: str, **values: object) -> str:
    """Return the text for one or for many, with `n` for the amount; 0 and fractions are many."""
    language = _current()
    message = language.texts.get(one) if language.texts else None
    forms = message.string if message else None
    if not isinstance(forms, tuple) or not all(forms):
        forms = (one, many)
    # 1.000 has digits after the point, which makes it many in English.
    counted = int(amount) if amount == int(amount) else amount
    place = 0 if language.locale.plural_form(counted) == "one" else 1
    return str(forms[place]).format(n=number(amount), **values)


def language_tag() -> str:
    """Return what HTML calls the language of the texts."""
    language = _current()
    spoken = language.texts is not None or language.locale.language == "en"
    return str(language.locale).replace("_", "-") if spoken else "en"


def number(value: Decimal | float | None, digits: int = 0) -> str:
    """Print an amount with thousands apart; a fraction is never rounded away below `digits`."""
    if value is None:
        return MISSING
    whole = float(value).is_integer()
    shown = 0 if whole and digits == 0 else max(digits, 0 if whole else 1)
    pattern = "#,##0" + ("." + "0" * shown if shown else "")
    return str(format_decimal(value, pattern, locale=_current().locale))


def percent(rate: float | None, digits: int = 1) -> str:
    """Print a rate in percent, with the sign."""
    if rate is None:
        return MISSING
    locale = _current().locale
    pattern = str(locale.percent_formats[None].pattern)
    shown = pattern.replace("0", "0." + "0" * digits) if digits else pattern
    return str(format_percent(rate, shown, locale=locale, decimal_quantization=True))


def money(
    value: Decimal | float | None, currency: str | None = None, *, whole: bool = False
) -> str:
    """Print an amount of money with its currency's own number of digits.

    Args:
        value: the amount; None where it is not known.
        currency: its ISO 4217 code, which stands beside the amount; without one, two digits.
        whole: whether to leave the digits after the point out.
    """
    if value is None:
        return MISSING
    language = _current()
    if currency is None:
        pattern = "#,##0" if whole else "#,##0.00"
        return str(format_decimal(value, pattern, locale=language.locale))
    return str(
        format_currency(
            value,
            currency,
            _money_pattern(language.locale, whole=whole),
            locale=language.locale,
            currency_digits=not whole,
        )
    )


@cache
def _money_pattern(locale: Locale, *, whole: bool) -> str:
    """Return the locale's own pattern with the currency's code in place of its sign."""
    pattern = str(locale.currency_formats["standard"].pattern).split(";", maxsplit=1)[0]
    if pattern.startswith("\xa4") and pattern[1] not in "\u00a0 ":
        pattern = pattern.replace("\xa4", "\xa4\u00a0")
    pattern = pattern.replace("\xa4", "\xa4\xa4")
    return pattern.replace(".00", "") if whole else pattern


def amount(value: Decimal | float | None, currency: str | None) -> str:
    """Print money without its currency, which the column's head names."""
    if value is None:
        return MISSING
    if currency is None:
        return money(value)
    text = format_currency(
        value, currency, "#,##0.00", locale=_current().locale, currency_digits=True
    )
    return str(text)


def day(value: date | None) -> str:
    """Print a day with its year."""
    return MISSING if value is None else str(format_date(value, "medium", locale=_current().locale))


def short_day(value: date | None) -> str:
    """Print a day without its year."""
    if value is None:
        return MISSING
    at = datetime(value.year, value.month, value.day)  # noqa: DTZ001 -- a day in no zone
    return str(format_skeleton("MMMd", at, locale=_current().locale))


def clock(value: datetime) -> str:
    """Print a time of day, as the given time has it."""
    return str(format_time(value, "HH:mm", locale=_current().locale))
