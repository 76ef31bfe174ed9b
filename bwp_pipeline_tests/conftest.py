"""The order of test files: those that take longest begin first, so that no core idles at the end.

Does not belong here: fixtures, which stand in the room whose tests share them.
"""

import pytest

# As measured; a file that takes less than ten seconds needs no place.
LONGEST_FIRST = (
    "test_warehouse_incremental",
    # These wait for others half of their time, as long as the linters have work to do.
    "test_serve_browser",
    "test_end_to_end",
    "test_many_workers",
    "test_snapshot_interleavings",
    "test_archive_kills",
    "test_runs_told",
    "test_archive_interleavings",
    "test_as_known",
    "test_warehouse_news",
    "test_no_secret_leaks",
    "test_erasure",
    "test_api_faults",
    "test_database",
    "test_published_window",
    "test_archive_stack",
    "test_same_facts",
    "test_cli",
    "test_report_page_form",
    "test_news",
    "test_published_parquet",
    "test_file_modes",
    "test_report_page",
    "test_told_stock",
    "test_product_states",
    "test_odd_orders",
    "test_lake_interleavings",
    "test_serve_bad_input",
    "test_archive_reading",
    "test_decision_times",
    "test_restock_simulation",
    "test_analysts_tables",
    "test_import",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort by file alone: a file's tests keep their order."""
    place = {name: number for number, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: place.get(item.path.stem, len(place)))
