"""A published file of a window: its facts, the reports, and windows before what is there."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest

from bwp_pipeline.commands import report
from bwp_pipeline.commands.exits import Exit
from bwp_pipeline.publishing.published_file import publish
from bwp_pipeline.reports.language import speak
from bwp_pipeline.reports.reading.published_days import NotPublishedError
from bwp_pipeline.reports.reading.windows import read_published
from bwp_pipeline.settings import Settings
from bwp_pipeline.warehouse.loading import marts_path
from bwp_pipeline.web.app import create_app
from bwp_pipeline_tests.examples.warehouse_builds import NOON, Warehouse, event, snapshot
from bwp_pipeline_tests.publishing.published_shop import DAY, ask, order
from bwp_pipeline_tests.servers.served_pages import browsing

DAYS = 200
FIRST = DAY - timedelta(days=DAYS - 1)
OLD = ("old", 250)
ACROSS = ("across", 205)
NEW = ("new", 3)
LONG_AGO = (DAY - timedelta(days=260), DAY - timedelta(days=240))
OLD_PAGE = f"/?from={LONG_AGO[0]}&to={LONG_AGO[1]}"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Orders of long ago, of lately, and one that was placed before the window and came in it."""
    it = Warehouse(tmp_path_factory.mktemp("shop"))
    for name, back in (OLD, ACROSS, NEW):
        at = NOON - timedelta(days=back)
        told, snapshots = [], []
        for number in range(4):
            one = f"{name}-{number}"
            state, reason = ("CANCELLED", "UNFULFILLABLE") if number else ("DELIVERED", None)
            what = "PACKAGE_DELIVERY_CANCELLED" if number else "PACKAGE_DELIVERY_IN_TRANSIT"
            content = order(number, state, reason)
            content["lineItems"][0]["createdAt"] = (at - timedelta(days=1)).isoformat()
            snapshots.append(snapshot(content, order_id=one, at=at))
            told.append(event(what, f"order/{one}/delivery/d1", at=at))
            if name == "across":
                later = NOON - timedelta(days=back - 30)
                told.append(event("PACKAGE_DELIVERED", f"order/{one}/delivery/d1", at=later))
        it.archive(at.date(), told, name=name)
        it.answer(at.date(), snapshots, name=name)
    it.archive(DAY, [], name="last")
    it.build()
    return it


@pytest.fixture(scope="module")
def published(shop: Warehouse) -> Path:
    path = shop.path.parent / "published" / "bwp.duckdb"
    publish(shop.path, path, days=DAYS)
    return path


def tables(path: Path, schema: str) -> dict[str, list[tuple[Any, ...]]]:
    names = ask(path, f"select table_name from duckdb_tables() where schema_name = '{schema}'")  # noqa: S608 -- own names
    return {name: sorted(ask(path, f"from {schema}.{name}"), key=repr) for (name,) in names}


def test_facts_are_those_of_the_window_and_whole_orders(shop: Warehouse, published: Path) -> None:
    whole = marts_path(shop.path)
    for name, rows in tables(published, "marts").items():
        columns = [one for (one, *_) in ask(whole, f"describe marts.{name}")]
        if "order_id" in columns:
            kept = "not starts_with(order_id, 'old')"
        else:
            kept = f"day >= date '{FIRST}'" if "day" in columns else "true"
        wanted = sorted(ask(whole, f"from marts.{name} where {kept}"), key=repr)
        assert rows == wanted, name
    orders = {row[1].partition("-")[0] for row in tables(published, "marts")["dim_orders"]}
    assert orders == {"across", "new"}
    assert (
        tables(whole, "marts")["fct_product_days"] != tables(published, "marts")["fct_product_days"]
    )


def test_reports_and_parquet_are_whole(shop: Warehouse, published: Path) -> None:
    whole = marts_path(shop.path)
    assert tables(published, "reports") == tables(whole, "reports")
    assert any(tables(whole, "reports").values())
    for name in ("fct_delivery_items", "fct_product_days", "dim_orders"):
        files = [str(path) for path in published.parent.glob(f"parquet/marts/{name}*/**/*.parquet")]
        files += [str(path) for path in published.parent.glob(f"parquet/marts/{name}.parquet")]
        (found,) = ask(
            published, "select count(*) from read_parquet(?, hive_partitioning = false)", files
        )
        assert found == ask(whole, f"select count(*) from marts.{name}")[0], name  # noqa: S608 -- own names


def test_the_dictionary_the_comments_and_the_window_say_so(published: Path) -> None:
    words = f"since {FIRST}, or that are under way; all rows are in parquet/marts/dim_orders."
    (told,) = ask(
        published,
        "select description from meta.data_dictionary"
        " where table_name = 'dim_orders' and column_number = 0",
    )
    (comment,) = ask(
        published, "select comment from duckdb_tables() where table_name = 'dim_orders'"
    )
    assert told[0].endswith(words)
    assert comment == told
    assert ask(published, "select published_from from meta.report_window") == [(FIRST,)]
    (kept,) = ask(
        published, "select comment from duckdb_tables() where table_name = 'dim_products'"
    )
    assert "parquet" not in kept[0]
    with duckdb.connect() as connection:
        connection.execute(f"attach '{published}' as it")
        ((tags,),) = connection.execute(
            "select tags from duckdb_databases() where database_name = 'it'"
        ).fetchall()
    assert tags["storage_version"].startswith("v1.0")


def test_a_window_within_is_as_from_all_rows(shop: Warehouse, published: Path) -> None:
    days = (DAY - timedelta(days=20), DAY - timedelta(days=1))
    found = read_published(published, days)
    wanted = read_published(marts_path(shop.path), days)
    assert found.tables == wanted.tables
    assert found.facts == wanted.facts


def test_a_window_before_is_reported_from_the_warehouse(
    shop: Warehouse,
    published: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(NotPublishedError, match=f"has them from {FIRST} on"):
        read_published(published, LONG_AGO)
    settings = shop.settings()
    assert settings.published_path == published
    monkeypatch.setattr(Settings, "from_environ", lambda: settings)
    window = ["--from", str(LONG_AGO[0]), "--to", str(LONG_AGO[1])]

    assert report.main(window) == Exit.DONE
    page = Path(capsys.readouterr().out.strip())
    assert "3 units cancelled" in page.read_text()
    marts, aside = marts_path(shop.path), shop.path.with_name("aside")
    marts.rename(aside)
    try:
        assert report.main(window) == Exit.FAILED
    finally:
        aside.rename(marts)
    assert capsys.readouterr().err.count("\n") == 1


def test_the_live_page_says_where_older_windows_are(published: Path) -> None:
    with browsing(published.parents[1]) as browser:
        answer = browser.get(OLD_PAGE)
        assert answer.status_code == 400
        assert f"has them from {FIRST} on (BWP_PUBLISHED_DAYS)" in answer.text
        assert browser.get("/").status_code == 200


def test_the_live_page_says_it_in_the_readers_language(published: Path) -> None:
    async def answer() -> str:
        speak("de_DE")
        transport = httpx.ASGITransport(create_app(published, published.parents[1]))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return (await client.get(OLD_PAGE)).text

    assert f"hat sie ab {FIRST} (BWP_PUBLISHED_DAYS): Ältere" in asyncio.run(answer())
