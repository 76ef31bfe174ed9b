"""One world, however its events and answers came in: the same days and the same reports."""

from pathlib import Path

from bwp_pipeline_tests.warehouse.same_facts import told_in_order_and_shuffled, world_of


def test_any_order_and_any_refetches_between_end_in_the_same_days_and_reports(
    tmp_path: Path,
) -> None:
    in_order, shuffled = told_in_order_and_shuffled(world_of(5), tmp_path, seed=1)
    assert shuffled == in_order
    assert len(in_order[1]) > 5
