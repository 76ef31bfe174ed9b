"""The outcome of a run, read from what Dagster recorded about it.

Belongs here: which of Dagster's events are problems, and how they read. Does not belong here: who
is notified of them (`reports/messages/`).
"""

from collections.abc import Iterable, Iterator

from dagster import AssetCheckEvaluation, DagsterEvent, DagsterEventType

from bwp_pipeline.defs.checks import ADVICE
from bwp_pipeline.reports.messages.outcome import Outcome, Trouble

TOLD_BY_TERMINAL = {"bwp/told_by": "terminal"}
"""The tag of a run whose outcome is told by the process that started it."""

_ROWS_OF_TEST = "dagster_dbt/failed_row_count"
_MOST_LETTERS = 600
_RETRY = "The next run catches up."


def outcome_of(events: Iterable[DagsterEvent]) -> Outcome:
    """The failures and warnings among a run's events."""
    recorded = list(events)
    failures = [*_failed_steps(recorded)]
    if not failures:
        failures = [
            Trouble("run", _line(event.message or "it ended without a message"), _RETRY)
            for event in recorded
            if event.event_type == DagsterEventType.PIPELINE_FAILURE
        ]
    return Outcome(failures, [*_failed_checks(recorded)])


def _failed_steps(events: Iterable[DagsterEvent]) -> Iterator[Trouble]:
    for event in events:
        if not event.is_step_failure or event.step_failure_data.error is None:
            continue
        error = event.step_failure_data.error
        # Dagster wraps what a step raised; the cause of that error is only for the log.
        raised = (error.cause or error).message.strip()
        kind, _, words = raised.partition(": ")
        # Our own errors are sentences; for others the class name says half of it.
        own = kind.startswith("bwp_pipeline.")
        yield Trouble(event.step_key or "run", _line(words if own else raised), _RETRY)


def _failed_checks(events: Iterable[DagsterEvent]) -> Iterator[Trouble]:
    for event in events:
        if event.event_type != DagsterEventType.ASSET_CHECK_EVALUATION:
            continue
        check = event.asset_check_evaluation_data
        if not check.passed:
            advice = ADVICE.get(check.check_name, "See reports.data_quality.")
            yield Trouble(check.check_name, _found(check), advice)


def _found(check: AssetCheckEvaluation) -> str:
    """What the check found: counts and texts, leaving out zeros."""
    failed = check.metadata.get(_ROWS_OF_TEST)
    if failed is not None:
        # A row of a test of dbt is a kind of finding; its ids say nothing to a person.
        rows = failed.value
        return "1 kind of finding." if rows == 1 else f"{rows} kinds of findings."
    found = []
    for name, value in check.metadata.items():
        if isinstance(value.value, int) and value.value:
            found.append(f"{value.value} {name.rpartition('/')[2].replace('_', ' ')}")
        elif isinstance(value.value, str) and value.value and "/" not in name:
            found.append(value.value)
    return _line("; ".join(found) or "it did not pass") + "."


def _line(text: str) -> str:
    return " ".join(text.split())[:_MOST_LETTERS]
