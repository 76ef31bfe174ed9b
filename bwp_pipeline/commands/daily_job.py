"""Starting the daily job from a terminal, and telling a person how it went.

Belongs here: the Dagster instance of a terminal run, the run itself, its last words. Does not
belong here: the job, which `definitions.py` has, or the command's options (`run.py`).
"""

import contextlib
import gc
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.resources import files

from dagster import DagsterInstance
from obstore.exceptions import BaseError

from bwp_pipeline.api.stores_named import stores_named
from bwp_pipeline.commands.exits import Exit, words_of
from bwp_pipeline.commands.lake_gaps import gaps
from bwp_pipeline.definitions import build_defs
from bwp_pipeline.defs.metrics import write_metrics
from bwp_pipeline.defs.outcomes import TOLD_BY_TERMINAL, outcome_of
from bwp_pipeline.defs.partitions import first_day_to_run
from bwp_pipeline.defs.records import forget_old_runs
from bwp_pipeline.defs.resources import Installation
from bwp_pipeline.defs.step_log import write_json
from bwp_pipeline.erasure import deletion_requests
from bwp_pipeline.lake import Lake
from bwp_pipeline.publishing.previews import cancellation_reasons, unfulfilled_products
from bwp_pipeline.reports.messages.outcome import Outcome, Trouble
from bwp_pipeline.reports.messages.telling import tell_run
from bwp_pipeline.settings import Settings
from bwp_pipeline.warehouse.dbt_run import dbt_log

SHOWN_ROWS = 8

_RANGE_START = "dagster/asset_partition_range_start"
_RANGE_END = "dagster/asset_partition_range_end"

# What earlier versions wrote for an instance.
_FORMER_INSTANCE = "telemetry:\n  enabled: false\n"


def run_daily_job(settings: Settings, first: date | None, last: date) -> int:
    """Run the daily job for the archive days `first` to `last` and print the outcome.

    Without a first day it begins at the last day that was read.

    Returns:
        One of `Exit`: done when the days are in, published and reported.

    Raises:
        SettingsError: When AWS credentials are missing.
        ArchiveUnreachable: When the archive is a directory that doesn't exist.
    """
    installation = Installation(lambda: settings)
    # A place that can't be opened is noticed before anything is written.
    installation.archive()
    lake = installation.lake()
    if first is None:
        first = first_day_to_run(lake.days("objects"), last)
    _say(f"days {first} to {last}, archive {settings.archive_url}, lake {settings.lake_url}")
    job = build_defs(installation).resolve_job_def("daily")
    # What is loaded by now stays until the end: garbage is not looked for among it.
    gc.freeze()
    with _told_where_records_fail(settings), _instance(settings) as instance:
        result = job.execute_in_process(
            instance=instance,
            tags={
                _RANGE_START: first.isoformat(),
                _RANGE_END: last.isoformat(),
                **TOLD_BY_TERMINAL,
            },
            run_config={"loggers": {"terminal": {"config": {"format": settings.log_format}}}},
            raise_on_error=False,
        )
        record = instance.get_run_record_by_id(result.run_id)
        forget_old_runs(instance, settings.record_days)
    outcome = outcome_of(result.all_events)
    code = Exit.FAILED
    if result.success:
        code, lines = last_words(lake, settings, first, last)
        outcome = _with_warnings(outcome, "events", lines)
        _print_reports(settings)
    # If the lake can't be listed, the run has already ended with a line about it.
    with contextlib.suppress(BaseError, OSError):
        outcome = _with_warnings(outcome, "lake", gaps(lake, last))
    problem = write_metrics(installation, record, result.all_events)
    outcome = _with_warnings(outcome, "metrics", [] if problem is None else [problem])
    for problem in tell_run(
        outcome,
        settings.channels,
        settings.data_dir,
        datetime.now(UTC),
        is_good=code == Exit.DONE,
    ):
        outcome = _with_warnings(outcome, "messages", [problem])
    _print_troubles(outcome, settings)
    return code


def last_words(lake: Lake, settings: Settings, first: date, last: date) -> tuple[Exit, list[str]]:
    """What a person has to do about the events of these days.

    Returns:
        How the run ends: not well where all orders wait for credentials, for then nothing new can
        be known of any; and a line for each store that waits and for deletions of personal data.
    """
    days = [day for day in lake.days("events") if first <= day <= last]
    named = stores_named(lake, days, settings.stores)
    lines = named.lines()
    requests = deletion_requests(lake, days)
    if requests:
        orders = " ".join(sorted(filter(None, requests))) or "none"
        lines.append(
            f"{requests.total()} events request a deletion of personal data, of orders:"
            f" {orders}. bwp forget ORDER_ID erases an order here too"
        )
    return Exit.ORDERS_WAIT if named.all_wait else Exit.DONE, lines


def _with_warnings(outcome: Outcome, where: str, lines: Iterable[str]) -> Outcome:
    return replace(outcome, warnings=[*outcome.warnings, *(Trouble(where, line) for line in lines)])


def _print_troubles(outcome: Outcome, settings: Settings) -> None:
    for level, lead, troubles in (
        ("WARNING", "warning: ", outcome.warnings),
        ("ERROR", "bwp: ", outcome.failures),
    ):
        for trouble in troubles:
            words = str(trouble)
            if trouble.where == "warehouse" and level == "ERROR":
                words += f" dbt's output is in {dbt_log(settings.warehouse_path)}"
            if settings.log_format == "json":
                write_json(level, trouble.where, words)
            else:
                _say(lead + words)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


@contextlib.contextmanager
def _instance(settings: Settings) -> Iterator[DagsterInstance]:
    home = settings.dagster_home
    os.environ["DAGSTER_HOME"] = str(home)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    config = home / "dagster.yaml"
    if not config.exists() or config.read_text("utf-8") == _FORMER_INSTANCE:
        shipped = files("bwp_pipeline.defs") / "dagster.yaml"
        config.write_bytes(shipped.read_bytes())
    with DagsterInstance.get() as instance:
        yield instance


@contextlib.contextmanager
def _told_where_records_fail(settings: Settings) -> Iterator[None]:
    """Tell people of an error outside the steps: of that, Dagster records nothing to tell of."""
    try:
        yield
    except Exception as error:
        words = words_of(error) or f"a fault of the program: {type(error).__name__}."
        trouble = Trouble("run", words, "The next run catches up.")
        now = datetime.now(UTC)
        for problem in tell_run(
            Outcome([trouble]), settings.channels, settings.data_dir, now, is_good=False
        ):
            _say(f"warning: {problem}")
        raise


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
