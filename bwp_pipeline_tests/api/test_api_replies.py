"""What a reply means, for each documented and each observed answer and error."""

import json
from typing import Any

import pytest

from bwp_pipeline.api.answers import Answer, Failure, FailureKind, Status
from bwp_pipeline.api.replies import retry_after
from bwp_pipeline_tests.api.api_replies import ORDER, error, read, verdict


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
    assert found.kind is FailureKind.UNUSABLE


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
