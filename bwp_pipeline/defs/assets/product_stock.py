"""Before the report: what Amazon can still sell of the active products."""

from dagster import AssetExecutionContext, MaterializeResult, ResourceParam, asset

from bwp_pipeline.api.stock import fetch_stock
from bwp_pipeline.api.stock_answers import keep_stock_answers
from bwp_pipeline.defs.resources import Installation
from bwp_pipeline.reports.stock.asked import products_to_ask, write_asked_stock


@asset(
    deps=["database"],
    group_name="published",
    kinds={"graphql"},
)
def product_stock(
    context: AssetExecutionContext, installation: ResourceParam[Installation]
) -> MaterializeResult:  # type: ignore[type-arg]  # Dagster looks for the bare class
    """Buyable units and buyability, as the API returns them now; nothing without the scopes."""
    settings = installation.settings
    refs = products_to_ask(settings.published_path, settings.stock_products)
    with installation.lake_among_others():
        answers = fetch_stock(installation.api_settings(), refs, installation.lake())
        keep_stock_answers(installation.lake(), answers)
    asked = write_asked_stock(answers, settings.published_path, settings.data_dir)
    known = sum(one.buyable_units is not None for one in answers)
    context.log.info("asked for the stock of %d products, %d known", len(refs), known)
    return MaterializeResult(
        metadata={"products": len(refs), "known": known, "problems": "; ".join(asked.problems())},
    )
