"""Progress of long steps, as lines in Dagster's log and at a terminal.

Belongs here: how often a line appears and what a terminal shows of a run's log. Does not belong
here: the figures, which the steps count.
"""

import logging
import sys
import time
from collections.abc import Callable

from dagster import DagsterLogManager, InitLoggerContext, LoggerDefinition

SECONDS_BETWEEN_LINES = 2.0


def logged(log: DagsterLogManager) -> Callable[[object], None]:
    """A callback that logs what it is given, as text, at most every two seconds."""
    last = time.monotonic()

    def progress(counts: object) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= SECONDS_BETWEEN_LINES:
            last = now
            log.info(str(counts))

    return progress


class _Lines(logging.Handler):
    """Shows the pipeline's own lines and the steps' names, not the engine's bookkeeping."""

    def emit(self, record: logging.LogRecord) -> None:
        meta = getattr(record, "dagster_meta", {})
        event = meta.get("dagster_event")
        step = meta.get("step_key") or ""
        if event is None:
            words = str(meta.get("orig_message", ""))
            # Of a step that isn't run because an earlier one failed, the failure says enough.
            if record.levelno < logging.INFO or words.startswith("Dependencies for step"):
                return
            line = f"{step:<16} {words}"
        elif event.is_step_start:
            line = f"{event.step_key:<16} started"
        elif event.is_step_success:
            seconds = event.step_success_data.duration_ms / 1000
            line = f"{event.step_key:<16} done in {seconds:.1f} s"
        else:
            return
        sys.stderr.write(f"{time.strftime('%H:%M:%S')} {line}\n")
        sys.stderr.flush()


def _terminal(_: InitLoggerContext) -> logging.Logger:
    # What Dagster's integrations say about themselves.
    logging.getLogger("dagster.builtin").setLevel(logging.WARNING)
    """The logger of runs that start at a terminal."""
    lines = logging.Logger("bwp", level=logging.DEBUG)  # noqa: LOG001 -- one a run, no registry
    lines.addHandler(_Lines())
    return lines


terminal = LoggerDefinition(
    _terminal, description="A line for each step and what it says, for a person at a terminal."
)
