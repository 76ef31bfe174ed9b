"""Fixtures of the tests of messages: a webhook that keeps what it gets."""

from collections.abc import Iterator
from typing import Any

import pytest

from bwp_pipeline_tests.servers.message_receivers import receiving_posts


@pytest.fixture
def slack() -> Iterator[tuple[list[dict[str, Any]], str]]:
    with receiving_posts() as receiver:
        yield receiver
