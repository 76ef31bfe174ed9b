"""Every secret is a canary, every fault happens, and then nothing that was left or said has one.

The token endpoint and the API, of all faults the worst, answer with what they were sent.
"""

import json
from functools import partial
from pathlib import Path

import pytest
from starlette.responses import JSONResponse, Response

from bwp_pipeline.api import RetryPolicy
from bwp_pipeline.cli import main
from bwp_pipeline_tests.examples.documented_shop import EVENTS, ORDERS, STORE
from bwp_pipeline_tests.servers.api_server import ApiServer, serving
from bwp_pipeline_tests.whole.canaries import CREDENTIALS, Search, reveals, secret_settings

# The last of its days is a Sunday, after whose report a digest is sent whatever the news.
DAYS = ["--from", "2025-02-20", "--to", "2025-02-23"]
WRONG = {
    "BWP_SMTP_URL": "smtp://canary-user:canary#/?@example.com:99999",
    "BWP_SLACK_WEBHOOK": "canary-webhook",
    "BWP_PING_URL": "ftp://canary-ping/",
    "BWP_API_HEADERS": "{canary-api-key",
    "BWP_SERVE_AUTH": "canary-serve",
    "HTTPS_PROXY": "nonsense://canary-user:canary-pass@example.com",
}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "archive" / "2025/02/20/09"
    folder.mkdir(parents=True)
    (folder / "events").write_text("".join(json.dumps(event) for event in EVENTS))
    for name, value in {
        **CREDENTIALS,
        **secret_settings(),
        "BWP_ARCHIVE_URL": f"{(tmp_path / 'archive').as_uri()}/",
        "BWP_DATA_DIR": str(tmp_path / "data"),
        "DAGSTER_HOME": str(tmp_path / "dagster"),
        "BWP_TARGET_ID": STORE,
        "BWP_METRICS_FILE": str(tmp_path / "bwp.prom"),
    }.items():
        monkeypatch.setenv(name, value)
    return tmp_path


def echoing(server: ApiServer) -> ApiServer:
    """A server that answers with what it was sent."""

    def token(_: int) -> Response:
        sent = server.token_forms[-1]
        words = f"{'no ' * 62}{sent['client_secret']}"
        return JSONResponse({"error": "no", "error_description": words, "message": sent}, 401)

    server.token_fault = token
    return server


def test_no_secret_is_said_or_left_whatever_goes_wrong(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hasty = partial(RetryPolicy, attempts=3, pause=0.01, outage=0.5)
    monkeypatch.setattr("bwp_pipeline.api.fetch.RetryPolicy", hasty)
    with serving(ApiServer(orders=ORDERS.get, token_name="canary-token")) as api:
        monkeypatch.setenv("BWP_API_URL", f"{api.url}/graphql")
        monkeypatch.setenv("BWP_TOKEN_URL", f"{api.url}/token")

        echoing(api)
        assert main(["run", *DAYS]) == 1
        assert main(["doctor", "--send-test"]) == 1

        api.token_fault = None

        def refuse(server: ApiServer, _: list[str]) -> Response:
            sent = dict(server.requests[-1].headers.items())
            return JSONResponse({"errors": [{"message": f"not you: {sent}"}]})

        api.fault = refuse
        main(["run", *DAYS])

        api.fault = None
        assert main(["run", *DAYS]) == 0
    said = capsys.readouterr()
    assert "e-mail through 127.0.0.1 failed" in said.err
    assert "Slack could not be reached" in said.err
    assert "BWP_PING_URL could not be reached" in said.err
    assert not any(map(reveals, said))
    search = Search().of(place)
    assert (search.found, search.closed) == ([], [])


@pytest.mark.parametrize("variable", WRONG)
def test_no_part_of_a_wrong_secret_is_said(
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    variable: str,
) -> None:
    monkeypatch.setenv(variable, WRONG[variable])
    # The page's password is read by who serves it alone.
    command = ["serve"] if variable == "BWP_SERVE_AUTH" else ["run", *DAYS]
    assert main(command) == 2
    assert not any(map(reveals, capsys.readouterr()))
    assert not (place / "data").exists()
