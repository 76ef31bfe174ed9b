"""Made-up days and weeks of a shop's rate: weekdays, bad days, weeks that hang together."""

import numpy as np

from bwp_pipeline.demand.rate_alarm import DayRate

WEEKDAYS = np.array([1.25, 1.0, 0.9, 0.9, 1.0, 1.1, 0.85])


def rates(
    random: np.random.Generator,
    days: int,
    orders: int,
    rate: float,
    *,
    doubles_on: int | None = None,
) -> list[DayRate]:
    """Days whose rate has weekdays, and what outages leave before they are known."""
    unknown_yet = np.zeros(days + 2)
    for bad in np.flatnonzero(random.random(days) < 1 / 13):
        unknown_yet[bad : bad + random.integers(1, 3)] += random.uniform(0.01, 0.03)
    told = []
    for day in range(days):
        doubled = 2 if doubles_on is not None and day >= doubles_on else 1
        decided = int(random.poisson(orders))
        chance = min(rate * WEEKDAYS[day % 7] * doubled + unknown_yet[day], 0.9)
        told.append(DayRate(float(random.binomial(decided, chance)), float(decided), day % 7))
    return told


def weeks(
    random: np.random.Generator, number: int, orders: int, rate: float, *, last: float | None = None
) -> tuple[list[float], list[float]]:
    """Weeks whose rates hang together; the last four may have another."""
    level, events, trials = 0.0, [], []
    for week in range(number):
        level = 0.4 * level + float(random.normal(0, 0.25))
        now = rate if last is None or week < number - 4 else last
        decided = int(random.poisson(orders))
        events.append(float(random.binomial(decided, min(now * np.exp(level), 0.9))))
        trials.append(float(decided))
    return events, trials
