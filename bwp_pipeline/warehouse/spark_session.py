"""The Spark application that builds the marts: the running one, or one on this machine.

Belongs here: starting and ending it, and what makes that impossible. Does not belong here: what it
builds. pyspark is imported where it is used: it is an extra, and takes a second.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bwp_pipeline.warehouse.spark_settings import LARGE, LOCAL, MEANING, MOST_SMALL_ROWS, SMALL

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

OLDEST_JAVA = 17
_VERSION = re.compile(r'version "(?:1\.)?(\d+)')


class SparkError(RuntimeError):
    """Spark can't run here; the text says what is missing."""


def models_at_once(rows: int) -> int:
    """How many models dbt may have Spark build at once, of so many events and snapshots.

    Few rows keep one processor busy, with planning; many keep all of them, and memory, with one
    model. On a cluster, two that add to one table might take each other's files.
    """
    return 2 if rows <= MOST_SMALL_ROWS and not _is_submitted() else 1


# pyspark's gateway to the driver that this process started, if any: one serves all its builds.
_drivers: list[Any] = []


@contextmanager
def spark_session(
    directory: Path, memory_limit: str | None, *, rows: int = 0
) -> Iterator["SparkSession"]:
    """A session for one build, with a catalog of its own.

    Started by `spark-submit` or a cluster's own job, this process has its application already, and
    keeps its master and memory. Otherwise a driver on this machine does everything. What it prints
    is kept in `spark.log`.

    Args:
        directory: Where Spark may fill `scratch`, which is removed at the end, and keep its log.
        memory_limit: The most memory that a driver on this machine may take, such as "2GB".
        rows: Events and snapshots that are read: of few, each query's own costs are what counts.

    Raises:
        SparkError: Without pyspark or Java, with an old Java, when Spark doesn't start, or ends
            before the build does.
    """
    scratch, log = directory / "scratch", directory / "spark.log"
    session = _started(scratch, log, memory_limit, is_small=rows <= MOST_SMALL_ROWS)
    try:
        yield session
    except Exception as error:
        if _has_ended():
            raise SparkError(
                f"Spark ended while it built, killed or out of memory: {log} says what it said."
                " Nothing has changed; BWP_MEMORY_LIMIT is the memory that it may take"
            ) from error
        raise
    finally:
        with suppress(Exception):
            session.stop()
        if rows > MOST_SMALL_ROWS:
            _end_driver()
        shutil.rmtree(scratch, ignore_errors=True)


def _started(
    scratch: Path, log: Path, memory_limit: str | None, *, is_small: bool
) -> "SparkSession":
    if find_spec("pyspark") is None or find_spec("dbt.adapters.spark") is None:
        raise SparkError("BWP_ENGINE=spark needs an extra: pip install 'bwp-pipeline[spark]'")
    is_submitted = _is_submitted()
    if not is_submitted:
        check_java()
    from pyspark import SparkConf, SparkContext  # noqa: PLC0415 -- an extra
    from pyspark.java_gateway import launch_gateway  # noqa: PLC0415
    from pyspark.sql import SparkSession  # noqa: PLC0415

    own = MEANING | {
        "spark.app.name": "bwp warehouse",
        "spark.sql.catalogImplementation": "in-memory",
        # Asked for, though every table lies where a build says.
        "spark.sql.warehouse.dir": f"file://{scratch}/catalog",
    }
    if not is_submitted:
        memory = _memory(memory_limit)
        own |= LOCAL | (SMALL if is_small else LARGE)
        own |= {"spark.driver.memory": memory, "spark.local.dir": str(scratch)}
        if is_small:
            # A heap that is large from the start is seldom searched for garbage.
            own["spark.driver.extraJavaOptions"] += f" -Xms{memory}"
    try:
        conf = SparkConf().setAll(list(own.items()))
        if not is_submitted:
            if not _drivers:
                with log.open("w") as words:
                    _drivers.append(launch_gateway(conf, {"stdout": words, "stderr": words}))
            SparkContext(conf=conf, gateway=_drivers[0])
        builder = SparkSession.builder
        for name, value in own.items():
            builder = builder.config(name, value)
        return builder.getOrCreate()
    except Exception as error:
        # Of Python's side, of the gateway to Java, or Java's own.
        cause = str(getattr(error, "java_exception", error))
        raise SparkError(f"Spark doesn't start: {cause.splitlines()[0]}; see {log}") from error


def _is_submitted() -> bool:
    return "PYSPARK_GATEWAY_PORT" in os.environ


def _end_driver() -> None:
    """End the driver that this process started, which never gives back memory that it once had."""
    from pyspark import SparkContext  # noqa: PLC0415 -- an extra

    while _drivers:
        driver = _drivers.pop()
        with suppress(Exception):
            driver.shutdown()
        # It ends when nobody can speak to it any more.
        driver.proc.communicate()
        SparkContext._gateway = SparkContext._jvm = None  # noqa: SLF001 -- else it is asked again


def _has_ended() -> bool:
    """Whether the driver that this process started is gone, or goes now."""
    try:
        for driver in _drivers:
            driver.proc.wait(timeout=2)
    except subprocess.TimeoutExpired:
        return False
    return bool(_drivers)


def _memory(limit: str | None) -> str:
    # Spark writes sizes without the last letter: 2g.
    return (limit or "2GB").lower().removesuffix("b").replace("i", "")


def check_java() -> None:
    """See whether this machine's Java, that of `JAVA_HOME` or the path, can run Spark.

    Raises:
        SparkError: When it is missing, too old or broken.
    """
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home) / "bin") if home else None)
    if java is None:
        raise SparkError(f"BWP_ENGINE=spark needs Java {OLDEST_JAVA} or later: there is none here")
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)  # noqa: S603 -- found above
    found = _VERSION.search(told.stderr)
    if told.returncode or found is None:
        raise SparkError(f"{java} doesn't run: {told.stderr.partition(chr(10))[0]}")
    if int(found[1]) < OLDEST_JAVA:
        raise SparkError(f"Spark needs Java {OLDEST_JAVA} or later: {java} is Java {found[1]}")
