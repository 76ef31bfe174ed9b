{{ config(materialized='incremental', incremental_strategy='append', is_added_to=true) }}
-- Days whose figures a build may have changed. The marts write them, before and after they change
-- (`note_changed_days`); here the table is only made. On Spark it has none of the former build's files,
-- as only a table in a directory of its own can be added to (`is_added_to`).
select
    cast(null as bigint) as built_through, cast(null as string) as mart, cast(null as date) as day
where 1 = 0
