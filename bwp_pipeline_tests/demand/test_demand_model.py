"""What the model must know of made-up shops; `benchmarks/decisions.py` makes the full table."""

import numpy as np
import pytest

from bwp_pipeline.demand.counts import DayCounts, SharedItems
from bwp_pipeline.demand.memory import Memory
from bwp_pipeline.demand.outlook import outlook, units_at_risk
from bwp_pipeline.demand.product_days import step
from bwp_pipeline.demand.status import Episodes, follow, is_listed, is_out, statuses
from bwp_pipeline_tests.demand.demand_days import a_day, lived, steady
from bwp_pipeline_tests.demand.demand_measures import Measures, measure
from bwp_pipeline_tests.demand.demand_worlds import Shop, draw


@pytest.fixture(scope="module")
def measures() -> Measures:
    return measure([Shop(orders_a_day=1000, seed=seed) for seed in range(2)])


@pytest.mark.parametrize("hidden", [3, 10, 20, 27])
def test_days_on_which_the_offer_was_gone_do_not_dilute_demand(
    measures: Measures, hidden: int
) -> None:
    assert measures.median(f"demand, hidden {hidden} of 28 days") == pytest.approx(1, abs=0.07)


@pytest.mark.parametrize("age", [7, 14])
def test_a_young_archive_divides_by_its_own_days(measures: Measures, age: int) -> None:
    assert measures.median(f"demand, archive {age} days old") == pytest.approx(1, abs=0.05)


def test_who_is_out_is_told_from_orders_alone(measures: Measures) -> None:
    assert measures.share("status precision") >= 0.75
    assert measures.share("status recall") >= 0.75
    assert measures.share("selling, told out") <= 0.015
    assert measures.share("silent for five orders, told out") >= 0.9
    assert measures.share("silent for three orders, listed") >= 0.9


def test_what_amazon_tells_of_stock_decides() -> None:
    told = measure([Shop(orders_a_day=1000, seed=seed, tells_stock=True) for seed in range(2)])
    assert told.share("status precision") >= 0.9
    assert told.share("status recall") >= 0.9
    assert told.median("at risk, out") == pytest.approx(1, abs=0.1)


def test_the_restock_list_holds_nearly_what_one_who_knows_the_state_would_list(
    measures: Measures,
) -> None:
    assert measures.share("top 20") >= 0.85 * measures.share("top 20, knowing the state")
    assert measures.share("first five never out") <= measures.share(
        "first five never out, knowing the state"
    )


def test_the_missing_product_of_a_shared_order_is_found(measures: Measures) -> None:
    assert measures.share("who was short: precision") >= 0.8
    assert measures.share("who was short: recall") >= 0.8


def test_one_shared_unit_never_makes_a_product_out_of_stock() -> None:
    both = SharedItems(np.array([0, 0]), np.array([0, 1]))
    last = a_day(np.zeros(30), shared=both)
    memory, told = lived([*steady(30, 40), last])
    assert not is_out(outlook(memory))[:2].any()
    assert (told[-1].probability_short > 0.1).all()


def test_a_product_known_to_be_out_takes_the_blame_for_shared_orders() -> None:
    both = SharedItems(np.array([0, 0]), np.array([0, 1]))
    orders = np.full(30, 3.0)
    failed = np.zeros(30)
    failed[0] = 3.0
    _, told = lived([*steady(30, 40), a_day(orders, direct=failed, shared=both)])
    assert told[-1].probability_short[0] > 0.95
    assert told[-1].probability_short[1] < 0.2


def test_a_silent_product_stays_listed_until_it_sells() -> None:
    gone = np.full(30, 3.0)
    gone[0] = 0.0
    days = [*steady(30, 40), *(a_day(gone) for _ in range(60))]
    memory, episodes = Memory.empty(), Episodes.none()
    for number, counts in enumerate(days):
        memory, _ = step(memory, counts)
        view = outlook(memory)
        episodes = follow(episodes, view, number)
    assert is_listed(view)[0]
    assert not is_listed(view)[1:].any()
    assert statuses(view, episodes, 100)[0] == "SILENT"
    memory, _ = step(memory, a_day(np.full(30, 3.0)))
    view = outlook(memory)
    assert not is_listed(view)[0]
    assert statuses(view, follow(episodes, view, 101), 101)[0] == "RECOVERED"


def test_demand_while_the_offer_is_gone_is_what_would_have_sold() -> None:
    gone = np.full(30, 3.0)
    gone[0] = 0.0
    memory, told = lived([*steady(30, 60), *(a_day(gone) for _ in range(10))])
    assert told[-1].in_stock_probability[0] < 0.01
    assert 2 < told[63].demand_units[0] < 3.5
    # The longer it is gone, the likelier it was given up, and wanted by nobody.
    assert 0 < told[-1].demand_units[0] < told[63].demand_units[0]
    assert outlook(memory).demand_per_day[0] == pytest.approx(3, rel=0.2)


def test_days_are_told_from_that_day_and_earlier_only() -> None:
    days = list(draw(Shop(products=40, days=80, orders_a_day=60, seed=2)).days())
    _, short = lived(days[:50])
    _, longer = lived(days)
    for one, other in zip(short, longer[:50], strict=True):
        np.testing.assert_array_equal(one.in_stock_probability, other.in_stock_probability)
        np.testing.assert_array_equal(one.demand_units, other.demand_units)


@pytest.mark.parametrize(
    "days",
    [
        [a_day(np.array([1.0]))],
        [a_day(np.array([4.0]), direct=np.array([4.0]))],
        [a_day(np.zeros(3))],
        [a_day(np.array([2.0]), buyable=np.array([-1e12]))] * 3,
        [a_day(np.array([2.0]), buyable=np.array([1e15]))] * 3,
        [a_day(np.array([1e6])), a_day(np.array([0.0])), a_day(np.array([1e6]))],
    ],
    ids=["one order", "one failure", "nothing", "negative stock", "absurd stock", "huge orders"],
)
def test_every_number_is_finite_whatever_the_day_tells(days: list[DayCounts]) -> None:
    memory, _ = lived(days)
    view = outlook(memory)
    for values in vars(view).values():
        assert np.isfinite(values).all()
    assert np.isfinite(units_at_risk(view, days[-1].buyable_units)).all()
    assert memory.states.sum(axis=1) == pytest.approx(1)


def test_a_week_of_ten_times_the_demand_is_no_new_pace() -> None:
    burst = np.full(30, 3.0)
    burst[0] = 30.0
    days = [*steady(30, 60), *(a_day(burst) for _ in range(7)), *steady(30, 20, seed=3)]
    memory, _ = lived(days)
    assert outlook(memory).demand_per_day[0] < 1.5 * 3


def test_new_products_join_without_changing_the_old() -> None:
    memory, _ = lived(steady(30, 40))
    memory, told = step(memory, a_day(np.append(np.full(30, 3.0), 2.0)))
    assert len(told.demand_units) == 31
    assert outlook(memory).demand_per_day[30] > 0
    assert outlook(memory).demand_days[30] == 1


@pytest.mark.parametrize(("units", "is_called_out"), [(np.nan, True), (0.0, True), (9.0, False)])
def test_silence_calls_out_no_product_that_amazon_says_is_there(
    units: float, *, is_called_out: bool
) -> None:
    told = np.full(30, units)
    silent = np.arange(30) > 0
    quiet = [a_day(np.where(silent, 2.0, 0.0), buyable=told) for _ in range(6)]
    memory, _ = lived([*steady(30, 40), *quiet])
    assert is_out(outlook(memory))[0] == is_called_out
    assert not is_out(outlook(memory))[1:].any()
