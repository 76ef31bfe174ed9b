"""The Buy with Prime API client: which orders to ask for, asking, keeping the answers.

Knows nothing of Dagster. The way of an order: `due_orders` → `due_fetch` → `fetch` → `client` →
`transport`, back through `replies` into `snapshots`.
"""

from bwp_pipeline.api.account import ApiSettings
from bwp_pipeline.api.clock import Clock
from bwp_pipeline.api.counts import FetchCounts, FetchProgress
from bwp_pipeline.api.due_fetch import fetch_due_orders
from bwp_pipeline.api.due_orders import DueOrders, find_due_orders
from bwp_pipeline.api.errors import (
    ApiUnreachable,
    FetchStoppedError,
    QueryRefused,
    TokenRefused,
)
from bwp_pipeline.api.fetch import fetch_orders
from bwp_pipeline.api.order_ref import OrderRef
from bwp_pipeline.api.retry_policy import RetryPolicy

__all__ = [
    "ApiSettings",
    "ApiUnreachable",
    "Clock",
    "DueOrders",
    "FetchCounts",
    "FetchProgress",
    "FetchStoppedError",
    "OrderRef",
    "QueryRefused",
    "RetryPolicy",
    "TokenRefused",
    "fetch_due_orders",
    "fetch_orders",
    "find_due_orders",
]
