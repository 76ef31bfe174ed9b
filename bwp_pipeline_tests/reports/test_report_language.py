"""What readers of other languages and currencies see, and that no text lacks in a catalogue."""

import ast
import re
from collections.abc import Iterator
from contextvars import copy_context
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from bwp_pipeline import reports, web
from bwp_pipeline.reports import page, wording
from bwp_pipeline.reports.language import amount, day, money, number, percent, say, speak
from bwp_pipeline.reports.reading.published_days import LACKS
from bwp_pipeline.reports.sections import figures, glossary, restock
from bwp_pipeline.web import views
from bwp_pipeline_tests.reports.published import Item
from bwp_pipeline_tests.reports.published_report import report

REPORTS = Path(reports.__file__).parent
WEB = Path(web.__file__).parent
# Texts that code chooses from.
CHOSEN_TEXTS = {
    *wording.CAUSES.values(),
    *wording.STATES.values(),
    *wording.STATUSES.values(),
    *page.SECTIONS.values(),
    *restock.ACTIONS.values(),
    *glossary.LIMITS,
    *figures.VERDICTS,
    *views.DECISIONS.values(),
    *(one.name for one in views.RANKS.values()),
    LACKS,
}


def texts_of_code() -> Iterator[str]:
    """The texts that code asks for by name, in modules and templates."""
    for path in (*REPORTS.glob("*.py"), *WEB.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                places = {"say": 0, "say_many": 1}
                if node.func.id in places:
                    found = node.args[places[node.func.id]]
                    if isinstance(found, ast.Constant):
                        yield str(found.value)
    for path in (*(REPORTS / "templates").rglob("*.*"), *(WEB / "templates").rglob("*.*")):
        yield from re.findall(r'say\("([^"]*)"', path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", ["de", "fr"])
def test_every_text_is_there_in_every_language_with_the_same_values(language: str) -> None:
    with (REPORTS / "texts" / f"{language}.po").open("rb") as file:
        catalogue = read_po(file)
    known = {message.id if isinstance(message.id, str) else message.id[0] for message in catalogue}
    assert {*texts_of_code(), *CHOSEN_TEXTS} <= known
    for message in catalogue:
        if message.id:
            texts, translated = (
                sorted(re.findall(r"{\w+}", str(one))) for one in (message.id, message.string)
            )
            assert texts == translated, message.id


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("en_US", ("1,234.5", "12.3%", "USD 1,234.50", "JPY 2,400", "Nov 9, 2026")),
        ("de_DE", ("1.234,5", "12,3 %", "1.234,50 USD", "2.400 JPY", "09.11.2026")),
        ("fr_FR", ("1 234,5", "12,3 %", "1 234,50 USD", "2 400 JPY", "9 nov. 2026")),
    ],
)
def test_numbers_money_and_days_are_printed_by_the_locale(
    locale: str, expected: tuple[str, ...]
) -> None:
    def printed() -> list[str]:
        speak(locale)
        values = (
            number(Decimal("1234.5")),
            percent(0.123),
            money(Decimal("1234.5"), "USD"),
            money(Decimal(2400), "JPY"),
            day(date(2026, 11, 9)),
        )
        return [re.sub(r"\s", " ", value) for value in values]

    assert copy_context().run(printed) == list(expected)


def test_a_column_of_yen_has_no_digits_after_the_point() -> None:
    assert amount(Decimal("2400.0000"), "JPY") == "2,400"
    assert amount(Decimal("2400.0000"), "USD") == "2,400.00"


def test_one_is_one_whatever_digits_it_has() -> None:
    assert wording.units(Decimal("1.000")) == "1 unit"
    assert wording.units(Decimal("0.5")) == "0.5 units"
    assert wording.days(1) == "1 day"


def test_the_page_speaks_german(tmp_path: Path) -> None:
    def spoken() -> str:
        speak("de_DE")
        return report(tmp_path, Item("o-1", root_cause="STOCK")).html.read_text(encoding="utf-8")

    text = copy_context().run(spoken)
    assert '<html lang="de-DE">' in text
    assert "1 nachbestellen: Enamel mug" in text
    assert "Heute tun" in text
    assert say("Do today") == "Do today"
