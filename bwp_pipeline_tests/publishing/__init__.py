"""The analysts' copy, its Parquet, and the queries that they are shown."""
