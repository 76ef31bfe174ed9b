"""The analysts' copy: a DuckDB file and its Parquet, made from what was built.

Belongs here: copying and swapping in whole. Does not belong here: what the tables hold.
"""
