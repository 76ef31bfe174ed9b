"""Step 5: what eCommerce managers open."""

from datetime import UTC, datetime

from dagster import (
    AssetExecutionContext,
    MaterializeResult,
    MetadataValue,
    ResourceParam,
    asset,
)

from bwp_pipeline import __version__
from bwp_pipeline.assets.database import database
from bwp_pipeline.reports import write_reports
from bwp_pipeline.resources import Installation


@asset(
    deps=[database],
    group_name="published",
    kinds={"html", "excel"},
    owners=["team:data"],
)
def reports(
    context: AssetExecutionContext, installation: ResourceParam[Installation]
) -> MaterializeResult:  # type: ignore[type-arg]  # Dagster looks for the bare class
    """The page, the workbook and the CSV files of the published database."""
    settings = installation.settings
    files = write_reports(
        settings.published_path,
        settings.reports_dir,
        built_at=datetime.now(UTC),
        version=__version__,
        run_id=context.run.run_id,
    )
    context.log.info("wrote %s", files.html)
    return MaterializeResult(
        metadata={
            "page": MetadataValue.path(files.html),
            "workbook": MetadataValue.path(files.xlsx),
            "csv_files": len(files.csvs),
        }
    )
