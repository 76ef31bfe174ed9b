"""Step 4: the analysts' database, swapped in whole."""

from dagster import (
    AssetExecutionContext,
    AssetsDefinition,
    MaterializeResult,
    ResourceParam,
    asset,
)

from bwp_pipeline.defs import checks
from bwp_pipeline.defs.resources import Installation
from bwp_pipeline.publishing.published_file import publish


def database_after(warehouse: AssetsDefinition) -> AssetsDefinition:
    """The asset `database`, made of every table of the warehouse."""

    @asset(
        deps=[warehouse],
        check_specs=[checks.DELIVERIES_RESOLVED],
        group_name="published",
        kinds={"duckdb"},
        pool="warehouse",
    )
    def database(
        context: AssetExecutionContext, installation: ResourceParam[Installation]
    ) -> MaterializeResult:  # type: ignore[type-arg]  # Dagster looks for the bare class
        """The schemas `marts`, `reports` and `meta`, for analysts.

        A reader that has the file open keeps the copy that it opened.
        """
        settings = installation.settings
        with installation.warehouse_to_itself():
            published = publish(
                settings.warehouse_path, settings.published_path, days=settings.published_days
            )
        context.log.info("published %s", settings.published_path)
        return MaterializeResult(
            metadata={
                "path": str(settings.published_path),
                **{f"rows_{table}": count for table, count in published.rows.items()},
            },
            check_results=[
                checks.deliveries_resolved(published.rows["reports.unresolved_deliveries"])
            ],
        )

    return database
