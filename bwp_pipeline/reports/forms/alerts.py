"""The signals of a report as a file for machines, and the memory of when each was first seen.

Here belongs `alerts.json`: its shape, and what makes a signal new, ongoing or cleared. Which
signals there are is decided in `signals`.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

import msgspec

from bwp_pipeline.reports.reading.data import Window
from bwp_pipeline.reports.sections.signals import Signal
from bwp_pipeline.storage import plain_file


@dataclass(frozen=True)
class Remembered:
    """The signals of an earlier report; `problem` says why they could not be read."""

    signals: Sequence[Signal] = ()
    problem: str | None = None


class _Document(msgspec.Struct):
    alerts: list[Signal]


def read_alerts(path: Path) -> Remembered:
    """Read the signals of an earlier report; none where there is no such file.

    A file that can't be read costs that every signal is new.
    """
    try:
        document = msgspec.json.decode(plain_file(path).read_bytes(), type=_Document)
    except FileNotFoundError:
        return Remembered()
    except (OSError, msgspec.MsgspecError, RecursionError):
        return Remembered(problem=f"{path} can't be read: every signal counts as new")
    return Remembered(document.alerts)


def write_alerts(signals: Iterable[Signal], window: Window, path: Path, *, is_stale: bool) -> Path:
    """Write the signals with their window, the newest data they know and their states."""
    through = window.data_through.isoformat() if window.data_through else None
    document = {
        "first_day": window.first_day.isoformat(),
        "last_day": window.last_day.isoformat(),
        "timezone": window.timezone,
        "data_through": through,
        "is_stale": is_stale,
        "alerts": [asdict(signal) for signal in signals],
    }
    content = json.dumps(document, indent=2, ensure_ascii=False, default=date.isoformat)
    path.write_text(content + "\n", encoding="utf-8")
    return path


def remember(signals: Iterable[Signal], previous: Iterable[Signal], last_day: date) -> list[Signal]:
    """Tell new signals from those seen before, and add those that have cleared.

    Making the same day's report again gives the same states: a signal is new for as long as the
    report's last day is the day it was first seen, and cleared while it is the day it was gone.
    """
    before = {signal.identity: signal for signal in previous if signal.first_seen <= last_day}
    current = []
    for signal in signals:
        seen = before.pop(signal.identity, None)
        first = seen.first_seen if seen and _lasted(seen, last_day) else last_day
        state = "new" if first == last_day else "ongoing"
        current.append(replace(signal, first_seen=first, state=state))
    gone = [
        replace(signal, state="cleared", cleared_on=last_day)
        for signal in before.values()
        if _lasted(signal, last_day)
    ]
    return [*current, *gone]


def _lasted(signal: Signal, last_day: date) -> bool:
    """Whether it was there until now, even if this day's report was made before."""
    return signal.state != "cleared" or signal.cleared_on == last_day
