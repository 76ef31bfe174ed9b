"""Figures of the last run for Prometheus' textfile collector, `BWP_METRICS_FILE`.

Belongs here: which figures, and their file. Does not belong here: counting; steps note their counts
in Dagster's record of the run.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from dagster import DagsterEvent, RunRecord
from obstore.exceptions import BaseError

from bwp_pipeline.defs.partitions import newest_finished_day
from bwp_pipeline.defs.resources import Installation
from bwp_pipeline.lake import missing_days
from bwp_pipeline.publishing.opening import open_published
from bwp_pipeline.reports.reading.windows import read_window

# By what a step notes: the figure's name, and what it is.
_NOTED = {
    "orders_due": ("bwp_orders_due", "Orders that the run had to ask for."),
    "requests": ("bwp_api_requests", "Requests to the API."),
    "throttled": ("bwp_api_throttled", "Requests that the API throttled."),
    "events": ("bwp_events_read", "Archived events that the run read."),
    "quarantined": ("bwp_records_quarantined", "Records that the run could not read."),
}


def write_metrics(
    installation: Installation, record: RunRecord | None, events: Iterable[DagsterEvent]
) -> str | None:
    """Write the figures of a run that has ended, where the settings ask for it.

    Returns:
        What went wrong; None when all is well.
    """
    path = installation.settings.metrics_file
    if path is None or record is None:
        return None
    try:
        content = _content(installation, record, events)
        part = path.with_name(f".{path.name}.new")
        part.write_text(content, encoding="ascii")
        part.replace(path)
    except (OSError, BaseError) as error:
        return f"{path} could not be written: {error}"
    return None


def _content(installation: Installation, record: RunRecord, events: Iterable[DagsterEvent]) -> str:
    run = record.dagster_run
    end = record.end_time or datetime.now(UTC).timestamp()
    lake = installation.lake()
    missing = missing_days(lake.days("objects"), newest_finished_day(datetime.now(UTC)))
    figures: dict[str, tuple[str, float]] = {
        "bwp_run_success": ("1 where the run succeeded.", float(run.is_success)),
        "bwp_run_end_timestamp_seconds": ("When the run ended.", end),
        "bwp_run_duration_seconds": ("How long it took.", end - (record.start_time or end)),
        "bwp_missing_days": ("Archive days that no run has read.", len(missing)),
    }
    for name, value in _noted(events).items():
        figure, words = _NOTED[name]
        figures[figure] = (words, value)
    through = _data_through(installation.settings.published_path)
    if through is not None:
        figures["bwp_data_through_timestamp_seconds"] = ("The newest event known.", through)
    return "".join(
        f"# HELP {name} {words}\n# TYPE {name} gauge\n{name} {value:.15g}\n"
        for name, (words, value) in figures.items()
    )


def _noted(events: Iterable[DagsterEvent]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for event in events:
        if event.is_step_materialization:
            for name, value in event.materialization.metadata.items():
                if name in _NOTED and isinstance(value.value, int):
                    found[name] = value.value
    return found


def _data_through(published: Path) -> float | None:
    try:
        with open_published(published) as connection:
            through = read_window(connection).data_through
    except duckdb.Error:
        # Nothing is published yet.
        return None
    return None if through is None else through.timestamp()
