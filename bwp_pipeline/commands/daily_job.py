"""Starting the daily job from a terminal, and telling a person what came of it.

Belongs here: the Dagster instance of a terminal run, the run itself, its last words. Does not
belong here: the job, which `definitions.py` has, or the command's options (`run.py`).
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from dagster import DagsterInstance, ExecuteInProcessResult
from obstore.exceptions import BaseError

from bwp_pipeline.api.stores_named import stores_named
from bwp_pipeline.commands.exits import Exit
from bwp_pipeline.commands.lake_gaps import gaps
from bwp_pipeline.definitions import build_defs
from bwp_pipeline.defs.partitions import first_day_to_run
from bwp_pipeline.defs.resources import Installation
from bwp_pipeline.erasure import deletion_requests
from bwp_pipeline.lake import Lake
from bwp_pipeline.publishing.previews import cancellation_reasons, unfulfilled_products
from bwp_pipeline.settings import Settings
from bwp_pipeline.warehouse.dbt_run import dbt_log

SHOWN_ROWS = 8

_RANGE_START = "dagster/asset_partition_range_start"
_RANGE_END = "dagster/asset_partition_range_end"

# Runs are kept beside the data; nothing is sent anywhere.
_INSTANCE = """\
telemetry:
  enabled: false
"""


def run_daily_job(settings: Settings, first: date | None, last: date) -> int:
    """Run the daily job for the archive days `first` to `last` and print what came of it.

    Without a first day it begins at the last day that was read.

    Returns:
        One of `Exit`: done when the days are in, published and reported.

    Raises:
        SettingsError: When AWS credentials are missing.
        ArchiveUnreachable: When the archive is a directory that doesn't exist.
    """
    installation = Installation(lambda: settings)
    # A place that can't be opened is found before anything is written.
    installation.archive()
    lake = installation.lake()
    if first is None:
        first = first_day_to_run(lake.days("objects"), last)
    _say(f"days {first} to {last}, archive {settings.archive_url}, lake {settings.lake_url}")
    job = build_defs(installation).resolve_job_def("daily")
    with _instance(settings) as instance:
        result = job.execute_in_process(
            instance=instance,
            tags={_RANGE_START: first.isoformat(), _RANGE_END: last.isoformat()},
            run_config={"loggers": {"terminal": {}}},
            raise_on_error=False,
        )
    # A lake that can't be listed has ended the run already, with a line of its own.
    with contextlib.suppress(BaseError, OSError):
        for line in gaps(lake, last):
            _say(line)
    if not result.success:
        for line in _failures(result, dbt_log(settings.warehouse_path)):
            print(f"bwp: {line}", file=sys.stderr)
        return Exit.FAILED
    _print_reports(settings)
    return last_words(installation.lake(), settings, first, last)


def last_words(lake: Lake, settings: Settings, first: date, last: date) -> Exit:
    """Say what a person must do about the events of these days.

    These are orders that wait for credentials, and deletions of personal data.

    Returns:
        Whether all orders wait: then nothing new can be known of any.
    """
    days = [day for day in lake.days("events") if first <= day <= last]
    named = stores_named(lake, days, settings.stores)
    for line in named.lines():
        _say(f"bwp: {line}")
    requests = deletion_requests(lake, days)
    if requests:
        orders = " ".join(sorted(filter(None, requests))) or "none"
        _say(
            f"bwp: {requests.total()} events tell of a deletion of personal data, orders named:"
            f" {orders}. bwp forget ORDER_ID erases an order here too"
        )
    return Exit.ORDERS_WAIT if named.all_wait else Exit.DONE


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


@contextlib.contextmanager
def _instance(settings: Settings) -> Iterator[DagsterInstance]:
    home = settings.dagster_home
    os.environ["DAGSTER_HOME"] = str(home)
    home.mkdir(parents=True, exist_ok=True)
    config = home / "dagster.yaml"
    if not config.exists():
        config.write_text(_INSTANCE)
    with DagsterInstance.get() as instance:
        yield instance


def _failures(result: ExecuteInProcessResult, log: Path) -> Iterator[str]:
    for event in result.all_events:
        if not event.is_step_failure:
            continue
        error = event.step_failure_data.error
        if error is None:
            continue
        # Dagster wraps what a step raised; what that was caused by in turn is for the log.
        raised = error.cause or error
        kind, _, words = raised.message.strip().partition(": ")
        # Our own errors are sentences; another's name is half of what it says.
        own = kind.startswith("bwp_pipeline.")
        yield f"{event.step_key}: {words if own else raised.message.strip()}"
        if event.step_key == "warehouse":
            yield f"dbt's output is in {log}"


def _print_reports(settings: Settings) -> None:
    for title, frame in (
        ("Why units were cancelled", cancellation_reasons(settings.published_path, SHOWN_ROWS)),
        ("What to restock first", unfulfilled_products(settings.published_path, SHOWN_ROWS)),
    ):
        print(f"\n{title}")
        print("nothing" if frame.empty else frame.to_string(index=False, max_colwidth=40))
    latest = settings.reports_dir / "latest"
    print(f"""
Report     {latest / "bwp_report.html"}
Workbook   {latest / "bwp_report.xlsx"}
CSV files  {latest}
Database   {settings.published_path}""")
