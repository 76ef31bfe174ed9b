"""Dagster's instance as it is shipped, and its records of runs, which go when they are old."""

from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path

import pytest
from dagster import DagsterInstance, job, op
from dagster._core.instance.config import PoolGranularity
from dagster._time import get_current_timestamp

from bwp_pipeline.defs.records import forget_old_runs

DAY = 24 * 3600


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[DagsterInstance]:
    with as_file(files("bwp_pipeline.defs") / "dagster.yaml") as shipped:
        (tmp_path / "dagster.yaml").write_bytes(shipped.read_bytes())
    with DagsterInstance.from_config(str(tmp_path)) as made:
        yield made


@op
def nothing() -> None:
    pass


@job
def empty() -> None:
    nothing()


def test_the_shipped_instance_is_one(instance: DagsterInstance) -> None:
    assert instance.run_monitoring_enabled
    assert instance.run_retries_enabled
    assert not instance.run_retries_retry_on_asset_or_op_failure
    assert instance.freshness_enabled
    assert not instance.telemetry_enabled
    config = instance.get_concurrency_config().pool_config
    assert (config.pool_granularity, config.default_pool_limit) == (PoolGranularity.RUN, 1)


def test_records_of_old_runs_go_with_their_files_and_new_ones_stay(
    instance: DagsterInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = tmp_path / "history" / "runs"
    with monkeypatch.context() as then:
        at = get_current_timestamp() - 91 * DAY
        then.setattr("time.time", lambda: at)
        old = empty.execute_in_process(instance=instance).run_id
    # The day that a run was made is the database's.
    with instance.run_storage.connect() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql("update runs set create_timestamp = datetime('now', '-91 days')")
    new = empty.execute_in_process(instance=instance).run_id
    assert {path.stem for path in runs.glob("*-*.db")} == {old, new}

    assert forget_old_runs(instance, 90) == 1
    assert forget_old_runs(instance, 90) == 0

    assert [record.dagster_run.run_id for record in instance.get_run_records()] == [new]
    assert {path.stem for path in runs.glob("*-*.db")} == {new}
    assert not (tmp_path / "storage" / old).exists()
    assert instance.all_logs(new)
