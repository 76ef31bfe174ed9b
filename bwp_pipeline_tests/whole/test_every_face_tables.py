"""Page, workbook, CSV, SQL and `bwp serve` show the same tables: restocking, orders, causes.

The first screen, mail and Slack are in `test_every_face`.
"""

from collections import Counter
from datetime import datetime
from decimal import Decimal

import pytest

from bwp_pipeline.reports import wording
from bwp_pipeline.reports.language import amount, money, number, percent, short_day
from bwp_pipeline_tests.servers.page_text import Row, between, rows_of, text_of
from bwp_pipeline_tests.whole.faces import Faces

both = pytest.mark.parametrize("currency", ["USD", "CAD"])


def exact(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def restock_rows(html: str) -> list[Row]:
    return rows_of(html, "Do", "Status", "Unfulfilled, units")


@both
def test_what_to_restock_is_the_same_row_by_row(faces: Faces, currency: str) -> None:
    rows = restock_rows(faces.page(currency))
    assert len(rows) > 1
    assert restock_rows(faces.live(currency)) == rows
    lines = faces.sheet("Restock", currency)
    shares = [f"{row['Unfulfilled, orders']} of {row['Orders']}" for row in lines]
    in_sheet = [
        {
            "Product": row["Product"],
            "Do": row["Do"],
            "Status": row["Status"],
            "Stock, units": number(row["Stock, units"]),
            "Cover, days": wording.cover(row["Cover, days"]),
            "Order, units": number(row["Order, units"]),
            "Unfulfilled, units": number(row["Unfulfilled, units"]),
            "Unfulfilled, orders": f"{text_of(percent(row['Rate']))} {share}",
            f"Lost sales, {currency}": amount(row["Lost sales"], currency),
            f"At risk, {currency}": amount(row["At risk"], currency),
        }
        for row, share in zip(lines, shares, strict=True)
    ]
    for row in rows:
        del row["Order by"]
        # Beside the units stands how certain they are.
        row["Unfulfilled, units"] = row["Unfulfilled, units"].split()[0]
    assert rows == in_sheet


@both
def test_restock_counts_and_money_are_those_of_csv_and_sql(faces: Faces, currency: str) -> None:
    by_key = {row["Product key"]: row for row in faces.sheet("Restock", currency)}
    in_sql = faces.sql(
        "select product_key, stockout_status, unfulfilled_units, affected_orders, resolved_orders,"
        " lost_sales, revenue_at_risk from reports.unfulfilled_products"
        " where currency_code = $currency order by rank",
        currency=currency,
    )
    in_csv = [
        (
            row["product_key"],
            row["stockout_status"],
            exact(row["unfulfilled_units"]),
            int(row["affected_orders"]),
            int(row["resolved_orders"]),
            exact(row["lost_sales"]),
            exact(row["revenue_at_risk"]),
        )
        for row in faces.csv("unfulfilled_products", currency)
    ]
    assert in_csv == in_sql
    counts = ("Unfulfilled, units", "Unfulfilled, orders", "Orders")
    assert {key: tuple(row[name] for name in counts) for key, row in by_key.items()} == {
        key: (float(units), short, orders) for key, _, units, short, orders, _, _ in in_sql
    }
    assert {key: row["Status"] for key, row in by_key.items()} == {
        key: wording.status(status) for key, status, *_ in in_sql
    }
    known = {row["product_key"] for row in faces.csv("order_list") if row["on_hand"]}
    terms = {row["product_key"] for row in faces.csv("order_list") if row["supplier"]}
    unknown = [row for row in in_sql if row[0] not in known | terms]
    assert bool(unknown) == (currency == "USD")
    # With neither stock nor lead time the horizon is that of SQL, 28 days.
    for key, *_, at_risk in unknown:
        assert by_key[key]["At risk"] == pytest.approx(float(at_risk))


def test_the_order_list_is_the_same(faces: Faces) -> None:
    rows = rows_of(faces.page("USD"), "Product", "On its way", "Wanted a day")
    in_csv = [row for row in faces.csv("order_list", "USD") if int(row["suggested_units"] or 0)]
    assert len(rows) > 5
    assert rows_of(faces.live("USD"), "Product", "On its way", "Wanted a day") == rows
    told = [(row["Product"], row["Order, units"], row["Cost"], row["At risk, USD"]) for row in rows]
    assert [
        (
            row["product_title"],
            number(exact(row["suggested_units"])),
            money(exact(row["order_cost"])),
            amount(exact(row["at_risk"]), "USD"),
        )
        for row in in_csv
    ] == told
    to_place = rows_of(faces.live("USD", "/orders-to-place"), "Order, units", "Supplier")
    assert [(row["Product"], row["Order, units"]) for row in to_place] == [row[:2] for row in told]

    units = {row["product_key"]: int(row["suggested_units"]) for row in in_csv}
    orders = [path.stem for path in faces.files.csvs if path.stem.startswith("purchase_order_")]
    bought = {row["product_key"]: int(row["units"]) for name in orders for row in faces.csv(name)}
    in_sheet = {row["Product key"]: row["Order, units"] for row in faces.sheet("Supplier orders")}
    assert bought == in_sheet == units
    totals = rows_of(faces.page("USD"), "Supplier", "Products", "Units", "Cost")
    assert sum(int(row["Units"].replace(",", "")) for row in totals) == sum(units.values())
    restock = {row["Product key"]: row for row in faces.sheet("Restock", "USD")}
    both_list = restock.keys() & units.keys()
    assert {key: restock[key]["Order, units"] for key in both_list} == {
        key: units[key] for key in both_list
    }


def test_what_runs_out_next_is_the_same(faces: Faces) -> None:
    rows = rows_of(faces.page("USD"), "Product", "Runs out")
    by_title = {row["product_title"]: row for row in faces.csv("order_list", "USD")}
    assert rows
    assert rows_of(faces.live("USD"), "Product", "Runs out") == rows
    for row in rows:
        beside = by_title[row["Product"]]
        day = short_day(datetime.fromisoformat(beside["stockout_on"]).date())
        assert row["Runs out"].startswith(text_of(day))
        assert row["Stock, units"] == number(exact(beside["on_hand"]))
        assert row["At risk, USD"] == amount(exact(beside["at_risk"]), "USD")


@both
def test_causes_are_the_same(faces: Faces, currency: str) -> None:
    page = faces.page(currency)
    rows = rows_of(page, "Cause", "Share of units", "Cumulative")
    assert rows_of(faces.live(currency), "Cause", "Share of units", "Cumulative") == rows
    told = {row["Cause"]: Decimal(row["Cancelled units"]) for row in rows}
    in_sql = faces.sql(
        "select root_cause, sum(cancelled_units) from reports.cancellation_reasons"
        " where currency_code = $currency group by root_cause",
        currency=currency,
    )
    in_csv: Counter[str] = Counter()
    in_sheet: Counter[str] = Counter()
    for one in faces.csv("cancellation_reasons", currency):
        in_csv[wording.cause(one["root_cause"])] += Decimal(one["cancelled_units"])  # type: ignore[assignment]
    for line in faces.sheet("Cancellations", currency):
        in_sheet[line["Cause"]] += line["Cancelled, units"]
    assert told == {wording.cause(cause): units for cause, units in in_sql}
    assert told == in_csv == in_sheet
    total = sum(told.values())
    assert text_of(between(page, '<h2 id="causes">', "</caption>")).endswith(
        f"{number(total)} units cancelled"
    )
    shares = {row["Cause"]: row["Share of units"] for row in rows}
    assert shares == {name: text_of(percent(float(n / total))) for name, n in told.items()}


def test_a_products_live_page_tells_what_its_line_does(faces: Faces) -> None:
    lines = {row["Product key"]: row for row in faces.sheet("Restock", "USD")}
    for key in list(lines)[:5]:
        line, page = lines[key], faces.browser.get("/product", params={"key": key}).text
        told = text_of(between(page, '<h2 id="now">', "</section>"))
        assert told.startswith(line["Do"])
        assert f"Status {line['Status']}" in told
        assert f"Unfulfilled units, 28 days {number(line['Unfulfilled, units'])}" in told
        assert f"{amount(line['Lost sales'], 'USD')} At risk" in told
        assert told.endswith(f", USD {amount(line['At risk'], 'USD')}")
