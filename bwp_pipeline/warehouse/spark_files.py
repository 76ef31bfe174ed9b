"""Files of the former build that stay part of a table as they are.

Belongs here: which files may stay, and taking them over into a build. Does not belong here: in
which of them a row is replaced; that is `macros/engine/spark_tables.sql`.

A file is either large enough to stay, or written again with what a build adds. So files hold rows
of many days, and a small table is one of them.
"""

import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict
from urllib.parse import unquote, urlsplit

import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LEAST_ROWS = 25_000
"""A file of fewer rows is written again by the next build; of twice as many, another is begun."""


class Files(TypedDict):
    """A table's files in the build that counts, by name."""

    build: str
    large: list[str]
    small: list[str]


def staying(tables: Mapping[str, Path]) -> dict[str, Files]:
    """The files of each table, by "schema.table", of which any is large enough to stay."""
    return {name: files for name, path in tables.items() if (files := _files(path))["large"]}


def _files(table: Path) -> Files:
    files = Files(build=table.parent.parent.name, large=[], small=[])
    for path in sorted(table.glob("*.parquet")):
        is_large = pq.read_metadata(path).num_rows >= LEAST_ROWS
        files["large" if is_large else "small"].append(path.name)
    return files


def take_over(session: "SparkSession", tables: Iterable[str], build: Path) -> None:
    """Put files of the former build that are part of these tables into this one.

    The same file under a second name, where the disk can do that: nobody writes into it, and it
    goes with its last name.
    """
    for table in tables:
        place = build.joinpath(*table.split("."))
        for address in session.table(table).inputFiles():
            path = Path(unquote(urlsplit(address).path))
            target = place / path.name
            if target.exists():
                continue
            try:
                os.link(path, target)
            except OSError:
                shutil.copyfile(path, target)
