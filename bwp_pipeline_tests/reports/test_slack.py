"""The digest in Slack: short, inert, and without the webhook's address in any error."""

import json
from pathlib import Path
from typing import Any

import pytest

from bwp_pipeline.reports.messages.errors import NotificationError
from bwp_pipeline.reports.messages.slack import post_slack, slack_of
from bwp_pipeline_tests.reports.message_reports import (
    out_of_stock,
    report,
)
from bwp_pipeline_tests.reports.published import Item


def test_slack_gets_the_top_five_and_mentions_nobody(
    tmp_path: Path, slack: tuple[list[dict[str, Any]], str]
) -> None:
    received, url = slack
    files = report(tmp_path, *(out_of_stock(number) for number in range(9)))
    post_slack(slack_of(files.digest, "https://example.com/r"), f"{url}/hook")
    (message,) = received
    text = json.dumps(message)
    assert "5. " in text
    assert "6. " not in text
    assert "<!channel>" not in text
    assert "&lt;!channel&gt;" in text
    assert "<https://example.com/r|The whole report>" in text
    assert len(message["blocks"]) <= 50
    assert all(len(block["text"]["text"]) <= 3000 for block in message["blocks"])


def test_a_webhook_that_is_refused_is_an_error_that_keeps_it_secret(
    tmp_path: Path, slack: tuple[list[dict[str, Any]], str]
) -> None:
    files = report(tmp_path, Item("o-1"))
    with pytest.raises(NotificationError, match="403: invalid_token") as raised:
        post_slack(slack_of(files.digest), f"{slack[1]}/revoked")
    assert "revoked" not in str(raised.value)
    with pytest.raises(NotificationError, match="could not be reached"):
        post_slack(slack_of(files.digest), "http://127.0.0.1:1/hook")
