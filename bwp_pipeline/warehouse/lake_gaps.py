"""What the loaded rows show to be missing, lost or implausible in the lake.

Belongs here: the rows of `staging.lake_gaps`, and how recent the data is. Does not belong here:
mending (the asset `events`).
"""

from collections.abc import Sequence
from datetime import date

import duckdb

# A wrong clock dates events into the future; an event can't be archived days before it happens.
_IS_BELIEVED = "events.event_time < files.archive_day + interval 3 days"
_EVENTS = """
    from staging.lake_events as events
    join staging.lake_files as files using (file_id)
    where files.state <> 'RETIRED'
"""
# The files of a batch are name.parquet, name-1.parquet and so on.
_BATCH = "regexp_extract(files.path, '([^/]*?)(-[0-9]+)?[.]parquet$', 1)"
_LOST_ROWS = f"""
    with promised as (
        select files.archive_day, {_BATCH} as batch, sum(objects.events + objects.quarantined) as n
        from staging.lake_objects as objects
        join staging.lake_files as files using (file_id)
        where files.state <> 'RETIRED'
        group by all
    ),
    loaded as (
        select files.archive_day, {_BATCH} as batch, sum(rows_of_file.n) as n
        from (
            select file_id, count(*) as n from staging.lake_events group by file_id
            union all
            select file_id, count(*) as n from staging.lake_quarantine group by file_id
        ) as rows_of_file
        join staging.lake_files as files using (file_id)
        where files.state <> 'RETIRED'
        group by all
    )
    insert into staging.lake_gaps
    select 'lost_rows', archive_day, sum(promised.n - coalesce(loaded.n, 0))
    from promised
    left join loaded using (archive_day, batch)
    where promised.n > coalesce(loaded.n, 0)
    group by archive_day
"""  # noqa: S608 -- own expressions


def note_gaps(
    connection: duckdb.DuckDBPyConnection, missing: Sequence[date], damaged: Sequence[str]
) -> None:
    """Write `staging.lake_gaps` and the newest believed time of an event, after loading.

    Args:
        connection: To the warehouse.
        missing: Archive days that no run has read.
        damaged: Paths of the lake's files that were set aside.
    """
    connection.execute("delete from staging.lake_gaps")
    for check_name, examples in (
        ("missing_days", [str(day) for day in missing]),
        ("damaged_lake_files", list(damaged)),
    ):
        connection.execute(
            "insert into staging.lake_gaps select ?, unnest(cast(? as varchar[])), 1",
            [check_name, examples],
        )
    connection.execute(_LOST_ROWS)
    connection.execute(
        "insert into staging.lake_gaps"
        f" select 'events_dated_ahead', events.object_key, count(*) {_EVENTS}"
        f" and not ({_IS_BELIEVED}) group by all"
    )
    connection.execute(
        "update staging.run_settings set data_through ="  # noqa: S608 -- own expressions
        f" (select max(events.event_time) {_EVENTS} and {_IS_BELIEVED})"
    )
