"""All that knows Dagster: assets, checks, jobs, schedules, resources. It orchestrates and is thin.

Does not belong here: any of the work, which is in the rooms that an asset calls.
"""
