"""The five steps of the pipeline, a module each, in this order.

events -> orders -> warehouse -> database -> reports. A step here orchestrates: it asks the
installation for places, calls ordinary functions, and reports the outcome. The work itself is in
`archive/`, `api/`, `warehouse/` with `dbt_project/`, `publishing/` and `reports/`.
"""
