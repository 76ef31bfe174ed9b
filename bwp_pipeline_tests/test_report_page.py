"""What a manager reads on the page: verdicts, sentences, what is missing and why."""

import re
import time
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import duckdb

from bwp_pipeline.reports import write_reports, write_window_report
from bwp_pipeline.reports.wording import interval
from bwp_pipeline_tests.published import BUILT_AT, LAST_DAY, Item, estimate, publish, report


def page_of(tmp_path: Path, *items: Item, data_dir: Path | None = None) -> str:
    """Return the page as text with its tags."""
    files = report(tmp_path, *items, data_dir=data_dir)
    return unescape(files.html.read_text(encoding="utf-8"))


class Words(HTMLParser):
    """The page's words without style and script, and the attributes of its tags."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.skipping = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.skipping = tag in {"style", "script"}

    def handle_endtag(self, tag: str) -> None:
        self.skipping = self.skipping and tag not in {"style", "script"}

    def handle_data(self, data: str) -> None:
        if not self.skipping:
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))


def shop(
    days: int, orders: int, *, cancelled: float = 0.05, doubled_for: int = 0, cause: str = "STOCK"
) -> list[Item]:
    """A steady shop of ten products: each order one unit; every 1/cancelled-th is cancelled."""
    items = []
    for day in range(days):
        share = cancelled * (2 if day < doubled_for else 1)
        for place in range(orders):
            hit = int((place + 1) * share * 1.0000001) > int(place * share * 1.0000001)
            items.append(
                Item(
                    f"o-{day}-{place}",
                    f"SKU-{place % 10}",
                    f"Product {place % 10}",
                    root_cause=cause if hit else None,
                    days_ago=day + 0.25,
                )
            )
    return items


def test_the_sections_stand_in_the_order_in_which_a_manager_asks(tmp_path: Path) -> None:
    page = page_of(tmp_path, *shop(40, 20))
    heads = re.findall(r'<h2 id="([a-z]+)"', page)
    assert heads == [
        "today",
        "restock",
        "figures",
        "history",
        "causes",
        "reliability",
        "shopper",
        "deliveries",
        "returns",
        "orders",
        "quality",
        "definitions",
    ]


def test_what_to_do_names_product_action_units_and_money(tmp_path: Path) -> None:
    text = Words(page_of(tmp_path, Item("o-1", root_cause="STOCK", units=Decimal(3)))).text
    assert (
        "Enamel mug (SKU-1): restock now 3 units unfulfilled in 1 order, USD 60.00 lost."
        " Not shipped yet." in text
    )


def test_a_product_that_ships_again_is_watched_and_not_restocked(tmp_path: Path) -> None:
    text = Words(
        page_of(tmp_path, Item("o-1", root_cause="STOCK", days_ago=5), Item("o-2", days_ago=1))
    ).text
    assert "Nothing to restock: nothing is out of stock, as far as orders tell." in text
    assert "Watch Ships again" in text


def test_a_doubled_rate_is_clearly_up_and_rings_the_alarm(tmp_path: Path) -> None:
    text = Words(page_of(tmp_path, *shop(150, 40, doubled_for=20))).text
    assert "Clearly up; 5.0% in the 28 days before" in text
    assert "Alarm. Orders were cancelled about twice as often" in text
    assert "Find out why orders are cancelled about twice as often as usual" in text


def test_an_even_rate_is_no_clear_change_and_no_alarm(tmp_path: Path) -> None:
    text = Words(page_of(tmp_path, *shop(150, 40))).text
    assert "no clear change" in text
    assert "clearly up" not in text
    assert "No alarm" in text


def test_half_an_archive_before_the_window_is_not_compared(tmp_path: Path) -> None:
    text = Words(page_of(tmp_path, *shop(40, 20))).text
    assert "no earlier data" in text
    assert "the archive does not cover the 28 days before this window" in text
    assert "The alarm is off" in text


def test_no_rate_stands_without_its_counts_and_few_orders_are_grey(tmp_path: Path) -> None:
    page = page_of(tmp_path, *shop(28, 20), Item("o-few", "RARE", "Rare", root_cause="STOCK"))
    rates = re.findall(r'<td class="(n[^"]*)">([\d.]+%.*?)(?=<t|</t)', page)
    counted = [
        (style, found) for style, rate in rates if (found := re.search(r"of ([\d,]+)", rate))
    ]
    assert len(counted) >= 5
    for style, found in counted:
        assert ("few" in style) == (int(found[1].replace(",", "")) < 10)


def test_shopper_choices_are_a_matter_of_page_and_price(tmp_path: Path) -> None:
    items = shop(28, 40, cancelled=0.025, cause="SHOPPER_CHOICE")
    items += [
        Item(f"s-{n}", "BAD", "Odd lamp", root_cause="SHOPPER_MISTAKE" if n % 2 else None)
        for n in range(40)
    ]
    text = Words(page_of(tmp_path, *items)).text
    assert "Odd lamp (BAD): check its page and price Shoppers cancelled 20 of 40 orders" in text
    assert "Nothing to restock" in text


def test_failed_deliveries_are_the_carriers_and_no_reason_to_buy_stock(tmp_path: Path) -> None:
    items = [Item(f"o-{n}", root_cause="DELIVERY_FAILURE" if n < 4 else None) for n in range(20)]
    text = Words(page_of(tmp_path, *items)).text
    assert "Enamel mug (SKU-1): ask the carrier 4 orders lost or undeliverable" in text
    assert "Nothing to restock" in text


def test_a_failed_delivery_stands_beside_what_the_carrier_said_last(tmp_path: Path) -> None:
    said = ["LOST", "RETURN_TO_SENDER", "LOST", None]
    items = [
        Item(f"o-{n}", root_cause="DELIVERY_FAILURE", last_milestone=milestone)
        for n, milestone in enumerate(said)
    ]
    items.append(Item("o-9", "SKU-9", "Odd lamp", root_cause="DELIVERY_FAILURE"))
    text = Words(page_of(tmp_path, *items)).text
    assert "Enamel mug SKU-1 4 4 4 80.00 lost, return to sender" in text
    assert re.search(r"Odd lamp SKU-9 1 1 1 20\.00 \W ", text)


def test_graded_returns_tell_how_many_units_are_stock_again(tmp_path: Path) -> None:
    path = publish(tmp_path / "bwp.duckdb", [Item("o-1"), Item("o-2")])
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "insert into reports.graded_returns values"
            " (date '2026-11-10', 'bp-1', 'USD', 3, 2), (date '2026-09-10', 'bp-1', 'USD', 1, 1)"
        )
    files = write_reports(
        path, tmp_path / "reports", built_at=BUILT_AT, version="1", run_id="run-7"
    )
    text = Words(files.html.read_text(encoding="utf-8")).text
    assert "Of 3 returned units that were graded, 2 can be sold again." in text


def test_an_unknown_reason_is_told_under_its_own_name(tmp_path: Path) -> None:
    text = Words(page_of(tmp_path, Item("o-1", root_cause="UNMAPPED:RECALLED"))).text
    assert "New reason RECALLED: check with Amazon 1 unit cancelled." in text


def test_an_old_watermark_is_told_before_anything_else(tmp_path: Path) -> None:
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    page = page_of(tmp_path, Item("o-1", days_ago=2))
    assert "This report is not fresh." in page
    assert page.index("This report is not fresh.") < page.index("Do today")
    assert "not fresh" not in page_of(fresh, Item("o-1", days_ago=0))


def test_stock_and_lead_times_turn_the_list_into_a_purchase_line(tmp_path: Path) -> None:
    (tmp_path / "inventory.csv").write_text("sku,on_hand\nSKU-0,4\nSKU-1,0\n", encoding="utf-8")
    (tmp_path / "overrides.csv").write_text(
        "sku,lead_time_days,case_pack,supplier,discontinued\n"
        "SKU-1,7,12,Acme <b>,\nSKU-2,x,,,\nSKU-3,,,,yes\n",
        encoding="utf-8",
    )
    items = [
        *shop(28, 40),
        *(
            Item(f"x-{n}", f"SKU-{n}", f"Product {n}", root_cause="STOCK", days_ago=0)
            for n in range(5)
        ),
    ]
    page = page_of(tmp_path, *items, data_dir=tmp_path)
    text = Words(page).text
    assert "overrides.csv, line 3, column lead_time_days: 'x' is not a number" in text
    assert "Check the 4 on hand" in text
    assert re.search(r"Order (\d+) now", text)
    assert int(re.findall(r"Order (\d+) now", text)[0]) % 12 == 0
    assert "Take off sale: discontinued" in text
    assert "missing: lead time" in text
    assert "Stock, units" in text
    assert "inventory.csv (sku, on_hand)" not in text


def test_amazons_stock_gives_cover_and_says_since_when_a_product_is_off_sale(
    tmp_path: Path,
) -> None:
    (tmp_path / "stock.json").write_text(
        """[
        {"business_product_id": "bp-1", "product_key": "SKU-1", "buyable_units": "0",
         "buyability": "NOT_BUYABLE", "asked_at": "2026-11-20T05:00:00Z",
         "buyability_changed_at": "2026-11-14T12:00:00Z"},
        {"business_product_id": "bp-1", "product_key": "SKU-2", "buyable_units": "300",
         "asked_at": "2026-11-20T05:00:00Z"},
        {"business_product_id": "bp-1", "product_key": "SKU-3", "error": "AccessDenied: no scope",
         "asked_at": "2026-11-20T05:00:00Z"}]""",
        encoding="utf-8",
    )
    short = [Item(f"x-{n}", f"SKU-{n}", root_cause="STOCK", days_ago=0) for n in range(1, 4)]
    text = Words(page_of(tmp_path, *shop(28, 40), *short, data_dir=tmp_path)).text
    assert "stock as Amazon shows it" in text
    assert "not buyable since Nov 14" in text
    assert "300 are shown as available." in text
    assert "open a case with Amazon" in text
    assert "Order quantities are missing: put an overrides.csv (sku, lead_time_days)" in text
    assert "Stock: Amazon returned no stock for 1 product: AccessDenied: no scope." in text


def test_without_stock_files_the_page_says_what_to_give(tmp_path: Path) -> None:
    text = Words(page_of(tmp_path, Item("o-1", root_cause="STOCK"))).text
    assert (
        "the scope Read Inventory, or put an inventory.csv (sku, on_hand) and an overrides.csv"
        in text
    )


def test_unknown_units_and_prices_are_shown_as_missing_and_never_as_zero(tmp_path: Path) -> None:
    page = page_of(
        tmp_path,
        Item("o-1", root_cause="STOCK", units=None),
        Item("o-2", "B", root_cause="STOCK", unit_price=None, currency_code=None),
        Item("o-3", "B"),
    )
    text = Words(page).text
    assert "units unknown" not in text
    assert "Money at risk is missing where price, rate or demand is not known." in text


def test_nasty_titles_stay_inert_and_short(tmp_path: Path) -> None:
    titles = [
        "<script>alert(1)</script>",
        "\u202e\u2067evil",
        "=cmd()",
        "x" * 300,
        "\U0001f389" * 99,
    ]
    items = [
        Item(f"o-{n}", f"SKU-{n}", title, root_cause="STOCK") for n, title in enumerate(titles)
    ]
    database = publish(tmp_path / "bwp.duckdb", items)
    page = write_reports(
        database, tmp_path, built_at=BUILT_AT, version="1", run_id="r"
    ).html.read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert "x" * 90 not in page


def test_charts_have_a_title_a_description_and_their_data_as_a_table(tmp_path: Path) -> None:
    page = page_of(tmp_path, *shop(100, 40))
    charts = re.findall(r'<svg class="chart".*?</svg>', page, re.DOTALL)
    assert len(charts) == 2
    for chart in charts:
        assert 'role="img"' in chart
        (ids,) = re.findall(r'aria-labelledby="(\S+) (\S+)"', chart)
        assert f'<title id="{ids[0]}">' in chart
        assert f'<desc id="{ids[1]}">' in chart
    assert "The chart as a table" in page
    found = Words(page)
    assert all(
        "aria-hidden" in attributes or attributes.get("role") == "img"
        for tag, attributes in found.tags
        if tag == "svg"
    )


def test_every_table_has_a_caption_and_scoped_heads(tmp_path: Path) -> None:
    page = page_of(tmp_path, *shop(60, 30))
    tables = re.findall(r"<table.*?</table>", page, re.DOTALL)
    assert tables
    for table in tables:
        assert "<caption>" in table
        assert all("scope=" in head for head in re.findall(r"<th\b[^>]*>", table))


def test_five_hundred_products_fit_in_300_kb_and_two_seconds(tmp_path: Path) -> None:
    items = [
        Item(
            f"o-{n}",
            f"SKU-{n % 500:04}",
            f"A product whose title has as many words as usual, {n % 500}",
            root_cause="STOCK" if n % 4 == 0 or n < 2000 else None,
            days_ago=n % 83 + 0.5 if n >= 1500 else n % 27 + 0.5,
        )
        for n in range(12_000)
    ]
    database = publish(tmp_path / "bwp.duckdb", items)
    estimate(database)
    started = time.thread_time()  # not the clock: other tests may run beside this one
    files = write_reports(
        database, tmp_path / "reports", built_at=BUILT_AT, version="1", run_id="r"
    )
    took = time.thread_time() - started
    assert "500 products with unfulfilled units" in files.html.read_text(encoding="utf-8")
    assert files.html.stat().st_size <= 300_000
    assert took <= 2


def test_five_thousand_products_fit_in_500_kb_and_five_seconds(tmp_path: Path) -> None:
    items = [
        Item(
            f"o-{n}",
            f"SKU-{n % 5000:04}",
            f"A product whose title has as many words as usual, {n % 5000}",
            root_cause="STOCK" if n < 5000 else None,
            days_ago=n % 27 + 0.5,
        )
        for n in range(15_000)
    ]
    database = publish(tmp_path / "bwp.duckdb", items)
    started = time.thread_time()
    files = write_reports(
        database, tmp_path / "reports", built_at=BUILT_AT, version="1", run_id="r"
    )
    assert time.thread_time() - started <= 5
    assert files.html.stat().st_size <= 500_000


def test_more_products_than_a_page_holds_are_in_the_workbook(tmp_path: Path) -> None:
    items = [
        Item(f"o-{n}", f"SKU-{n:04}", root_cause="STOCK", days_ago=n % 27) for n in range(1200)
    ]
    page = page_of(tmp_path, *items)
    assert "1,200 products with unfulfilled units" in page
    assert "the first 500 are listed, all are in the workbook" in page


def test_a_past_window_is_reported_without_touching_the_latest(tmp_path: Path) -> None:
    items = [
        Item("o-new", "NEW", "New", root_cause="STOCK", days_ago=1),
        Item("o-old", "OLD", "Old", root_cause="STOCK", days_ago=40),
        Item("o-other", "OLD", "Old", root_cause="STOCK", days_ago=41, business_product_id="bp-2"),
    ]
    database = publish(tmp_path / "bwp.duckdb", items)
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "create macro reports.unfulfilled_products_between(first_day, last_day) as table"
            " (select * replace ('OLD' as product_key) from reports.unfulfilled_products)"
        )
    first = LAST_DAY - timedelta(days=60)
    files = write_window_report(
        database,
        tmp_path / "reports",
        (first, first + timedelta(days=30)),
        built_at=BUILT_AT,
        version="1",
        run_id="r",
        business_product_id="bp-1",
    )
    assert [path.name for path in (tmp_path / "reports").glob("[!.]*")] == [
        f"{first}_{first + timedelta(days=30)}_bp-1"
    ]
    text = Words(files.html.read_text(encoding="utf-8")).text
    assert "Sep 20 to Oct 20, 2026 (31 days)" in text
    assert "1 unit cancelled" in text
    assert "not fresh" not in text
    reasons = next(path for path in files.csvs if path.name == "cancellation_reasons.csv")
    assert [line.split(",")[0] for line in reasons.read_text("utf-8-sig").splitlines()] == [
        "cancelled_on",
        str(date(2026, 10, 10)),
    ]


def window_page(tmp_path: Path, first: date, last: date) -> str:
    """Return the words of a past window's page; the archive begins 20 days before its last."""
    items = [Item(f"o-{n}", days_ago=n + 0.5) for n in range(20)]
    database = publish(tmp_path / "bwp.duckdb", items)
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "create macro reports.unfulfilled_products_between(first_day, last_day) as table"
            " (select * from reports.unfulfilled_products)"
        )
    files = write_window_report(
        database,
        tmp_path / "reports",
        (first, last),
        built_at=BUILT_AT,
        version="1",
        run_id="r",
    )
    return Words(files.html.read_text(encoding="utf-8")).text


def test_a_window_before_the_first_day_says_first_that_it_has_no_data(tmp_path: Path) -> None:
    text = window_page(tmp_path, date(2026, 1, 1), date(2026, 1, 28))
    assert "No data for these days. The archive covers Oct 30, 2026 to Nov 19, 2026." in text
    assert text.index("No data for these days. The") < text.index("Do today")
    assert "Amazon could fulfil every unit" not in text


def test_a_window_with_data_for_a_part_says_for_how_many_days(tmp_path: Path) -> None:
    text = window_page(tmp_path, date(2026, 10, 20), date(2026, 11, 10))
    assert "Only 12 of these 22 days have data." in text


def test_the_best_seller_that_runs_out_this_week_is_done_first(tmp_path: Path) -> None:
    (tmp_path / "inventory.csv").write_text("sku,on_hand\nBEST,12\nSLOW,900\n", encoding="utf-8")
    items = [Item(f"b-{n}", "BEST", "Best seller", days_ago=n % 27 + 0.2) for n in range(110)]
    items += [Item(f"s-{n}", "SLOW", "Slow seller", days_ago=n % 27 + 0.2) for n in range(10)]
    items += [Item("b-x", "BEST", "Best seller", root_cause="STOCK", days_ago=20)]
    items += [Item("s-x", "SLOW", "Slow seller", root_cause="STOCK", days_ago=20)]
    text = Words(page_of(tmp_path, *items, data_dir=tmp_path)).text
    assert "Restock 1: Best seller" in text
    assert "Best seller (BEST): order now: 3 days left" in text
    assert "Slow seller (SLOW):" not in text


def test_headline_list_rows_and_messages_count_the_same_products(tmp_path: Path) -> None:
    items = [
        Item(f"o-{n}", f"S-{n}", f"Product {n}", root_cause="STOCK", units=Decimal(9 - n))
        for n in range(9)
    ]
    files = report(tmp_path, *items, *(Item(f"x-{n}", f"S-{n}", days_ago=3) for n in range(9)))
    page = files.html.read_text(encoding="utf-8")
    (told,) = files.digest.pages
    assert "Restock 9: Product 0, Product 1" in Words(page).text
    assert page.count("<tr class=due>") == told.due == 9
    assert [task.product_key for task in told.tasks] == [f"S-{n}" for n in range(5)]
    assert [product.row.product_key for product in told.top] == [f"S-{n}" for n in range(5)]
    assert "4 more" in page


def test_an_interval_without_width_is_left_out() -> None:
    assert interval(0.5, 0.5) == ""
    assert interval(0.081, 0.096) == " (8.1\u20139.6%)"
