# ruff: noqa: INP001, T201 -- a command of its own, not a package; it prints its result
"""How right the numbers are that a buyer acts on: the model against made-up shops of known truth.

    python benchmarks/decisions.py [--seeds 8] [--scale]

Prints the markdown table of docs/demand.md. Everything is seeded: the same table each time, but for
the times of --scale. Beside a figure stands what one reaches who knows the true state.
"""

import argparse
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bwp_pipeline.demand.memory import Memory
from bwp_pipeline.demand.product_days import step
from bwp_pipeline.demand.rate_alarm import alarms
from bwp_pipeline_tests.demand.demand_measures import Measures, measure
from bwp_pipeline_tests.demand.demand_orders import follow
from bwp_pipeline_tests.demand.demand_rates import rates
from bwp_pipeline_tests.demand.demand_worlds import Shop, draw

_WATCHED, _DOUBLES = 90, 120
"""Days from which starts of alarms count, and the day from which the rate is doubled."""


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--scale", action="store_true", help="5,000 products for 365 days, too")
    arguments = parser.parse_args()
    seeds = range(arguments.seeds)
    print("| orders a day, k | measure | model | knowing the state |\n|---|---|---:|---:|")
    for orders in (1000, 300):
        for k in (30, 4):
            shops = [Shop(orders_a_day=orders, dispersion=k, seed=seed) for seed in seeds]
            _print(f"{orders}, {k}", _of_orders(measure(shops)))
        told = [Shop(orders_a_day=orders, tells_stock=True, seed=seed) for seed in seeds]
        _print(f"{orders}, 30, stock told", _of_orders(measure(told)))
    for orders in (1000, 300):
        for k in (30, 4):
            _print(f"{orders}, {k}", _of_ordering(orders, k, seeds))
    _print("", _of_alarms(25 * arguments.seeds))
    if arguments.scale:
        _print("", _of_scale())


def _print(shop: str, rows: Iterator[tuple[str, str, str]]) -> None:
    for name, value, beside in rows:
        print(f"| {shop} | {name} | {value} | {beside} |", flush=True)


def _of_orders(measures: Measures) -> Iterator[tuple[str, str, str]]:
    for name in sorted(measures.ratios, key=lambda one: (one.startswith("at risk"), one)):
        yield f"{name}: median of truth", f"{measures.median(name):.2f}", "1"
    yield from (
        (name, f"{measures.share(name):.3f}", beside)
        for name, beside in (
            ("80 % interval of demand holds", ""),
            ("who was short: precision", "1"),
            ("who was short: recall", "1"),
            ("status precision", "1"),
            ("status recall", "1"),
            ("silent for three orders, listed", "1"),
            ("silent for five orders, told out", "1"),
        )
    )
    chance = measures.share("selling, silent by chance")
    told = measures.share("selling, told out")
    yield "selling, told out", f"{told:.4f}", f"0 ({chance:.4f} are silent for five orders)"
    for name in ("top 20", "first five never out"):
        knowing = measures.share(f"{name}, knowing the state")
        every = measures.share(f"{name}, knowing all")
        beside = f"{knowing:.2f} (the future too: {every:.2f})"
        yield name, f"{measures.share(name):.2f}", beside


def _of_ordering(orders: int, k: float, seeds: range) -> Iterator[tuple[str, str, str]]:
    shops = [
        Shop(days=231, trend=0.0, promotions=0.0, orders_a_day=orders, dispersion=k, seed=seed)
        for seed in seeds
    ]
    textbook = [follow(shop, knows_truth=True) for shop in shops]
    fill = float(np.mean([one.fill for one in textbook]))
    for name, knows in (("stock and inbound known", True), ("stock known from Amazon", False)):
        followed = [follow(shop, knows_truth=False, knows_on_its_way=knows) for shop in shops]
        ratio = np.mean([a.stock / b.stock for a, b in zip(followed, textbook, strict=True)])
        served = np.mean([one.fill for one in followed])
        yield f"order list, {name}: fill", f"{100 * served:.1f} %", f"{100 * fill:.1f} %"
        yield f"order list, {name}: stock over the textbook's", f"{ratio:.2f}", "1"
    classes = [np.argsort(np.argsort(-one.rate)) * 5 // len(one.rate) for one in followed]
    covered = [
        np.nanmean(
            np.concatenate(
                [one.covered[:, its == number] for one, its in zip(followed, classes, strict=True)],
                axis=1,
            )
        )
        for number in range(5)
    ]
    shares = " / ".join(f"{100 * share:.0f}" for share in covered)
    yield "levels of 95 % cover, % by fifth of volume", shares, "95"


def _of_alarms(runs: int) -> Iterator[tuple[str, str, str]]:
    for orders in (10, 100, 1000):
        for rate in (0.02, 0.04, 0.08):
            starts = soon = 0
            for seed in range(runs):
                still = alarms(rates(np.random.default_rng(seed), 150, orders, rate))
                starts += sum(alarm.rang >= _WATCHED for alarm in still)
                random = np.random.default_rng(seed + 10**6)
                doubled = alarms(rates(random, 130, orders, rate, doubles_on=_DOUBLES))
                soon += any(alarm.rang >= _DOUBLES for alarm in doubled)
            name = f"alarm, {orders} orders a day, {100 * rate:.0f} %"
            yield f"{name}: false starts in 30 days", f"{starts / runs / 2:.2f}", ""
            yield f"{name}: doubling rings within 10 days", f"{soon / runs:.2f}", ""


def _of_scale() -> Iterator[tuple[str, str, str]]:
    world = draw(Shop(products=5000, days=365, orders_a_day=5000))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    memory, longest, begun = Memory.empty(), 0.0, time.perf_counter()
    for counts in world.days():
        started = time.perf_counter()
        memory, _ = step(memory, counts)
        longest = max(longest, time.perf_counter() - started)
    total = time.perf_counter() - begun
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    yield "5,000 products, 365 days: first fit", f"{total:.1f} s", ""
    yield "5,000 products: longest daily step", f"{longest:.2f} s, {more:.0f} MB more", ""


if __name__ == "__main__":
    main()
