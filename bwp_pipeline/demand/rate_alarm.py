"""An alarm for a doubled rate: it starts once, lasts as long as the rate, and ends.

Belongs here: the alarm on daily counts. Does not belong here: which orders are counted. Those with
a product that is known to be out are left out before: the list names them already, so they must not
raise the alarm too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from bwp_pipeline.demand.counts import Floats

BASELINE_DAYS = 90
FEWEST_DAYS = 28
FEWEST_EVENTS = 20
LIMIT = 4.9
"""Evidence, in nats, that starts an alarm. Simulated with weekdays and outages."""

MOST_OF_A_DAY = 1.75
"""What one day can add: a single bad day is no change of the rate."""

_WEEKDAY_EVENTS = 30.0


@dataclass(frozen=True)
class DayRate:
    """A day's orders that were decided, and those of them that were stopped; Monday is 0."""

    stopped: float
    decided: float
    weekday: int


@dataclass(frozen=True)
class Alarm:
    """A time in which the rate was clearly higher than before.

    Attributes:
        began: position of the day from which the evidence grew.
        rang: position of the day on which it was enough.
        ended: position of the day on which it was gone; None while it lasts.
        baseline: the rate before, as it was when the alarm began.
        rate: the rate since, up to the end or the last day.
    """

    began: int
    rang: int
    ended: int | None
    baseline: float
    rate: float


@dataclass(frozen=True)
class _Baseline:
    rate: float
    weekdays: Floats
    spread: float


def alarms(days: Sequence[DayRate], *, ratio: float = 2.0, limit: float = LIMIT) -> list[Alarm]:
    """Return the alarms of a history, the earliest first; a longer history repeats the same.

    CUSUM of the binomial log likelihood ratio of `ratio` times the baseline (Lorden 1971), with
    three mends. The baseline, its weekdays and its spread come from the 90 days before the evidence
    began to grow, alarms left out, and stay as they were until it is gone: an alarm can't teach
    itself away, and making it anew next day rings no second time. Weekdays have factors of their
    own. The evidence is divided by the spread: whole days fail together, so counts vary more than
    binomial ones (quasi-likelihood).
    """
    stopped, decided, weekday = (
        np.array([getattr(day, name) for day in days], dtype=np.float64)
        for name in ("stopped", "decided", "weekday")
    )
    usable = np.ones(len(days), dtype=bool)
    found: list[Alarm] = []
    baseline: _Baseline | None = None
    evidence, began, rang = 0.0, 0, None
    for position in range(len(days)):
        if evidence == 0.0:
            before = np.flatnonzero(usable[:position])[-BASELINE_DAYS:]
            baseline = _learn(stopped[before], decided[before], weekday[before].astype(int))
            began = position
        if baseline is None:
            continue
        factor = baseline.weekdays[days[position].weekday]
        gain = _evidence(stopped[position], decided[position], baseline.rate * factor, ratio)
        gain = min(gain / baseline.spread, MOST_OF_A_DAY)
        evidence = float(np.clip(evidence + gain, 0.0, limit + 2.0))
        if evidence > limit and rang is None:
            rang = position
        if rang is not None:
            alarm = _alarm(stopped, decided, baseline, (began, rang, position), evidence > 0.0)
            found = [*(one for one in found if one.began != began), alarm]
        if evidence == 0.0:
            usable[began:position] &= rang is None
            rang = None
    return found


def _alarm(
    stopped: Floats,
    decided: Floats,
    baseline: _Baseline,
    positions: tuple[int, int, int],
    lasts: bool,  # noqa: FBT001 -- private, called once
) -> Alarm:
    began, rang, now = positions
    since = slice(began, now + 1 if lasts else now)
    rate = float(stopped[since].sum() / max(decided[since].sum(), 1.0))
    return Alarm(began, rang, None if lasts else now, baseline.rate, rate)


def _evidence(stopped: float, decided: float, rate: float, ratio: float) -> float:
    rate = min(rate, 0.9)
    shifted = min(ratio * rate, 0.95)
    event = log(shifted * (1 - rate) / (rate * (1 - shifted)))
    return stopped * event + decided * log((1 - shifted) / (1 - rate))


def _learn(stopped: Floats, decided: Floats, weekday: np.ndarray) -> _Baseline | None:
    """Return the baseline of these days; None where they are too few to tell what is usual."""
    events, trials = float(stopped.sum()), float(decided.sum())
    if len(stopped) < FEWEST_DAYS or events < FEWEST_EVENTS or events >= trials:
        return None
    rate = events / trials
    expected = rate * decided
    factors = (np.bincount(weekday, stopped, 7) + _WEEKDAY_EVENTS) / (
        np.bincount(weekday, expected, 7) + _WEEKDAY_EVENTS
    )
    expected = expected * factors[weekday]
    surprise = (stopped - expected) ** 2 / np.maximum(expected * (1.0 - rate), 1e-9)
    capped = np.minimum(surprise[decided > 0], 9.0)
    return _Baseline(rate, factors, max(1.0, float(capped.mean())))
