"""What Dagster shows of tables: rows, and the columns that a column is made of."""

from dagster import AssetKey, Output, TableColumnDep, TableColumnLineage

from bwp_pipeline.defs.table_metadata import with_table_metadata
from bwp_pipeline.warehouse.dbt_project import parsed_project


def test_columns_are_followed_through_a_models_queries_to_the_tables_that_it_reads() -> None:
    lineage = parsed_project().lineage()
    reasons = lineage["model.bwp.cancellation_reasons"]
    assert {parent for read in reasons.values() for parent, _ in read} <= set(lineage)
    titles = lineage["model.bwp.dim_products"]["product_title"]
    assert all(column == "product_title" for _, column in titles)
    assert titles
    sources = {parent for read in lineage["model.bwp.fct_events"].values() for parent, _ in read}
    assert sources


def test_most_models_are_followed_and_the_main_ones_wholly_read() -> None:
    lineage = parsed_project().lineage()
    assert len(lineage) > 50
    assert all(lineage[f"model.bwp.{name}"] for name in ("dim_orders", "fct_delivery_items"))


def test_a_table_has_its_rows_and_a_view_none() -> None:
    nodes = {
        "model.a": {"schema": "marts", "name": "a", "alias": "table_a"},
        "model.b": {"schema": "marts", "name": "b", "alias": "b"},
    }
    described = {
        name: with_table_metadata(
            Output(None, metadata={"unique_id": f"model.{name}"}),
            nodes,
            lambda node: AssetKey([node["schema"], node["name"]]),
            {"model.b": {"units": [("model.a", "amount")]}},
            {"marts.table_a": 3},
        ).metadata
        for name in "ab"
    }
    assert described["a"]["dagster/row_count"].value == 3
    assert "dagster/column_lineage" not in described["a"]
    assert "dagster/row_count" not in described["b"]
    assert described["b"]["dagster/column_lineage"].value == TableColumnLineage(
        {"units": [TableColumnDep(AssetKey(["marts", "a"]), "amount")]}
    )
