"""The order of test files: those that take longest begin first, so that no core idles at the end.

Does not belong here: fixtures, which stand beside the tests that share them.
"""

import pytest

# As measured; a file that takes less than ten seconds needs no place.
LONGEST_FIRST = (
    "test_warehouse_incremental",
    "test_end_to_end",
    "test_api_faults",
    "test_warehouse_news",
    "test_erasure",
    "test_example_queries",
    "test_no_secret_leaks",
    "test_as_known",
    "test_decision_times",
    "test_archive_interleavings",
    "test_cli",
    "test_published_parquet",
    "test_serve_browser",
    "test_flattening",
    "test_odd_orders",
    "test_lake_compaction",
    "test_api_odd_answers",
    "test_same_facts",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort by file alone: a file's tests keep their order."""
    place = {name: number for number, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: place.get(item.path.stem, len(place)))
