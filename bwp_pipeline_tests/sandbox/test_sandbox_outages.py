"""The report beside the truth of the sandbox whose orders it tells of."""

from datetime import UTC, datetime

import pytest

from bwp_pipeline.reports.pages import pages_of
from bwp_pipeline.reports.reading.windows import read_published
from bwp_pipeline.reports.stock.files import StockFiles
from bwp_pipeline.sandbox import World
from bwp_pipeline_tests.examples.example_queries import DAYS, END, ORDERS_PER_DAY
from bwp_pipeline_tests.examples.shared_example import shared_example
from bwp_pipeline_tests.sandbox.sandbox_outages import Compared, compared


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Compared:
    world = World(seed=7, days=DAYS, orders_per_day=ORDERS_PER_DAY, end=END)
    published = read_published(shared_example(tmp_path_factory))
    at = datetime(END.year, END.month, END.day, tzinfo=UTC)
    return compared(world, ORDERS_PER_DAY, pages_of(published, StockFiles(), at))


def test_every_product_that_is_out_is_named_with_what_it_costs(found: Compared) -> None:
    assert len(found.out) >= 3
    assert {outage.product_key: outage.ratio for outage in found.out} == pytest.approx(
        {outage.product_key: 1 for outage in found.out}, abs=0.25
    )


def test_no_product_that_ships_is_called_out(found: Compared) -> None:
    assert found.called_out == []
