# ruff: noqa: T201 -- a command of its own; it prints what it has seen
"""A browser looks at Dagster's UI as an operator does, and takes pictures for the docs.

    python -m bwp_pipeline_tests.long.dagster_ui [DIRECTORY]

Webserver, daemon and code server go on a clock of their own. From the UI three days are backfilled;
graph, an asset's page, what it is made of and a preview are looked at. Then the archive
is away: a run started from the UI fails, and people get an e-mail and a message in Slack. Two and
a half days later the assets are stale. No secret was left anywhere, or sent.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from dagster import DagsterInstance, DagsterRunStatus
from playwright.sync_api import Page, sync_playwright

from bwp_pipeline.sandbox import World
from bwp_pipeline_tests.long.clock import Clock
from bwp_pipeline_tests.long.deployed import Deployed, deployed, free_port, wait_until

END = date(2026, 3, 15)
DAYS = [END - timedelta(days=back) for back in (3, 2, 1)]
NOW = datetime(2026, 3, 15, 2, tzinfo=UTC)
LINK = {"BWP_REPORTS_LINK": "https://reports.example.com/"}
MODULE = "bwp_pipeline.definitions"
SECONDS = 60


class Ui:
    """Dagster's UI in a browser."""

    def __init__(self, page: Page, url: str, pictures: Path) -> None:
        self.page = page
        self._url = url
        self._pictures = pictures
        # It invites whoever sees it for the first time to a community.
        page.add_init_script("localStorage.setItem('communityNux', '\"1\"')")

    def open(self, path: str, *texts: str) -> None:
        """Open a page and wait until all of these texts are to be seen."""
        self.page.goto(f"{self._url}{path}")
        self.see(*texts)

    def see(self, *texts: str) -> None:
        """Wait until each of these texts is to be seen."""
        for text in texts:
            self.page.get_by_text(text).first.wait_for(timeout=SECONDS * 1000)
            print(f"seen: {text}", flush=True)

    def shows(self, path: str, text: str) -> bool:
        """Open a page anew; whether a text is to be seen there soon."""
        self.page.goto(f"{self._url}{path}")
        self.page.wait_for_timeout(10_000)
        return self.page.get_by_text(text).count() > 0

    def launch(self, days: str) -> None:
        """Backfill days of the job `daily`: `[2026-03-12...2026-03-14]`."""
        self.open(f"/locations/{MODULE}/jobs/daily/partitions", "Materialize…")
        self.page.locator("button", has_text="Materialize…").click()
        field = self.page.locator("input[data-lpignore]").last
        field.fill(days)
        field.press("Enter")
        self.page.locator("button", has_text="Launch backfill").click()

    def picture(self, name: str, height: int = 800) -> None:
        """Keep what is to be seen, or its upper part, as a picture."""
        self.page.wait_for_timeout(3_000)
        self.page.screenshot(
            path=self._pictures / f"{name}.png",
            clip={"x": 0, "y": 0, "width": 1280, "height": height},
        )


def main() -> int:
    """Look at everything; 0 if all of it was to be seen."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path, nargs="?", default=Path("docs/images/dagster"))
    pictures = parser.parse_args().directory
    pictures.mkdir(parents=True, exist_ok=True)
    world = World(seed=5, days=3, orders_per_day=60, end=END)
    with tempfile.TemporaryDirectory(prefix="bwp-dagster-ui-") as directory:
        root = Path(directory)
        clock = Clock(root)
        clock.set(NOW)
        with (
            deployed(root, world, {**os.environ, **clock.environment, **LINK}) as it,
            # Its files are made here, and not by two processes at once.
            DagsterInstance.from_config(str(root / "home")) as instance,
            running(it) as url,
            browser() as page,
        ):
            ui = Ui(page, url, pictures)
            page.clock.set_fixed_time(NOW + timedelta(minutes=5))
            backfill(ui, instance)
            look(ui)
            fail(ui, it, instance)
            clock.set(NOW + timedelta(hours=60))
            page.clock.set_fixed_time(NOW + timedelta(hours=60))
            wait_until("a stale asset", lambda: ui.shows("/assets/reports", "Failed"))
            ui.picture("stale")
        search = it.search()
        print(search)
    return int(bool(search.found))


@contextmanager
def running(it: Deployed) -> Iterator[str]:
    """The daemon and the webserver; yields the UI's address."""
    port = free_port()
    with (
        it.program("dagster-daemon", "run", "-m", MODULE),
        it.program("dagster-webserver", "-p", str(port), "-m", MODULE) as log,
    ):
        wait_until("the webserver", lambda: b"Serving dagster-webserver" in log.read_bytes())
        yield f"http://127.0.0.1:{port}"


@contextmanager
def browser() -> Iterator[Page]:
    """A page of the machine's own Chromium."""
    with sync_playwright() as started:
        chromium = started.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        yield chromium.new_page(viewport={"width": 1280, "height": 800})
        chromium.close()


def backfill(ui: Ui, instance: DagsterInstance) -> None:
    """Three days, asked for in the UI."""
    ui.launch(f"[{DAYS[0]}...{DAYS[-1]}]")
    wait_until("the backfill", lambda: _ended(instance, 1))
    runs = instance.get_runs()
    print(f"the backfill of {len(DAYS)} days: {[run.status.value for run in runs]}", flush=True)
    assert {run.status for run in runs} == {DagsterRunStatus.SUCCESS}
    ui.open("/runs?view=backfills", f"{len(DAYS)} partitions")
    ui.picture("backfill")


def look(ui: Ui) -> None:
    """The graph, an asset with all that is known of it, what it is made of, a preview."""
    ui.open("/asset-groups", "lake", "marts", "reports", "published")
    ui.picture("graph")
    asset = "/assets/reports/unfulfilled_products"
    ui.open(asset, "Columns", "Row count", "most revenue at risk")
    ui.picture("asset")
    ui.open(f"{asset}?view=lineage", "fct_delivery_items", "fct_product_days")
    ui.picture("lineage")
    ui.open("/assets/reports", "Metadata", "UNFULFILLABLE")
    ui.picture("preview")


def fail(ui: Ui, it: Deployed, instance: DagsterInstance) -> None:
    """A run that can't reach the archive, and what people get."""
    it.archive.rename(it.archive.with_name("away"))
    before = len(instance.get_runs())
    ui.launch(f"[{DAYS[1]}...{DAYS[-1]}]")
    wait_until("the failed run", lambda: _ended(instance, before + 1))
    run = instance.get_runs(limit=1)[0]
    assert run.status == DagsterRunStatus.FAILURE
    ui.open(f"/runs/{run.run_id}", "Failure")
    # Below stand paths of the machine.
    ui.picture("failed_run", 330)
    wait_until("an e-mail", lambda: any("failed" in subject for subject, _ in it.mails()))
    wait_until("Slack", lambda: any("failed" in text for text in it.slack_texts()))
    for text in (*(f"{subject}: {text}" for subject, text in it.mails()), *it.slack_texts()):
        if "failed" in text:
            print(f"told: {' '.join(text.split())[:200]}")


def _ended(instance: DagsterInstance, least: int) -> bool:
    runs = instance.get_runs()
    return len(runs) >= least and all(run.is_finished for run in runs)


if __name__ == "__main__":
    sys.exit(main())
