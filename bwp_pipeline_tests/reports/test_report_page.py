"""What a manager reads on the page: verdicts, sentences, what is missing and why."""

import re
from decimal import Decimal
from pathlib import Path

import duckdb

from bwp_pipeline.reports.wording import interval
from bwp_pipeline.reports.writing import write_reports
from bwp_pipeline_tests.reports.published import BUILT_AT, Item, publish
from bwp_pipeline_tests.reports.published_report import report
from bwp_pipeline_tests.reports.report_pages import page_of, shop
from bwp_pipeline_tests.servers.page_text import Words


def test_the_sections_stand_in_the_order_in_which_a_manager_asks(tmp_path: Path) -> None:
    page = page_of(tmp_path, *shop(40, 20))
    heads = re.findall(r'<h2 id="([a-z_]+)"', page)
    assert heads == [
        "today",
        "restock",
        "order_list",
        "running_out",
        "scorecard",
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
    text = Words(page_of(tmp_path, *shop(182, 40, doubled_for=28))).text
    assert "Clearly up; 5.0% in the 28 days before" in text
    assert "Alarm. It rang on " in text
    assert "Find out why orders are cancelled more often than usual" in text


def test_an_even_rate_is_no_clear_change_and_no_alarm(tmp_path: Path) -> None:
    text = Words(page_of(tmp_path, *shop(150, 40))).text
    assert "no clear change" in text
    assert "clearly up" not in text
    assert "No alarm" in text


def test_half_an_archive_before_the_window_is_not_compared(tmp_path: Path) -> None:
    text = Words(page_of(tmp_path, *shop(40, 20))).text
    assert "no earlier data" in text
    assert "the archive does not cover the 28 days before this window" in text


def test_too_few_days_keep_the_alarm_off(tmp_path: Path) -> None:
    assert "The alarm is off" in Words(page_of(tmp_path, *shop(20, 20))).text


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


def test_headline_list_rows_and_messages_count_the_same_products(tmp_path: Path) -> None:
    items = [
        Item(f"o-{n}", f"S-{n}", f"Product {n}", root_cause="STOCK", units=Decimal(9 - n))
        for n in range(9)
    ]
    files = report(tmp_path, *items, *(Item(f"x-{n}", f"S-{n}", days_ago=3) for n in range(9)))
    page = files.html.read_text(encoding="utf-8")
    (told,) = files.digest.pages
    assert "Restock 9: Product 0, Product 1" in Words(page).text
    assert page.count("<tr class=due") == told.due == 9
    assert [task.product_key for task in told.tasks] == [f"S-{n}" for n in range(5)]
    assert [product.row.product_key for product in told.top] == [f"S-{n}" for n in range(5)]
    assert "4 more" in page


def test_an_interval_without_width_is_left_out() -> None:
    assert interval(0.5, 0.5) == ""
    assert interval(0.081, 0.096) == " (8.1\u20139.6%)"
