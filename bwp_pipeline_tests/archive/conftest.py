"""Fixtures of the tests that ingest: an archive and a lake in a directory."""

from pathlib import Path

import pytest

from bwp_pipeline_tests.examples.archive_place import Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)
