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


def test_columns_are_followed_through_private_steps_to_the_lake() -> None:
    lineage = parsed_project().lineage()
    [(parent, column)] = lineage["model.bwp.fct_delivery_items"]["snapshot_at"]
    assert (parent, column) == ("source.bwp.lake.lake_order_snapshots", "fetched_at")


def test_nearly_all_tables_are_followed() -> None:
    lineage = parsed_project().lineage()
    assert len(lineage) == 45
    # Two are made of words that stand in them, one goes through the model of demand, in Python.
    unknown = {"metric_definitions", "data_dictionary", "fct_short_items"}
    assert {
        name.removeprefix("model.bwp.") for name, read in lineage.items() if not read
    } == unknown


def test_a_column_of_two_tables_of_one_asset_is_named_once() -> None:
    node = {"schema": "marts", "name": "a", "alias": "a"}
    described = with_table_metadata(
        Output(None, metadata={"unique_id": "model.a"}),
        {"model.a": node, "source.x": {"name": "x"}, "source.y": {"name": "y"}},
        lambda _: AssetKey("events"),
        {"model.a": {"day": [("source.x", "day"), ("source.y", "day")]}},
        {},
    )
    assert described.metadata["dagster/column_lineage"].value == TableColumnLineage(
        {"day": [TableColumnDep(AssetKey("events"), "day")]}
    )


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
