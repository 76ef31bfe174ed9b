"""The published example's database, made once for all files and processes of a test run."""

import os
from pathlib import Path

import pytest
from filelock import FileLock

from bwp_pipeline_tests.example_queries import published_example


def shared_example(factory: pytest.TempPathFactory) -> Path:
    """Return its path; whoever writes takes a copy."""
    root = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    directory = root / "published-example"
    path = directory / "published" / "bwp.duckdb"
    with FileLock(root / "published-example.lock"):
        if not path.exists():
            directory.mkdir(exist_ok=True)
            published_example(directory)
    return path
