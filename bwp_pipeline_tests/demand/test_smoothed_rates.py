"""The smoothed rate of a product is the same in SQL and in Python, whatever the shop.

The published reports compute it in SQL, and the pages compute it in Python for other counts.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jinja2 import Environment

from bwp_pipeline.demand.small_samples import Counts, fit_prior

MACROS = Path(__file__).parents[2] / "dbt_project" / "macros"
Rates = list[tuple[float, float, float]]
Rated = Callable[[Counts], Rates]


@pytest.fixture(scope="module")
def rates_in_sql() -> Iterator[Rated]:
    """The project's macro on a store's counts: each product's rate and its bounds."""
    files = ("portable", "functions", "windows/smoothed_rates")
    text = "".join((MACROS / f"{name}.sql").read_text(encoding="utf-8") for name in files)
    found: dict[str, Callable[..., str]] = {}
    context = {
        "adapter": SimpleNamespace(dispatch=lambda name, _: found[f"duckdb__{name}"]),
        "return": lambda rendered: rendered,
    }
    module = Environment(autoescape=False).from_string(text).make_module(context)  # noqa: S701 -- SQL
    found.update(vars(module))
    query = (
        f"with {found['unfulfilled_rates']()}"  # noqa: S608 -- the project's own SQL
        " select rate_eb, rate_low, rate_high from rates order by product_key"
    )
    with duckdb.connect() as connection:
        connection.execute(found["duckdb__create_functions"]("memory"))
        connection.execute(
            "create table windowed (business_product_id varchar, product_key integer,"
            " currency_code varchar, affected_orders bigint, orders bigint)"
        )

        def rated(counts: Counts) -> Rates:
            connection.execute("delete from windowed")
            connection.executemany(
                "insert into windowed values ('bp-1', ?, 'USD', ?, ?)",
                [[number, x, n] for number, (x, n) in enumerate(counts)],
            )
            return connection.execute(query).fetchall()

        yield rated


products = st.integers(1, 400).flatmap(
    lambda n: st.tuples(st.one_of(st.integers(0, n), st.integers(0, min(n, 3))), st.just(n))
)


def some_but_not_all_fail(counts: Counts) -> bool:
    return 0 < sum(x for x, _ in counts) < sum(n for _, n in counts)


DIFFERENT = [(10, 200), (22, 200)] * 10
ALIKE = [(1, 40), (2, 40)] * 10
RARE = [(60, 200), *[(0, 200)] * 9] * 2


@settings(deadline=None, max_examples=30)
@given(st.lists(products, min_size=1, max_size=60).filter(some_but_not_all_fail))
# On both sides of what it takes to fit a prior: 20 products, and 30 orders that failed.
@example(DIFFERENT)
@example(DIFFERENT[1:])
@example(ALIKE)
@example([(0, 40), *ALIKE[1:]])
# The prior weighs 20 orders, its minimum: fitted, with less in the data; and with too few products.
@example(RARE)
@example(RARE[:10])
def test_sql_and_python_smooth_every_shops_rates_alike(
    rates_in_sql: Rated, counts: list[tuple[int, int]]
) -> None:
    prior = fit_prior(counts)
    expected = [(prior.rate(x, n), *prior.interval(x, n)) for x, n in counts]

    assert rates_in_sql(counts) == [pytest.approx(row, abs=1e-6) for row in expected]
