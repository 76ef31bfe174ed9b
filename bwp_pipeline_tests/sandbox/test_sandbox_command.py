"""The sandbox as a command: what it prints, what it leaves, how it stops."""

import json
import signal
import socket
import subprocess
import sys
from datetime import date
from pathlib import Path

import httpx
import pytest

from bwp_pipeline.sandbox import World, main
from bwp_pipeline.sandbox.api.server import RunningServer
from bwp_pipeline.sandbox.command import settings

SMALL = ["--days", "2", "--orders-per-day", "10", "--end", "2026-11-01", "--port", "0"]


def run(directory: Path, *words: str) -> int:
    return main([*SMALL, "--dir", str(directory), *words])


def test_it_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bwp_pipeline.sandbox", *SMALL, "--dir", str(tmp_path)]
    faults = ["--faults", '{"absent": ["322-0000-000000"]}']
    with subprocess.Popen(  # noqa: S603 - our own command
        [*command, *faults], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        values: dict[str, str] = {}
        while "BWP_TARGET_ID" not in values:
            name, _, value = process.stdout.readline().strip().partition("=")
            values[name] = value
        form = {
            "grant_type": "client_credentials",
            "client_id": values["BWP_CLIENT_ID"],
            "client_secret": values["BWP_CLIENT_SECRET"],
        }
        assert httpx.post(values["BWP_TOKEN_URL"], data=form).json()["expires_in"] == 900
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
    assert values["BWP_ARCHIVE_URL"] == f"{(tmp_path / 'archive').as_uri()}/"
    assert list((tmp_path / "archive" / "2026" / "10" / "31").rglob("bwp-events-*"))


def test_a_command_runs_with_the_sandbox_in_its_environment(tmp_path: Path) -> None:
    program = (
        "import json, os, sys, pathlib;"
        " pathlib.Path(sys.argv[1]).write_text(json.dumps(dict(os.environ))); sys.exit(3)"
    )
    seen = tmp_path / "environment.json"
    assert run(tmp_path, "--", sys.executable, "-c", program, str(seen)) == 3
    environment = json.loads(seen.read_text())
    assert environment["BWP_API_URL"].startswith("http://127.0.0.1:")
    assert environment["BWP_TARGET_ID"].startswith("bp-")


def test_an_earlier_archive_makes_room_but_nobody_elses_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    true = ("--", sys.executable, "-c", "")
    assert run(tmp_path / "own", *true) == 0
    before = {p for p in (tmp_path / "own" / "archive").rglob("*") if p.is_file()}
    assert run(tmp_path / "own", "--seed", "8", *true) == 0
    after = {p for p in (tmp_path / "own" / "archive").rglob("*") if p.is_file()}
    assert before.isdisjoint(after)
    precious = tmp_path / "other" / "archive" / "precious.txt"
    precious.parent.mkdir(parents=True)
    precious.write_text("mine")
    assert run(tmp_path / "other", *true) == 1
    assert "choose another --dir" in capsys.readouterr().err
    assert precious.read_text() == "mine"


def test_a_taken_port_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert run(tmp_path, "--no-archive", "--port", port) == 1
    assert capsys.readouterr().err.startswith("The sandbox can't start: ")


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--faults", '{"latency": "much"}'], "latency"),
        (["--days", "0"], "--days"),
        (["--end", "yesterday"], "--end"),
    ],
)
def test_impossible_options_are_named(
    words: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(words)
    assert named in capsys.readouterr().err


def test_several_stores_credentials_lie_in_a_stores_file(tmp_path: Path) -> None:
    world = World(days=1, orders_per_day=1, end=date(2026, 11, 1), store_count=2)
    values = settings(world, RunningServer("http://127.0.0.1:1"), "s3://bucket/x/", tmp_path)
    assert values["BWP_API_URL"] == "http://127.0.0.1:1/graphql"
    assert "BWP_CLIENT_ID" not in values
    stores = Path(values["BWP_STORES_FILE"]).read_text()
    assert all(bp in stores for bp in world.business_product_ids)
