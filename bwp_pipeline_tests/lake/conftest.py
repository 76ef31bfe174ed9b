"""Fixtures of the tests in which several fetch into one lake: the API that they share."""

from collections.abc import Iterator

import pytest

from bwp_pipeline_tests.servers.api_server import Account, ApiServer, serving


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    with serving(ApiServer()) as server:
        yield Account(server.url)
