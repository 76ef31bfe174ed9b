"""What must hold of hostile things after a run: a sentence for each thing that doesn't.

Belongs here: the account of what was odd. Does not belong here: comparing what was not
(`long/tables.py`), or running.
"""

from collections.abc import Collection
from http import HTTPStatus
from pathlib import Path

import duckdb
import httpx
import openpyxl

from bwp_pipeline.archive import check
from bwp_pipeline.lake import Lake
from bwp_pipeline.reports.stock.decisions import FILE
from bwp_pipeline_tests.servers.served_pages import address, product_pages, served
from bwp_pipeline_tests.whole.canaries import reveals, secret_settings

_PAGES = ("/", "/orders-to-place", "/supply-chain", "/order?id=none")


def unaccounted(data: Path, hostile: Collection[str]) -> list[str]:
    """Hostile orders and records that left no trace, and reports that can't be opened."""
    lake = Lake(f"{(data / 'lake').as_uri()}/")
    said = [*check(lake).findings]
    answers = lake.read("order_snapshots", columns=["order_id", "status"]).to_pylist()
    status = {row["order_id"]: row["status"] for row in answers}
    said += [f"{order} was not asked for" for order in hostile if order not in status]
    with duckdb.connect(str(data / "published" / "bwp.duckdb"), read_only=True) as connection:
        told = connection.execute(
            "select order_id from marts.dim_orders union select order_id from meta.orders_set_aside"
        ).fetchall()
        (lost,) = connection.execute(
            "select sum(found) from reports.data_quality where check_name = 'lost_rows'"
        ).fetchall()[0]
    known = {order for (order,) in told}
    said += [
        f"{order} was answered and is neither told nor set aside"
        for order in hostile
        if status.get(order) == "OK" and order not in known
    ]
    if lost:
        said.append(f"{lost} rows are lost")
    latest = data / "reports" / "latest"
    openpyxl.load_workbook(latest / "bwp_report.xlsx", read_only=True).close()
    (latest / "bwp_report.html").read_bytes().decode()
    return said


def wrong_pages(data: Path, *, notes_are_locked: bool) -> list[str]:
    """Pages of `bwp serve` that can't be had for another reason than notes that can't be read.

    The report names these too, where the run found them locked. Nobody sees a page without its
    password, and none shows a secret.
    """
    said = []
    pages = (data / "reports" / "latest").glob("bwp_report*.html")
    if notes_are_locked and not any(FILE in page.read_text() for page in pages):
        said.append("no page of the report says that the notes were locked")
    secrets = secret_settings()
    user, _, password = secrets["BWP_SERVE_AUTH"].partition(":")
    with served({**secrets, "BWP_DATA_DIR": str(data)}, "--port", "0") as process:
        with httpx.Client(
            base_url=address(process), auth=(user, password), follow_redirects=True, timeout=60
        ) as browser:
            if browser.get("/", auth=None).status_code != HTTPStatus.UNAUTHORIZED:
                said.append("/ is shown without the password")
            for path in (*_PAGES, *product_pages(browser)[:5]):
                answer = browser.get(path)
                are_told = path.startswith("/product") and FILE in answer.text
                if answer.status_code != HTTPStatus.OK and not are_told:
                    said.append(f"{path}: HTTP {answer.status_code} {answer.text[:200]}")
                if reveals(f"{answer.headers} {answer.text}"):
                    said.append(f"{path} shows a secret")
        process.terminate()
        if reveals("".join(process.communicate())):
            said.append("bwp serve printed a secret")
    return said
