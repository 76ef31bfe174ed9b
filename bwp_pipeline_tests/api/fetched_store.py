"""A store whose orders are fetched through faults, by tests and by their child processes."""

from datetime import date

from pydantic import SecretStr

from bwp_pipeline.sandbox import World
from bwp_pipeline.settings.stores import Store
from bwp_pipeline_tests.servers.api_server import Account

WORLD = World(days=2, orders_per_day=100, end=date(2026, 3, 1))
ORDERS = [order.id for order in WORLD.orders()]
BP = WORLD.business_product_ids[0]
DAY = date(2026, 2, 28)


def account(url: str, batch: int = 1) -> Account:
    (own,) = WORLD.stores
    store = Store(
        business_product_id=BP,
        client_id=own.client_id,
        client_secret=SecretStr(own.client_secret),
        target_id=BP,
        name=own.name,
        rate=None,
    )
    return Account(url, stores={BP: store}, api_rate=5000.0, api_batch=batch)
