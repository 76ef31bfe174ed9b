"""Keeps others out: headers, passwords, the origin of forms.

Belongs here: judging a request before it is answered. Does not belong here: answering it.
"""

import base64
import binascii
import hmac
import secrets
from urllib.parse import urlsplit

from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# With "no-referrer" browsers send forms with the origin "null", which is anybody's.
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
COOKIE = "bwp_form"
MOST_BODY = 64 * 1024


class Guard(BaseHTTPMiddleware):
    """Headers for every answer, an optional password, and forms from this very page only.

    Args:
        app: What is guarded.
        credentials: `user:password` for basic authentication; None for none.
    """

    def __init__(self, app: ASGIApp, credentials: str | None = None) -> None:
        super().__init__(app)
        self._credentials = credentials

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        """Answer the request, or say why not."""
        response = self._refusal(request) or await call_next(request)
        for name, value in _HEADERS.items():
            response.headers[name] = value
        return response

    def _refusal(self, request: Request) -> Response | None:
        if self._credentials is not None and not self._knows(request):
            return PlainTextResponse(
                "A user name and a password are needed.",
                401,
                {"WWW-Authenticate": 'Basic realm="bwp", charset="UTF-8"'},
            )
        if request.method in {"GET", "HEAD"}:
            return None
        if not is_own_origin(request):
            return PlainTextResponse("This form belongs to another site.", 403)
        length = request.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > MOST_BODY:
            return PlainTextResponse("That is too long.", 413)
        return None

    def _knows(self, request: Request) -> bool:
        kind, _, encoded = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "basic":
            return False
        try:
            given = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            return False
        return hmac.compare_digest(given, (self._credentials or "").encode())


def is_own_origin(request: Request) -> bool:
    """Whether a form was sent by a page of this server: browsers say so in `Origin`."""
    origin = request.headers.get("origin")
    if origin is None:
        return request.headers.get("sec-fetch-site") in {None, "same-origin"}
    return urlsplit(origin).netloc == request.headers.get("host")


def form_token(request: Request) -> str:
    """The secret that this browser's forms repeat: its cookie's, or a new one."""
    return request.cookies.get(COOKIE) or secrets.token_urlsafe(24)


def is_own_form(request: Request, given: object) -> bool:
    """Whether a form repeats the secret of the browser's cookie."""
    known = request.cookies.get(COOKIE)
    return known is not None and isinstance(given, str) and hmac.compare_digest(known, given)


def author_of(request: Request) -> str:
    """Who sent a request: the user of basic authentication or of the proxy, else "manager"."""
    kind, _, encoded = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            return base64.b64decode(encoded).decode().partition(":")[0][:100] or "manager"
        except (binascii.Error, UnicodeDecodeError):
            return "manager"
    return request.headers.get("x-forwarded-user", "")[:100] or "manager"
