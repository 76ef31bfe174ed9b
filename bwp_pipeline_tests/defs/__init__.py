"""What Dagster sees: assets, checks, schedules, sensors, resources."""
