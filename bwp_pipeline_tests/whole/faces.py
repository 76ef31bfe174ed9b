"""The faces of one report, made for real: files, a mail as received, a Slack message, live pages.

Belongs here: making them from one database. Does not belong here: what must be the same in them.
"""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from pathlib import Path
from typing import Any

import duckdb
import httpx
from openpyxl import load_workbook

from bwp_pipeline.reports.messages.sent import Sent
from bwp_pipeline.reports.messages.telling import tell_digest
from bwp_pipeline.reports.writing import ReportFiles, write_reports
from bwp_pipeline.settings import Settings
from bwp_pipeline_tests.servers.message_receivers import receiving_mail, receiving_posts
from bwp_pipeline_tests.servers.page_text import Row
from bwp_pipeline_tests.servers.served_pages import browsing, data_dir_of


@dataclass(frozen=True)
class Faces:
    """One report in every form; `mail` and `slack` as their servers received them."""

    files: ReportFiles
    database: Path
    mail: EmailMessage
    slack: list[str]
    browser: httpx.Client

    def page(self, currency: str) -> str:
        """The static page of a currency."""
        (path,) = [one for one in self.files.pages if one.stem.endswith(f"_{currency}")]
        return path.read_text(encoding="utf-8")

    def live(self, currency: str, path: str = "/") -> str:
        """A live page of a currency."""
        return self.browser.get(path, params={"currency": currency}).raise_for_status().text

    def sheet(self, name: str, currency: str | None = None) -> list[dict[str, Any]]:
        """The rows of a sheet of the workbook, of one currency or all."""
        head, *rows = load_workbook(self.files.xlsx)[name].iter_rows(values_only=True)
        found = [dict(zip(map(str, head), row, strict=True)) for row in rows]
        return [row for row in found if currency in {None, row.get("Currency")}]

    def csv(self, table: str, currency: str | None = None) -> list[Row]:
        """The rows of a CSV file, of one currency or all."""
        (path,) = [one for one in self.files.csvs if one.stem == table]
        with path.open(encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
        return [row for row in rows if currency in {None, row.get("currency_code")}]

    def sql(self, query: str, **values: str) -> list[tuple[Any, ...]]:
        """What the published database answers."""
        with duckdb.connect(str(self.database), read_only=True) as connection:
            return connection.execute(query, values or None).fetchall()

    def mailed(self, subtype: str) -> str:
        """The mail's HTML or plain text."""
        body = self.mail.get_body((subtype,))
        assert body is not None
        return str(body.get_content())


@contextmanager
def every_face(example: Path, directory: Path, built_at: datetime) -> Iterator[Faces]:
    """Write, send and serve the report of a copy of the example, with stock of some products."""
    database = data_dir_of(example, directory) / "published" / "bwp.duckdb"
    _write_terms(database, directory)
    files = write_reports(
        database,
        directory / "reports",
        built_at=built_at,
        version="1.2.3",
        run_id="run-7",
        data_dir=directory,
    )
    with receiving_mail() as (box, smtp), receiving_posts() as (posts, webhook):
        settings = Settings.from_environ(
            {
                "BWP_ARCHIVE_URL": directory.as_uri(),
                "BWP_DATA_DIR": str(directory),
                "BWP_CLIENT_ID": "client",
                "BWP_CLIENT_SECRET": "secret",
                "BWP_TARGET_ID": "bp-1",
                "BWP_SMTP_URL": smtp,
                "BWP_MAIL_FROM": "reports@example.com",
                "BWP_MAIL_TO": "manager@example.com",
                "BWP_SLACK_WEBHOOK": webhook,
            }
        )
        list(tell_digest(files, settings.channels, Sent(directory)))
        content = box.content if isinstance(box.content, bytes) else box.content.encode()
        mail = message_from_bytes(content, _class=EmailMessage, policy=policy.default)
        slack = [unescape(block["text"]["text"]) for block in posts[0]["blocks"]]
    with browsing(directory) as browser:
        yield Faces(files, database, mail, slack, browser)


def _write_terms(database: Path, directory: Path) -> None:
    """Two of three products have stock, three of four terms."""
    with duckdb.connect(str(database), read_only=True) as connection:
        keys = connection.sql(
            "select product_key from reports.active_products order by product_key"
        ).fetchall()
    stock = [f"{key},{17 * n % 90}" for n, (key,) in enumerate(keys) if n % 3]
    terms = [
        f"{key},{7 + n % 20},{1 + n % 6},{2.5 + n},Supplier {n % 3}"
        for n, (key,) in enumerate(keys)
        if n % 4
    ]
    (directory / "inventory.csv").write_text("\n".join(["sku,on_hand", *stock, ""]), "utf-8")
    head = "sku,lead_time_days,case_pack,unit_cost,supplier"
    (directory / "overrides.csv").write_text("\n".join([head, *terms, ""]), "utf-8")
