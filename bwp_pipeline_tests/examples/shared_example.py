"""The published example's database, made once for all files and processes of a test run."""

from pathlib import Path

import pytest

from bwp_pipeline_tests.examples.example_queries import published_example
from bwp_pipeline_tests.examples.made_once import made_once


def shared_example(factory: pytest.TempPathFactory) -> Path:
    """Return its path; whoever writes takes a copy."""
    directory = made_once(factory, "published-example", published_example)
    return directory / "published" / "bwp.duckdb"
