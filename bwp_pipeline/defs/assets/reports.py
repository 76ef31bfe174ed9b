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
from bwp_pipeline.defs import checks
from bwp_pipeline.defs.assets.product_stock import product_stock
from bwp_pipeline.defs.resources import Installation
from bwp_pipeline.publishing.previews import cancellation_reasons, unfulfilled_products
from bwp_pipeline.reports.delivery import deliver
from bwp_pipeline.reports.language import speak
from bwp_pipeline.reports.messages.sent import Sent

ROWS = 10


@asset(
    deps=["database", product_stock],
    check_specs=[checks.DIGEST_SENT],
    group_name="published",
    kinds={"html", "excel"},
)
def reports(
    context: AssetExecutionContext, installation: ResourceParam[Installation]
) -> MaterializeResult:  # type: ignore[type-arg]  # Dagster looks for the bare class
    """The page, the workbook and the CSV files of the published database."""
    # What draws, computes and writes workbooks is of no use to who only loads the definitions.
    from bwp_pipeline.reports.messages.telling import tell_digest  # noqa: PLC0415
    from bwp_pipeline.reports.writing import write_reports  # noqa: PLC0415

    settings = installation.settings
    speak(settings.locale)
    files = write_reports(
        settings.published_path,
        settings.reports_dir,
        built_at=datetime.now(UTC),
        version=__version__,
        run_id=context.run.run_id,
        data_dir=settings.data_dir,
    )
    context.log.info("wrote %s", files.html)
    if files.problem is not None:
        context.log.warning(files.problem)
    if settings.reports_url is not None:
        deliver(files.html.parent, installation.reports_store(), files.last_day)
        context.log.info("delivered to %s", settings.reports_url)
    sent = Sent(settings.data_dir)
    if sent.problem is not None:
        context.log.warning(sent.problem)
    failures = list(tell_digest(files, settings.channels, sent))
    for failure in failures:
        context.log.warning(failure)
    link = settings.channels.link
    return MaterializeResult(
        metadata={
            "page": MetadataValue.url(link) if link else MetadataValue.path(files.html),
            "workbook": MetadataValue.path(files.xlsx),
            "csv_files": len(files.csvs),
            "cancellation_reasons": _preview(cancellation_reasons(settings.published_path, ROWS)),
            "unfulfilled_products": _preview(unfulfilled_products(settings.published_path, ROWS)),
        },
        check_results=[checks.digest_sent(failures)],
    )


def _preview(frame: pd.DataFrame) -> MarkdownMetadataValue:
    # Titles come from orders: they are shown as text.
    escaped = frame.astype(str).map(html.escape)
    return MetadataValue.md(escaped.to_markdown(index=False))
