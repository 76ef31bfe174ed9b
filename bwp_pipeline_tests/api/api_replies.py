"""How a reply of the API is read in tests, and errors as the API words them."""

import json
from typing import Any

from bwp_pipeline.api.answers import Answer, Failure, Reply
from bwp_pipeline.api.replies import read_reply
from bwp_pipeline_tests.servers.api_server import graphql_error

ORDER = {"id": "322-EX4M-PLE001", "lineItems": []}


def read(
    body: object,
    status: int = 200,
    names: tuple[str, ...] = ("order",),
    asked: dict[str, str | None] | None = None,
) -> Reply:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_reply(
        status, "application/json; charset=utf-8", content, asked or dict.fromkeys(names)
    )


def verdict(body: object, status: int = 200) -> Answer | Failure:
    (only,) = read(body, status).verdicts
    return only


def error(kind: str, *path: str | int, **more: object) -> dict[str, Any]:
    return graphql_error(kind, "Words.", *path, **more)
