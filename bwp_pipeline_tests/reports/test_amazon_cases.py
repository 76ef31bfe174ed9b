"""Stock that Amazon shows and cancels as unfulfillable becomes a case to send, with order ids."""

import json
from pathlib import Path

from bwp_pipeline_tests.reports.published import Item
from bwp_pipeline_tests.reports.published_report import report


def _shown(tmp_path: Path, units: int) -> None:
    (tmp_path / "stock.json").write_text(
        json.dumps(
            [
                {
                    "business_product_id": "bp-1",
                    "product_key": "SKU-1",
                    "asked_at": "2026-11-20T05:00:00Z",
                    "buyable_units": units,
                    "buyability": "BUYABLE",
                }
            ]
        ),
        encoding="utf-8",
    )


def test_phantom_stock_has_a_case_file_with_its_orders(tmp_path: Path) -> None:
    _shown(tmp_path, 12)
    short = [Item(f"short-{n}", root_cause="STOCK", days_ago=1 + n) for n in range(3)]
    files = report(tmp_path, *short, data_dir=tmp_path)
    (case,) = files.html.parent.glob("case_SKU-1_*.txt")
    text = case.read_text(encoding="utf-8")
    assert "Buyable quantity shown by the API on 2026-11-20 05:00 UTC: 12" in text
    assert "SKU: SKU-1" in text
    assert all(f"short-{n}, 1" in text for n in range(3))
    page = files.html.read_text(encoding="utf-8")
    assert "Open a case with Amazon" in page
    assert case.name in page


def test_no_stock_shown_and_orders_of_several_products_are_no_case(tmp_path: Path) -> None:
    _shown(tmp_path, 0)
    files = report(tmp_path, Item("o-1", root_cause="STOCK"), data_dir=tmp_path)
    assert not list(files.html.parent.glob("case_*"))
    _shown(tmp_path, 12)
    shared = Item("o-1", root_cause="STOCK", is_shared_delivery=True)
    (tmp_path / "bwp.duckdb").unlink()
    files = report(tmp_path, shared, data_dir=tmp_path)
    assert not list(files.html.parent.glob("case_*"))
    assert "Check the listing: 12 shown as available" in files.html.read_text(encoding="utf-8")
