# ruff: noqa: T201 -- a command of its own; it prints what came of it
"""The daemon runs the schedule for days on a clock of its own, and the archive is away meanwhile.

    python -m bwp_pipeline_tests.long.three_days

The real daemon, its code server and its runs go on a clock that is set forward from morning to
morning. On the first all is well, then the archive is away for two, then it is back. Afterwards
every day has been read, and people were told of the outage once and of its end once, by e-mail and
in Slack. No secret was left anywhere, or said.
"""

import os
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from dagster import DagsterInstance, DagsterRunStatus

from bwp_pipeline.lake import Lake
from bwp_pipeline.sandbox import World
from bwp_pipeline_tests.long.clock import Clock
from bwp_pipeline_tests.long.deployed import Deployed, deployed, wait_until

END = date(2026, 3, 15)
MORNINGS = [END + timedelta(days=number) for number in range(-2, 2)]
AWAY = MORNINGS[1:3]


def main() -> int:
    """Let the days pass and print what came of them; 0 if it is what must come of them."""
    world = World(seed=5, days=4, orders_per_day=20, end=END + timedelta(days=1))
    with tempfile.TemporaryDirectory(prefix="bwp-three-days-") as directory:
        root = Path(directory)
        clock = Clock(root)
        environment = {**os.environ, **clock.environment, "BWP_RUN_HOUR": "6"}
        with deployed(root, world, environment) as it:
            began = time.monotonic()
            clock.set(_at(MORNINGS[0], 5, 50))
            with (
                DagsterInstance.from_config(str(root / "home")) as instance,
                it.program("dagster-daemon", "run", "-m", "bwp_pipeline.definitions") as log,
            ):
                wait_until("the daemon", lambda: b"SchedulerDaemon" in log.read_bytes())
                time.sleep(30)
                for number, morning in enumerate(MORNINGS):
                    pass_morning(it, instance, clock, morning, number + 1)
            print(f"{time.monotonic() - began:.0f} s")
            return verdict(it)


def pass_morning(
    it: Deployed, instance: DagsterInstance, clock: Clock, morning: date, runs: int
) -> None:
    """Let it become six in the morning, and wait until the run and what is sent of it are over."""
    away = it.archive.with_name("away")
    if morning == AWAY[0]:
        it.archive.rename(away)
    if morning > AWAY[-1] and away.exists():
        away.rename(it.archive)
    clock.set(_at(morning, 6, 0))
    wait_until(
        f"the run of {morning}",
        lambda: len([run for run in instance.get_runs() if run.is_finished]) == runs,
    )
    run = instance.get_runs(limit=1)[0]
    # The sensors look at it every half a minute.
    time.sleep(65)
    print(f"{morning} 06:00: {run.status.value}, day {run.tags['dagster/partition']}", flush=True)
    assert (run.status == DagsterRunStatus.FAILURE) == (morning in AWAY)


def verdict(it: Deployed) -> int:
    """Print the days read and the messages; 0 if they are as they must be."""
    days = Lake(f"{(it.data / 'lake').as_uri()}/").days("objects")
    print("days read:", *map(str, days))
    is_good = days == [morning - timedelta(days=1) for morning in MORNINGS]
    mails = [f"{subject}: {text}" for subject, text in it.mails()]
    for name, messages in (("e-mail", mails), ("Slack", it.slack_texts())):
        for words in messages:
            print(f"{name}: {' '.join(words.split())[:200]}")
        failed = [number for number, words in enumerate(messages) if "daily run failed" in words]
        over = [number for number, words in enumerate(messages) if "Over: events" in words]
        is_good = is_good and len(failed) == len(over) == 1 and failed < over
    search = it.search()
    print(search)
    return 0 if is_good and not search.found else 1


def _at(day: date, hour: int, minute: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


if __name__ == "__main__":
    sys.exit(main())
