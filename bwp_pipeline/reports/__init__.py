"""The managers' half of publishing: a page, a workbook and CSV files of the published database.

Here belong reading the published database, wording, drawing, and writing the files. What is
counted, and how, is decided in the database; nothing here knows of Dagster.
"""
