"""Which of dbt's models are assets, and what is built along with one that is asked for alone."""

from bwp_pipeline.defs.assets.warehouse import steps_to, warehouse_assets
from bwp_pipeline.warehouse.dbt_project import parsed_project


def test_tables_that_analysts_see_are_assets_and_the_steps_to_them_are_none() -> None:
    keys = warehouse_assets(parsed_project()).keys
    assert {key.path[0] for key in keys} == {"marts", "reports", "meta"}
    assert len(keys) == 45


def test_an_asset_asked_for_alone_brings_the_steps_between_it_and_the_assets_before() -> None:
    reads = {
        "report": ["sum", "words"],
        "sum": ["mart", "touched"],
        "mart": ["lines"],
        "lines": ["touched"],
        "touched": [],
        "words": [],
    }
    nodes = {key: {"depends_on": {"nodes": found}} for key, found in reads.items()}
    steps = {"sum", "words", "lines", "touched"}
    assert steps_to({"report"}, nodes, steps) == ["sum", "words", "touched"]
    assert steps_to({"report", "mart"}, nodes, steps) == ["lines", "sum", "words", "touched"]
