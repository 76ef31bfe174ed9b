"""Step 5: what eCommerce managers open."""

import html
from datetime import UTC, datetime

import pandas as pd
from dagster import (
    AssetExecutionContext,
    MarkdownMetadataValue,
    MaterializeResult,
    MetadataValue,
    ResourceParam,
    asset,
)

from bwp_pipeline import __version__
from bwp_pipeline.assets.database import database
from bwp_pipeline.previews import cancellation_reasons, unfulfilled_products
from bwp_pipeline.reports import write_reports
from bwp_pipeline.resources import Installation

ROWS = 10


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
            "cancellation_reasons": _preview(cancellation_reasons(settings.published_path, ROWS)),
            "unfulfilled_products": _preview(unfulfilled_products(settings.published_path, ROWS)),
        }
    )


def _preview(frame: pd.DataFrame) -> MarkdownMetadataValue:
    # Titles come from orders: they are shown as text.
    escaped = frame.astype(str).map(html.escape)
    return MetadataValue.md(escaped.to_markdown(index=False))
