"""The dbt project has floors: one direction, every model described. On the manifest alone."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from bwp_pipeline.warehouse.dbt_project import dbt_project_dir, parsed_project

Node = dict[str, Any]

# From the ground up. A model reads its own floor or one below it.
FLOORS = ("staging", "rebuild", "intermediate", "marts", "reports", "meta")
PREFIXES = {
    "staging": ("stg_",),
    "intermediate": ("int_",),
    "marts": ("dim_", "fct_", "agg_"),
}
# What a floor may read besides itself. Reports read facts and nothing behind them; meta tells of
# the build itself, so it may look at all floors; marts need the run's time zone (staging) and what
# is to be rebuilt.
READS = {
    "staging": set(),
    "rebuild": {"staging"},
    "intermediate": {"staging", "rebuild"},
    "marts": {"staging", "rebuild", "intermediate"},
    "reports": {"rebuild", "marts"},
    "meta": {"staging", "marts", "reports"},
}


@cache
def manifest() -> Node:
    read: Node = json.loads(parsed_project().manifest_json.read_text())
    return read


def nodes(kind: str) -> Iterator[tuple[str, Node]]:
    for name, node in manifest()["nodes"].items():
        if node["resource_type"] == kind:
            yield name, node


def floor(node: Node) -> str:
    return str(node["fqn"][1])


def models_read(node: Node) -> list[Node]:
    found = manifest()["nodes"]
    return [found[name] for name in node["depends_on"]["nodes"] if name.startswith("model.")]


def test_every_model_stands_on_a_floor_and_is_named_for_it() -> None:
    for name, node in nodes("model"):
        assert floor(node) in FLOORS, name
        assert node["name"].startswith(PREFIXES.get(floor(node), "")), name


def test_models_read_downward_only() -> None:
    arrows = [
        f"{node['name']} ({floor(node)}) reads {read['name']} ({floor(read)})"
        for _, node in nodes("model")
        for read in models_read(node)
        if floor(read) not in READS[floor(node)] | {floor(node)}
    ]
    assert not arrows


def test_only_staging_reads_sources_and_it_reads_every_one() -> None:
    read = {
        source: floor(node)
        for _, node in nodes("model")
        for source in node["depends_on"]["nodes"]
        if source.startswith("source.")
    }
    assert set(read) == set(manifest()["sources"])
    assert set(read.values()) == {"staging"}


@pytest.mark.parametrize(
    "pattern", [r"load_relation", r"incorporate\(path", r"depends_on:", r"\bbwp\.\w"]
)
def test_no_model_reads_another_but_by_ref(pattern: str) -> None:
    project = dbt_project_dir()
    for path in [
        *project.joinpath("models").rglob("*.sql"),
        *project.joinpath("tests").rglob("*.sql"),
    ]:
        assert not re.search(pattern, path.read_text()), path


def test_every_model_says_what_one_of_its_rows_is() -> None:
    for kind in ("model", "seed"):
        for name, node in nodes(kind):
            assert node["description"].startswith("One row"), name
            assert isinstance(node["config"]["meta"].get("grain"), list), name


def test_sources_and_staging_are_described_and_tested() -> None:
    for name, source in manifest()["sources"].items():
        assert source["description"], name
    tested = {read for _, test in nodes("test") for read in test["depends_on"]["nodes"]}
    for name, node in nodes("model"):
        if floor(node) == "staging":
            assert name in tested, name
            undescribed = [
                column["name"] for column in node["columns"].values() if not column["description"]
            ]
            assert node["columns"], name
            assert not undescribed, name


def test_what_analysts_see_is_under_contract_described_and_its_grain_is_tested() -> None:
    tested = {
        read
        for name, test in nodes("test")
        if "keep_their_grain" in name
        for read in test["depends_on"]["nodes"]
    }
    for name, node in nodes("model"):
        if node["schema"] in {"marts", "reports", "meta"}:
            assert node["config"]["contract"]["enforced"], name
            assert all(column["description"] for column in node["columns"].values()), name
            assert name in tested, name


def test_the_reports_say_who_reads_them() -> None:
    exposures = manifest()["exposures"].values()
    assert {exposure["name"] for exposure in exposures} == {
        "report_page",
        "report_workbook",
        "report_csv",
        "product_state",
    }
    read = {
        name
        for exposure in exposures
        if exposure["name"].startswith("report_")
        for name in exposure["depends_on"]["nodes"]
    }
    found = manifest()["nodes"]
    for name in read:
        assert found[name]["schema"] in {"marts", "reports", "meta"}, name
    for name, node in nodes("model"):
        if node["schema"] == "reports":
            assert name in read, name


def test_a_step_that_many_read_is_kept_and_one_that_nobody_reads_does_not_exist() -> None:
    readers: dict[str, int] = {}
    for _, node in nodes("model"):
        for read in models_read(node):
            readers[read["unique_id"]] = readers.get(read["unique_id"], 0) + 1
    for exposure in manifest()["exposures"].values():
        for read_name in exposure["depends_on"]["nodes"]:
            readers[read_name] = readers.get(read_name, 0) + 1
    for name, node in nodes("model"):
        if node["schema"] == "staging":
            assert readers.get(name), name
        if node["config"]["materialized"] == "ephemeral" and floor(node) != "staging":
            assert readers[name] == 1, name
