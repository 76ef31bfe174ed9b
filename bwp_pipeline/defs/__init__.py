"""Everything that knows Dagster: assets, checks, jobs, schedules, resources. It stays thin.

Does not belong here: the work itself, which is in the packages that an asset calls.
"""
