"""Importing and loading the definitions does just that: no dbt, no Spark, no file, no setting."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bwp_pipeline.warehouse.dbt_project import dbt_project_dir, parsed_project

# The processor's time that a process may take before it can do anything.
MOST_SECONDS = 3.0

IMPORT = "import bwp_pipeline.definitions as definitions"
NO_SPARK = "import sys; sys.modules |= dict.fromkeys(('pyspark', 'py4j', 'dbt.adapters.spark'))"
LOAD = f"{NO_SPARK}; {IMPORT}; definitions.defs()"
REPORT = """
import resource, sys
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_utime + used.ru_stime, *{"dbt.task.build", "scipy", "xlsxwriter"} & set(sys.modules))
"""


@pytest.fixture(autouse=True)
def parsed() -> None:
    """The project is parsed: a wheel brings that along, a checkout does it when SQL changes."""
    parsed_project()


def test_importing_takes_little_and_does_nothing(tmp_path: Path) -> None:
    seconds, slow = alone(IMPORT, tmp_path)

    assert seconds <= MOST_SECONDS
    assert slow == []


def test_what_dagster_loads_needs_no_setting_and_no_spark_and_runs_no_dbt(tmp_path: Path) -> None:
    _, slow = alone(LOAD, tmp_path)

    assert slow == []


def test_dg_finds_the_project() -> None:
    context = pytest.importorskip("dagster_dg_core.context", reason="an environment without dg")
    project = context.DgContext.for_project_environment(Path(__file__).parents[2], {})

    assert project.code_location_target_module_name == "bwp_pipeline.definitions"
    assert project.code_location_name == "bwp_pipeline"


def alone(code: str, directory: Path) -> tuple[float, list[str]]:
    """Seconds of CPU that the code takes in a process of its own, and slow modules in it."""
    before = files(dbt_project_dir())
    done = subprocess.run(  # noqa: S603 -- this interpreter
        [sys.executable, "-c", f"{code}\n{REPORT}"],
        cwd=directory,
        env={"PATH": os.environ["PATH"], "HOME": str(directory)},
        capture_output=True,
        text=True,
        check=False,
    )
    # Nor does it warn of parts of Dagster that are beta or superseded.
    assert (done.returncode, done.stderr) == (0, "")
    assert files(directory) == []
    assert files(dbt_project_dir()) == before
    seconds, *slow = done.stdout.split()
    return float(seconds), slow


def files(directory: Path) -> list[Path]:
    return sorted(directory.rglob("*"))
