"""What the linter sees of dbt's flags."""

FULL_REFRESH = False
