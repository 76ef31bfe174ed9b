"""Who can read what a run leaves: its owner alone, but for what was made to be read."""

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from bwp_pipeline.cli import main
from bwp_pipeline.reports.decisions import Decision, DecisionsFile, Kind
from bwp_pipeline_tests.api_server import ApiServer, serving
from bwp_pipeline_tests.documented_shop import EVENTS, ORDERS, STORE
from bwp_pipeline_tests.warehouse_builds import NOON

DAYS = ["--from", "2025-02-20", "--to", "2025-02-23"]
TO_BE_READ = {"published", "reports"}
OTHERS = stat.S_IRWXG | stat.S_IRWXO


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("modes")
    folder = root / "archive" / "2025/02/20/09"
    folder.mkdir(parents=True)
    (folder / "events").write_text("".join(json.dumps(event) for event in EVENTS))
    (folder / "broken").write_text('{"version": ')
    before = os.umask(0o022)
    with serving(ApiServer(orders=ORDERS.get)) as api, pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "BWP_ARCHIVE_URL": f"{(root / 'archive').as_uri()}/",
            "BWP_DATA_DIR": str(root / "data"),
            "BWP_API_URL": f"{api.url}/graphql",
            "BWP_TOKEN_URL": f"{api.url}/token",
            "BWP_CLIENT_ID": "client",
            "BWP_CLIENT_SECRET": "secret",
            "BWP_TARGET_ID": STORE,
            # Nobody listens: what was to be sent is remembered all the same.
            "BWP_SLACK_WEBHOOK": "http://127.0.0.1:9/",
        }.items():
            patch.setenv(name, value)
        patch.delenv("DAGSTER_HOME", raising=False)
        assert main(["run", *DAYS]) == 0
    note = Decision(
        business_product_id=STORE, product_key="k", kind=Kind.NOTE, author="ann", noted_at=NOON
    )
    DecisionsFile(root / "data").add(note)
    yield root / "data"
    os.umask(before)


def readable_by_others(data: Path) -> Iterator[Path]:
    """The files that others than their owner can reach and read."""
    for directory, names, files in os.walk(data):
        here = Path(directory)
        names[:] = [name for name in names if (here / name).stat().st_mode & OTHERS]
        yield from (here / name for name in files if (here / name).stat().st_mode & OTHERS)


def test_only_the_owner_reads_lake_warehouse_and_what_lies_beside_them(data: Path) -> None:
    found = {path.relative_to(data) for path in readable_by_others(data)}

    assert {str(path) for path in found if path.parts[0] not in TO_BE_READ} == set()


def test_what_was_made_to_be_read_follows_the_umask(data: Path) -> None:
    found = {path.relative_to(data) for path in readable_by_others(data)}

    assert {Path("published/bwp.duckdb"), Path("reports/latest/bwp_report.html")} <= found
    there = {path for top in TO_BE_READ for path in (data / top).rglob("*") if path.is_file()}
    assert {path.relative_to(data) for path in there} <= found
