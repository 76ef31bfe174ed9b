"""The five steps of the data's way, a module each, in this order.

events -> orders -> warehouse -> database -> reports. A step here orchestrates: it asks the
installation for places, calls ordinary functions, and says what came of it. The work itself is in
`archive/`, `api/`, `warehouse.py` with `dbt_project/`, `database.py` and `reports/`.
"""
