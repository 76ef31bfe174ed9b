"""The sandbox over HTTP: a token endpoint, the GraphQL endpoint, and counts of what was asked.

Here are credentials, headers and status codes; what a query comes to is in `execution`. A request
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

from bwp_pipeline.sandbox.api.execution import Answer, execute
from bwp_pipeline.sandbox.api.faults import Faults, Interference, Traffic
from bwp_pipeline.sandbox.api.resolvers import Caller, access_denied, invalid
from bwp_pipeline.sandbox.api.values import VERSIONS, Json
from bwp_pipeline.sandbox.world.order_book import OrderBook, SandboxStore


class _GraphqlRequest(msgspec.Struct):
    query: str
    variables: dict[str, Any] | None = None


def create_app(
    world: OrderBook, faults: Faults | None = None, *, at: datetime | None = None
) -> Starlette:
    """The application that serves a world as of `at` (default: the world's last second).

    `app.state.traffic` is its `Traffic`, which GET /traffic shows as JSON.
    """
    endpoints = _Endpoints(world, faults or Faults(), world.now if at is None else _second(at))
    app = Starlette(
        routes=[
            Route("/token", endpoints.token, methods=["POST"]),
            Route("/graphql", endpoints.graphql, methods=["POST"]),
            Route("/traffic", endpoints.show_traffic, methods=["GET"]),
        ]
    )
    app.state.traffic = endpoints.traffic
    return app


class _Endpoints:
    def __init__(self, world: OrderBook, faults: Faults, at: int) -> None:
        self.traffic = Traffic()
        self._world = world
        self._faults = faults
        self._at = at
        self._interference = Interference(faults, self.traffic)
        self._tokens: dict[str, tuple[SandboxStore, float]] = {}
        self._encode = msgspec.json.Encoder().encode

    async def token(self, request: Request) -> Response:
        if (instead := await self._interference.with_token()) is not None:
            return instead
        fields = parse_qs((await request.body()).decode())
        form = {name: values[0] for name, values in fields.items()}
        if form.get("grant_type") != "client_credentials":
            return JSONResponse({"error": "unsupported_grant_type"}, 400)
        for store in self._world.stores:
            given = form.get("client_secret", "").encode()
            is_secret = secrets.compare_digest(given, store.client_secret.encode())
            if form.get("client_id") == store.client_id and is_secret:
                # It begins with what it is, so that it is known again wherever it lands.
                token = f"sandbox-token-{secrets.token_urlsafe(24)}"
                seconds = self._faults.token_seconds
                self._tokens[token] = (store, time.monotonic() + seconds)
                return JSONResponse(
                    {"access_token": token, "token_type": "bearer", "expires_in": seconds}
                )
        return JSONResponse({"error": "invalid_client"}, 401)

    async def graphql(self, request: Request) -> Response:
        self.traffic.in_flight += 1
        self.traffic.most_in_flight = max(self.traffic.most_in_flight, self.traffic.in_flight)
        try:
            instead = await self._interference.with_query()
            return instead if instead is not None else await self._answered(request)
        finally:
            self.traffic.in_flight -= 1

    async def show_traffic(self, request: Request) -> Response:  # noqa: ARG002 - a route's form
        return JSONResponse(self.traffic.as_json())

    async def _answered(self, request: Request) -> Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        store, expires = self._tokens.get(token, (None, 0.0))
        if scheme.lower() != "bearer" or store is None or time.monotonic() >= expires:
            return JSONResponse({"message": "Unauthorized"}, 401)
        try:
            asked = msgspec.json.decode(await request.body(), type=_GraphqlRequest)
        except msgspec.MsgspecError:
            return JSONResponse({"message": "Bad Request"}, 400)
        target = request.headers.get("x-api-target-id") or request.headers.get("x-omni-targetid")
        if target != store.business_product_id:
            return self._sent(
                Answer({"errors": [access_denied().as_json(["order"])], "data": None})
            )
        moment = request.headers.get("x-sandbox-at")
        caller = Caller(
            world=self._world,
            store=store,
            version=request.headers.get("x-api-version", VERSIONS[-1]),
            at=self._at if moment is None else _second(datetime.fromisoformat(moment)),
            faults=self._faults,
        )
        answer = execute(caller, asked.query, asked.variables or {})
        if self._interference.is_partial():
            _hide_refunds(answer.body)
        return self._sent(answer)

    def _sent(self, answer: Answer) -> Response:
        self.traffic.fetched.update(answer.order_ids)
        status = 200
        if self._faults.error_status and len(answer.statuses) == 1 and not answer.order_ids:
            status = answer.statuses[0]
        return Response(self._encode(answer.body), status, media_type="application/json")


def _hide_refunds(body: Json) -> None:
    """Takes the refunds out of each order that shows them, and says so in `errors`."""
    for name, shown in (body.get("data") or {}).items():
        if shown and shown.get("refunds"):
            shown["refunds"] = None
            error = invalid("Refunds can not be determined.").as_json([name, "refunds"])
            body.setdefault("errors", []).append(error)


def _second(moment: datetime) -> int:
    return int(moment.timestamp())


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
    # Broken answers are what some clients ask for, so they are not worth a line in the log.
    config = uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off")
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
