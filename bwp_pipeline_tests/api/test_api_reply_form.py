"""Replies whose form is wrong: not JSON, broken characters, another order's, nested, strange."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bwp_pipeline.api.answers import Answer, Failure, FailureKind, Status
from bwp_pipeline.api.payloads import DEEPEST, misfit
from bwp_pipeline.api.replies import read_reply
from bwp_pipeline_tests.api.api_replies import ORDER, error, read, verdict


@pytest.mark.parametrize(
    ("status", "content", "kind", "words"),
    [
        (429, b"", FailureKind.THROTTLED, "HTTP 429 application/json:"),
        (401, b"{}", FailureKind.UNAUTHORIZED, "HTTP 401 application/json: {}"),
        (408, b"", FailureKind.FAULT, "HTTP 408 application/json:"),
        (500, b"oops", FailureKind.FAULT, "HTTP 500 application/json: oops"),
        (
            200,
            b"<html><title>Bad\n Gateway</title>",
            FailureKind.FAULT,
            "HTTP 200 application/json: Bad Gateway",
        ),
        (403, b'{"message": "Forbidden"}', FailureKind.FAULT, 'json: {"message": "Forbidden"}'),
        (200, b"[]", FailureKind.FAULT, "HTTP 200 application/json: []"),
        (200, b'{"data": {"order"', FailureKind.FAULT, "HTTP 200"),
        (200, b'{"data": null}', FailureKind.FAULT, "HTTP 200"),
        (200, b'{"data": {}}', FailureKind.FAULT, "nothing about the order"),
        (503, b'{"data": {"order": null}}', FailureKind.FAULT, "HTTP 503"),
    ],
)
def test_what_is_no_answer_is_asked_again(
    status: int, content: bytes, kind: FailureKind, words: str
) -> None:
    found = verdict(content, status)

    assert isinstance(found, Failure)
    assert found.kind is kind
    assert words in found.error


def test_a_broken_character_does_not_cost_the_order() -> None:
    found = verdict(b'{"data": {"order": {"title": "caf\xe9"}}}')

    assert isinstance(found, Answer)
    assert found.payload == '{"title": "caf\ufffd"}'


UNUSABLE = FailureKind.UNUSABLE


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (r"cut \ud83d", r"cut \ufffd"),
        (r"cut \uDE00", r"cut \ufffd"),
        (r"\ud83d\ud83d\ude00", r"\ufffd\ud83d\ude00"),
        (r"whole \ud83d\ude00", r"whole \ud83d\ude00"),
        (r"no escape \\ud83d", r"no escape \\ud83d"),
        (r"NUL \u0000", r"NUL \ufffd"),
    ],
)
def test_a_broken_escape_does_not_cost_the_order(sent: str, kept: str) -> None:
    found = verdict(b'{"data": {"order": {"title": "%s"}}}' % sent.encode())

    assert found == Answer(Status.OK, f'{{"title": "{kept}"}}')


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_a_byte_order_mark_or_another_encoding_of_unicode_is_read(encoding: str) -> None:
    body = '{"data": {"order": {"title": "Töpfe"}}}'

    assert verdict(body.encode(encoding)) == Answer(Status.OK, '{"title": "Töpfe"}')


@pytest.mark.parametrize(
    "order",
    [{}, {"id": None}, {"id": "322-OTHER"}, {"id": 7}, "hello", [1], 1.5, True, [ORDER]],
)
def test_what_is_not_the_order_that_was_asked_for_is_asked_again(order: object) -> None:
    (found,) = read({"data": {"order": order}}, asked={"order": "322-EX4M-PLE001"}).verdicts

    assert isinstance(found, Failure)
    assert found.kind is UNUSABLE
    assert found.partial is None


def test_answers_that_changed_places_in_a_batch_are_not_taken() -> None:
    body = {"data": {"order0": {"id": "b"}, "order1": {"id": "a"}, "order2": {"id": "c"}}}
    reply = read(body, asked={"order0": "a", "order1": "b", "order2": "c"})

    kinds = [v.kind if isinstance(v, Failure) else v.status for v in reply.verdicts]
    assert kinds == [UNUSABLE, UNUSABLE, Status.OK]


def test_parts_of_another_order_beside_an_error_are_not_taken() -> None:
    body = {"data": {"order": {"id": "x"}}, "errors": [error("InternalServerError", "order", "y")]}
    (found,) = read(body, asked={"order": "322-EX4M-PLE001"}).verdicts

    assert isinstance(found, Failure)
    assert found.partial is None


@pytest.mark.parametrize("levels", [70, 900, 5_000, 200_000])
def test_deep_nesting_is_one_orders_fault(levels: int) -> None:
    nested = b"[" * levels + b"]" * levels
    reply = read(b'{"data": {"order": {"id": "322-EX4M-PLE001", "x": %s}}}' % nested)

    (found,) = reply.verdicts
    assert isinstance(found, Failure)
    assert found.kind is UNUSABLE
    assert "deep" in found.error
    assert reply.shows_life


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"]": ', "}"), ('["[", ', "]")])
@pytest.mark.parametrize("inner", ["[]", "{}", "[1]", '{"a": "\\n          "}', "[null, false]"])
def test_an_answer_may_be_as_deep_as_the_bound_and_no_deeper(
    opening: str, closing: str, inner: str
) -> None:
    # The order itself is a level, and so is what is innermost.
    for levels, is_refused in ((DEEPEST - 3, False), (DEEPEST - 2, False), (DEEPEST - 1, True)):
        payload = f'{{"id": "o", "x": {opening * levels}{inner}{closing * levels}}}'
        assert (misfit(payload, "o") is not None) == is_refused, levels


@given(st.binary(max_size=200), st.sampled_from([200, 400, 403, 404, 500, 503]))
def test_no_reply_is_too_strange_to_judge(content: bytes, status: int) -> None:
    assert len(read_reply(status, "", content, {"order0": "a", "order1": "b"}).verdicts) == 2


_NAMES = (
    *("data", "errors", "order", "path", "message", "extensions", "classification"),
    *("type", "errorType", "code", "errorCode"),
)

_json = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 999) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(_NAMES),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@given(st.fixed_dictionaries({"data": _json, "errors": _json}))
def test_no_json_is_too_strange_to_judge(body: dict[str, Any]) -> None:
    assert len(read(body, names=("order",)).verdicts) == 1
