"""Page, mail, Slack, workbook, CSV, SQL and `bwp serve` tell the same of one report: first screen.

Lists and tables are in `test_every_face_tables`.
"""

import re
from datetime import timedelta
from decimal import Decimal
from html import escape, unescape

import pytest

from bwp_pipeline.reports.language import money, number, percent
from bwp_pipeline.reports.wording import units
from bwp_pipeline_tests.examples.example_queries import END
from bwp_pipeline_tests.servers.page_text import between, text_of
from bwp_pipeline_tests.whole.faces import Faces

CURRENCIES = ("USD", "CAD")
both = pytest.mark.parametrize("currency", CURRENCIES)


def stake_of(text: str) -> str:
    """The money that a line of "Do today" names, as printed; empty where it names none."""
    found = re.search(r"([A-Z]{3} [\d,]+) at stake", text_of(text))
    return found[1] if found else ""


def tasks_of_page(html: str) -> list[tuple[str, str]]:
    section = between(html, '<h2 id="today">', "</section>")
    items = section.partition("</ol>")[0].split("<li>")[1:]
    return [(text_of(between(item, "<bdi>", "</bdi>")), stake_of(item)) for item in items]


def tasks_of_text(text: str) -> list[tuple[str, str]]:
    """Of the numbered lines of a mail or message."""
    lines = [text_of(line) for line in re.findall(r"^\d\. (.*)$", text, re.MULTILINE)]
    return [(re.sub(r" \([^()]* at stake\)$", "", line), stake_of(line)) for line in lines]


def answers_of_page(html: str) -> list[tuple[str, str]]:
    part = between(html, '<dl class="answers">', "</dl>")
    found = re.findall(r'<dd class="value[^>]*>(.*?)</dd>\s*<dd>(.*?)</dd>', part)
    return [(text_of(value), text_of(detail)) for value, detail in found]


def mailed_page(faces: Faces, currency: str) -> str:
    (part,) = [one for one in faces.mailed("html").split("<h2")[1:] if f", {currency}: " in one]
    return part


def posted_page(faces: Faces, currency: str) -> str:
    (block,) = [one for one in faces.slack if f" {currency}*" in one.partition("\n")[0]]
    return block


@both
def test_the_first_five_tasks_are_the_same(faces: Faces, currency: str) -> None:
    told = tasks_of_page(faces.page(currency))
    assert len(told) == (5 if currency == "USD" else 0)
    assert tasks_of_page(faces.live(currency)) == told
    mailed = mailed_page(faces, currency).split("<li")[1:]
    assert [(text_of(between(one, "<bdi>", "</bdi>")), stake_of(one)) for one in mailed] == told
    plain = re.split(r"\n(?=\S[^\n]*, [A-Z]{3}: )", faces.mailed("plain").replace("\r", ""))
    (text,) = [one for one in plain if f", {currency}: " in one.partition("\n")[0]]
    assert tasks_of_text(text) == told
    assert tasks_of_text(posted_page(faces, currency)) == told
    in_sheet = [
        (row["Do"], money(row["At stake"], currency, whole=True) if row["At stake"] else "")
        for row in faces.sheet("Do today", currency)[: len(told)]
    ]
    assert [(what, text_of(stake)) for what, stake in in_sheet] == told


@both
def test_the_headline_and_its_answers_are_the_same(faces: Faces, currency: str) -> None:
    page, live, mail = faces.page(currency), faces.live(currency), mailed_page(faces, currency)
    verdict = text_of(between(page, "<h1>", "</h1>"))
    assert text_of(between(live, "<h1>", "</h1>")) == verdict
    assert text_of(mail.partition("</h2>")[0]).endswith(f", {currency}: {verdict}")
    assert text_of(posted_page(faces, currency).partition("\n")[0]).endswith(f": {verdict}")

    answers = answers_of_page(page)
    assert len(answers) == 3
    assert answers_of_page(live) == answers
    told = re.findall(r"<strong>(.*?)</strong></td><td[^>]*>(.*?)</td>", mail)
    assert [(text_of(value), text_of(detail)) for value, detail in told] == answers
    plain = text_of(faces.mailed("plain"))
    assert [f"{value} ({detail})" in plain for value, detail in answers] == [True] * 3


def test_the_subject_counts_the_products_to_restock_on_all_pages(faces: Faces) -> None:
    due = sum(faces.page(currency).count("<tr class=due") for currency in CURRENCIES)
    told = text_of(between(faces.files.html.read_text(encoding="utf-8"), "<h1>", "</h1>"))
    assert due
    assert told.startswith(f"Restock {due}: ")
    assert text_of(faces.mail["Subject"]) == f"Buy with Prime: {told}"
    assert text_of(faces.slack[0]) == f"*{told}*"
    for currency in CURRENCIES:
        shown = len(tasks_of_page(faces.page(currency)))
        assert len(tasks_of_page(faces.live(currency))) == shown


@both
def test_key_figures_are_the_same(faces: Faces, currency: str) -> None:
    part = between(faces.page(currency), '<dl class="figures">', "</dl>")
    names = map(text_of, re.findall(r"<dt>(.*?)</dt>", part))
    values = map(text_of, re.findall(r'<dd class="value">(.*?)</dd>', part))
    figures = dict(zip(names, values, strict=True))
    assert between(faces.live(currency), '<dl class="figures">', "</dl>") == part
    in_sheet = faces.sheet("Key figures", currency)
    assert {row["Figure"]: text_of(row["Value"]) for row in in_sheet} == figures

    ((orders, cancelled, units, unfulfilled, short, lost),) = faces.sql(
        "select orders, cancelled_orders, cancelled_units, unfulfilled_units, unfulfilled_orders,"
        " lost_sales from reports.key_figures where periods_ago = 0 and currency_code = $currency",
        currency=currency,
    )
    rate, _, loss = (value for value, _ in answers_of_page(faces.page(currency)))
    assert rate == f"{text_of(percent(cancelled / orders))} of orders cancelled"
    assert figures["Cancelled"] == f"{number(units)} units"
    assert figures["Unfulfilled (usually stock)"].split()[0] == number(unfulfilled)
    assert loss == figures["Lost sales, at least"] == text_of(money(lost, currency, whole=True))
    (row,) = [one for one in faces.csv("key_figures", currency) if one["periods_ago"] == "0"]
    counts = ("orders", "cancelled_orders", "unfulfilled_orders")
    assert [int(row[name]) for name in counts] == [orders, cancelled, short]
    assert [Decimal(row["cancelled_units"]), Decimal(row["lost_sales"])] == [units, lost]


def printed(metric: str, value: Decimal, currency: str) -> str:
    """What a query gave, as its figure prints it."""
    if metric == "unit_fill_rate":
        return percent(float(value))
    if metric == "lost_sales":
        return money(value, currency, whole=True)
    return units(value) if metric.endswith("_units") else number(value)


@both
def test_a_figure_leads_to_a_query_that_gives_it(faces: Faces, currency: str) -> None:
    last = END - timedelta(days=10)
    days = {"from": f"{last - timedelta(days=9)}", "to": f"{last}"}
    past = faces.browser.get("/", params={"currency": currency, **days})
    for html in (faces.page(currency), faces.live(currency), past.raise_for_status().text):
        part = between(html, '<dl class="figures">', "</dl>")
        values = map(text_of, re.findall(r'<dd class="value">(.*?)</dd>', part))
        links = re.findall(r'<a href="#query-(.*?)">', part)
        figures = dict(zip(links, values, strict=True))
        assert len(figures) == 5
        for metric, shown in figures.items():
            query = between(html, f'<pre id="query-{metric}"', "</pre>").partition(">")[2]
            ((value,),) = faces.sql(unescape(query))
            assert text_of(printed(metric, value, currency)) == shown, metric


def tasks_with_links(html: str) -> list[tuple[str, str]]:
    """Of all tasks of today, those folded away too: what it is, and where it leads."""
    section = between(html, '<h2 id="today">', "</section>")
    found = re.findall(r'<li><div><a href="(.*?)"><bdi>(.*?)</bdi>', section)
    assert len(found) == section.count("<li>")
    return [(text_of(what), unescape(link)) for link, what in found]


def test_each_task_of_today_leads_to_its_evidence_on_the_page(faces: Faces) -> None:
    page = faces.page("USD")
    tasks = tasks_with_links(page)
    assert any(what.startswith("Order ") for what, _ in tasks)
    for what, link in tasks:
        if what.startswith("Order "):
            assert link == "#order_list"
        assert len(re.findall(f'id="?{re.escape(escape(link[1:]))}["> ]', page)) == 1, what
        if link.startswith("#product-"):
            row = between(page, f'id="{escape(link[1:])}">', "<td")
            assert text_of(between(row, "<summary>", "</summary>")) in what


def test_each_task_of_today_leads_to_its_live_page(faces: Faces) -> None:
    tasks = tasks_with_links(faces.live("USD"))
    assert len([link for _, link in tasks if link.startswith("/product")]) > 3
    for what, link in tasks:
        if what.startswith("Order "):
            assert link.startswith("/orders-to-place?")
        page = faces.browser.get(link).raise_for_status().text
        if link.startswith("/product"):
            assert text_of(between(page, "<h1>", "</h1>")) in what


def test_the_overview_leads_to_the_evidence_on_each_page(faces: Faces) -> None:
    overview = faces.files.html.read_text(encoding="utf-8")
    links = re.findall(r'<li><div><a href="(.*?)#(.*?)">', overview)
    assert len(links) == 5
    for name, place in links:
        page = (faces.files.html.parent / name).read_text(encoding="utf-8")
        assert f'id="{place}"' in page


def test_the_mail_carries_the_files_that_its_pages_lead_to(faces: Faces) -> None:
    attached = {part.get_filename(): part.get_content() for part in faces.mail.iter_attachments()}
    linked = re.findall(r'href="([^"#]+)" download', faces.page("USD"))
    assert linked
    for name in linked:
        told = (faces.files.html.parent / unescape(name)).read_text(encoding="utf-8")
        assert attached[unescape(name)].splitlines() == told.splitlines()
