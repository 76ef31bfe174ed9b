"""Erasing orders from one file of any kind that the pipeline writes.

Belongs here: finding an order in a file's decoded content, and taking it out. Does not belong here:
which files there are (`erasure.py`).
"""

import gzip
import re
import zipfile
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from bwp_pipeline.lake.erasure import ERASED, alternatives, mentions

_TEXTS = frozenset({".html", ".csv", ".json", ".txt", ".eml", ".svg", ".md", ".log", ".prom"})
_NAMES = "regexp_matches(cast(entry as varchar), $1)"
_TABLES = """
    select format('"{}"."{}"', schema_name, table_name) from duckdb_tables()
    where database_name = current_database() and not temporary
"""


def names_any(path: Path, ids: Collection[str]) -> bool:
    """Whether the file's content, decoded, names any of these orders.

    A file that can't be decoded is searched as it is.
    """
    pattern = mentions(ids)
    with suppress(duckdb.Error, pa.ArrowException, OSError, zipfile.BadZipFile, EOFError):
        if path.suffix == ".duckdb":
            return bool(_tables_that_name(path, ids))
        if path.suffix == ".parquet":
            return any(_marks(pq.read_table(path, partitioning=None), pattern))
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as packed:
                return any(_is_in(packed.read(name), pattern) for name in packed.namelist())
        if path.suffix == ".gz":
            with gzip.open(path) as packed_file:
                return _is_in(packed_file.read(), pattern)
    return _is_in(path.read_bytes(), pattern)


def erase_from(path: Path, ids: Collection[str]) -> str | None:
    """Take these orders out of the file, or remove it; returns which, None if it names none."""
    if not names_any(path, ids):
        return None
    pattern = mentions(ids)
    fresh = path.with_name(f".{path.name}.erased")
    done = "removed"
    try:
        if path.suffix in _TEXTS:
            fresh.write_text(pattern.sub(ERASED, path.read_text()))
            done = "ids taken out"
        elif path.suffix == ".xlsx":
            _erase_from_workbook(path, fresh, pattern)
            done = "ids taken out"
        elif path.suffix == ".parquet":
            done = _erase_from_parquet(path, fresh, pattern)
        elif path.suffix == ".duckdb":
            done = _erase_from_database(path, fresh, ids)
    except (duckdb.Error, pa.ArrowException, OSError, ValueError, zipfile.BadZipFile):
        fresh.unlink(missing_ok=True)
        done = "removed"
    if fresh.exists():
        fresh.chmod(path.stat().st_mode)
        fresh.replace(path)
    else:
        path.unlink()
        for beside in ("-wal", "-shm", ".wal"):
            path.with_name(path.name + beside).unlink(missing_ok=True)
    return done


def _is_in(content: bytes, pattern: re.Pattern[str]) -> bool:
    # Every byte is a character in it, whatever the real encoding.
    return pattern.search(content.decode("latin-1")) is not None


def _marks(rows: pa.Table, pattern: re.Pattern[str]) -> list[bool]:
    """For each row whether it names one."""
    texts = [
        column.to_pylist() for column in rows.columns if not pa.types.is_primitive(column.type)
    ]
    return [any(pattern.search(str(value)) for value in row) for row in zip(*texts, strict=True)]


def _erase_from_parquet(path: Path, fresh: Path, pattern: re.Pattern[str]) -> str:
    rows = pq.read_table(path, partitioning=None)
    marks = _marks(rows, pattern)
    pq.write_table(rows.filter(pa.array([not mark for mark in marks])), fresh)
    return f"{sum(marks)} rows removed"


def _erase_from_workbook(path: Path, fresh: Path, pattern: re.Pattern[str]) -> None:
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            content = old.read(item)
            if _is_in(content, pattern):
                content = pattern.sub(ERASED, content.decode()).encode()
            new.writestr(item, content)


def _tables_that_name(path: Path, ids: Collection[str]) -> list[str]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return [
            table
            for (table,) in connection.execute(_TABLES).fetchall()
            if connection.execute(
                f"select 1 from {table} as entry where {_NAMES} limit 1",  # noqa: S608 -- own names
                [_expression(ids)],
            ).fetchone()
        ]


def _erase_from_database(path: Path, fresh: Path, ids: Collection[str]) -> str:
    """Copy it twice: deleted rows stay in a file until it is rewritten."""
    removed = 0
    working = fresh.with_suffix(".working")
    try:
        _copy(path, working)
        with duckdb.connect(str(working)) as connection:
            for (table,) in connection.execute(_TABLES).fetchall():
                deleted = connection.execute(
                    f"delete from {table} as entry where {_NAMES}",  # noqa: S608 -- own names
                    [_expression(ids)],
                ).fetchone()
                removed += deleted[0] if deleted else 0
        _copy(working, fresh)
    finally:
        working.unlink(missing_ok=True)
        working.with_name(f"{working.name}.wal").unlink(missing_ok=True)
    return f"{removed} rows removed"


def _expression(ids: Collection[str]) -> str:
    # DuckDB's regular expressions have no look-around.
    return rf"(^|[^0-9A-Za-z])({alternatives(ids)})([^0-9A-Za-z]|$)"


def _copy(source: Path, target: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"attach '{source}' as source (read_only)")
        connection.execute(f"attach '{target}' as target (storage_version 'v1.0.0')")
        connection.execute("copy from database source to target")
