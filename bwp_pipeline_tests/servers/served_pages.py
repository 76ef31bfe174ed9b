"""`bwp serve` on a data directory, and how a browser finds its way in its pages."""

import html
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from bwp_pipeline.sandbox import run_server
from bwp_pipeline.web.app import create_app

_PLAIN = {name: value for name, value in os.environ.items() if name[:4] not in {"BWP_", "AWS_"}}


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


@contextmanager
def served(
    variables: dict[str, str], *words: str, before: Sequence[str] = ()
) -> Iterator[subprocess.Popen[str]]:
    """`bwp serve` as a process of its own, with these of the pipeline's variables and no other.

    `before` is a program with arguments that starts it.
    """
    command = [*before, sys.executable, "-m", "bwp_pipeline.cli", "serve", *words]
    with subprocess.Popen(  # noqa: S603 -- our own command
        command,
        env=_PLAIN | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().removesuffix(" until Ctrl+C\n")


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
