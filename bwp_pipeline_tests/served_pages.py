"""`bwp serve` on a data directory, and how a browser finds its way in its pages."""

import html
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from bwp_pipeline.sandbox import run_server
from bwp_pipeline.web.app import create_app


def data_dir_of(example: Path, directory: Path) -> Path:
    """Put the published example where a data directory has it."""
    (directory / "published").mkdir()
    shutil.copy(example, directory / "published" / "bwp.duckdb")
    return directory


@contextmanager
def browsing(data_dir: Path, credentials: str | None = None) -> Iterator[httpx.Client]:
    app = create_app(data_dir / "published" / "bwp.duckdb", data_dir, credentials=credentials)
    with (
        run_server(app) as server,
        httpx.Client(base_url=server.url, follow_redirects=True) as client,
    ):
        yield client


def product_pages(browser: httpx.Client) -> list[str]:
    found = re.findall(r'href="(/product[^"]+)"', browser.get("/").text)
    return list(dict.fromkeys(map(html.unescape, found)))


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None
    return html.unescape(found[1])


def decide(browser: httpx.Client, page: str, **fields: str) -> httpx.Response:
    hidden = {name: field(page, name) for name in ("token", "store", "key")}
    origin = {"origin": str(browser.base_url)}
    return browser.post("/decisions", data={**hidden, **fields}, headers=origin)
