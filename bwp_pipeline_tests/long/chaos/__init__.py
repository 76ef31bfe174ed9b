"""Hostile things through the whole build: `python -m bwp_pipeline_tests.long.chaos`.

Hypothesis draws orders, events, answers of the API and files beside the data. They stand in one
archive, API and data directory with a small world of good orders, and the daily job runs on them to
published tables and reports. Nothing of the good orders may differ from a run without the others.
"""
