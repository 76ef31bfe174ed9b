"""The server's addresses: which page answers which request.

Belongs here: routes, and what each puts into its template. Does not belong here: figures, guards,
or how a template looks.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bwp_pipeline.reports.forms.rendering import page_style
from bwp_pipeline.reports.language import say
from bwp_pipeline.reports.reading.published_days import NotPublishedError
from bwp_pipeline.reports.stock.decisions import DecisionsError, DecisionsFile
from bwp_pipeline.web import views
from bwp_pipeline.web.filters import (
    FilterError,
    Filters,
    filters_from,
    page_number_from,
    what_if_from,
)
from bwp_pipeline.web.forms import decision_from
from bwp_pipeline.web.guards import COOKIE, Guard, author_of, form_token, is_own_form
from bwp_pipeline.web.live_report import LiveReport
from bwp_pipeline.web.published_database import NoDatabaseError, PublishedDatabase

_View = Callable[[Request, Filters], Response]


class Server:
    """Answers requests from one site."""

    def __init__(self, published_path: Path, data_dir: Path) -> None:
        database = PublishedDatabase(published_path)
        self._site = views.Site(database, LiveReport(database, data_dir), DecisionsFile(data_dir))

    def dashboard(self, _: Request, filters: Filters) -> Response:
        """The report's page."""
        html = self._site.report.remembered(
            ("dashboard", filters, datetime.now(UTC).date()),
            lambda: views.dashboard(self._site, filters),
        )
        return HTMLResponse(html)

    def orders_to_place(self, request: Request, filters: Filters) -> Response:
        """The order list, with terms to try."""
        what_if = what_if_from(request.query_params)
        number = page_number_from(request.query_params)
        part = "hx-request" in request.headers
        html = self._site.report.remembered(
            ("orders", filters, what_if, number, part),
            lambda: views.orders_to_place(self._site, filters, what_if, number, part=part),
        )
        return HTMLResponse(html)

    def product(self, request: Request, filters: Filters) -> Response:
        """One product, and the decisions about it."""
        token = form_token(request)
        html = views.product(self._site, filters, request.query_params.get("key", ""), token)
        response = HTMLResponse(html)
        response.set_cookie(COOKIE, token, httponly=True, samesite="strict")
        return response

    def order(self, request: Request, filters: Filters) -> Response:
        """One order, for whoever answers its customer."""
        found = request.query_params.get("id", "").strip()[:100]
        return HTMLResponse(views.order(self._site, filters, found))

    def supply(self, _: Request, filters: Filters) -> Response:
        """Shipping and promises."""
        html = self._site.report.remembered(
            ("supply", filters), lambda: views.supply(self._site, filters)
        )
        return HTMLResponse(html)

    def file(self, request: Request, _: Filters) -> Response:
        """A purchase order or a case for Amazon."""
        name = request.path_params["name"]
        media_type = "text/csv" if name.endswith(".csv") else "text/plain"
        return Response(views.file(self._site, name), media_type=media_type)

    def decide(self, request: Request, form: Mapping[str, str]) -> Response:
        """Keep a decision, and show its product again."""
        if not is_own_form(request, form.get("token")):
            text = say("This form is out of date: open the product's page again.")
            return HTMLResponse(views.message(text), 403)
        decision = decision_from(form, author_of(request), datetime.now(UTC))
        views.require_product(self._site, decision.business_product_id, decision.product_key)
        self._site.decisions.add(decision)
        filters = Filters(store=decision.business_product_id)
        return RedirectResponse(filters.address("/product", key=decision.product_key), 303)


def create_app(
    published_path: Path,
    data_dir: Path,
    *,
    credentials: str | None = None,
    hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]"),
) -> Starlette:
    """The server as an ASGI application.

    Args:
        published_path: The published database; it may appear later and change at any time.
        data_dir: Where the merchant's files and decisions are.
        credentials: `user:password` of basic authentication, None for none.
        hosts: Host names that requests may use, against pages that guess its address.
    """
    server = Server(published_path, data_dir)
    with as_file(files("bwp_pipeline")) as package:
        static = [package / "web" / "static", package / "reports" / "templates"]
    routes = [
        Route("/", _page(server.dashboard)),
        Route("/orders-to-place", _page(server.orders_to_place)),
        Route("/product", _page(server.product)),
        Route("/order", _page(server.order)),
        Route("/supply-chain", _page(server.supply)),
        Route("/files/{name}", _page(server.file)),
        Route("/decisions", _form(server.decide), methods=["POST"]),
        Route("/healthz", _healthz),
        Route("/page.css", lambda _: Response(page_style(), media_type="text/css")),
        Route("/page.js", _file(static[1] / "page.js", "text/javascript")),
        Mount("/static", StaticFiles(directory=static[0])),
    ]
    return Starlette(
        routes=routes,
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts)),
            Middleware(Guard, credentials=credentials),
        ],
    )


def _page(view: _View) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        try:
            return view(request, filters_from(request.query_params, datetime.now(UTC).date()))
        except NotPublishedError as error:
            older = say("{reason}: bwp report has older windows.", reason=error.said())
            return _said(FilterError(older))
        except (FilterError, views.NotFoundError, NoDatabaseError, DecisionsError) as error:
            return _said(error)

    return answer


def _form(view: Callable[[Request, Mapping[str, str]], Response]) -> Callable[[Request], object]:
    async def answer(request: Request) -> Response:
        try:
            form = dict(parse_qsl((await request.body()).decode(), max_num_fields=20))
            return await run_in_threadpool(view, request, form)
        except (ValueError, views.NotFoundError, NoDatabaseError, DecisionsError) as error:
            return _said(error)

    return answer


def _said(error: Exception) -> Response:
    codes = {views.NotFoundError: 404, NoDatabaseError: 503, DecisionsError: 503}
    return HTMLResponse(views.message(str(error)), codes.get(type(error), 400))


def _healthz(_: Request) -> Response:
    return PlainTextResponse("ok")


def _file(path: Path, media_type: str) -> Callable[[Request], Response]:
    content = path.read_bytes()

    def answer(_: Request) -> Response:
        return Response(content, media_type=media_type)

    return answer
