"""The rules of dbt_project_evaluator on the manifest; each exception is listed with its reason.

The direction of the floors, contracts and exposures are in `test_sql_floors.py`.
"""

import json
from functools import cache
from typing import Any

from bwp_pipeline.warehouse.dbt_project import parsed_project
from bwp_pipeline.warehouse.lake_columns import COLUMNS

Node = dict[str, Any]

MAY_READ_NOTHING = {
    "data_dictionary": "written from the YAML, while dbt runs",
    "changed_days": "filled by the models that touch days, as they are built",
}
MAY_JOIN_SOURCES = {
    "run.lake_files": "the state of a row's file decides whether the row counts",
}
UNITES_SOURCES = {
    "stg_told_stock": "Amazon states stock both in events and in answers of the API",
}
READ_BY_SEVERAL = {
    "run.lake_files": "as above",
    "lake.lake_events": "what events say about stock has a grain of its own",
}
# Rule "missing primary key tests": these are steps of a build, under no contract. What they lead
# to is tested: `marts_keep_their_grain` and `figures_add_up`.
UNTESTED_FLOORS = {"intermediate", "rebuild"}
UNTESTED_SCHEMAS = {"staging"}


@cache
def manifest() -> Node:
    read: Node = json.loads(parsed_project().manifest_json.read_text())
    return read


def models() -> dict[str, Node]:
    nodes = manifest()["nodes"]
    return {name: node for name, node in nodes.items() if node["resource_type"] == "model"}


def sources_of(node: Node) -> list[str]:
    read = [name for name in node["depends_on"]["nodes"] if name.startswith("source.")]
    return [".".join(name.split(".")[-2:]) for name in read]


def test_every_model_reads_something() -> None:
    without = {node["name"] for node in models().values() if not node["depends_on"]["nodes"]}
    assert without == set(MAY_READ_NOTHING)


def test_a_model_reads_one_source_and_no_model_beside_it() -> None:
    for node in models().values():
        sources = set(sources_of(node))
        if node["name"] not in UNITES_SOURCES:
            assert len(sources - set(MAY_JOIN_SOURCES)) <= 1, node["name"]
        if sources:
            read = node["depends_on"]["nodes"]
            assert not [name for name in read if name.startswith("model.")], node["name"]


def test_a_source_is_read_by_one_model() -> None:
    readers: dict[str, list[str]] = {}
    for node in models().values():
        for source in sources_of(node):
            readers.setdefault(source, []).append(node["name"])
    assert {source for source, by in readers.items() if len(by) > 1} == set(READ_BY_SEVERAL)


def test_every_model_that_outlives_a_build_is_tested() -> None:
    tested = {
        read
        for node in manifest()["nodes"].values()
        if node["resource_type"] == "test"
        for read in node["depends_on"]["nodes"]
    }
    for name, node in models().items():
        if node["fqn"][1] not in UNTESTED_FLOORS and node["schema"] not in UNTESTED_SCHEMAS:
            assert name in tested, name


def test_every_model_lies_in_the_folder_of_its_floor() -> None:
    for node in models().values():
        assert node["original_file_path"].startswith(f"models/{node['fqn'][1]}/"), node["name"]


def test_every_column_of_a_source_is_described_and_is_what_loading_makes() -> None:
    for source in manifest()["sources"].values():
        columns = source["columns"]
        assert columns, source["name"]
        assert all(column["description"] for column in columns.values()), source["name"]
        if source["source_name"] == "lake":
            table = source["name"].removeprefix("lake_")
            assert list(columns) == ["file_id", *COLUMNS[table]], table
