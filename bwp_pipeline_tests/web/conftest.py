"""Fixtures of the tests that ask `bwp serve` over HTTP: the example, served to a client of its own.

How a client finds its way is in `served_pages`.
"""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bwp_pipeline_tests.examples.shared_example import shared_example
from bwp_pipeline_tests.servers.served_pages import browsing, data_dir_of


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published database that all tests share; whoever writes takes a copy."""
    return shared_example(tmp_path_factory)


@pytest.fixture
def data_dir(example: Path, tmp_path: Path) -> Path:
    """A data directory with a copy of it."""
    return data_dir_of(example, tmp_path)


@pytest.fixture
def browser(data_dir: Path) -> Iterator[httpx.Client]:
    """A client of a server of that directory."""
    with browsing(data_dir) as client:
        yield client
