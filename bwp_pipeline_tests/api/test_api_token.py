"""Tokens: asked for once, renewed in time, never shown."""

import asyncio
import logging
from collections.abc import Callable
from urllib.parse import parse_qs

import httpx
import pytest

from bwp_pipeline.api import ApiUnreachable, RetryPolicy, TokenRefused
from bwp_pipeline.api.auth import TokenSource
from bwp_pipeline_tests.servers.api_server import store
from bwp_pipeline_tests.servers.simulated_http import simulated_connection
from bwp_pipeline_tests.servers.simulated_time import SimulatedTime

Reply = Callable[[int], httpx.Response]


class Endpoint:
    """A token endpoint that answers request number n, from 1, with `reply(n)`."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self.requests: list[httpx.Request] = []
        self.time = SimulatedTime()
        connection = simulated_connection(self._handle, self.time.clock)
        self.source = TokenSource(connection, "http://api/token", store())

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        await asyncio.sleep(0)
        return self.reply(len(self.requests))


def granted(number: int, expires_in: object = 900) -> httpx.Response:
    return httpx.Response(200, json={"access_token": f"token-{number}", "expires_in": expires_in})


def test_a_token_is_asked_for_as_a_form_and_kept() -> None:
    endpoint = Endpoint(granted)

    async def play() -> None:
        first = await endpoint.source.token()
        assert first.value == "token-1"
        assert await endpoint.source.token() is first

    asyncio.run(play())
    (request,) = endpoint.requests
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qs(request.content.decode()) == {
        "grant_type": ["client_credentials"],
        "client_id": ["client"],
        "client_secret": ["the-secret"],
    }


def test_many_callers_at_once_cause_one_request() -> None:
    endpoint = Endpoint(granted)

    async def play() -> None:
        tokens = await asyncio.gather(*(endpoint.source.token() for _ in range(50)))
        assert {token.value for token in tokens} == {"token-1"}

    asyncio.run(play())
    assert len(endpoint.requests) == 1


@pytest.mark.parametrize(
    ("life", "renewed_after"),
    [(900, 720), (3600, 2880), (200, 140), (100, 50), (30, 15), ("900", 720), (None, 720)],
)
def test_a_token_is_renewed_before_it_ends(life: int | str | None, renewed_after: int) -> None:
    endpoint = Endpoint(lambda number: granted(number, life))

    async def play() -> None:
        await endpoint.source.token()
        endpoint.time.seconds += renewed_after - 1
        assert (await endpoint.source.token()).value == "token-1"
        endpoint.time.seconds += 1
        assert (await endpoint.source.token()).value == "token-2"

    asyncio.run(play())


def test_while_one_caller_renews_the_others_go_on_with_the_old_token() -> None:
    endpoint = Endpoint(granted)

    async def play() -> None:
        await endpoint.source.token()
        endpoint.time.seconds += 800
        tokens = await asyncio.gather(*(endpoint.source.token() for _ in range(5)))
        assert [token.value for token in tokens] == ["token-2", *["token-1"] * 4]

    asyncio.run(play())
    assert len(endpoint.requests) == 2


def test_a_refused_token_is_renewed_once_for_all_who_hold_it() -> None:
    endpoint = Endpoint(granted)

    async def play() -> None:
        old = await endpoint.source.token()
        renewed = await asyncio.gather(*(endpoint.source.renew(old) for _ in range(10)))
        assert {token.value for token in renewed} == {"token-2"}

    asyncio.run(play())
    assert len(endpoint.requests) == 2


@pytest.mark.parametrize(
    "kind",
    [
        httpx.Response(429, json={"error": "slow_down"}),
        httpx.Response(503, text="down"),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json={"token_type": "bearer"}),
    ],
)
def test_a_troubled_endpoint_is_asked_again(kind: httpx.Response) -> None:
    endpoint = Endpoint(lambda number: kind if number < 4 else granted(number))

    token = asyncio.run(endpoint.source.token())
    assert token.value == "token-4"
    assert 1000.5 < endpoint.time.seconds < 1004


def test_retry_after_of_the_endpoint_is_kept() -> None:
    endpoint = Endpoint(
        lambda n: httpx.Response(429, headers={"retry-after": "40"}) if n == 1 else granted(n)
    )

    asyncio.run(endpoint.source.token())
    assert endpoint.time.seconds == 1040


def test_an_endpoint_that_never_answers_is_unreachable() -> None:
    endpoint = Endpoint(lambda _: httpx.Response(500))

    with pytest.raises(ApiUnreachable, match=r"http://api/token .* HTTP 500") as stopped:
        asyncio.run(endpoint.source.token())
    assert len(endpoint.requests) == RetryPolicy().attempts
    assert "\n" not in str(stopped.value)


def test_an_old_token_still_serves_when_no_new_one_can_be_had() -> None:
    endpoint = Endpoint(lambda n: granted(n) if n == 1 else httpx.Response(500))

    async def play() -> None:
        await endpoint.source.token()
        endpoint.time.seconds += 721
        assert (await endpoint.source.token()).value == "token-1"
        endpoint.time.seconds += 200
        with pytest.raises(ApiUnreachable):
            await endpoint.source.token()

    asyncio.run(play())


@pytest.mark.parametrize("status", [400, 401, 403])
def test_refused_credentials_end_it_at_once_without_showing_them(
    status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    body = {"error": "invalid_client", "error_description": "unknown secret the-secret"}
    endpoint = Endpoint(lambda _: httpx.Response(status, json=body))

    with pytest.raises(TokenRefused, match="invalid_client") as stopped:
        asyncio.run(endpoint.source.token())
    assert len(endpoint.requests) == 1
    assert "BWP_CLIENT_SECRET" in str(stopped.value)
    assert "the-secret" not in f"{stopped.value!r} {caplog.text}"


def test_no_part_of_a_secret_is_said_where_the_words_are_cut() -> None:
    words = "x" * 195 + "the-secret"
    endpoint = Endpoint(lambda _: httpx.Response(400, json={"error_description": words}))

    with pytest.raises(TokenRefused) as stopped:
        asyncio.run(endpoint.source.token())
    assert "xxx***" in str(stopped.value)
    assert "the-" not in str(stopped.value)


def test_a_token_shows_itself_in_no_text(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    endpoint = Endpoint(granted)

    token = asyncio.run(endpoint.source.token())
    assert "token-1" not in f"{token!r} {vars(endpoint.source)!r} {caplog.text}"
    assert "the-secret" not in f"{vars(endpoint.source)!r} {caplog.text}"
