"""The order of test files: those that take longest begin first, so that no core idles at the end.

Does not belong here: fixtures, which stand beside the tests that share them.
"""

import pytest

# As measured; a file that takes less than ten seconds needs no place.
LONGEST_FIRST = (
    "test_warehouse_incremental",
    "test_end_to_end",
    "test_cli",
    "test_archive_interleavings",
    "test_warehouse_news",
    "test_snapshot_interleavings",
    "test_erasure",
    "test_as_known",
    "test_archive_stack",
    "test_same_facts",
    "test_api_faults",
    "test_database",
    "test_serve_browser",
    "test_no_secret_leaks",
    "test_lake_interleavings",
    "test_file_modes",
    "test_news",
    "test_published_window",
    "test_report_page_form",
    "test_analysts_tables",
    "test_odd_orders",
    "test_published_parquet",
    "test_decision_times",
    "test_short_items",
    "test_documented_events",
    "test_report_page",
    "test_flattening",
    "test_warehouse_gaps",
    "test_api_odd_answers",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort by file alone: a file's tests keep their order."""
    place = {name: number for number, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: place.get(item.path.stem, len(place)))
