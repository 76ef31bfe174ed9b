"""The analysts' database: schemas marts, reports and meta of the warehouse, swapped in whole.

Belongs here: copying, checking and replacing the published file. Does not belong here: what its
tables hold; that is SQL, in dbt_project/.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

SCHEMAS = ("marts", "reports", "meta")
_OLDEST_READER = "v1.0.0"


class PublishError(RuntimeError):
    """The copy is not what the warehouse holds; what was published before still stands."""


@dataclass(frozen=True, slots=True)
class PublishedCounts:
    """Rows by table ("schema.table") of the published file, and its size in bytes."""

    rows: Mapping[str, int]
    size: int


def publish(warehouse_path: Path, published_path: Path, *, keep: int = 3) -> PublishedCounts:
    """Copy marts, reports and meta with their comments, check the copy, and swap it in.

    Readers never wait and never see half a copy: an open file stays as it was, and the name leads
    to the new file at once. Its storage version is one that every DuckDB since 1.0 reads.

    Args:
        warehouse_path: The private database, built; nothing may hold it open for writing.
        published_path: The file that analysts open.
        keep: How many former copies stay in `previous/` beside it.

    Raises:
        PublishError: When the copy differs from the warehouse or a table is missing.
    """
    published_path.parent.mkdir(parents=True, exist_ok=True)
    fresh = published_path.with_name(f".{published_path.name}.new")
    fresh.unlink(missing_ok=True)
    with duckdb.connect() as connection:
        connection.execute(f"attach {_text(warehouse_path)} as warehouse (read_only)")
        connection.execute(
            f"attach {_text(fresh)} as published (storage_version '{_OLDEST_READER}')"
        )
        tables = _tables(connection, "warehouse")
        if not tables:
            raise PublishError("the warehouse has no marts: build it first")
        for schema in SCHEMAS:
            connection.execute(f"create schema published.{schema}")
        for schema, table, comment in tables:
            _copy(connection, schema, table, comment)
        expected = {f"{schema}.{table}": 0 for schema, table, _ in tables}
        for name in expected:
            expected[name] = _count(connection, f"warehouse.{name}")
        connection.execute("detach published")
    _check(fresh, expected)
    _keep_previous(published_path, keep)
    size = fresh.stat().st_size
    fresh.replace(published_path)
    return PublishedCounts(rows=expected, size=size)


def _copy(
    connection: duckdb.DuckDBPyConnection, schema: str, table: str, comment: str | None
) -> None:
    name = f'{schema}."{table}"'
    connection.execute(f"create table published.{name} as from warehouse.{name}")
    if comment:
        connection.execute(f"comment on table published.{name} is {_text(comment)}")
    for column, text in connection.execute(
        "select column_name, comment from duckdb_columns() where database_name = 'warehouse'"
        " and schema_name = ? and table_name = ? and comment is not null",
        [schema, table],
    ).fetchall():
        connection.execute(f'comment on column published.{name}."{column}" is {_text(text)}')


def _tables(
    connection: duckdb.DuckDBPyConnection, database: str
) -> list[tuple[str, str, str | None]]:
    return connection.execute(
        "select schema_name, table_name, comment from duckdb_tables() where database_name = ?"
        " and list_contains(?, schema_name) and not temporary order by schema_name, table_name",
        [database, list(SCHEMAS)],
    ).fetchall()


def _check(fresh: Path, expected: Mapping[str, int]) -> None:
    """Open the copy as a reader would, and count."""
    with duckdb.connect(str(fresh), read_only=True) as connection:
        found = {name: _count(connection, name) for name in expected}
    if found != expected:
        different = [name for name, rows in expected.items() if found[name] != rows]
        raise PublishError(f"the copy differs from the warehouse in {', '.join(different)}")


def _count(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    row = connection.execute(f"select count(*) from {name}").fetchone()  # noqa: S608 -- own names
    return row[0] if row else 0


def _keep_previous(published_path: Path, keep: int) -> None:
    if not published_path.exists():
        return
    directory = published_path.parent / "previous"
    directory.mkdir(exist_ok=True)
    published_at = datetime.fromtimestamp(published_path.stat().st_mtime, UTC)
    kept = directory / f"{published_path.stem}-{published_at:%Y%m%dT%H%M%S%f}Z.duckdb"
    if not kept.exists():
        try:
            kept.hardlink_to(published_path)
        except OSError:
            # A file system without hard links.
            shutil.copy2(published_path, kept)
    former = sorted(directory.glob(f"{published_path.stem}-*.duckdb"))
    for path in former[: max(0, len(former) - keep)]:
        path.unlink()


def _text(value: object) -> str:
    """A SQL text literal."""
    return "'" + str(value).replace("'", "''") + "'"
