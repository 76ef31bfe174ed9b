"""Fixtures of the tests that compare what a run puts out: one report in all its forms."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from bwp_pipeline_tests.examples.example_queries import END
from bwp_pipeline_tests.examples.shared_example import shared_example
from bwp_pipeline_tests.whole.faces import Faces, every_face


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faces]:
    built_at = datetime(END.year, END.month, END.day, 5, tzinfo=UTC)
    example = shared_example(tmp_path_factory)
    with every_face(example, tmp_path_factory.mktemp("faces"), built_at) as made:
        yield made
