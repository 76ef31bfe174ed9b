"""Cover and order quantities from the merchant's own files, and files with mistakes."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from bwp_pipeline.reports.stock import Holding, Terms, purchase
from bwp_pipeline.reports.stock_files import StockFiles, read_stock_files

TODAY = date(2026, 11, 20)


def test_cover_and_dates_follow_from_stock_demand_and_lead_time() -> None:
    found = purchase(
        2.0, Holding(Decimal(30), Decimal(10)), Terms(14.0), today=TODAY, is_out_of_stock=False
    )
    assert found.cover_days == 20
    assert found.stockout_on == TODAY + timedelta(days=20)
    assert found.last_order_on == TODAY + timedelta(days=6)
    safety = norm.ppf(0.95) * (21 * 2.0) ** 0.5
    assert found.safety_stock == pytest.approx(safety)
    assert found.reorder_point == pytest.approx(28 + safety)
    assert found.order_up_to == pytest.approx(42 + safety)
    assert found.suggested_units == 13
    assert found.missing == ()


def test_a_varying_lead_time_and_a_higher_service_level_need_more_safety_stock() -> None:
    terms = Terms(10.0, lead_time_sd=3.0, review_days=0.0, service_level=0.99)
    found = purchase(4.0, None, terms, today=TODAY, is_out_of_stock=False)
    assert found.safety_stock == pytest.approx(norm.ppf(0.99) * (10 * 4 + (4 * 3) ** 2) ** 0.5)


def test_quantities_keep_to_the_suppliers_minimum_and_full_cases() -> None:
    terms = Terms(7.0, minimum_order=Decimal(50), case_pack=Decimal(12), unit_cost=Decimal("2.50"))
    found = purchase(1.0, Holding(Decimal(0)), terms, today=TODAY, is_out_of_stock=True)
    assert found.suggested_units == 60
    assert found.cost == Decimal("150.00")
    plenty = purchase(1.0, Holding(Decimal(500)), terms, today=TODAY, is_out_of_stock=False)
    assert plenty.suggested_units == 0
    assert plenty.cost is None


@given(
    st.floats(0, 500),
    st.integers(-50, 5000),
    st.floats(0, 120),
    st.integers(1, 500),
    st.integers(1, 48),
)
def test_an_order_fills_up_and_never_by_more_than_minimum_and_case(
    demand: float, on_hand: int, lead_time: float, minimum: int, case: int
) -> None:
    terms = Terms(lead_time, minimum_order=Decimal(minimum), case_pack=Decimal(case))
    found = purchase(demand, Holding(Decimal(on_hand)), terms, today=TODAY, is_out_of_stock=False)
    units, up_to = found.suggested_units, found.order_up_to
    assert units is not None
    assert up_to is not None
    position = max(on_hand, 0) + units
    assert units % case == 0
    assert position >= up_to - 1e-6
    assert units == 0 or units < max(minimum, up_to - max(on_hand, 0)) + case


def test_what_is_missing_is_named_and_nothing_is_assumed() -> None:
    nothing = purchase(None, None, None, today=TODAY, is_out_of_stock=True)
    assert nothing.missing == ("demand", "stock on hand", "lead time")
    assert nothing.cover_days is nothing.reorder_point is nothing.suggested_units is None
    stock_only = purchase(2.0, Holding(Decimal(8)), None, today=TODAY, is_out_of_stock=False)
    assert stock_only.cover_days == 4
    assert stock_only.missing == ("lead time",)
    assert stock_only.suggested_units is None


def test_cover_ends_at_a_year_and_negative_stock_is_none() -> None:
    assert (
        purchase(0.001, Holding(Decimal(9)), None, today=TODAY, is_out_of_stock=False).cover_days
        == 365
    )
    assert (
        purchase(1.0, Holding(Decimal(-3)), None, today=TODAY, is_out_of_stock=False).cover_days
        == 0
    )
    assert (
        purchase(0.0, Holding(Decimal(9)), None, today=TODAY, is_out_of_stock=False).cover_days
        is None
    )


def test_stock_on_hand_of_a_product_that_is_out_is_a_contradiction_to_reconcile() -> None:
    stocked = Holding(Decimal(14))
    assert purchase(1.0, stocked, None, today=TODAY, is_out_of_stock=True).has_phantom_stock
    assert not purchase(1.0, stocked, None, today=TODAY, is_out_of_stock=False).has_phantom_stock


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
        "overrides.csv, line 1, column sku: from here on not a CSV file in UTF-8"
    )
