"""What was cancelled in Buy with Prime orders, why, and what to restock.

The data's way, a step a module of `assets/`: events, orders, warehouse, database, reports.
"""

from importlib.metadata import version

__version__ = version("bwp-pipeline")
