"""What Spark has built: a directory of Parquet files a table, and which build counts.

Belongs here: builds' directories, and the one file that names the one that counts. Does not belong
here: building. A build reads the tables of the one before and writes all of its own beside them; it
counts from the moment at which `current.json` names it. So a build that was killed, or failed, has
changed nothing, and a day's rows come in together.
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_COLUMNS = b"org.apache.spark.sql.parquet.row.metadata"


@dataclass(frozen=True, slots=True)
class SparkTables:
    """The builds of one warehouse.

    `directory` is where they lie; `warehouse_id` is the DuckDB file's that keeps their books. What
    belongs to another one is not read: that warehouse was made anew.
    """

    directory: Path
    warehouse_id: str

    def current(self) -> dict[str, Path]:
        """The directory of each table ("schema.table") of the build that counts; none without."""
        try:
            noted = json.loads(self._pointer.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        if noted.get("warehouse") != self.warehouse_id:
            return {}
        return tables_of(self.directory / noted["build"])

    def begin(self) -> Path:
        """An empty directory for a build. Those of builds that don't count are removed."""
        kept = {path.parent.parent for path in self.current().values()}
        for path in self.directory.glob("build-*"):
            if path not in kept:
                shutil.rmtree(path)
        build = self.directory / f"build-{uuid4().hex}"
        build.mkdir(parents=True)
        return build

    def commit(self, build: Path) -> None:
        """From now on, `build` counts."""
        part = self._pointer.with_suffix(".part")
        part.write_text(json.dumps({"warehouse": self.warehouse_id, "build": build.name}))
        part.replace(self._pointer)

    @property
    def _pointer(self) -> Path:
        return self.directory / "current.json"


def tables_of(build: Path) -> dict[str, Path]:
    """The directory of each table that a build has written, by "schema.table"."""
    return {
        f"{path.parent.name}.{path.name}": path
        for path in sorted(build.glob("*/*"))
        if path.is_dir() and path.parent.name != "sources"
    }


def show_tables(session: "SparkSession", tables: Mapping[str, Path]) -> None:
    """Make tables of the session of what a former build has written, by "schema.table".

    Each file says which columns Spark wrote. Spark itself would start a job for each table to ask.
    """
    from pyspark.sql.types import StructType  # noqa: PLC0415 -- an extra

    for name, directory in tables.items():
        noted = pq.read_metadata(next(directory.glob("*.parquet"))).metadata[_COLUMNS]
        columns = StructType.fromJson(json.loads(noted))
        session.catalog.createTable(name, hadoop_path(directory), "parquet", columns)


def hadoop_path(path: Path) -> str:
    """The name by which Spark knows a local path; it takes no percent-encoding."""
    return f"file://{path}"
