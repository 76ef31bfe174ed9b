"""What was cancelled in Buy with Prime orders, why, and what to restock.

The path of the data, one module of `defs/assets/` per step: events, orders, warehouse, database,
reports.
"""

__version__ = "0.1.0"
