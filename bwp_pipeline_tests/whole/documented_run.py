"""`bwp run` on the documented shop with a broken record beside it, once for all that look at it."""

import json
import os
from pathlib import Path

import pytest

from bwp_pipeline.cli import main
from bwp_pipeline.reports.stock.decisions import Decision, DecisionsFile, Kind
from bwp_pipeline_tests.examples.documented_shop import EVENTS, ORDERS, STORE
from bwp_pipeline_tests.examples.made_once import made_once
from bwp_pipeline_tests.examples.warehouse_builds import NOON
from bwp_pipeline_tests.servers.api_server import ApiServer, serving

DAYS = ["--from", "2025-02-20", "--to", "2025-02-23"]


def documented_run(factory: pytest.TempPathFactory) -> Path:
    """Return the data directory that it leaves, with a note of a manager."""
    return made_once(factory, "documented-run", _run) / "data"


def _run(root: Path) -> None:
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
    os.umask(before)
