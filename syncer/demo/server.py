"""The demonstration's sites: Ofsted's list, provider pages and report files in their real form,
served on this machine."""

from __future__ import annotations

import datetime as dt
import html
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
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
    """The sites as they stood on that day, until the `with` ends."""
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


class _Handler(BaseHTTPRequestHandler):
    server: Sites
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path, day = urlsplit(self.path).path, self.server.day
        if path == "/reports/search":
            return self._send(200, list_page(day).encode())
        if (found := re.fullmatch(r"/reports/provider/44/(\d+)", path)) and (
            provider := _provider(found[1])
        ):
            return self._send(200, provider_page(provider, day).encode())
        if (found := re.fullmatch(r"/files/v1/file/(\d+)", path)) and (
            report := _report(found[1], day)
        ):
            return self._send(200, report_pdf(*report), "application/pdf", etag=f'"{found[1]}"')
        return self._send(404, b"Not found", "text/plain")

    def _send(
        self, status: int, body: bytes, kind: str = "text/html; charset=utf-8", etag: str = ""
    ) -> None:
        if etag and self.headers.get("If-None-Match") == etag:
            status, body = 304, b""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if etag:
            self.send_header("ETag", etag)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: the demonstration's own output is what its reader came for."""


def list_page(day: dt.date) -> str:
    """Ofsted's list of local authority children's services."""
    rows = "\n".join(
        ROW.format(
            id=p.provider_id,
            name=html.escape(p.name),
            latest=_printed(p.reports_on(day)[0].published),
        )
        for p in PROVIDERS
    )
    body = (
        f'<p class="results-count">{len(PROVIDERS)} results</p><ul '
        f'class="results-list">\n{rows}\n</ul>'
    )
    return PAGE.format(title="Search results", body=body)


def provider_page(provider: Provider, day: dt.date) -> str:
    """One council's page with its reports, the newest first."""
    entries = "\n".join(
        ENTRY.format(id=report.file_id, day=_printed(report.published))
        for report in provider.reports_on(day)
    )
    name = html.escape(provider.name)
    body = PROVIDER.format(name=name, id=provider.provider_id, entries=entries)
    return PAGE.format(title=name, body=body)


def _provider(provider_id: str) -> Provider | None:
    return next((p for p in PROVIDERS if p.provider_id == provider_id), None)


def _report(file_id: str, day: dt.date) -> tuple[Provider, Report] | None:
    return next(
        (
            (p, report)
            for p in PROVIDERS
            for report in p.reports_on(day)
            if report.file_id == file_id
        ),
        None,
    )


def _printed(day: dt.date) -> str:
    return f"{day:%d %B %Y}"
