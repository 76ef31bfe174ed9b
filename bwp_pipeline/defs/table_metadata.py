"""What Dagster shows of a table that dbt built: its rows, and what its columns are made of.

Belongs here: both in Dagster's words. Does not belong here: counting (`warehouse/row_counts.py`)
and following columns (`warehouse/column_lineage.py`).
"""

from collections.abc import Callable, Mapping
from typing import Any

from dagster import AssetKey, Output, TableColumnDep, TableColumnLineage

from bwp_pipeline.warehouse.column_lineage import ColumnLineage

# What dbt's manifest says of a node.
Node = Mapping[str, Any]


def with_table_metadata(
    output: Output[Any],
    nodes: Mapping[str, Node],
    key_of: Callable[[Node], AssetKey],
    lineage: ColumnLineage,
    row_counts: Mapping[str, int],
) -> Output[Any]:
    """The output of a model or seed, with its rows and the columns that its columns are made of.

    Args:
        output: As dagster-dbt makes it.
        nodes: dbt's nodes and sources by id.
        key_of: The asset of a node.
        lineage: What columns are made of.
        row_counts: Rows by "schema.table"; a view has none.
    """
    unique_id = str(output.metadata["unique_id"].value)
    columns = {
        # An asset may stand for several of the lake's tables.
        column: [
            TableColumnDep(key, name)
            for key, name in dict.fromkeys((key_of(nodes[parent]), name) for parent, name in read)
        ]
        for column, read in lineage.get(unique_id, {}).items()
    }
    table = f"{nodes[unique_id]['schema']}.{nodes[unique_id]['alias']}"
    known: dict[str, Any] = {}
    if columns:
        known["dagster/column_lineage"] = TableColumnLineage(columns)
    if table in row_counts:
        known["dagster/row_count"] = row_counts[table]
    return output.with_metadata({**output.metadata, **known})
