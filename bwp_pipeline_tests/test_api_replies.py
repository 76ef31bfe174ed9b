"""What a reply means, for each documented and each observed shape of answer and error."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bwp_pipeline.api.answers import Answer, Failure, FailureKind, Reply, Status
from bwp_pipeline.api.replies import read_reply, retry_after
from bwp_pipeline_tests.api_server import graphql_error

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


def test_an_order_is_kept_as_the_very_text_that_came() -> None:
    body = b'{ "data" : {"order": {"id":"x",  "n": 1.50, "t": "\\u00e9 errors"} } }'

    assert verdict(body) == Answer(Status.OK, '{"id":"x",  "n": 1.50, "t": "\\u00e9 errors"}', None)


def test_null_without_an_error_is_not_found() -> None:
    assert verdict({"data": {"order": None}}) == Answer(Status.NOT_FOUND)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("AccessDeniedError", Status.ACCESS_DENIED),
        ("ResourceNotFoundError", Status.NOT_FOUND),
        ("ValidationError", Status.INVALID),
    ],
)
@pytest.mark.parametrize("data", [None, {"order": None}])
def test_documented_errors_are_final(kind: str, status: Status, data: object) -> None:
    assert verdict({"errors": [error(kind, "order")], "data": data}) == Answer(
        status, None, f"{kind}: Words."
    )


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("ThrottlingError", FailureKind.THROTTLED),
        ("InternalServerError", FailureKind.FAULT),
        ("ConflictException", FailureKind.FAULT),
        ("UnauthorizedException", FailureKind.UNAUTHORIZED),
    ],
)
def test_documented_errors_that_are_worth_another_attempt(kind: str, expected: FailureKind) -> None:
    assert verdict({"errors": [error(kind, "order")], "data": None}) == Failure(
        expected, f"{kind}: Words."
    )


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (429, FailureKind.THROTTLED),
        (503, FailureKind.FAULT),
        (404, Status.NOT_FOUND),
        (403, "denied"),
    ],
)
def test_an_unknown_class_goes_by_its_code(code: int, expected: object) -> None:
    found = verdict({"errors": [error("NewError", "order", errorCode=code)], "data": None})

    if isinstance(found, Failure):
        assert found.kind == expected
    else:
        assert found.status == (Status.ACCESS_DENIED if expected == "denied" else expected)


def test_the_2023_servers_errors_are_understood() -> None:
    body = {
        "data": {"order": None},
        "errors": [{"path": ["order"], "errorType": "MappingTemplate", "message": "Empty."}],
    }

    assert verdict(body) == Failure(FailureKind.UNUSABLE, "MappingTemplate: Empty.")


def test_partial_data_is_an_order_with_the_words_beside_it() -> None:
    body = {"data": {"order": ORDER}, "errors": [error("AccessDeniedError", "order", "refunds")]}

    assert verdict(body) == Answer(Status.OK, json.dumps(ORDER), "AccessDeniedError: Words.")


def test_partial_data_for_a_passing_reason_is_asked_for_again_and_not_lost() -> None:
    body = {"data": {"order": ORDER}, "errors": [error("InternalServerError", "order", "refunds")]}

    words = "InternalServerError: Words."
    assert verdict(body) == Failure(
        FailureKind.FAULT, words, Answer(Status.OK, json.dumps(ORDER), words)
    )


def test_throttling_weighs_more_than_any_other_error() -> None:
    errors = [error("ValidationError", "order"), error("ThrottlingError", "order")]

    found = verdict({"errors": errors, "data": None})
    assert isinstance(found, Failure)
    assert found.kind is FailureKind.THROTTLED


def test_a_batchs_errors_belong_to_the_order_that_their_path_names() -> None:
    body = {
        "data": {"order0": ORDER, "order1": None, "order2": None},
        "errors": [error("AccessDeniedError", "order1"), error("ThrottlingError", "order2")],
    }
    reply = read(body, names=("order0", "order1", "order2"))

    assert not reply.as_a_whole
    assert reply.verdicts == [
        Answer(Status.OK, json.dumps(ORDER)),
        Answer(Status.ACCESS_DENIED, None, "AccessDeniedError: Words."),
        Failure(FailureKind.THROTTLED, "ThrottlingError: Words."),
    ]


def test_an_error_without_an_order_is_about_the_whole_batch() -> None:
    reply = read({"errors": [error("ValidationError")]}, 400, names=("order0", "order1"))

    assert reply.as_a_whole
    assert reply.verdicts == [Answer(Status.INVALID, None, "ValidationError: Words.")] * 2


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


@pytest.mark.parametrize(
    "said",
    [
        {"message": "Internal server error"},
        {"message": "Timed out.", "errorType": "ExecutionTimeout"},
        error("SomethingNewError", "order"),
        {"message": "Null.", "extensions": {"classification": "DataFetchingException"}},
        {"message": None},
        {},
    ],
)
@pytest.mark.parametrize("data", [None, {"order": None}])
def test_what_is_not_known_to_be_final_is_asked_again(said: dict[str, Any], data: object) -> None:
    found = verdict({"errors": [said], "data": data})

    assert isinstance(found, Failure)
    assert found.kind is UNUSABLE


@pytest.mark.parametrize("words", ["Rate exceeded", "Too Many Requests", "Request throttled"])
def test_throttling_that_only_its_words_tell_slows_the_client_down(words: str) -> None:
    found = verdict({"errors": [{"message": words}], "data": None})

    assert isinstance(found, Failure)
    assert found.kind is FailureKind.THROTTLED


@pytest.mark.parametrize(
    ("code", "status"),
    [("GRAPHQL_VALIDATION_FAILED", Status.INVALID), ("FORBIDDEN", Status.ACCESS_DENIED)],
)
def test_the_usual_codes_of_graphql_servers_are_known(code: str, status: Status) -> None:
    body = {"errors": [{"message": "No.", "extensions": {"code": code}}]}

    assert verdict(body) == Answer(status, None, f"{code}: No.")


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


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("0.5", 0.5),
        ("Sun, 01 Mar 2026 00:00:30 GMT", 30.0),
        ("Sat, 28 Feb 2026 00:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None) -> None:
    first_of_march = 1772323200.0

    assert retry_after({"retry-after": value}, first_of_march) == seconds


def test_without_retry_after_there_is_none() -> None:
    assert retry_after({}, 0.0) is None
