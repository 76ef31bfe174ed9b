"""The stores whose orders the archive names, beside those that have credentials.

Belongs here: which stores' orders wait for credentials. Does not belong here: reading credentials
(`bwp_pipeline/settings/stores.py`), or what a person reads about it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import duckdb
import pyarrow.dataset as ds

from bwp_pipeline.lake import SCHEMAS, Lake
from bwp_pipeline.lake.relisting import relisting

_COUNT = """
    select business_product_id, count(distinct order_id)
    from events
    where business_product_id <> '' and order_id <> ''
    group by business_product_id
    order by count(distinct order_id) desc, business_product_id
"""


@dataclass(frozen=True, slots=True)
class StoresNamed:
    """Orders that events name, by business product id, most first.

    `waiting` are of stores without credentials; `known` are of stores with them.
    """

    known: dict[str, int]
    waiting: dict[str, int]

    @property
    def all_wait(self) -> bool:
        """Whether there are orders and no store of any of them has credentials."""
        return bool(self.waiting) and not self.known

    def lines(self) -> list[str]:
        """A line for each store that waits, which says what to do."""
        return [
            f"{count} orders of store {store} are waiting for credentials: set BWP_TARGET_ID to"
            " this business product id, with its client id and secret, or add it to BWP_STORES_FILE"
            for store, count in self.waiting.items()
        ]


def stores_named(lake: Lake, days: Collection[date], stores: Collection[str]) -> StoresNamed:
    """The stores whose orders the events of these archive days name.

    Args:
        lake: Where the events are.
        days: Archive days.
        stores: The business product ids that have credentials.
    """
    found = relisting(lambda: _orders_by_store(lake, days))
    return StoresNamed(
        known={store: count for store, count in found.items() if store in stores},
        waiting={store: count for store, count in found.items() if store not in stores},
    )


def _orders_by_store(lake: Lake, days: Collection[date]) -> dict[str, int]:
    paths = [str(path) for path in lake.local(lake.files("events", days))]
    with duckdb.connect() as connection:
        connection.register("events", ds.dataset(paths, schema=SCHEMAS["events"], format="parquet"))
        return dict(connection.execute(_COUNT).fetchall())
