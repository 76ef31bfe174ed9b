"""Managers' notes that nobody can have written: `decisions.sqlite` with hostile values, or torn.

Belongs here: drawing such files, and holding one locked. Does not belong here: what is drawn
elsewhere (`draws.py`), or how many of each (`cases.py`).
"""

import math
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb
from hypothesis import strategies as st

from bwp_pipeline.reports.stock.decisions import FILE, Kind
from bwp_pipeline_tests.long.chaos.draws import HOSTILE, torn

Value = str | bytes | int | float | None
Product = tuple[str, str]

_COLUMNS = (
    "business_product_id", "product_key", "kind", "remark", "units", "day", "author", "noted_at",
)  # fmt: skip
_LARGEST = 2**63 - 1


def products_of(published: Path) -> list[Product]:
    """Store and key of the products that a published database knows."""
    with duckdb.connect(str(published), read_only=True) as connection:
        return connection.execute(
            "select business_product_id, product_key from marts.dim_products order by all"
        ).fetchall()


@st.composite
def notes(draw: st.DrawFn, products: Sequence[Product]) -> bytes:
    """A file of notes about these products with one to four hostile values in it, or a torn one."""
    rows = draw(st.lists(_rows(products), min_size=1, max_size=20))
    for _ in range(draw(st.integers(0, 4))):
        row = draw(st.sampled_from(rows))
        row[draw(st.integers(0, len(_COLUMNS) - 1))] = draw(_HOSTILE)
    content = _file(rows)
    return draw(st.one_of(st.just(content), torn([content])))


@contextmanager
def locked(data: Path) -> Iterator[None]:
    """Hold a data directory's notes as a process that writes and never ends."""
    with closing(sqlite3.connect(data / FILE, isolation_level=None)) as other:
        other.execute("begin exclusive")
        yield


def _rows(products: Sequence[Product]) -> st.SearchStrategy[list[Value]]:
    """Notes as they are kept: a row each, as a list to be tampered with."""
    days = st.dates().map(str)
    moments = st.datetimes().map(lambda time: f"{time.isoformat()}+00:00")
    return st.builds(
        lambda product, *rest: [*product, *rest],
        st.sampled_from(list(products)),
        st.sampled_from([kind.value for kind in Kind]),
        st.one_of(st.none(), st.text(max_size=30)),
        st.one_of(st.none(), st.integers(1, 1_000_000_000)),
        st.one_of(st.none(), days),
        st.text(max_size=10),
        moments,
    )


def _storable(value: object) -> Value:
    """The value as SQLite can keep it, of any type that a column may hold."""
    if isinstance(value, str):
        content = value.encode("utf-8", "surrogatepass")
        return value if content.decode(errors="ignore") == value else content
    if isinstance(value, bool) or (isinstance(value, int) and abs(value) <= _LARGEST):
        return int(value)
    if isinstance(value, float) and not math.isnan(value):
        return value
    return None if value is None else str(value)[:1_000]


_HOSTILE = st.one_of(HOSTILE.map(_storable), st.binary(max_size=20))


def _file(rows: Sequence[Sequence[Value]]) -> bytes:
    """A database of those rows, whose table checks nothing."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(
            f"create table decisions (id integer primary key, {', '.join(_COLUMNS)})"
        )
        marks = ", ".join("?" * len(_COLUMNS))
        query = f"insert into decisions values (null, {marks})"  # noqa: S608 -- own names
        connection.executemany(query, rows)
        connection.commit()
        return connection.serialize()
