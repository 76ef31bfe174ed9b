"""Orders to fetch from a test's own server, and the rows that the lake has afterwards."""

from bwp_pipeline.api import (
    OrderRef,
    RetryPolicy,
)
from bwp_pipeline.lake import Lake
from bwp_pipeline_tests.servers.api_server import (
    STORE,
)

HASTY = RetryPolicy(pause=0.01, longest_pause=0.05, outage=0.2, read_timeout=1.0)


def refs(count: int, business_product_id: str = STORE) -> list[OrderRef]:
    return [OrderRef(business_product_id, f"322-{index:04}") for index in range(count)]


def rows(lake: Lake) -> list[dict[str, object]]:
    found: list[dict[str, object]] = lake.read("order_snapshots").to_pylist()
    return sorted(found, key=lambda row: str(row["order_id"]))
