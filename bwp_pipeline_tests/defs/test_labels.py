"""What Dagster's UI shows of every asset beside its data: owners, version, source, staleness."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from dagster import AssetsDefinition, AssetSpec, MetadataValue
from dagster._core.definitions.freshness import TimeWindowFreshnessPolicy

from bwp_pipeline import __version__
from bwp_pipeline.definitions import build_defs
from bwp_pipeline.defs.labels import FILE
from bwp_pipeline.defs.resources import Installation
from bwp_pipeline.warehouse.dbt_project import dbt_project_dir, project_hash

ROOT = dbt_project_dir().parent


def specs() -> dict[str, AssetSpec]:
    found = build_defs(Installation()).assets or ()
    assets = [one for one in found if isinstance(one, AssetsDefinition)]
    return {spec.key.to_user_string(): spec for one in assets for spec in one.specs}


def test_every_asset_names_its_file_and_the_version_of_its_code() -> None:
    for spec in specs().values():
        assert Path(ROOT / str(spec.metadata[FILE])).is_file()
        assert spec.code_version == f"{__version__}-{project_hash()}"
        assert list(spec.owners) == []


def test_owners_and_the_address_of_the_source_come_from_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BWP_OWNERS", "team:data, ann@example.com")
    monkeypatch.setenv("BWP_SOURCE_URL", "https://git.example.com/blob/v1")
    found = specs()
    assert all(list(spec.owners) == ["team:data", "ann@example.com"] for spec in found.values())
    assert found["marts/dim_products"].metadata[FILE] == MetadataValue.url(
        "https://git.example.com/blob/v1/dbt_project/models/marts/dim_products.sql"
    )


def test_what_a_run_begins_and_ends_with_is_stale_after_a_day_and_a_half() -> None:
    policies = {name: spec.freshness_policy for name, spec in specs().items()}
    watched = {name for name, policy in policies.items() if policy is not None}
    assert watched == {"events", "order_snapshots", "database", "product_stock", "reports"}
    policy = policies["reports"]
    assert isinstance(policy, TimeWindowFreshnessPolicy)
    assert policy.fail_window.to_timedelta() == timedelta(hours=36)


def test_only_what_one_run_alone_can_use_is_a_pool() -> None:
    found = build_defs(Installation()).assets or ()
    assets = [one for one in found if isinstance(one, AssetsDefinition)]
    pools = {one.op.name: one.op.pool for one in assets}
    assert pools == {
        "events": None,
        "order_snapshots": None,
        "product_stock": None,
        "warehouse": "warehouse",
        "database": "warehouse",
        "reports": None,
    }


def test_whatever_the_ui_lists_says_what_it_does_and_names_no_file() -> None:
    defs = build_defs(Installation())
    graph = defs.resolve_asset_graph()
    described = {
        **{key.to_user_string(): graph.get(key).description for key in graph.executable_asset_keys},
        **{
            key.name: definition.get_spec_for_check_key(key).description
            for definition in defs.asset_checks or []
            for key in definition.check_keys
        },
        **{one.name: one.description for one in defs.sensors or []},
        **{f"job {one.name}": one.description for one in defs.resolve_all_job_defs()},
        "schedule": defs.resolve_schedule_def("daily").description,
    }
    assert described.pop("job __ASSET_JOB") is None  # Dagster's own
    assert {"events", "run_on_arrival", "job daily"} <= described.keys()
    pattern = re.compile(r"(?!.*(elong here|\.py\b))[A-Z].{20,}\.", re.DOTALL)
    wrong = {name: text for name, text in described.items() if not pattern.match(text or "")}
    assert wrong == {}
