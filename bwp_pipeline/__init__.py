"""What was cancelled in Buy with Prime orders, why, and what to restock.

The data's way, a step a module of `assets/`: events, orders, warehouse, database, reports.
"""

__version__ = "0.1.0"
