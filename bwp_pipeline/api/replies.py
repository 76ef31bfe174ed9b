"""From an HTTP reply to a verdict on each order asked for.

Belongs here: reading status, body and `errors[]`, by structure. Does not belong here: sending
(`transport.py`), or asking again (`client.py`).
"""

import re
from collections.abc import Mapping, Sequence
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import msgspec

from bwp_pipeline.api.answers import Answer, Failure, FailureKind, Reply, Status, Verdict
from bwp_pipeline.api.payloads import misfit
from bwp_pipeline.api.reply_text import reply_text

Asked = Mapping[str, str | None]
"""The response names in a request, each with the `id` that its answer must carry, if it has one."""

_MOST_WORDS = 500
# The status says enough without a body.
_BEFORE_BODY: dict[int, FailureKind] = {
    HTTPStatus.UNAUTHORIZED: FailureKind.UNAUTHORIZED,
    HTTPStatus.REQUEST_TIMEOUT: FailureKind.FAULT,
    HTTPStatus.TOO_EARLY: FailureKind.FAULT,
    HTTPStatus.TOO_MANY_REQUESTS: FailureKind.THROTTLED,
}
_TITLE = re.compile(rb"<title[^>]*>([^<]*)", re.IGNORECASE)

# Classes of the documentation's troubleshooting pages and the usual ones of GraphQL servers,
# without their endings. An error in neither list may be temporary, so the order is asked for again.
_CLASSES: dict[str, Status | FailureKind] = {
    "throttling": FailureKind.THROTTLED,
    "toomanyrequests": FailureKind.THROTTLED,
    "throttled": FailureKind.THROTTLED,
    "ratelimited": FailureKind.THROTTLED,
    "unauthorized": FailureKind.UNAUTHORIZED,
    "unauthenticated": FailureKind.UNAUTHORIZED,
    "internalserver": FailureKind.FAULT,
    "internal": FailureKind.FAULT,
    "serviceunavailable": FailureKind.FAULT,
    "conflict": FailureKind.FAULT,
    "accessdenied": Status.ACCESS_DENIED,
    "forbidden": Status.ACCESS_DENIED,
    "resourcenotfound": Status.NOT_FOUND,
    "notfound": Status.NOT_FOUND,
    "validation": Status.INVALID,
    "graphqlvalidationfailed": Status.INVALID,
    "graphqlparsefailed": Status.INVALID,
    "invalidsyntax": Status.INVALID,
    "baduserinput": Status.INVALID,
}
_BY_CODE: dict[int, Status | FailureKind] = {
    400: Status.INVALID,
    401: FailureKind.UNAUTHORIZED,
    403: Status.ACCESS_DENIED,
    404: Status.NOT_FOUND,
    409: FailureKind.FAULT,
    429: FailureKind.THROTTLED,
}
# The words of gateways that put nothing but words into an error.
_THROTTLING = re.compile(r"rate exceeded|too many requests|throttl", re.IGNORECASE)


class _Body(msgspec.Struct):
    data: dict[str, msgspec.Raw] | None = None
    errors: list[dict[str, Any]] | None = None


_DECODER = msgspec.json.Decoder(_Body)


def read_reply(http_status: int, content_type: str, content: bytes, asked: Asked) -> Reply:
    """Judge the reply to a request.

    Args:
        http_status: Of the reply.
        content_type: Of the reply.
        content: The body, inflated.
        asked: What the request asked for.
    """
    names = list(asked)
    whole = _read_whole(http_status, content_type, content, names)
    if isinstance(whole, _Body):
        verdicts = [_read_order(whole, name, names, http_status) for name in names]
        return Reply([_fitting(v, asked[name]) for name, v in zip(names, verdicts, strict=True)])
    return Reply([whole] * len(names), as_a_whole=True)


def unusable(words: str, asked: Asked) -> Reply:
    """A reply that was not read because it exceeds the bounds."""
    return Reply([Failure(FailureKind.UNUSABLE, words)] * len(asked), as_a_whole=True)


def _fitting(verdict: Verdict, expected_id: str | None) -> Verdict:
    answer = verdict.partial if isinstance(verdict, Failure) else verdict
    wrong = answer and answer.payload and misfit(answer.payload, expected_id)
    return Failure(FailureKind.UNUSABLE, wrong) if wrong else verdict


def _read_whole(
    http_status: int, content_type: str, content: bytes, names: Sequence[str]
) -> Verdict | _Body:
    if http_status in _BEFORE_BODY:
        kind = _BEFORE_BODY[http_status]
        return Failure(kind, _plain_words(http_status, content_type, content))
    try:
        body = _body(content)
    except RecursionError:
        return Failure(FailureKind.UNUSABLE, "the reply is nested too deep to be read")
    if body is None or (http_status >= HTTPStatus.BAD_REQUEST and not body.errors):
        return Failure(FailureKind.FAULT, _plain_words(http_status, content_type, content))
    blames_order = any(_first(error) in names for error in body.errors or [])
    if body.errors and not blames_order and not any(name in (body.data or {}) for name in names):
        return _judged(body.errors, None, http_status)
    return body


def _read_order(body: _Body, name: str, names: Sequence[str], http_status: int) -> Verdict:
    about_others = {other for other in names if other != name}
    errors = [error for error in body.errors or [] if _first(error) not in about_others]
    raw = (body.data or {}).get(name)
    if raw is None and not errors:
        return Failure(FailureKind.FAULT, "the reply says nothing about the order")
    return _judged(errors, raw, http_status)


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds that `Retry-After` asks for, given as seconds or as an HTTP date; None without it.

    Args:
        headers: The reply's headers.
        now: Seconds since the epoch.
    """
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    if re.fullmatch(r"\d{1,9}(\.\d*)?", value):
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now)
    except ValueError:
        return None


def _body(content: bytes) -> _Body | None:
    try:
        body = _DECODER.decode(reply_text(content))
    except msgspec.MsgspecError:
        return None
    return body if body.data is not None or body.errors else None


def _judged(errors: list[dict[str, Any]], raw: msgspec.Raw | None, http_status: int) -> Verdict:
    payload = None if raw is None else _text(raw)
    if not errors:
        return Answer(Status.NOT_FOUND if payload is None else Status.OK, payload)
    words = "; ".join(_words(error) for error in errors)[:_MOST_WORDS]
    classes = [_class(error, http_status) for error in errors]
    partial = None if payload is None else Answer(Status.OK, payload, words)
    for kind in FailureKind:
        if kind in classes:
            return Failure(kind, words, partial)
    if partial is not None:
        return partial
    return Answer(next(c for c in classes if isinstance(c, Status)), None, words)


def _text(raw: msgspec.Raw) -> str | None:
    text = bytes(raw).decode()
    return None if text == "null" else text


def _first(error: dict[str, Any]) -> object:
    path = error.get("path")
    return path[0] if isinstance(path, list) and path else None


def _classification(error: dict[str, Any]) -> dict[str, Any]:
    extensions = error.get("extensions")
    found = extensions.get("classification") if isinstance(extensions, dict) else None
    if isinstance(found, dict):
        return found
    # Other servers put the class itself, or its parts, one level higher.
    return {"type": found, **(extensions if isinstance(extensions, dict) else error)}


def _class(error: dict[str, Any], http_status: int) -> Status | FailureKind:
    found = _classification(error)
    for key in ("type", "errorType", "code"):
        name = str(found.get(key) or "").lower().replace("_", "")
        name = name.removesuffix("exception").removesuffix("error")
        if name in _CLASSES:
            return _CLASSES[name]
    code = found.get("errorCode")
    if not isinstance(code, int):
        code = http_status
    if code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return FailureKind.FAULT
    if code in _BY_CODE:
        return _BY_CODE[code]
    throttled = _THROTTLING.search(str(error.get("message")))
    return FailureKind.THROTTLED if throttled else FailureKind.UNUSABLE


def _words(error: dict[str, Any]) -> str:
    found = _classification(error)
    kind = found.get("type") or found.get("errorType") or found.get("code")
    message = str(error.get("message") or "no message")
    return f"{kind}: {message}" if kind else message


def _plain_words(http_status: int, content_type: str, content: bytes) -> str:
    title = _TITLE.search(content)
    said = (title.group(1) if title else content[:200]).decode("utf-8", errors="replace")
    return f"HTTP {http_status} {content_type.partition(';')[0]}: {' '.join(said.split())}"
