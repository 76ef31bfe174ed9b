"""What to order first with little money: by money at risk, by margin, by money at risk per cost."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from bwp_pipeline.reports.sections.order_lines import OrderLine
from bwp_pipeline.reports.stock.terms import Holding, Terms
from bwp_pipeline.web.filters import FilterError, Rank, what_if_from
from bwp_pipeline.web.views import RANKS
from bwp_pipeline_tests.examples.bought_products import MUG, bought
from bwp_pipeline_tests.reports.published import Item
from bwp_pipeline_tests.reports.published_report import report
from bwp_pipeline_tests.servers.served_pages import browsing, data_dir_of


def line(key: str, at_risk: int, price: int, cost: int | None) -> OrderLine:
    product = replace(MUG, product_key=key, unit_price=Decimal(price))
    terms = Terms(14.0, unit_cost=None if cost is None else Decimal(cost))
    return OrderLine(bought(product, Holding(Decimal(0)), terms), Decimal(at_risk), is_due=True)


def ranked(rank: Rank, *lines: OrderLine) -> list[str]:
    return [one.product.product_key for one in sorted(lines, key=RANKS[rank].order)]


def test_each_ranking_puts_the_most_of_it_first_and_what_is_unknown_last() -> None:
    # All order the same number of units. Margins at risk: 1000 x 0.1, 600 x 0.5, 500 x 0.6.
    dear, even, cheap = line("dear", 1000, 20, 18), line("even", 600, 20, 10), line("in", 500, 5, 2)
    unknown = line("unknown", 700, 20, None)
    assert dear.margin_at_risk == 100
    assert even.margin_at_risk == cheap.margin_at_risk == 300
    units = dear.purchase.suggested_units
    assert units
    assert cheap.at_risk_per_cost == pytest.approx(500 / (2 * units))
    lines = (unknown, dear, cheap, even)
    assert ranked(Rank.AT_RISK, *lines) == ["dear", "unknown", "even", "in"]
    assert ranked(Rank.MARGIN, *lines) == ["in", "even", "dear", "unknown"]
    assert ranked(Rank.PER_COST, *lines) == ["in", "even", "dear", "unknown"]


def test_an_unknown_ranking_is_refused() -> None:
    assert what_if_from({}).rank is Rank.AT_RISK
    assert what_if_from({"rank": "per_cost"}).rank is Rank.PER_COST
    with pytest.raises(FilterError, match="Choose how to rank"):
        what_if_from({"rank": "luck"})


def order_of(browser: httpx.Client, rank: str) -> list[str]:
    page = browser.get("/orders-to-place", params={"rank": rank, "currency": "USD"}).text
    body = page[page.index("<tbody>") :]
    return sorted(("Big lamp", "Small cup"), key=body.index)


def test_the_what_if_page_spends_a_budget_in_the_chosen_order(tmp_path: Path) -> None:
    (tmp_path / "inventory.csv").write_text("sku,on_hand\nLAMP,0\nCUP,0\n", encoding="utf-8")
    (tmp_path / "overrides.csv").write_text(
        "sku,lead_time_days,unit_cost,supplier\nLAMP,7,90,Acme\nCUP,7,1,Acme\n", encoding="utf-8"
    )
    items = [
        Item(f"{key}-{n}", key, title, unit_price=Decimal(price), days_ago=n % 25 + 0.2)
        for key, title, price in (("LAMP", "Big lamp", 100), ("CUP", "Small cup", 10))
        for n in range(60)
    ]
    report(tmp_path, *items, data_dir=tmp_path)
    (tmp_path / "advice.json").unlink()
    with browsing(data_dir_of(tmp_path / "bwp.duckdb", tmp_path)) as browser:
        assert order_of(browser, "at_risk") == ["Big lamp", "Small cup"]
        assert order_of(browser, "per_cost") == ["Small cup", "Big lamp"]
