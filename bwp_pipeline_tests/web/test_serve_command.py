"""`bwp serve` as a process of its own: what it needs, who may read, how it ends."""

import signal
import socket
import time
from contextlib import suppress
from pathlib import Path

import httpx

from bwp_pipeline_tests.servers.served_pages import address, served

_PASSWORD = "a-password-of-the-page"


def test_it_needs_the_data_directory_alone_and_asks_for_its_password(data_dir: Path) -> None:
    variables = {
        "BWP_DATA_DIR": str(data_dir),
        "BWP_LOCALE": "de_DE",
        "BWP_SERVE_AUTH": f"ann:{_PASSWORD}",
    }
    with served(variables, "--port", "0", "--name", "reports.example.com") as process:
        url = address(process)
        assert httpx.get(url).status_code == 401
        page = httpx.get(url, auth=("ann", _PASSWORD), follow_redirects=True)
        assert page.status_code == 200
        assert 'lang="de-DE"' in page.text
        by_name = {"host": "reports.example.com"}
        assert httpx.get(url, auth=("ann", _PASSWORD), headers=by_name).is_success
        assert httpx.get(url, headers={"host": "elsewhere.example.com"}).status_code == 400

        process.send_signal(signal.SIGTERM)
        said, errors = process.communicate(timeout=20)

    assert _PASSWORD not in said + errors
    assert errors == ""


def test_a_port_that_is_taken_ends_it_with_one_line(data_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with served({"BWP_DATA_DIR": str(data_dir)}, "--port", str(port)) as process:
            said, errors = process.communicate(timeout=20)
            assert process.returncode == 1
    assert said == ""
    assert errors == f"bwp: 127.0.0.1:{port} is not available: Address already in use\n"


def test_it_serves_without_a_standard_output(data_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    closed = ["sh", "-c", 'exec "$@" >&- 2>&-', "sh"]
    with served({"BWP_DATA_DIR": str(data_dir)}, "--port", str(port), before=closed):
        for _ in range(100):
            with suppress(httpx.ConnectError):
                assert httpx.get(f"http://127.0.0.1:{port}/healthz").text == "ok"
                return
            time.sleep(0.2)
    raise AssertionError("nothing was served")
