"""The warehouse: the lake's files as tables of a private DuckDB file, and dbt that builds on them.

Belongs here: loading, starting dbt. Does not belong here: what a row means; that is SQL.
"""
