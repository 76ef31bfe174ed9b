"""The analysts' database: schemas marts, reports and meta of the warehouse, swapped in whole.

Belongs here: copying, checking and replacing the published file, and Parquet beside it. Does not
belong here: what its tables and functions hold; that is SQL, in dbt_project/.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

SCHEMAS = ("marts", "reports", "meta")
AS_OF_REPORTS = ("unfulfilled_products", "unresolved_deliveries", "data_quality")
"""Reports that describe one moment. The others have a row per day, and any past is a filter."""

_OLDEST_READER = "v1.0.0"


class PublishError(RuntimeError):
    """The copy is not what the warehouse holds; what was published before still stands."""


@dataclass(frozen=True, slots=True)
class PublishedCounts:
    """Rows by table ("schema.table") of the published file, and its size in bytes."""

    rows: Mapping[str, int]
    size: int


def publish(warehouse_path: Path, published_path: Path, *, keep: int = 3) -> PublishedCounts:
    """Copy marts, reports and meta with comments and functions, check the copy, and swap it in.

    Readers never wait and never see half a copy: an open file stays as it was, and the name leads
    to the new file at once. Its storage version is one that every DuckDB since 1.0 reads. Beside
    it: `previous/` (former copies), `parquet/` (marts and reports for other tools) and
    `history/<report>/as_of=<day>.parquet` (each report of a moment as it was published).

    Args:
        warehouse_path: The private database, built; nothing may hold it open for writing.
        published_path: The file that analysts open.
        keep: How many former copies stay.

    Raises:
        PublishError: When the copy differs from the warehouse or there is nothing to copy.
    """
    published_path.parent.mkdir(parents=True, exist_ok=True)
    fresh = published_path.with_name(f".{published_path.name}.new")
    fresh.unlink(missing_ok=True)
    with duckdb.connect() as connection:
        connection.execute(f"attach {_text(warehouse_path)} as warehouse (read_only)")
        connection.execute(
            f"attach {_text(fresh)} as published (storage_version '{_OLDEST_READER}')"
        )
        expected = _copy_tables(connection)
        if not expected:
            raise PublishError("the warehouse has no marts: build it first")
        _copy_functions(connection)
        connection.execute("detach published")
        _check(fresh, expected)
        _write_parquet(connection, published_path.parent, list(expected))
    _keep_previous(published_path, keep)
    size = fresh.stat().st_size
    fresh.replace(published_path)
    return PublishedCounts(rows=expected, size=size)


def _copy_tables(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Copy every table with its comments; return the warehouse's rows by table."""
    for schema in SCHEMAS:
        connection.execute(f"create schema published.{schema}")
    tables = connection.execute(
        "select schema_name, table_name, comment from duckdb_tables()"
        " where database_name = 'warehouse' and list_contains(?, schema_name)"
        " order by schema_name, table_name",
        [list(SCHEMAS)],
    ).fetchall()
    for schema, table, comment in tables:
        connection.execute(
            f'create table published.{schema}."{table}" as from warehouse.{schema}."{table}"'
        )
        _comment(connection, f'table published.{schema}."{table}"', comment)
    for schema, table, column, comment in connection.execute(
        "select schema_name, table_name, column_name, comment from duckdb_columns()"
        " where database_name = 'warehouse' and list_contains(?, schema_name)",
        [list(SCHEMAS)],
    ).fetchall():
        _comment(connection, f'column published.{schema}."{table}"."{column}"', comment)
    return {
        f"{schema}.{table}": _count(connection, f'warehouse.{schema}."{table}"')
        for schema, table, _ in tables
    }


def _copy_functions(connection: duckdb.DuckDBPyConnection) -> None:
    waiting = connection.execute(
        "select schema_name, function_name, function_type = 'table_macro', parameters,"
        " macro_definition, comment from duckdb_functions()"
        " where database_name = 'warehouse' and not internal"
    ).fetchall()
    # A function names others and tables without a database: they are looked up in the default one,
    # and must be there already.
    connection.execute("use published")
    while waiting:
        later = [function for function in waiting if not _create_function(connection, *function)]
        if len(later) == len(waiting):
            raise PublishError(f"functions can't be copied: {', '.join(f[1] for f in later)}")
        waiting = later
    connection.execute("use memory")


def _create_function(  # noqa: PLR0917 -- a row of the catalogue
    connection: duckdb.DuckDBPyConnection,
    schema: str,
    name: str,
    is_table: bool,  # noqa: FBT001
    parameters: list[str],
    definition: str,
    comment: str | None,
) -> bool:
    kind = "table" if is_table else ""
    try:
        connection.execute(
            f"create macro {schema}.{name}({', '.join(parameters)}) as {kind} ({definition})"
        )
    except duckdb.CatalogException:
        return False
    _comment(connection, f"macro {kind} {schema}.{name}", comment)
    return True


def _comment(connection: duckdb.DuckDBPyConnection, what: str, comment: str | None) -> None:
    if comment:
        connection.execute(f"comment on {what} is {_text(comment)}")


def _check(fresh: Path, expected: Mapping[str, int]) -> None:
    """Open the copy as a reader would, and count."""
    with duckdb.connect(str(fresh), read_only=True) as connection:
        found = {name: _count(connection, name) for name in expected}
    if found != expected:
        different = [name for name, rows in expected.items() if found[name] != rows]
        raise PublishError(f"the copy differs from the warehouse in {', '.join(different)}")


def _write_parquet(
    connection: duckdb.DuckDBPyConnection, directory: Path, tables: list[str]
) -> None:
    for name in tables:
        schema, table = name.split(".")
        if schema != "meta":
            target = directory / "parquet" / schema / f"{table}.parquet"
            _write_one(connection, f"from warehouse.{name}", target)
    row = connection.execute("select last_day from warehouse.meta.report_window").fetchone()
    last_day = row and row[0]
    for table in AS_OF_REPORTS if last_day else ():
        target = directory / "history" / table / f"as_of={last_day}.parquet"
        query = f"select date '{last_day}' as as_of, * from warehouse.reports.{table}"  # noqa: S608 -- own names
        _write_one(connection, query, target)


def _write_one(connection: duckdb.DuckDBPyConnection, query: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    connection.execute(f"copy ({query}) to {_text(part)} (format parquet, compression zstd)")
    part.replace(target)


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
