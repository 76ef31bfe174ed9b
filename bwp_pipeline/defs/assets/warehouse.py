"""Step 3: the lake's rows through dbt's staging and marts to the report tables."""

import json
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from dagster import (
    AssetCheckEvaluation,
    AssetCheckResult,
    AssetExecutionContext,
    AssetKey,
    AssetMaterialization,
    AssetObservation,
    AssetsDefinition,
    Output,
    ResourceParam,
)
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, dbt_assets
from dagster_dbt.asset_utils import get_subset_selection_for_context
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage
from dbt_common.events.base_types import EventMsg
from dbt_common.events.functions import msg_to_dict

from bwp_pipeline.defs.labels import FILE
from bwp_pipeline.defs.resources import Installation
from bwp_pipeline.defs.table_metadata import with_table_metadata
from bwp_pipeline.storage import files_of_our_own
from bwp_pipeline.warehouse.building import build_warehouse
from bwp_pipeline.warehouse.damage import built_soundly
from bwp_pipeline.warehouse.dbt_project import PRIVATE, ParsedProject
from bwp_pipeline.warehouse.dbt_run import DbtError
from bwp_pipeline.warehouse.row_counts import row_counts

WRITTEN_BY = {
    "lake_events": "events",
    "lake_objects": "events",
    "lake_quarantine": "events",
    "lake_order_snapshots": "order_snapshots",
}

RESULTS = {"LogModelResult", "LogSeedResult", "LogTestResult"}

DbtEvent = (
    Output[Any] | AssetMaterialization | AssetObservation | AssetCheckResult | AssetCheckEvaluation
)


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

    def get_metadata(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, Any]:
        """What dagster-dbt makes of its description, and its file."""
        file = f"dbt_project/{dbt_resource_props['original_file_path']}"
        return {**super().get_metadata(dbt_resource_props), FILE: file}


def warehouse_assets(project: ParsedProject) -> AssetsDefinition:
    """Every table that analysts see as an asset, its tests as checks.

    The steps between are built along with them, and lineage leads through them: a record of each
    would cost a small shop more than building it.

    Args:
        project: What dbt made of the project.
    """
    manifest = _for_dagster(json.loads(project.manifest_json.read_bytes()))
    nodes = {**manifest["nodes"], **manifest["sources"]}
    steps = {key for key, node in nodes.items() if _is_step(node)}
    translator = Translator(DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True))

    @dbt_assets(
        manifest=manifest,
        name="warehouse",
        exclude="resource_type:seed",
        dagster_dbt_translator=translator,
        pool="warehouse",
    )
    def warehouse(
        context: AssetExecutionContext, installation: ResourceParam[Installation]
    ) -> Iterator[DbtEvent]:
        """New lake files, then every model and its tests; a broken key stops what depends on it."""
        results: list[DbtCoreCliEventMessage] = []

        def note(message: EventMsg) -> None:
            # Of hundreds of events, those with the result of an asset or a test.
            if message.info.name in RESULTS and message.data.node_info.unique_id not in steps:
                event = DbtCoreCliEventMessage(msg_to_dict(message), event_history_metadata={})
                results.append(event)

        selection = _selection(context, manifest, translator, steps)

        def build() -> None:
            results.clear()
            build_warehouse(
                installation.lake(),
                installation.settings,
                say=context.log.info,
                selection=selection,
                on_event=note,
            )

        failure, counts = None, dict[str, int]()
        try:
            with installation.warehouse_to_itself(), files_of_our_own():
                path = installation.settings.warehouse_path
                built_soundly(path, build, context.log.warning)
                counts = row_counts(path)
        except DbtError as error:
            # What was built and tested before is reported all the same.
            failure = error
        lineage = project.lineage()
        for event in results:
            for found in event.to_default_asset_events(manifest, translator, context):
                if isinstance(found, Output):
                    yield with_table_metadata(
                        found, nodes, translator.get_asset_key, lineage, counts
                    )
                else:
                    yield found
        if failure is not None:
            raise failure

    return warehouse


def _is_step(node: Mapping[str, Any]) -> bool:
    return node["resource_type"] in {"model", "seed"} and node["schema"] == PRIVATE


def _for_dagster(manifest: dict[str, Any]) -> Mapping[str, Any]:
    """The manifest with private tables as ephemeral ones, through which dagster-dbt looks.

    Each test is made a child of the model that its `meta` names, where dagster-dbt looks for an
    asset's checks. A test that reads ephemeral models alone would be none, though it names one.
    """
    nodes = manifest["nodes"]
    for node in nodes.values():
        if _is_step(node):
            node["config"]["materialized"] = "ephemeral"
    models = {node["name"]: key for key, node in nodes.items() if node["resource_type"] == "model"}
    for key, node in nodes.items():
        if node["resource_type"] == "test":
            children = manifest["child_map"][models[node["meta"]["dagster"]["ref"]["name"]]]
            children[:] = sorted({*children, key})
    return manifest


def _selection(
    context: AssetExecutionContext,
    manifest: Mapping[str, Any],
    translator: Translator,
    steps: AbstractSet[str],
) -> list[str]:
    """The dbt selection when the run asks for some assets and checks; empty for all.

    The steps to an asset are built along with it, and a test runs when all that it reads is built.
    """
    if not context.is_subset:
        return []
    selected, indirect = get_subset_selection_for_context(
        context,
        manifest,
        select="fqn:*",
        exclude=None,
        selector=None,
        dagster_dbt_translator=translator,
        current_dbt_indirect_selection_env=None,
    )
    nodes = manifest["nodes"]
    asked = {
        key
        for key, node in nodes.items()
        if key not in steps and translator.get_asset_key(node) in context.selected_asset_keys
    }
    names = [nodes[key]["name"] for key in steps_to(asked, nodes, steps)]
    return [*selected, *names, "--indirect-selection", indirect or "cautious"]


def steps_to(
    asked: AbstractSet[str], nodes: Mapping[str, Mapping[str, Any]], steps: AbstractSet[str]
) -> list[str]:
    """The steps that lead to these nodes of the manifest from the next assets before them."""
    way = sorted(asked)
    for key in way:
        way += sorted({*nodes[key]["depends_on"]["nodes"]} & steps - {*way})
    return [key for key in way if key in steps]
