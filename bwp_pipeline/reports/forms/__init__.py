"""The forms of a report: the HTML page, the workbook, CSV files, the digest, files for machines.

Belongs here: how a page's sections become a file or a few lines. Does not belong here: what they
say (`sections/`), or where the files go (`writing.py`, `delivery.py`).
"""
