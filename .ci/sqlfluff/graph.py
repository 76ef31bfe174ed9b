"""What the linter sees of dbt's graph: nothing."""

nodes: dict[str, object] = {}
