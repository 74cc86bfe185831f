"""A request over HTTP → what is answered (Flask). Every answer has the headers that keep a page
from doing what it should not; nothing is written into a log about who asks."""

from __future__ import annotations

import logging
from collections.abc import Collection
from http import HTTPStatus

from flask import Flask, Request, Response, abort, request
from werkzeug.exceptions import HTTPException

from syncer.errors import StoreError
from syncer.site.contents import TYPES
from syncer.web.forms import Forms
from syncer.web.live import Answer, LiveSite

log = logging.getLogger(__name__)

LARGEST_BODY = 64 * 1024
"""Bytes that a request may send."""

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
ONLY_HTTPS = "max-age=31536000"
"""A year, for a site whose address is an https one (RFC 6797)."""

FRESH = "public, max-age=60"
"""How long a copy may be shown without asking again."""

FOR_PROGRAMS = tuple(TYPES[suffix] for suffix in (".atom", ".csv", ".json", ".xlsx"))
"""What a page of another site may fetch too: it is public, and the same for everybody."""

WORDS = {
    HTTPStatus.BAD_REQUEST: "This address is not one of this site.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This page can only be read.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "That is more than is taken here.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong here. It has been noted.",
    HTTPStatus.SERVICE_UNAVAILABLE: "Nothing can be shown yet. Please come back in a minute.",
}


def application(live: LiveSite, forms: Forms, hosts: Collection[str], *, https: bool) -> Flask:
    """Return what answers for a site and its forms. `hosts` are the names, with their ports, under
    which it may be asked for; `https`: readers reach it by https alone."""
    app = Flask("syncer", static_folder=None, template_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.merge_slashes = False  # no redirect is made from what a request says of itself

    def answer(address: str) -> Response:
        return _answer(live, address)

    def check() -> None:
        _check(request, hosts)

    def with_headers(response: Response) -> Response:
        return _with_headers(response, https=https)

    def refused(error: Exception) -> Response:
        return _refused(error)

    forms.add_to(app)
    app.add_url_rule("/", "home", answer, defaults={"address": ""})
    app.add_url_rule("/<path:address>", "page", answer)
    app.before_request(check)
    app.after_request(with_headers)
    app.register_error_handler(Exception, refused)
    return app


def _check(asked: Request, hosts: Collection[str]) -> None:
    """Refuse a request for another site, and one that sends too much."""
    if asked.headers.get("Host", "").lower() not in hosts:
        abort(HTTPStatus.BAD_REQUEST)
    if (asked.content_length or 0) > LARGEST_BODY:
        abort(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def _answer(live: LiveSite, address: str) -> Response:
    """Return what lies at an address, or the page that says that nothing does."""
    edition = live.edition()
    found = edition.answer(address)
    if found is None:
        return Response(edition.not_found, HTTPStatus.NOT_FOUND, content_type=TYPES[""])
    return _of_page(found, takes_gzip=request.accept_encodings["gzip"] > 0)


def _of_page(found: Answer, *, takes_gzip: bool) -> Response:
    """Return a page or file, or only that it is the one that the reader has."""
    packed = found.packed if takes_gzip else None
    response = Response(packed or found.body, content_type=found.media_type)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(f"{found.etag}-gzip" if packed else found.etag)
    response.last_modified = found.modified
    response.headers["Cache-Control"] = FRESH
    response.headers["Vary"] = "Accept-Encoding"
    if found.media_type in FOR_PROGRAMS:
        response.headers["Access-Control-Allow-Origin"] = "*"
    response.make_conditional(request)
    return response


def _with_headers(response: Response, *, https: bool) -> Response:
    response.headers.update(HEADERS)
    if https:
        response.headers["Strict-Transport-Security"] = ONLY_HTTPS
    return response


def _refused(error: Exception) -> Response:
    """Return a line of text for what could not be answered; what nobody expected is logged."""
    status, more = _status_of(error)
    if status is HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("a page could not be made: %s", request.path, exc_info=error)
    text = WORDS.get(status, status.phrase)
    return Response(f"{text}\n", status, more, content_type="text/plain; charset=utf-8")


def _status_of(error: Exception) -> tuple[HTTPStatus, dict[str, str]]:
    """Return the status for an error, and headers that say more."""
    if isinstance(error, StoreError):
        log.warning("nothing can be shown: %s: %s %s", error.name, error, error.hint)
        return HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": "60"}
    if isinstance(error, HTTPException) and error.code:
        kept = ("Allow", "Retry-After", "Location")
        headers = {name: value for name, value in error.get_headers() if name in kept}
        return HTTPStatus(error.code), headers
    return HTTPStatus.INTERNAL_SERVER_ERROR, {}
