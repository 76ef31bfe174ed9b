# ruff: noqa: INP001 -- beside the benchmark that imports it
"""A lake of many days, written fast: the same shop, day after day, under other ids and dates.

A day's files hold what its daily run finds: orders of the day before that shipped or were
cancelled, orders of three days before that arrived, and a snapshot of each of them.
"""

import json
from datetime import date, datetime, timedelta
from typing import Any

import duckdb
import pyarrow as pa

from bwp_pipeline.lake import SCHEMAS, Lake

STORE = "bp-1"
_PRODUCTS = 900

_HAPPENED = """
select
    number, order_id, md5(order_id)::uuid::varchar as delivery_id,
    strftime($day - to_days($age) + to_seconds(number * 17 % 86400), '%Y-%m-%dT%H:%M:%SZ')
        as ordered_at,
    case when is_cancelled then 'CANCELLED' when $age = 1 then 'IN_TRANSIT' else 'DELIVERED' end
        as state,
    case when is_cancelled then 'PACKAGE_DELIVERY_CANCELLED'
        when $age = 1 then 'PACKAGE_DELIVERY_IN_TRANSIT' else 'PACKAGE_DELIVERED' end as event_type,
    ($day + to_seconds(number * 13 % 86400))::timestamptz as event_time,
    template
from (
    select
        *,
        -- Every one another, in no order: what lies near in time has ids far apart.
        ($ordered * 1000000::hugeint + number) * 736338717649 % 1000000000000 as scattered,
        format('322-{:06d}-{:06d}', scattered // 1000000, scattered % 1000000) as order_id
    from templates
)
where number % $turns = $ordered % $turns and ($age = 1 or not is_cancelled)
"""


class History:
    """Days of a shop with so many orders a day, from `start` on.

    Args:
        orders_per_day: How many.
        start: The first day.
        products: How many the shop sells.
        turns: Days after which the same orders come again.
    """

    def __init__(
        self, orders_per_day: int, start: date, *, products: int = _PRODUCTS, turns: int = 1
    ) -> None:
        self.start = start
        self._turns = turns
        self._connection = duckdb.connect()
        self._connection.execute("set TimeZone = 'UTC'")
        rows = [
            {
                "number": number,
                "is_cancelled": number % 25 == 0,
                "template": _template(number, products),
            }
            for number in range(orders_per_day * turns)
        ]
        templates = pa.Table.from_pylist(rows)
        self._connection.register("given", templates)
        self._connection.execute("create table templates as from given")

    def write(self, lake: Lake, number: int) -> None:
        """Write the files of one day, numbered from 0."""
        day = self.start + timedelta(days=number)
        for age in (1, 3):
            values = {
                "ordered": 100 + number - age,
                "turns": self._turns,
                "day": datetime(day.year, day.month, day.day),  # noqa: DTZ001 -- UTC by the query
                "age": age,
            }
            self._connection.execute(
                f"create or replace temp table happened as {_HAPPENED}", values
            )
            name = f"age{age}"  # a dash would begin the number of a file of the batch
            self._put(lake, "events", day, name, _EVENTS)
            self._put(lake, "order_snapshots", day, name, _SNAPSHOTS)
            self._put(lake, "objects", day, name, _OBJECTS)

    def _put(self, lake: Lake, table: str, day: date, name: str, query: str) -> None:
        found = self._connection.sql(query).to_arrow_table()
        whole = [
            found[column.name].cast(column.type)
            if column.name in found.column_names
            else pa.nulls(len(found), column.type)
            for column in SCHEMAS[table]
        ]
        lake.write(table, day, name, pa.table(whole, schema=SCHEMAS[table]))


_EVENTS = """
select
    event_type, event_type as detail_type, event_time, 'bp-1' as business_product_id, order_id,
    'delivery' as resource_type, delivery_id as resource_id,
    [format('businessProduct/bp-1/order/{}/delivery/{}', order_id, delivery_id)] as resources,
    '{}' as detail, 'gen1' as envelope, 'key' as object_key, 'etag' as object_etag,
    number as record_index
from happened
"""
_SNAPSHOTS = """
select
    'bp-1' as business_product_id, order_id, event_time + interval 1 day as fetched_at,
    '2024-11-01' as api_version, 'OK' as status, payload, sha256(payload) as payload_sha256,
    'run' as run_id
from (
    select
        *,
        replace(replace(replace(replace(template, '@ORDER', order_id), '@DELIVERY', delivery_id),
            '@AT', ordered_at), '@STATE', state) as payload
    from happened
)
"""
_OBJECTS = """
select
    'key' as object_key, 'etag' as etag, 1 as size, count(*) as events, 0 as others,
    0 as quarantined, max(event_time) as read_at, 'run' as run_id
from happened
"""


def _template(number: int, products: int) -> str:
    """An order of one to three lines in one package, its ids, dates and state to be filled in."""
    lines = [f"@ORDER-{line}" for line in range(1 + number % 3)]
    amounts = [
        {"lineItem": {"id": line}, "amount": {"unit": "ONE", "value": 1 + number % 2}}
        for line in lines
    ]
    package = {
        "id": "@DELIVERY",
        "state": "@STATE",
        "reason": "UNFULFILLABLE" if number % 25 == 0 else None,
        "packageInformationDetailsFor": {"orderLineItems": amounts},
    }
    items: list[dict[str, Any]] = []
    for place, line in enumerate(lines):
        product = (number * 31 + place * 7) % products
        items.append(
            {
                "id": line,
                "createdAt": "@AT",
                "aliases": [],
                "amount": amounts[place]["amount"],
                "product": {
                    "productId": {"value": f"id-{product}"},
                    "sku": {"value": f"SKU-{product:05}"},
                    "title": f"Product number {product}",
                    "price": {"currencyCode": "USD", "amount": 5.5 + product % 40},
                },
                "packageInformation": {"details": [package]},
                "cancellations": {"details": []},
            }
        )
    return json.dumps(
        {
            "id": "@ORDER",
            "metadata": {"createdAt": "@AT"},
            "packageInformation": {"details": [package]},
            "lineItems": items,
        }
    )
