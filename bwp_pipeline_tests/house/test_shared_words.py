"""Words that stand in SQL and in Python mean the same in both."""

import re
from pathlib import Path

from bwp_pipeline.api.answers import Status
from bwp_pipeline.reports.sections.purchases import OUT_OF_STOCK
from bwp_pipeline.reports.wording import CAUSES, STATUSES

PROJECT = Path(__file__).parents[2] / "dbt_project"


def sql(path: str) -> str:
    return (PROJECT / path).read_text(encoding="utf-8")


def test_sql_asks_for_statuses_that_a_snapshot_can_have() -> None:
    found = {
        status
        for path in (PROJECT / "models").rglob("*.sql")
        for status in re.findall(r"\bstatus = '(\w+)'", path.read_text(encoding="utf-8"))
    }
    assert found
    assert found <= set(Status)


def test_episodes_of_analysts_are_of_the_statuses_in_which_the_page_says_out_of_stock() -> None:
    asked = re.search(r"stockout_status in \((.*)\)", sql("models/reports/stockout_episodes.sql"))
    assert asked is not None
    assert set(re.findall(r"\w+", asked[1])) == set(OUT_OF_STOCK)
    described = sql("models/marts/product_days.yml").partition("name: stockout_status")[2]
    assert set(re.findall(r"\b[A-Z]{4,}\b", described.partition("\n")[0])) == set(STATUSES)


def test_every_root_cause_that_sql_gives_has_words() -> None:
    given = set(
        re.findall(r"(?:then|else) '(\w+)'", sql("macros/root_cause.sql").partition("endmacro")[0])
    )
    assert given == set(CAUSES)
