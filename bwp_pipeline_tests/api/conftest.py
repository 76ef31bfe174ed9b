"""Fixtures of the tests that fetch: an API over HTTP, and an empty lake."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bwp_pipeline.lake import Lake
from bwp_pipeline_tests.servers.api_server import ApiServer, serving


@pytest.fixture
def server() -> Iterator[ApiServer]:
    with serving(ApiServer()) as running:
        yield running


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(f"{(tmp_path / 'lake').as_uri()}/")
