"""The SQL that analysts are shown runs on a sandbox's data: examples, and that of each metric."""

from pathlib import Path

import duckdb
import pytest

from bwp_pipeline_tests.examples.example_queries import PAGE, QUERIES, render
from bwp_pipeline_tests.examples.shared_example import shared_example


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shared_example(tmp_path_factory)


@pytest.mark.parametrize("path", sorted(QUERIES.glob("*.sql")), ids=lambda path: path.stem)
def test_every_question_has_an_answer(database: Path, path: Path) -> None:
    query = path.read_text(encoding="utf-8")
    assert query.startswith("-- ")
    with duckdb.connect(str(database), read_only=True) as connection:
        assert connection.execute(query).fetchall()


def test_the_docs_show_these_answers(database: Path) -> None:
    assert PAGE.read_text(encoding="utf-8") == render(database)


def test_the_sql_of_every_metric_computes_the_reports_own_figure(database: Path) -> None:
    with duckdb.connect(str(database), read_only=True) as connection:
        definitions = connection.execute(
            "select metric, table_name, column_name, query from meta.metric_definitions"
        ).fetchall()
        for metric, table, column, query in definitions:
            computed = connection.execute(query)
            names = [described[0] for described in computed.description or []]
            assert names.count(column) == 1, metric
            keys = [name for name in names if name != column]
            found = {
                tuple(row[names.index(key)] for key in keys): row[names.index(column)]
                for row in computed.fetchall()
            }
            now = "periods_ago = 0" if "periods_ago" in keys else "true"
            reported = connection.execute(
                f"select {', '.join([column, *keys])} from {table} where {now}"  # noqa: S608 -- own names
            ).fetchall()
            assert reported, metric
            for value, *key in reported:
                # What did not happen has no row of its own in the facts.
                expected = found.get(tuple(key))
                if isinstance(value, str):
                    assert expected == value, (metric, key)
                else:
                    assert float(expected or 0) == pytest.approx(float(value or 0)), (metric, key)


def test_one_cancellation_rate_is_the_headline(database: Path) -> None:
    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.execute(
            "select metric, label, use from meta.metric_definitions"
        ).fetchall()
    assert [metric for metric, _, use in rows if use.startswith("The headline")] == [
        "cancellation_rate"
    ]
    labels = [label for _, label, _ in rows]
    assert len(set(labels)) == len(labels)
