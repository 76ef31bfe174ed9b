"""The sandbox over HTTP: a token endpoint and the GraphQL endpoint, as production's look.

Here are credentials, headers and status codes; what a query comes to is in `answers`. A request
may carry `x-sandbox-at` (ISO time): it is then answered as of that moment.
"""

import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bwp_pipeline.sandbox import answers, versions
from bwp_pipeline.sandbox.order_book import OrderBook, SandboxStore

TOKEN_SECONDS = 900


def create_app(world: OrderBook, *, at: datetime | None = None) -> Starlette:
    """The ASGI application that serves a world as of `at` (default: the world's end)."""
    endpoints = _Endpoints(world, world.end if at is None else int(at.timestamp()))
    return Starlette(
        routes=[
            Route("/token", endpoints.token, methods=["POST"]),
            Route("/graphql", endpoints.graphql, methods=["POST"]),
        ]
    )


class _Endpoints:
    def __init__(self, world: OrderBook, at: int) -> None:
        self.world = world
        self.at = at
        self.tokens: dict[str, tuple[SandboxStore, float]] = {}
        self.encode = msgspec.json.Encoder().encode

    async def token(self, request: Request) -> Response:
        form = {
            name: values[0] for name, values in parse_qs((await request.body()).decode()).items()
        }
        if form.get("grant_type") != "client_credentials":
            return JSONResponse({"error": "unsupported_grant_type"}, status_code=400)
        for store in self.world.stores:
            if form.get("client_id") == store.client_id and secrets.compare_digest(
                form.get("client_secret", "").encode(), store.client_secret.encode()
            ):
                token = secrets.token_urlsafe(24)
                self.tokens[token] = (store, time.monotonic() + TOKEN_SECONDS)
                return JSONResponse(
                    {"access_token": token, "token_type": "bearer", "expires_in": TOKEN_SECONDS}
                )
        return JSONResponse({"error": "invalid_client"}, status_code=401)

    async def graphql(self, request: Request) -> Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        store, expires = self.tokens.get(token, (None, 0.0))
        if scheme.lower() != "bearer" or store is None or time.monotonic() >= expires:
            return JSONResponse({"message": "Unauthorized"}, status_code=401)
        try:
            body = msgspec.json.decode(await request.body(), type=_GraphqlRequest)
        except msgspec.MsgspecError:
            return JSONResponse({"message": "Bad Request"}, status_code=400)
        target = request.headers.get("x-api-target-id") or request.headers.get("x-omni-targetid")
        if target != store.business_product_id:
            names = [p for p in ("order",) if p in body.query] or ["query"]
            return self._json({"errors": [answers.access_denied().as_json(names)], "data": None})
        version = request.headers.get("x-api-version", versions.VERSIONS[-1])
        moment = request.headers.get("x-sandbox-at")
        at = self.at if moment is None else int(datetime.fromisoformat(moment).timestamp())
        return self._json(
            answers.execute(self.world, store, version, body.query, body.variables or {}, at)
        )

    def _json(self, body: versions.Json) -> Response:
        return Response(self.encode(body), media_type="application/json")


class _GraphqlRequest(msgspec.Struct):
    query: str
    variables: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server that answers at `url`, without a trailing slash."""

    url: str

    @property
    def graphql_url(self) -> str:
        """Where queries go."""
        return f"{self.url}/graphql"

    @property
    def token_url(self) -> str:
        """Where tokens come from."""
        return f"{self.url}/token"


@contextmanager
def run_server(app: Starlette, port: int = 0) -> Iterator[RunningServer]:
    """The application behind a local port (0: any free one) in a thread of its own."""
    listener = socket.create_server(("127.0.0.1", port), backlog=512)
    config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.005)
        yield RunningServer(f"http://127.0.0.1:{listener.getsockname()[1]}")
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()
