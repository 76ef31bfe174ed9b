"""The whole way on real protocols: S3 over HTTP, the sandbox's API over HTTP, dbt, files.

What should be true is computed here from the world, without the pipeline's code.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from dagster import AssetKey, DagsterInstance

from bwp_pipeline.reports.stock.asked import read_asked_stock
from bwp_pipeline_tests.whole.whole_pipeline import (
    BUCKET,
    DAYS,
    END,
    REPORT_DAYS,
    ZONE,
    Pipeline,
    Row,
    installed,
)


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    with installed(tmp_path_factory.mktemp("pipeline")) as it:
        yield it


COMPARED = (
    "business_product_id",
    "order_id",
    "delivery_id",
    "line_item_id",
    "product_key",
    "product_id",
    "sku",
    "product_title",
    "state",
    "delivery_reason",
    "request_reason",
    "requested_by",
    "root_cause",
    "is_shared_delivery",
    "units",
    "ordered_units",
    "unit_price",
    "currency_code",
    "ordered_at",
    "shipped_at",
    "delivered_at",
    "cancelled_at",
)


def comparable(row: Row) -> tuple[Any, ...]:
    """The row's compared columns, times as UTC without a zone."""
    return tuple(
        value.astimezone(UTC).replace(tzinfo=None)
        if isinstance(value := row[name], datetime) and value.tzinfo
        else value
        for name in COMPARED
    )


def test_dagster_shows_the_rows_of_every_table_as_they_are_in_the_database(
    pipeline: Pipeline,
) -> None:
    tables = {
        (row["table_schema"], row["table_name"])
        for row in pipeline.rows(
            "select table_schema, table_name from information_schema.tables"
            " where table_schema in ('marts', 'reports', 'meta') and table_type = 'BASE TABLE'"
        )
    }
    shown = {}
    for schema, name in tables:
        event = pipeline.instance.get_latest_materialization_event(AssetKey([schema, name]))
        made = None if event is None else event.asset_materialization
        if made is not None and "dagster/row_count" in made.metadata:
            shown[schema, name] = made.metadata["dagster/row_count"].value

    assert shown == {
        (schema, name): pipeline.rows(f"select count(*) as rows from {schema}.{name}")[0]["rows"]  # noqa: S608 -- names of the database's own
        for schema, name in shown
    }
    assert {("marts", "fct_delivery_items"), ("reports", "unfulfilled_products")} <= set(shown)


def test_delivery_items_are_what_the_world_knows_row_by_row(pipeline: Pipeline) -> None:
    found = sorted(map(comparable, pipeline.rows("from marts.fct_delivery_items")), key=repr)
    true = sorted(map(comparable, pipeline.world.delivery_items()), key=repr)

    assert len(found) == len(true) > 500
    assert found == true


@pytest.mark.parametrize("table", ["refunds", "return_items"])
def test_what_came_after_a_sale_is_what_the_world_knows_row_by_row(
    pipeline: Pipeline, table: str
) -> None:
    true = getattr(pipeline.world, table)()
    columns = ", ".join(true[0])
    found = pipeline.rows(f"select {columns} from marts.fct_{table}")  # noqa: S608 -- known names
    assert len(found) == len(true) >= 3
    for row in found:
        for name, value in row.items():
            if isinstance(value, datetime):
                row[name] = value.replace(tzinfo=UTC)
    for row, wanted in zip(_by_id(found), _by_id(true), strict=True):
        # Where no event tells that it is paid, the snapshot does.
        if wanted.get("state") == "SUCCESS" and wanted["completed_at"] is None:
            assert row.pop("completed_at") is not None
            del wanted["completed_at"]
        assert row == wanted


def _by_id(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: [str(row[name]) for name in row if name.endswith("_id")])


def merchant_day(item: Row) -> date | None:
    """The day, in the merchant's zone, from which it was known that the units are cancelled.

    None where no event tells: then it is the day of the snapshot, long after the world's end.
    """
    moment: datetime | None = item["cancelled_at"] or item["resolved_at"]
    return None if moment is None else moment.astimezone(ZONE).date()


def is_in_window(day: date | None) -> bool:
    last_day = END - timedelta(days=1)
    return day is not None and last_day - timedelta(days=REPORT_DAYS) < day <= last_day


def product_of(item: Row) -> str:
    return item["product_key"] or "UNKNOWN"


def test_cancellation_reasons_add_up_what_the_world_cancelled(pipeline: Pipeline) -> None:
    units: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    orders: dict[tuple[Any, ...], set[str]] = defaultdict(set)
    sales: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for item in pipeline.world.delivery_items():
        if item["state"] != "CANCELLED":
            continue
        key = (
            merchant_day(item),
            item["business_product_id"],
            product_of(item),
            item["delivery_reason"],
            item["request_reason"],
            item["root_cause"],
            item["currency_code"],
        )
        units[key] += item["units"]
        orders[key].add(item["order_id"])
        sales[key] += item["units"] * (item["unit_price"] or 0)
    true = {key: (units[key], len(orders[key]), sales[key]) for key in units}

    found = {
        (
            row["cancelled_on"] if row["cancelled_on"] < END + timedelta(days=1) else None,
            row["business_product_id"],
            row["product_key"],
            row["delivery_reason"],
            row["request_reason"],
            row["root_cause"],
            row["currency_code"],
        ): (row["cancelled_units"], row["cancelled_orders"], row["lost_sales"] or 0)
        for row in pipeline.rows("from reports.cancellation_reasons")
    }

    assert len(found) > 20
    assert found == true


def test_unfulfilled_products_add_up_what_the_world_could_not_fulfil(pipeline: Pipeline) -> None:
    kinds: dict[tuple[Any, ...], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    orders: dict[tuple[Any, ...], set[str]] = defaultdict(set)
    sales: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    resolved: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for item in pipeline.world.delivery_items():
        key = (item["business_product_id"], product_of(item), item["currency_code"])
        if is_in_window(merchant_day({**item, "cancelled_at": None})):
            resolved[key] += item["units"]
        if item["root_cause"] == "STOCK" and is_in_window(merchant_day(item)):
            kinds[key][item["stock_kind"]] += item["units"]
            orders[key].add(item["order_id"])
            sales[key] += item["units"] * (item["unit_price"] or 0)
    true = {
        key: (
            sum(kinds[key].values()),
            kinds[key]["direct"],
            kinds[key]["shared"],
            kinds[key]["merchant_declared"],
            len(orders[key]),
            resolved[key],
            sales[key],
        )
        for key in kinds
    }

    rows = pipeline.rows("from reports.unfulfilled_products order by rank")
    found = {
        (row["business_product_id"], row["product_key"], row["currency_code"]): (
            row["unfulfilled_units"],
            row["unfulfilled_units_direct"],
            row["unfulfilled_units_shared"],
            row["unfulfilled_units_merchant_declared"],
            row["affected_orders"],
            row["resolved_units"],
            row["lost_sales"] or 0,
        )
        for row in rows
        if row["affected_orders"]
    }

    assert len(found) > 5
    assert found == true
    for currency in {row["currency_code"] for row in rows}:
        ranks = [row["rank"] for row in rows if row["currency_code"] == currency]
        assert ranks == list(range(1, len(ranks) + 1))
    # Products that are out without a failed unit are listed as well.
    silent = [row for row in rows if not row["affected_orders"]]
    assert {row["unfulfilled_units"] for row in silent} <= {0}
    assert all(row["in_stock_probability"] is not None for row in silent)
    for row in rows:
        if not row["resolved_units"]:
            assert row["unfulfillable_rate"] is None
            continue
        rate = row["unfulfilled_units"] / row["resolved_units"]
        assert row["unfulfillable_rate"] == pytest.approx(float(rate))


def test_the_stock_of_active_products_is_what_the_world_has(pipeline: Pipeline) -> None:
    catalog, now = pipeline.world.stores[0].catalog, pipeline.world.now
    true = {product.key: catalog.stock(product, now) for product in catalog.products}
    active = {
        row["product_key"]
        for row in pipeline.rows("from reports.active_products")
        if row["product_key"] in true
    }
    found = {
        key: asked.buyable_units
        for (_, key), asked in read_asked_stock(pipeline.settings.data_dir).products.items()
        if asked.error is None
    }

    assert len(active) > 5
    assert found == {key: true[key] for key in active}


def test_running_the_same_days_again_changes_no_row_anywhere(pipeline: Pipeline) -> None:
    before = pipeline.tables()

    assert pipeline.run(END - timedelta(days=DAYS), END - timedelta(days=1)).success

    assert pipeline.tables() == before


def test_a_backup_of_the_lake_restores_every_table_on_an_empty_machine(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    for item in pipeline.s3.get_client().list_objects_v2(Bucket=BUCKET, Prefix="lake/")["Contents"]:
        backup = tmp_path / item["Key"]
        backup.parent.mkdir(parents=True, exist_ok=True)
        pipeline.s3.get_client().download_file(BUCKET, item["Key"], str(backup))
    lake_url = f"{(tmp_path / 'lake').as_uri()}/"
    settings = replace(pipeline.settings, data_dir=tmp_path, lake_url=lake_url)
    with DagsterInstance.ephemeral() as instance:
        restored = replace(pipeline, settings=settings, instance=instance)

        assert restored.run(END - timedelta(days=1), END - timedelta(days=1)).success

    assert restored.tables() == pipeline.tables()
