"""The demonstration's sites: Ofsted's list, provider pages and report files in their real form,
served on this machine."""

from __future__ import annotations

import datetime as dt
import html
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from syncer.demo.pdf import report_pdf
from syncer.demo.world import PROVIDERS, Provider, Report

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>
<body><main id="main">{body}</main></body></html>
"""
ROW = """<li class="search-result">
<h3 class="search-result__title heading--sub"><a href="/reports/provider/44/{id}">{name}</a></h3>
<ul class="search-result__provider-info">
<li>Category: <strong>Local authority children&#039;s services</strong></li></ul>
<ul class="search-result__provider-info">
<li>Latest report: <strong><time>{latest}</time></strong></li>
<li>URN: <strong>{id}</strong></li></ul>
</li>"""
ENTRY = """<li class="timeline__day"><div class="event">
<p class="timeline__date"><time>{day}</time></p>
<span class="event__title heading--sub">
<a class="publication-link" href="/files/v1/file/{id}" target="_blank">
Children&#039;s services inspection
<span class="nonvisual">Children&#039;s services inspection, pdf - {day}</span></a>
<div class="event__metadata"><span class="filetype">PDF</span>
&ndash; Published <time pubdate>{day}</time></div></span></div></li>"""

PROVIDER = """<h1 class="heading--title title-block__heading">{name}</h1>
<p class="heading--main title-block__subheading">URN: {id}</p>
<div class="provider provider--la"><h2 class="timeline__title">All reports</h2><ol class="timeline">
{entries}
</ol></div>"""


class Sites(ThreadingHTTPServer):
    """Both sites on one free port. `day` is the day they show; it may be moved while they are
    served."""

    daemon_threads = True

    def __init__(self, day: dt.date) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.day = day

    @property
    def reports(self) -> str:
        """The base address of the list and the provider pages."""
        return f"http://127.0.0.1:{self.server_port}/reports"

    @property
    def files(self) -> str:
        """The base address of the report files."""
        return f"http://127.0.0.1:{self.server_port}/files"


@contextmanager
def serve(day: dt.date) -> Iterator[Sites]:
    """Serve the sites as they stood on that day, until the `with` ends."""
    with Sites(day) as sites:
        thread = threading.Thread(
            target=sites.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        thread.start()
        try:
            yield sites
        finally:
            sites.shutdown()
            thread.join()


@dataclass(frozen=True)
class _Answer:
    """What is sent for an address."""

    body: bytes
    status: int = 200
    kind: str = "text/html; charset=utf-8"
    etag: str = ""


NOT_FOUND = _Answer(b"Not found", 404, "text/plain")


def _answer(path: str, day: dt.date) -> _Answer:
    """Return what stood at an address on a day."""
    if path == "/reports/search":
        return _Answer(list_page(day).encode())

    asked = re.fullmatch(r"/reports/provider/44/(\d+)", path)
    if asked:
        return _provider_answer(asked[1], day)

    asked = re.fullmatch(r"/files/v1/file/(\d+)", path)
    if asked:
        return _report_answer(asked[1], day)
    return NOT_FOUND


def _provider_answer(provider_id: str, day: dt.date) -> _Answer:
    provider = _provider(provider_id)
    if provider is None:
        return NOT_FOUND
    return _Answer(provider_page(provider, day).encode())


def _report_answer(file_id: str, day: dt.date) -> _Answer:
    report = _report(file_id, day)
    if report is None:
        return NOT_FOUND
    return _Answer(report_pdf(*report), kind="application/pdf", etag=f'"{file_id}"')


class _Handler(BaseHTTPRequestHandler):
    server: Sites
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        answer = _answer(path, self.server.day)
        if answer.etag and self.headers.get("If-None-Match") == answer.etag:
            answer = replace(answer, status=304, body=b"")
        self._send(answer)

    def _send(self, answer: _Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.body)))
        if answer.etag:
            self.send_header("ETag", answer.etag)

        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing: the demonstration's own output is what its reader came for."""


def list_page(day: dt.date) -> str:
    """Return Ofsted's list of local authority children's services."""
    rows = "\n".join(_row(provider, day) for provider in PROVIDERS)
    body = (
        f'<p class="results-count">{len(PROVIDERS)} results</p>'
        f'<ul class="results-list">\n{rows}\n</ul>'
    )
    return PAGE.format(title="Search results", body=body)


def _row(provider: Provider, day: dt.date) -> str:
    latest, *_ = provider.reports_on(day)
    return ROW.format(
        id=provider.provider_id,
        name=html.escape(provider.name),
        latest=_printed(latest.published),
    )


def provider_page(provider: Provider, day: dt.date) -> str:
    """Return one council's page with its reports, the newest first."""
    entries = [_entry(report) for report in provider.reports_on(day)]
    name = html.escape(provider.name)
    body = PROVIDER.format(name=name, id=provider.provider_id, entries="\n".join(entries))
    return PAGE.format(title=name, body=body)


def _entry(report: Report) -> str:
    return ENTRY.format(id=report.file_id, day=_printed(report.published))


def _provider(provider_id: str) -> Provider | None:
    for provider in PROVIDERS:
        if provider.provider_id == provider_id:
            return provider
    return None


def _report(file_id: str, day: dt.date) -> tuple[Provider, Report] | None:
    for provider in PROVIDERS:
        for report in provider.reports_on(day):
            if report.file_id == file_id:
                return provider, report
    return None


def _printed(day: dt.date) -> str:
    return f"{day:%d %B %Y}"
