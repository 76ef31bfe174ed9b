"""The lake's files as tables of DuckDB's schema `staging`.

Belongs here: copying new lake files into the private working database, once each. Does not belong
here: what a row means; that is SQL, in dbt_project/.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import duckdb

from bwp_pipeline.lake import Lake, LakeFile, missing_days
from bwp_pipeline.lake.relisting import relisting
from bwp_pipeline.warehouse.dbt_project import project_hash
from bwp_pipeline.warehouse.lake_columns import COLUMNS
from bwp_pipeline.warehouse.lake_gaps import note_gaps
from bwp_pipeline.warehouse.lake_tables import create_lake_tables, insert_files
from bwp_pipeline.warehouse.sound_files import sound_files

# Now and then DuckDB compacts several days' rows, payloads and all, in as much memory as it may
# have; with little memory it takes no longer.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {"memory_limit": "200MB"}


@dataclass(frozen=True, slots=True)
class _Settings:
    timezone: str
    report_days: int
    stores: Mapping[str, str]
    engine: str


@dataclass(frozen=True, slots=True)
class LoadCounts:
    """Lake files: loaded now, left for the next load, and loaded ones gone from the lake."""

    added: int
    left: int
    retired: int


def load_lake(
    lake: Lake,
    warehouse_path: Path,
    *,
    timezone: str,
    report_days: int,
    stores: Mapping[str, str],
    most_rows: int | None = None,
    engine: str = "duckdb",
) -> LoadCounts:
    """Copy the lake files that the warehouse lacks into `staging.lake_*`, in one transaction.

    A file is what its path, size and etag say: another etag is another file. Event files that the
    lake no longer has are retired: dbt leaves out their rows, and `mark_built` deletes them.
    Damaged files are set aside, and the next run makes up for them. A warehouse starts anew that
    another version of the dbt project or another time zone built, or that holds snapshots which the
    lake has lost.

    Args:
        lake: Where the rows come from.
        warehouse_path: The private DuckDB file; made when missing.
        timezone: The merchant's, an IANA name.
        report_days: Days in the reports' window.
        stores: Names to show, by business product id.
        most_rows: Once this many events and snapshots wait to be built, later days are left for the
            next load. Without it, everything is loaded.
        engine: What builds the marts. A warehouse that another engine built starts anew; for Spark,
            payloads stay in the lake.
    """
    warehouse_path.parent.mkdir(parents=True, exist_ok=True)
    settings = _Settings(timezone, report_days, stores, engine)
    return relisting(lambda: _load(lake, warehouse_path, settings, most_rows))


def _load(
    lake: Lake, warehouse_path: Path, settings: _Settings, most_rows: int | None
) -> LoadCounts:
    identity = f"{project_hash()} {settings.timezone} {settings.engine}"
    present = _committed(lake)
    if not _can_go_on(warehouse_path, identity, present["order_snapshots"]):
        for path in (warehouse_path, marts_path(warehouse_path)):
            path.unlink(missing_ok=True)
            path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
    with duckdb.connect(str(warehouse_path), config=_CONFIG) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.begin()
        _create(connection, identity)
        days = sorted({file.day for file in present["objects"]})
        _set_run_settings(connection, settings, days[-1] if days else None)
        connection.execute("delete from staging.stores")
        for business_product_id, name in sorted(settings.stores.items()):
            connection.execute(
                "insert into staging.stores values (?, ?)", [business_product_id, name]
            )
        retired = _retire(connection, present)
        new = _new(connection, present)
        added = _add(connection, lake, new, most_rows, with_payloads=settings.engine == "duckdb")
        note_gaps(connection, missing_days(days), lake.damaged())
        connection.commit()
    return LoadCounts(added=added, left=len(new) - added, retired=retired)


def mark_built(warehouse_path: Path) -> None:
    """Note that dbt has built everything loaded: call it after a successful build, and only then.

    Until then, the orders in newly loaded files count as touched, so the next build makes up for
    one that failed.
    """
    with duckdb.connect(str(warehouse_path), config=_CONFIG) as connection:
        connection.begin()
        for table in COLUMNS:
            connection.execute(
                f"delete from staging.lake_{table} where file_id in"  # noqa: S608 -- own names
                " (select file_id from staging.lake_files where state = 'RETIRED')"
            )
        connection.execute("delete from staging.lake_files where state = 'RETIRED'")
        connection.execute("update staging.lake_files set state = 'BUILT' where state = 'NEW'")
        connection.commit()


def marts_path(warehouse_path: Path) -> Path:
    """Where dbt builds marts, reports and meta: the file that publishing copies."""
    return warehouse_path.with_name(f"{warehouse_path.name}.marts")


def _can_go_on(path: Path, identity: str, snapshots: list[LakeFile]) -> bool:
    """Whether the warehouse at `path` can be added to."""
    if not path.exists() or not marts_path(path).exists():
        return False
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            found = connection.execute("select identity from staging.warehouse").fetchone()
            known = connection.execute(
                "select path, size, etag from staging.lake_files"
                " where lake_table = 'order_snapshots'"
            ).fetchall()
    except (duckdb.CatalogException, duckdb.SerializationException):
        return False
    present = {(file.path, file.size, file.etag) for file in snapshots}
    return found == (identity,) and present.issuperset(known)


def _create(connection: duckdb.DuckDBPyConnection, identity: str) -> None:
    connection.execute("create schema if not exists staging")
    if connection.execute(
        "select 1 from duckdb_tables() where schema_name = 'staging' and table_name = 'warehouse'"
    ).fetchone():
        return
    # The id tells a warehouse from another that was built in its place.
    connection.execute("create table staging.warehouse (identity varchar, id varchar)")
    connection.execute("insert into staging.warehouse values (?, uuid())", [identity])
    connection.execute(
        "create table staging.run_settings (timezone varchar, report_days integer, last_day date,"
        " data_through timestamp)"
    )
    connection.execute(
        "create table staging.lake_gaps (check_name varchar, example varchar, records bigint)"
    )
    connection.execute("create table staging.stores (business_product_id varchar, name varchar)")
    connection.execute("create sequence staging.lake_file_ids")
    connection.execute(
        "create table staging.lake_files (file_id bigint, lake_table varchar, path varchar,"
        " size bigint, etag varchar, archive_day date, state varchar)"
    )
    create_lake_tables(connection)


def _set_run_settings(
    connection: duckdb.DuckDBPyConnection, settings: _Settings, last_day: object
) -> None:
    connection.execute("delete from staging.run_settings")
    connection.execute(
        "insert into staging.run_settings values (?, ?, ?, null)",
        [settings.timezone, settings.report_days, last_day],
    )


def _committed(lake: Lake) -> dict[str, list[LakeFile]]:
    """The lake's files by table, without those whose manifest a killed run never wrote."""
    answers = {table: lake.files(table) for table in ("order_snapshots", "stock_answers")}
    return {**lake.committed(), **answers}


def _retire(connection: duckdb.DuckDBPyConnection, present: Mapping[str, list[LakeFile]]) -> int:
    known = connection.execute(
        "select file_id, path, size, etag from staging.lake_files where state <> 'RETIRED'"
    ).fetchall()
    identities = {
        (file.path, file.size, file.etag) for listed in present.values() for file in listed
    }
    gone = [file_id for file_id, *identity in known if tuple(identity) not in identities]
    connection.execute(
        "update staging.lake_files set state = 'RETIRED' where list_contains(?, file_id)", [gone]
    )
    return len(gone)


def _new(
    connection: duckdb.DuckDBPyConnection, present: Mapping[str, list[LakeFile]]
) -> list[LakeFile]:
    """The files that the warehouse lacks, those of an earlier day first.

    So the first file that names an order tells from where on to read it, in every table.
    """
    known = set(
        connection.execute(
            "select path, size, etag from staging.lake_files where state <> 'RETIRED'"
        ).fetchall()
    )
    return sorted(
        (
            file
            for files in present.values()
            for file in files
            if (file.path, file.size, file.etag) not in known
        ),
        key=attrgetter("day", "table", "path"),
    )


def _add(
    connection: duckdb.DuckDBPyConnection,
    lake: Lake,
    new: list[LakeFile],
    most_rows: int | None,
    *,
    with_payloads: bool,
) -> int:
    """Load whole days of new files until `most_rows` are waiting; returns how many files."""
    days = [new] if most_rows is None else _by_day(new)
    waiting = 0 if most_rows is None else _waiting_rows(connection)
    added = 0
    for files in days:
        if most_rows is not None and waiting >= most_rows:
            break
        noted = _note(connection, sound_files(lake, files))
        for table in COLUMNS:
            of_table = [(file_id, file) for file_id, file in noted if file.table == table]
            waiting += insert_files(connection, lake, table, of_table, with_payloads=with_payloads)
        added += len(files)
    return added


def _by_day(files: list[LakeFile]) -> list[list[LakeFile]]:
    return [list(group) for _, group in groupby(files, key=attrgetter("day"))]


def _waiting_rows(connection: duckdb.DuckDBPyConnection) -> int:
    """Rows from an earlier load that no build has covered."""
    row = connection.execute(
        "select count(*) from (select file_id from staging.lake_events"
        " union all select file_id from staging.lake_order_snapshots)"
        " where file_id in (select file_id from staging.lake_files where state = 'NEW')"
    ).fetchone()
    return row[0] if row else 0


def _note(
    connection: duckdb.DuckDBPyConnection, files: list[LakeFile]
) -> list[tuple[int, LakeFile]]:
    """Number the files in their order and note them."""
    numbers = connection.execute(
        "select nextval('staging.lake_file_ids') as file_id from range(?) order by file_id",
        [len(files)],
    ).fetchall()
    noted = [(file_id, file) for (file_id,), file in zip(numbers, files, strict=True)]
    connection.execute(
        "insert into staging.lake_files select unnest(?), unnest(?), unnest(?), unnest(?),"
        " unnest(?), unnest(?), 'NEW'",
        [
            [file_id for file_id, _ in noted],
            [file.table for file in files],
            [file.path for file in files],
            [file.size for file in files],
            [file.etag for file in files],
            [file.day for file in files],
        ],
    )
    return noted
