"""A small API over real HTTP whose faults a test scripts.

Belongs here: serving orders by id, tokens, and whatever fault a test asks for. Does not belong
here: GraphQL; the sandbox executes queries, this server only looks at their variables.
"""

import asyncio
import json
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bwp_pipeline.settings.stores import Store

STORE = "bp-1"
Fault = Callable[["ApiServer", list[str]], Response | None]


def order(order_id: str, state: str = "DELIVERED") -> dict[str, Any]:
    return {"id": order_id, "packageInformation": {"details": [{"id": "d1", "state": state}]}}


def graphql_error(kind: str, message: str, *path: str | int, **more: object) -> dict[str, Any]:
    classification = {"type": kind, **more}
    return {
        "message": message,
        "path": list(path) or None,
        "extensions": {"classification": classification},
    }


@dataclass
class ApiServer:
    """What the server does (`orders`, `fault`, `token_fault`, `delay`) and what it was asked."""

    orders: Callable[[str], dict[str, Any] | None] = order
    fault: Fault | None = None
    token_fault: Callable[[int], Response | None] | None = None
    token_life: float = 900.0
    token_name: str = "token"
    delay: float = 0.0
    asked: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)
    requests: list[Request] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    tokens_given: int = 0
    token_forms: list[dict[str, str]] = field(default_factory=list)
    valid_tokens: set[str] = field(default_factory=set)
    url: str = ""

    async def token(self, request: Request) -> Response:
        self.token_forms.append(dict(parse_qsl((await request.body()).decode())))
        fault = self.token_fault(len(self.token_forms)) if self.token_fault else None
        if fault is not None:
            return fault
        self.tokens_given += 1
        value = f"{self.token_name}-{self.tokens_given}"
        self.valid_tokens.add(value)
        asyncio.get_running_loop().call_later(self.token_life, self.valid_tokens.discard, value)
        return JSONResponse({"access_token": value, "expires_in": self.token_life})

    async def graphql(self, request: Request) -> Response:
        if (
            request.headers.get("authorization", "").removeprefix("Bearer ")
            not in self.valid_tokens
        ):
            return JSONResponse({"message": "The incoming token has expired"}, 401)
        body = json.loads(await request.body())
        self.requests.append(request)
        self.bodies.append(body)
        ids = {name: next(iter(ref.values())) for name, ref in body["variables"].items()}
        self.asked.update(ids.values())
        if self.delay:
            await asyncio.sleep(self.delay)
        fault = self.fault(self, list(ids.values())) if self.fault else None
        if fault is not None:
            return fault
        self.answered.update(ids.values())
        return JSONResponse({"data": {name: self.orders(id_) for name, id_ in ids.items()}})


@contextmanager
def serving(server: ApiServer) -> Iterator[ApiServer]:
    """Serve on a free port of this machine until the block ends."""
    routes = [
        Route("/token", server.token, methods=["POST"]),
        Route("/graphql", server.graphql, methods=["POST"]),
    ]
    config = uvicorn.Config(Starlette(routes=routes), log_level="warning", lifespan="off")
    running = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread = threading.Thread(target=running.run, args=([listener],), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            running.should_exit = True
            thread.join()


def store(business_product_id: str = STORE, rate: float | None = None) -> Store:
    return Store(
        business_product_id=business_product_id,
        client_id="client",
        client_secret=SecretStr("the-secret"),
        target_id=business_product_id,
        name=f"Store {business_product_id}",
        rate=rate,
    )


@dataclass(frozen=True)
class Account:
    """Settings of the API for tests."""

    url: str
    stores: dict[str, Store] = field(default_factory=lambda: {STORE: store()})
    api_version: str = "2024-11-01"
    api_headers: dict[str, str] = field(default_factory=dict)
    api_rate: float = 2000.0
    api_concurrency: int = 8
    api_batch: int = 1
    api_reply_bytes: int = 32_000_000
    api_reply_seconds: float = 60.0
    api_product_identifiers: bool = True

    @property
    def api_url(self) -> str:
        return f"{self.url}/graphql"

    @property
    def token_url(self) -> str:
        return f"{self.url}/token"
