"""Purchase orders and cases for Amazon are a click away from the page, static or served."""

import json
import re
from pathlib import Path

from bwp_pipeline.reports.sections.restock import case_file_name
from bwp_pipeline_tests.reports.published import Item
from bwp_pipeline_tests.reports.published_report import report
from bwp_pipeline_tests.servers.served_pages import browsing, data_dir_of

CASE, ORDER = case_file_name("bp-1", "SKU-1"), "purchase_order_mill-kiln.csv"


def written(directory: Path) -> Path:
    """Write a report with one purchase order and one case; return its page."""
    (directory / "overrides.csv").write_text(
        "sku,lead_time_days,unit_cost,supplier\nSKU-0,7,2.50,Mill & Kiln\n", encoding="utf-8"
    )
    (directory / "inventory.csv").write_text("sku,on_hand\nSKU-0,0\n", encoding="utf-8")
    told = {
        "business_product_id": "bp-1",
        "product_key": "SKU-1",
        "asked_at": "2026-11-20T05:00:00Z",
        "buyable_units": 12,
        "buyability": "BUYABLE",
    }
    (directory / "stock.json").write_text(json.dumps([told]), encoding="utf-8")
    items = [Item(f"o-{n}", "SKU-0", days_ago=n % 25 + 0.2) for n in range(100)]
    short = [Item(f"short-{n}", root_cause="STOCK", days_ago=1 + n) for n in range(3)]
    return report(directory, *items, *short, data_dir=directory).html


def test_the_page_links_the_files_that_lie_beside_it(tmp_path: Path) -> None:
    page = written(tmp_path)
    linked = re.findall(r'href="([^"#]+)" download', page.read_text(encoding="utf-8"))
    assert set(linked) == {CASE, ORDER}
    assert all((page.parent / name).is_file() for name in linked)
    # The dated copy is the same page: its links lead to its own files.
    (dated,) = page.parent.parent.glob("2026-*")
    assert all((dated / name).is_file() for name in linked)


def test_the_served_page_gives_the_same_files(tmp_path: Path) -> None:
    page = written(tmp_path)
    # As the report was made: before its own advice.
    (tmp_path / "advice.json").unlink()
    with browsing(data_dir_of(tmp_path / "bwp.duckdb", tmp_path)) as browser:
        linked = re.findall(r'href="([^"]+)" download', browser.get("/").text)
        assert set(linked) == {f"/files/{name}" for name in (CASE, ORDER)}
        for address in linked:
            answer = browser.get(address)
            assert answer.content == (page.parent / Path(address).name).read_bytes()
        for name in ("bwp.duckdb", "..%2Foverrides.csv", "overrides.csv"):
            assert browser.get(f"/files/{name}").status_code == 404


def test_suppliers_of_one_spelling_but_for_signs_have_a_purchase_order_each(tmp_path: Path) -> None:
    (tmp_path / "overrides.csv").write_text(
        "sku,lead_time_days,supplier\nSKU-0,7,Mill & Kiln\nSKU-1,7,Mill-Kiln\nSKU-2,7,\n", "utf-8"
    )
    (tmp_path / "inventory.csv").write_text("sku,on_hand\nSKU-0,0\nSKU-1,0\nSKU-2,0\n", "utf-8")
    items = [Item(f"o-{n}", f"SKU-{n % 3}", days_ago=n % 25 + 0.2) for n in range(300)]
    files = report(tmp_path, *items, data_dir=tmp_path)
    page = files.html.read_text(encoding="utf-8")
    part = page.partition("<caption>By supplier</caption>")[2].partition("</table>")[0]
    linked = re.findall(r'<bdi>(.*?)</bdi>.*?href="([^"]+)" download', part)
    assert [name for name, _ in linked] == ["Mill &amp; Kiln", "Mill-Kiln", "no supplier given"]
    skus = [(files.html.parent / path).read_text("utf-8-sig").count("SKU-") for _, path in linked]
    assert skus == [2, 2, 2]
    for sku, (_, path) in enumerate(linked):
        assert f"SKU-{sku}" in (files.html.parent / path).read_text(encoding="utf-8-sig")


def test_the_same_product_of_two_stores_has_a_case_each() -> None:
    names = {
        case_file_name(store, key)
        for store in ("bp-1", "bp-2")
        for key in ("SKU 1", "SKU-1", "SKU_1", "x" * 90, "x" * 91)
    }
    assert len(names) == 10
    assert all(re.fullmatch(r"case_[A-Za-z0-9-]+_[0-9a-f]{6}\.txt", name) for name in names)
