"""Units that failed alone, and those of which it is inferred whose they were, stand apart."""

from pathlib import Path

import duckdb
import pytest

from bwp_pipeline.reports.reading.windows import read_published
from bwp_pipeline.reports.writing import write_reports
from bwp_pipeline_tests.reports.published import BUILT_AT, Item, publish
from bwp_pipeline_tests.servers.page_text import Words


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A mug that failed twice alone and in three orders with a lamp, which fails seldom."""
    alone = [Item(f"a-{n}", root_cause="STOCK") for n in range(2)]
    shared = [
        Item(f"s-{n}", key, title, root_cause="STOCK", is_shared_delivery=True, days_ago=2)
        for key, title in (("SKU-1", "Enamel mug"), ("SKU-2", "Odd lamp"))
        for n in range(3)
    ]
    path = publish(tmp_path / "bwp.duckdb", [*alone, *shared])
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            """
            insert into marts.fct_short_items
            select
                business_product_id, order_id, delivery_id, line_item_id, product_key,
                cancelled_on, if(is_shared_delivery, 'shared', 'direct'), units,
                case when not is_shared_delivery then 1 when product_key = 'SKU-1' then 0.9 else 0.2
                end
            from marts.fct_delivery_items
            """
        )
    return path


def test_each_inferred_unit_is_weighed_by_how_likely_it_was_its_products_own(
    database: Path,
) -> None:
    found = {row.product_key: row for row in read_published(database).facts.inferred}
    mug, lamp = found["SKU-1"], found["SKU-2"]
    # 3 x 0.9 and 3 x 0.2; what failed alone is not inferred.
    assert mug.inferred_units == lamp.inferred_units == 3
    assert mug.likely_units == pytest.approx(2.7)
    assert lamp.likely_units == pytest.approx(0.6)
    assert lamp.probability == pytest.approx(0.2)


def test_the_page_tells_them_apart_and_calls_no_product_short_by_them(
    database: Path, tmp_path: Path
) -> None:
    files = write_reports(
        database, tmp_path / "reports", built_at=BUILT_AT, version="1", run_id="run-7"
    )
    text = Words(files.html.read_text(encoding="utf-8")).text
    assert "5 2 alone, 2.7 of 3 likely" in text
    assert "3 0.6 of 3 likely" in text
    assert "2 alone in the delivery, 3 with other products, 90.0% likely the missing one" in text
    assert "Find which product was short" in text
