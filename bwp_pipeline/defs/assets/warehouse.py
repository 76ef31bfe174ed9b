"""Step 3: the lake's rows through dbt's staging and marts to the report tables."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from dagster import AssetExecutionContext, AssetKey, ResourceParam
from dagster_dbt import (
    DagsterDbtTranslator,
    DagsterDbtTranslatorSettings,
    DbtCliResource,
    dbt_assets,
)

from bwp_pipeline.defs.resources import Installation
from bwp_pipeline.settings import data_dir_from
from bwp_pipeline.warehouse.dbt_project import dbt_project_dir, manifest_path
from bwp_pipeline.warehouse.loading import load_lake, mark_built

WRITTEN_BY = {
    "lake_events": "events",
    "lake_objects": "events",
    "lake_quarantine": "events",
    "lake_order_snapshots": "order_snapshots",
}

BUILD = ("build", "--exclude-resource-type", "unit_test")
MANIFEST = manifest_path(data_dir_from(os.environ) / "dbt")


class Translator(DagsterDbtTranslator):
    """Names dbt's models and sources as the rest of the pipeline does."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> AssetKey:
        """A model is `schema/name`; a source is the asset that writes those lake files."""
        name = dbt_resource_props["name"]
        if dbt_resource_props["resource_type"] == "source" and name in WRITTEN_BY:
            return AssetKey(WRITTEN_BY[name])
        return AssetKey([dbt_resource_props["schema"], name])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The model's layer: staging, marts, reports or meta."""
        return str(dbt_resource_props["schema"])

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> Sequence[str]:  # noqa: ARG002
        """Whoever owns the other steps."""
        return ["team:data"]


@dbt_assets(
    manifest=MANIFEST,
    name="warehouse",
    dagster_dbt_translator=Translator(
        DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True)
    ),
)
def warehouse(
    context: AssetExecutionContext,
    dbt: DbtCliResource,
    installation: ResourceParam[Installation],
) -> Iterator[Any]:
    """New lake files, then every model and its tests; a broken key stops what depends on it."""
    settings = installation.settings
    with installation.warehouse_to_itself():
        counts = load_lake(
            installation.lake(),
            settings.warehouse_path,
            timezone=settings.timezone.key,
            report_days=settings.report_days,
            stores=settings.store_names,
        )
        context.log.info("%d new lake files loaded; dbt builds", sum(counts.added.values()))
        os.environ["BWP_WAREHOUSE_PATH"] = str(settings.warehouse_path)
        if settings.memory_limit is not None:
            os.environ["BWP_WAREHOUSE_MEMORY"] = settings.memory_limit
        build = dbt.cli(BUILD, context=context, target_path=MANIFEST.parent)
        yield from build.stream()
        build.wait()
        if not context.is_subset:
            mark_built(settings.warehouse_path)


def dbt_resource() -> DbtCliResource:
    """The dbt that is installed beside this Python, on the project that belongs to this package."""
    project = str(dbt_project_dir())
    return DbtCliResource(
        project_dir=project,
        profiles_dir=project,
        dbt_executable=str(Path(sys.executable).parent / "dbt"),
    )
