"""What the page says about stock: on hand, as Amazon shows it, on order, unknown."""

import re
from pathlib import Path

from bwp_pipeline_tests.reports.published import Item
from bwp_pipeline_tests.reports.report_pages import page_of, shop
from bwp_pipeline_tests.servers.page_text import Words


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
