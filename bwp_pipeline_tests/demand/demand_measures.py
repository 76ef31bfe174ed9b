"""How well the model knows made-up shops: what it says against what is true.

Belongs here: measures, each with what one reaches who knows the true state. Does not belong here:
the aims (`test_demand_model`, `benchmarks/decisions.py`).
"""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from bwp_pipeline.demand.counts import Floats
from bwp_pipeline.demand.memory import Flags, Memory
from bwp_pipeline.demand.outlook import HORIZON_DAYS, Outlook, outlook, units_at_risk
from bwp_pipeline.demand.product_days import step
from bwp_pipeline.demand.status import Episodes, follow, is_listed, is_out, statuses
from bwp_pipeline_tests.demand.demand_worlds import (
    ENDED,
    HIDDEN,
    NOT_YET,
    ON_SALE,
    Shop,
    World,
    draw,
)

UNITS = 1.185
"""Mean units of an order in the made-up shops."""

_FIRST, _EVERY, _TOP, _TOP_FIVE = 60, 7, 20, 5
_RECOVERY = 0.115


@dataclass
class Measures:
    """Shares as sums (part, whole) and ratios to the truth, by name."""

    shares: dict[str, Floats] = field(default_factory=lambda: defaultdict(lambda: np.zeros(2)))
    ratios: dict[str, list[Floats]] = field(default_factory=lambda: defaultdict(list))

    def share(self, name: str) -> float:
        part, whole = self.shares[name]
        return float(part / max(whole, 1e-9))

    def median(self, name: str) -> float:
        return float(np.median(np.concatenate(self.ratios[name])))

    def add(self, name: str, part: Flags | Floats, whole: Flags | Floats | float) -> None:
        self.shares[name] += (float(np.sum(part)), float(np.sum(whole)))


def measure(shops: list[Shop]) -> Measures:
    """Live through the shops day by day and judge the model each week."""
    measures = Measures()
    for shop in shops:
        world = draw(shop)
        memory, episodes = Memory.empty(), Episodes.none()
        silent_for = np.zeros(shop.products)
        for day, counts in enumerate(world.days()):
            memory, told = step(memory, counts)
            view = outlook(memory)
            episodes = follow(episodes, view, day)
            silent_for = np.where(counts.orders > 0, 0.0, silent_for + world.expected[:, day])
            _shared(measures, told.probability_short, world.shared_short[day])
            if day >= _FIRST and day % _EVERY == 0:
                judge = _Judge(measures, world, memory, view, day)
                judge.state(silent_for, statuses(view, episodes, day))
                judge.demand()
                if day + HORIZON_DAYS < shop.days:
                    judge.risk()
        for age in (7, 14):
            young = Memory.empty()
            for counts in world.days(_FIRST, _FIRST + age):
                young, _ = step(young, counts)
            truth = _true_demand(world, _FIRST + age)
            ratio = outlook(young).demand_per_day / truth
            measures.ratios[f"demand, archive {age} days old"].append(ratio[young.is_known])
    return measures


@dataclass
class _Judge:
    measures: Measures
    world: World
    memory: Memory
    view: Outlook
    day: int

    def __post_init__(self) -> None:
        self.now = self.world.state[:, self.day]
        self.known = self.memory.is_known & (self.now != ENDED) & (self.now != NOT_YET)
        self.out = self.world.is_out[:, self.day]
        self.value = self.world.rate * self.world.price

    def state(self, silent_for: Floats, names: list[str]) -> None:
        told, known, out = is_out(self.view), self.known, self.out
        self.measures.add(
            "status precision", self.value[known & told & out], self.value[known & told]
        )
        self.measures.add("status recall", self.value[known & told & out], self.value[known & out])
        selling = known & (self.now == ON_SALE)
        self.measures.add("selling, told out", selling & told, selling)
        self.measures.add("selling, silent by chance", selling & (silent_for >= 5.0), selling)
        hidden = known & (self.now == HIDDEN)
        named = np.isin(names, ["SILENT", "ONGOING"])
        five, three = hidden & (silent_for >= 5.0), hidden & (silent_for >= 3.5)
        self.measures.add("silent for five orders, told out", five & named, five)
        self.measures.add("silent for three orders, listed", three & is_listed(self.view), three)

    def demand(self) -> None:
        truth = _true_demand(self.world, self.day)
        ratio = self.view.demand_per_day / truth
        hidden = (self.world.state[:, self.day - 27 : self.day + 1] == HIDDEN).sum(axis=1)
        for days, low, high in ((3, 2, 4), (10, 8, 12), (20, 17, 23), (27, 25, 28)):
            chosen = self.known & (low <= hidden) & (hidden <= high)
            self.measures.ratios[f"demand, hidden {days} of 28 days"].append(ratio[chosen])
        week = self.world.state[:, self.day - 7 : self.day - 4] == NOT_YET
        launched = self.known & week[:, 0] & ~week[:, 2]
        self.measures.ratios["demand, launched 7 days ago"].append(ratio[launched])
        holds = (self.view.demand_low <= truth) & (truth <= self.view.demand_high)
        self.measures.add("80 % interval of demand holds", holds & self.known, self.known)
        both = self.known & self.out & is_out(self.view)
        units = units_at_risk(self.view, np.full(len(truth), np.nan))
        self.measures.ratios["at risk, out"].append((units / (HORIZON_DAYS * truth))[both])

    def risk(self) -> None:
        days = slice(self.day + 1, self.day + 1 + int(HORIZON_DAYS))
        missed = self.world.expected[:, days] * self.world.is_out[:, days]
        loss = missed.sum(axis=1) * self.world.price
        units = units_at_risk(self.view, np.full(len(loss), np.nan))
        was_out = np.diff(self.world.is_out[:, : self.day + 1].astype(int), axis=1) == 1
        outages = was_out.sum(axis=1)
        # One who knows the true state, pace and past outages, and the world's recovery rate.
        rate = (1.0 + outages) / (1.0 / self.world.shop.outages_a_day + self.day)
        both = rate + _RECOVERY
        later = rate / both * (HORIZON_DAYS - (1.0 - (1.0 - both) ** HORIZON_DAYS) / both)
        knowing = self.value * np.where(self.out, 1.0 / _RECOVERY, later)
        recently = self.world.is_out[:, self.day - 27 : self.day + 1].any(axis=1)
        innocent = ~recently & (outages < 2)
        for name, score in (
            ("", units * self.world.price),
            (", knowing the state", knowing),
            (", knowing all", loss),
        ):
            ranked = np.argsort(-np.where(self.known, score, -1.0), kind="stable")
            self.measures.add(f"top 20{name}", loss[ranked[:_TOP]], loss)
            five = ranked[:_TOP_FIVE]
            self.measures.add(f"first five never out{name}", innocent[five], float(_TOP_FIVE))


def _true_demand(world: World, day: int) -> Floats:
    shop = world.shop
    wanted = 1.0 - 0.6 * shop.noise_other
    return np.asarray(world.rate * UNITS * wanted * np.exp(shop.trend * (day - shop.days)))


def _shared(measures: Measures, chance: Floats, short: Floats) -> None:
    likely = chance >= 0.5
    measures.add("who was short: precision", short[likely], likely)
    measures.add("who was short: recall", short[likely], short)
