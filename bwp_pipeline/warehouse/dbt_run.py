"""One dbt command on a warehouse, in this process.

Belongs here: what a run passes to dbt, and turning its errors into one. Does not belong here:
finding and parsing the project (`dbt_project.py`), or what a run's results mean to Dagster.
"""

import contextlib
import json
import logging
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bwp_pipeline.warehouse.dbt_project import dbt_project_dir, parsed_project

if TYPE_CHECKING:
    from dbt_common.events.base_types import EventMsg

BUILD = ("build", "--exclude-resource-type", "unit_test")
"""Every model, seed and data test, in order of dependency."""


class DbtError(RuntimeError):
    """A model or test failed, or dbt could not start; the text says which."""


@dataclass(frozen=True, slots=True)
class NodeResult:
    """The result of one model, seed or test; `seconds` is how long it took."""

    name: str
    status: str
    message: str
    seconds: float


def run_dbt(
    warehouse_path: Path,
    arguments: Sequence[str] = BUILD,
    *,
    memory_limit: str | None = None,
    spark: Mapping[str, object] | None = None,
    on_event: Callable[["EventMsg"], None] | None = None,
) -> list[NodeResult]:
    """Run a dbt command on the project; returns the result of each node.

    Settings reach the profile as variables. dbt's own files, a log among them, are written beside
    the warehouse into `dbt/`.

    Args:
        warehouse_path: The private DuckDB file; its name is `warehouse.duckdb`, as in the manifest.
        arguments: dbt's command and its options.
        memory_limit: The most memory that DuckDB may take, such as "2GB"; its own default when
            None.
        spark: What `macros/engine/spark_tables.sql` asks of the build by this process's Spark
            application; None on DuckDB.
        on_event: Called with each of dbt's events as it happens, on dbt's threads.

    Raises:
        DbtError: When something failed. What did not depend on it has been built.
    """
    with warnings.catch_warnings():
        # dbt's own dependencies warn when they are imported.
        warnings.simplefilter("ignore")
        # Slow to import: only a run that builds pays.
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager  # noqa: PLC0415
        from dbt.cli.main import dbtRunner  # noqa: PLC0415

        variables: dict[str, object] = {"warehouse_path": str(warehouse_path)}
        if memory_limit is not None:
            variables["memory_limit"] = memory_limit
        target, parsed = "duckdb", parsed_project()
        project, own = str(dbt_project_dir()), str(dbt_log(warehouse_path).parent)
        if spark is not None:
            target = "spark"
            variables |= spark
            parsed = parsed_project(target, Path(own))
        with _log(dbt_log(warehouse_path)) as write:
            runner = dbtRunner(parsed.manifest(), [write, *([on_event] if on_event else [])])
            try:
                done = runner.invoke(
                    [
                        *("--log-level", "none", "--log-level-file", "none", "--no-use-colors"),
                        *arguments,
                        *("--project-dir", project, "--profiles-dir", project),
                        *("--target-path", own, "--log-path", own, "--no-write-json"),
                        *("--vars", json.dumps(variables), "--target", target),
                    ]
                )
            finally:
                # The file can have one writer, and dbt would keep it open for its next command.
                DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
    if done.exception is not None:
        raise DbtError(f"dbt {arguments[0]}: {done.exception}") from done.exception
    results = list(_results(getattr(done.result, "results", ())))
    failed = [f"{one.name}: {one.message}" for one in results if one.status in {"error", "fail"}]
    if not done.success:
        raise DbtError(f"dbt {arguments[0]} failed: {'; '.join(failed)}")
    return results


def dbt_log(warehouse_path: Path) -> Path:
    """What dbt says of each node, run by run."""
    return warehouse_path.parent / "dbt" / "dbt.log"


@contextlib.contextmanager
def _log(path: Path) -> Iterator[Callable[["EventMsg"], None]]:
    """Write what dbt says, as it says it, but for what it says to its own developers.

    dbt's own log makes a line of each of those thousands of events, and only then drops it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(path, maxBytes=10_000_000, backupCount=1, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-5s %(message)s"))

    def write(message: "EventMsg") -> None:
        level, words = message.info.level, message.info.msg  # type: ignore[attr-defined]
        if words and level != "debug":
            handler.handle(logging.makeLogRecord({"levelname": level.upper(), "msg": words}))

    with contextlib.closing(handler):
        yield write


def _results(found: Iterable[Any]) -> Iterator[NodeResult]:
    for result in found:
        # Spark's words end with where in Java they were said.
        words = re.split(r"\n\s+at |JVM stacktrace", result.message or "")[0].rstrip()
        yield NodeResult(result.node.name, str(result.status), words, result.execution_time)
