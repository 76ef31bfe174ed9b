"""One dbt project on two engines: what can be told without Spark. The rows: `make engines`."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from bwp_pipeline.warehouse import spark_session, spark_settings
from bwp_pipeline.warehouse.dbt_project import dbt_project_dir, parsed_project
from bwp_pipeline.warehouse.dbt_run import DbtError, run_dbt
from bwp_pipeline.warehouse.loading import load_lake
from bwp_pipeline.warehouse.spark_session import SparkError
from bwp_pipeline.warehouse.spark_tables import SparkTables
from bwp_pipeline_tests.examples.warehouse_builds import Warehouse

ENGINE_MACROS = dbt_project_dir() / "macros" / "engine"


def test_each_macro_that_is_dispatched_has_a_form_for_each_engine() -> None:
    for path in ENGINE_MACROS.glob("*.sql"):
        forms = re.findall(r"{% macro (\w+)\(", path.read_text())
        for name in re.findall(r"adapter\.dispatch\('(\w+)'", path.read_text()):
            assert {f"duckdb__{name}", f"spark__{name}"} <= set(forms), path.name


def java(directory: Path, says: str, code: int = 0) -> None:
    """A program of the name, which says so of its version."""
    (directory / "bin").mkdir()
    program = directory / "bin" / "java"
    program.write_text(f"#!/bin/sh\necho '{says}' >&2\nexit {code}\n")
    program.chmod(0o755)


@pytest.mark.parametrize(
    ("says", "code", "line"),
    [
        ('openjdk version "11.0.2"', 0, "Spark needs Java 17 or later: .* is Java 11"),
        ('java version "1.8.0_392"', 0, "Spark needs Java 17 or later: .* is Java 8"),
        ("no JVM", 1, "doesn't run: no JVM"),
    ],
)
def test_a_java_that_spark_cant_use_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, code: int, line: str
) -> None:
    java(tmp_path, says, code)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(SparkError, match=line) as caught:
        spark_session.check_java()
    assert "\n" not in str(caught.value)


def test_no_java_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(SparkError, match="needs Java 17 or later: there is none here"):
        spark_session.check_java()


def test_without_the_extra_the_line_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spark_session, "find_spec", lambda _: None)
    with (
        pytest.raises(SparkError, match=r"pip install 'bwp-pipeline\[spark\]'"),
        spark_session.spark_session(tmp_path, None),
    ):
        pass


def test_few_rows_have_two_models_made_at_once_but_on_a_cluster(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    most = spark_settings.MOST_SMALL_ROWS
    assert [spark_session.models_at_once(rows) for rows in (most, most + 1)] == [2, 1]
    monkeypatch.setenv("PYSPARK_GATEWAY_PORT", "1")
    assert spark_session.models_at_once(most) == 1


def test_what_the_other_engine_built_is_built_again(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)

    def load(engine: str) -> None:
        load_lake(
            warehouse.lake, warehouse.path, timezone="UTC", report_days=28, stores={}, engine=engine
        )

    load("duckdb")
    # A warehouse without marts is begun anew in any case.
    (marts := tmp_path / "built" / "warehouse.duckdb.marts").write_bytes(b"")
    load("duckdb")
    assert marts.exists()
    load("spark")
    assert not marts.exists()


def test_a_build_counts_when_it_is_done_and_only_for_its_warehouse(tmp_path: Path) -> None:
    tables = SparkTables(tmp_path, "one")
    killed = tables.begin()
    (killed / "marts" / "fct_events").mkdir(parents=True)
    assert tables.current() == {}
    done = tables.begin()
    assert not killed.exists()
    (done / "marts" / "fct_events").mkdir(parents=True)
    tables.commit(done)
    assert tables.current() == {"marts.fct_events": done / "marts" / "fct_events"}
    tables.begin()
    assert tables.current() == {"marts.fct_events": done / "marts" / "fct_events"}
    assert SparkTables(tmp_path, "another").current() == {}


def test_what_dbt_makes_of_the_project_for_spark_lies_beside_the_warehouse(tmp_path: Path) -> None:
    pytest.importorskip("dbt.adapters.spark", reason="the extra `spark` is not installed")
    before = sorted(dbt_project_dir().rglob("*"))
    parsed = parsed_project("spark", tmp_path / "dbt")
    assert parsed.directory.parent == tmp_path / "dbt"
    assert parsed.manifest() is not None
    assert sorted(dbt_project_dir().rglob("*")) == before


def test_where_in_java_spark_said_something_is_left_to_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = SimpleNamespace(name="dim_orders")
    told = "Job aborted\n\tat org.apache.spark.Task.run\n\tat java.lang.Thread.run"
    found = SimpleNamespace(node=node, status="error", message=told, execution_time=1.0)
    done = SimpleNamespace(exception=None, result=SimpleNamespace(results=[found]), success=False)
    monkeypatch.setattr("dbt.cli.main.dbtRunner.invoke", lambda *_: done)
    with pytest.raises(DbtError, match=r"failed: dim_orders: Job aborted$"):
        run_dbt(tmp_path / "warehouse.duckdb")
