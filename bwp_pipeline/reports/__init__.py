"""The managers' half of publishing: a page, a workbook and CSV files of the published database.

Here belong reading the published database (`reading/`, `stock/`), what is said of it (`sections/`,
put together by `pages.py`), the forms it takes (`forms/`, written by `writing.py`), and telling
people (`messages/`). What is counted, and how, is decided in the database; nothing here knows of
Dagster.
"""
