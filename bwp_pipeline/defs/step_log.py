"""The progress of long steps, as lines in Dagster's log and at a terminal.

Belongs here: how often a line appears and what a terminal shows of a run's log. Does not belong
here: the figures, which the steps count.
"""

import json
import logging
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

from dagster import DagsterLogManager, Field, InitLoggerContext, LoggerDefinition

SECONDS_BETWEEN_LINES = 2.0


def logged(log: DagsterLogManager) -> Callable[[object], None]:
    """A callback that logs its argument as text, at most every two seconds."""
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

    def __init__(self, write: Callable[[str, str, str], None]) -> None:
        super().__init__()
        self._write = write

    def emit(self, record: logging.LogRecord) -> None:
        meta = getattr(record, "dagster_meta", {})
        event = meta.get("dagster_event")
        step = meta.get("step_key") or ""
        if event is None:
            words = str(meta.get("orig_message", ""))
            # For a step that is skipped because an earlier one failed, the failure says enough.
            if record.levelno < logging.INFO or words.startswith("Dependencies for step"):
                return
        elif event.is_step_start:
            words = "started"
        elif event.is_step_success:
            words = f"done in {event.step_success_data.duration_ms / 1000:.1f} s"
        else:
            return
        self._write(record.levelname, step, words)


def _write_text(_: str, step: str, words: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {step:<16} {words}\n")
    sys.stderr.flush()


def write_json(level: str, step: str, words: str) -> None:
    """Write a line of a run's log to stderr as JSON."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    line = {"time": now, "level": level, "step": step, "message": words}
    sys.stderr.write(f"{json.dumps(line, ensure_ascii=False)}\n")
    sys.stderr.flush()


def _terminal(context: InitLoggerContext) -> logging.Logger:
    # What Dagster's integrations say about themselves.
    logging.getLogger("dagster.builtin").setLevel(logging.WARNING)
    """The logger of runs that start at a terminal."""
    lines = logging.Logger("bwp", level=logging.DEBUG)  # noqa: LOG001 -- one a run, no registry
    is_json = context.logger_config["format"] == "json"
    lines.addHandler(_Lines(write_json if is_json else _write_text))
    return lines


terminal = LoggerDefinition(
    _terminal,
    config_schema={"format": Field(str, default_value="text")},
    description="A line for each step and its messages, for a person at a terminal.",
)
