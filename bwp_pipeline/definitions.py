"""The one `Definitions`: assets with their checks, the jobs, their schedule, resources.

Belongs here: putting the parts together. Does not belong here: what any part does.
"""

import os

from dagster import (
    AssetSelection,
    Definitions,
    define_asset_job,
    definitions,
    in_process_executor,
)

from bwp_pipeline import __version__
from bwp_pipeline.defs.arrivals import arrival_sensor
from bwp_pipeline.defs.assets.database import database_after
from bwp_pipeline.defs.assets.events import events
from bwp_pipeline.defs.assets.order_snapshots import order_snapshots
from bwp_pipeline.defs.assets.product_stock import product_stock
from bwp_pipeline.defs.assets.reports import reports
from bwp_pipeline.defs.labels import labelled
from bwp_pipeline.defs.resources import Installation
from bwp_pipeline.defs.schedules import daily_schedule
from bwp_pipeline.defs.sensors import run_sensors
from bwp_pipeline.defs.step_log import terminal
from bwp_pipeline.settings import run_hour_from, timezone_from
from bwp_pipeline.settings.labels import labels_from
from bwp_pipeline.warehouse.dbt_project import parsed_project


@definitions
def defs() -> Definitions:
    """What Dagster loads: the pipeline on the installation that the environment describes.

    Raises:
        SettingsError: When the schedule's hour or time zone, an owner or the source's address is
            impossible; Dagster shows it.
    """
    return build_defs(Installation())


def build_defs(installation: Installation) -> Definitions:
    """The pipeline on an installation; nothing is read or connected until a run asks for it."""
    daily = define_asset_job(
        "daily",
        selection=AssetSelection.all(),
        description="Events, orders, warehouse, database, reports: from archive to report.",
        # A process for each step would take longer to start than the step to run.
        executor_def=in_process_executor,
    )
    only_asked: dict[str, object] = {"config": {"look_back": False}}
    archive_days = define_asset_job(
        "archive_days",
        selection=AssetSelection.assets(events, order_snapshots),
        config={"ops": {"events": only_asked, "order_snapshots": only_asked}},
        description="Many days on many workers: those asked for into the lake, and their orders.",
        executor_def=in_process_executor,
    )
    # dagster-dbt takes longer to import than everything else: importing only this stays quick.
    from bwp_pipeline.defs.assets.warehouse import warehouse_assets  # noqa: PLC0415

    project, labels = parsed_project(), labels_from(os.environ)
    warehouse = warehouse_assets(project)
    assets = [
        *(events, order_snapshots, warehouse, database_after(warehouse)),
        *(product_stock, reports),
    ]
    version = f"{__version__}-{project.hash}"
    return Definitions(
        assets=[labelled(one, labels, version) for one in assets],
        jobs=[daily, archive_days],
        schedules=[daily_schedule(timezone_from(os.environ), run_hour_from(os.environ))],
        sensors=[*run_sensors(installation), arrival_sensor(installation)],
        resources={"installation": installation},
        executor=in_process_executor,
        loggers={"terminal": terminal},
    )
