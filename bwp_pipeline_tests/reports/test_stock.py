"""The merchant's own files, and files with mistakes."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bwp_pipeline.reports.stock.files import StockFiles, read_stock_files
from bwp_pipeline.reports.stock.terms import Holding, Terms


def test_both_files_are_read_by_sku(tmp_path: Path) -> None:
    (tmp_path / "inventory.csv").write_text(
        "\ufeffsku,on_hand,inbound\n007,12,\nB,3.5,10\n", encoding="utf-8"
    )
    (tmp_path / "overrides.csv").write_text(
        "sku,lead_time_days,supplier,snooze_until,discontinued,note\n"
        "007,14,Acme,2026-12-01,,new box\nB,,,,yes,\n",
        encoding="utf-8",
    )
    found = read_stock_files(tmp_path)
    assert found.holdings == {
        "007": Holding(Decimal(12)),
        "B": Holding(Decimal("3.5"), Decimal(10)),
    }
    assert found.terms == {
        "007": Terms(14.0, supplier="Acme", snooze_until=date(2026, 12, 1)),
        "B": Terms(is_discontinued=True),
    }
    assert found.problems == ()


def test_without_files_nothing_is_known(tmp_path: Path) -> None:
    assert read_stock_files(tmp_path) == StockFiles()


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("A,fast,,,", "column lead_time_days: 'fast' is not a number"),
        ("A,-1,,,", "column lead_time_days: '-1' is not a number of days from 0 to 730"),
        ("A,nan,,,", "column lead_time_days: 'nan' is not a number"),
        ("A,,0,,", "column case_pack: '0' is not above 0"),
        (
            "A,,,1.0,",
            "column service_level: '1.0' is not a share from 0.5 to 0.9999, such as 0.95",
        ),
        ("A,,,,tomorrow", "column snooze_until: 'tomorrow' is not a day such as 2026-11-30"),
        (",3,,,", "column sku: is empty"),
    ],
)
def test_a_mistake_names_file_line_and_column_and_costs_its_line_only(
    tmp_path: Path, line: str, problem: str
) -> None:
    (tmp_path / "overrides.csv").write_text(
        f"sku,lead_time_days,case_pack,service_level,snooze_until\nGOOD,5,,,\n{line}\n",
        encoding="utf-8",
    )
    found = read_stock_files(tmp_path)
    assert found.terms == {"GOOD": Terms(5.0)}
    assert [str(one) for one in found.problems] == [f"overrides.csv, line 3, {problem}"]


def test_a_missing_column_and_a_file_that_is_no_csv_are_named(tmp_path: Path) -> None:
    (tmp_path / "inventory.csv").write_text("sku;on_hand\nA;3\n", encoding="utf-8")
    (tmp_path / "overrides.csv").write_bytes(b"sku,supplier\nA,\xff\xfe\n")
    problems = [str(one) for one in read_stock_files(tmp_path).problems]
    assert problems[0] == "inventory.csv, line 1, column sku: the column is missing"
    assert problems[1].startswith(
        "overrides.csv, line 1, column sku: not a CSV file in UTF-8 from here on"
    )
