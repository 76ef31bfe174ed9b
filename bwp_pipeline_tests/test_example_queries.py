"""The example queries run on a sandbox's data, and the docs show what they answer."""

from pathlib import Path

import duckdb
import pytest

from bwp_pipeline_tests.example_queries import PAGE, QUERIES, published_example, render


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return published_example(tmp_path_factory.mktemp("examples"))


@pytest.mark.parametrize("path", sorted(QUERIES.glob("*.sql")), ids=lambda path: path.stem)
def test_every_question_has_an_answer(database: Path, path: Path) -> None:
    query = path.read_text(encoding="utf-8")
    assert query.startswith("-- ")
    with duckdb.connect(str(database), read_only=True) as connection:
        assert connection.execute(query).fetchall()


def test_the_docs_show_these_answers(database: Path) -> None:
    assert PAGE.read_text(encoding="utf-8") == render(database)
