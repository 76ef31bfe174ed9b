"""Notifies people after runs, and when runs don't happen.

Belongs here: when Dagster reports a run. Does not belong here: what is sent, and where
(`reports/messages/`), or runs started at a terminal, whose command notifies people itself.
"""

from datetime import UTC, datetime

from dagster import (
    DagsterRunStatus,
    DefaultSensorStatus,
    RunStatusSensorContext,
    SensorDefinition,
    SensorEvaluationContext,
    SkipReason,
    run_status_sensor,
    sensor,
)

from bwp_pipeline.defs.metrics import write_metrics
from bwp_pipeline.defs.outcomes import TOLD_BY_TERMINAL, outcome_of
from bwp_pipeline.defs.records import forget_old_runs
from bwp_pipeline.defs.resources import Installation

_HOUR_SECONDS = 3600


def run_sensors(installation: Installation) -> list[SensorDefinition]:
    """The sensors that report a failed run, a successful one, and a missing one."""

    def tell(context: RunStatusSensorContext) -> SkipReason | None:
        # What words and sends messages is of no use to who only loads the definitions.
        from bwp_pipeline.reports.messages.telling import tell_run  # noqa: PLC0415

        run = context.dagster_run
        if run.tags.items() >= TOLD_BY_TERMINAL.items():
            return SkipReason("its command reports on it")
        logs = context.instance.all_logs(run.run_id)
        events = [log.dagster_event for log in logs if log.dagster_event is not None]
        outcome = outcome_of(events)
        settings = installation.settings
        record = context.instance.get_run_record_by_id(run.run_id)
        problem = write_metrics(installation, record, events)
        if problem is not None:
            context.log.warning(problem)
        for problem in tell_run(
            outcome,
            settings.channels,
            settings.data_dir,
            datetime.now(UTC),
            is_good=not outcome.failures,
        ):
            context.log.warning(problem)
        forget_old_runs(context.instance, settings.record_days)
        return None

    @run_status_sensor(
        run_status=DagsterRunStatus.FAILURE,
        name="tell_of_failed_runs",
        description=(
            "Writes by e-mail and to Slack when a run fails, once for each cause, and asks for"
            " BWP_PING_URL with /fail."
        ),
        default_status=DefaultSensorStatus.RUNNING,
    )
    def failed(context: RunStatusSensorContext) -> SkipReason | None:
        return tell(context)

    @run_status_sensor(
        run_status=DagsterRunStatus.SUCCESS,
        name="tell_of_good_runs",
        description=(
            "Writes by e-mail and to Slack when a run has new warnings or a problem is over, and"
            " asks for BWP_PING_URL."
        ),
        default_status=DefaultSensorStatus.RUNNING,
    )
    def succeeded(context: RunStatusSensorContext) -> SkipReason | None:
        return tell(context)

    @sensor(
        name="tell_of_missing_runs",
        description="Writes by e-mail and to Slack, once, when no run has ended for 36 hours.",
        minimum_interval_seconds=_HOUR_SECONDS,
        default_status=DefaultSensorStatus.RUNNING,
    )
    def missing(context: SensorEvaluationContext) -> SkipReason:
        from bwp_pipeline.reports.messages.telling import tell_pause  # noqa: PLC0415 -- as above

        settings = installation.settings
        for problem in tell_pause(settings.channels, settings.data_dir, datetime.now(UTC)):
            context.log.warning(problem)
        return SkipReason("it starts no run")

    return [failed, succeeded, missing]
