"""A small world of our own, for the history that the replay cannot show: Ofsted's list, provider
pages and files, changed by hand.

    with SmallWorld(tmp_path, "leeds", "york") as world:
        world.first_read()
        world.report("leeds", "2024-03-04", grades("inadequate"))
        world.at("2024-04-16")
        world.sync()

Without names every council of the register is in it. What is changed in `providers` is served from
the next sync on.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from records import grades
from replay import Bench, config_text
from web import Web

from syncer.demo import world as demo
from syncer.demo.pdf import report_pdf
from syncer.model import Area, Grade
from syncer.pipeline.sync import SyncReport
from syncer.register.councils import Register, load_register
from syncer.sources.ofsted.council_list import LIST

WEEKS_TO_PUBLISH = dt.timedelta(weeks=6)
INSPECTION = "Children's services inspection"
MOST_ROWS = 100


@dataclass
class Shown:
    """One entry of a provider page, and the bytes behind its link."""

    file_id: str
    published: dt.date
    data: bytes
    title: str = INSPECTION


@dataclass
class Provider:
    """One council of the list: as it is named there and on its page, and what its page shows."""

    provider_id: str
    name: str
    entries: list[Shown] = field(default_factory=list)
    heading: str = ""
    page: bytes = b""


class SmallWorld(Bench):
    """The sites, and a store that reads from them. `stated` overrides the total that the list
    states, `rows` cuts it short."""

    def __init__(self, folder: Path, *councils: str, day: str = "2024-03-01") -> None:
        super().__init__(folder)
        self.at(day)
        self.register: Register = load_register(None)
        chosen = [
            c for c in self.register.open_on(self.now.date()) if not councils or c.slug in councils
        ]
        self.providers = {c.slug: Provider(c.provider_ids[0], c.official_name) for c in chosen}
        self.only = councils
        self.stated: int | None = None
        self.rows: int | None = None
        self.backwards = False
        self._files = 0

    def __enter__(self) -> Self:
        self.web = Web().__enter__()
        self.configure(self._config())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.web.__exit__(kind, error, trace)

    def _config(self) -> str:
        only = f"[sources.ofsted_reports]\ncouncils = {list(self.only)}\n" if self.only else ""
        return config_text(
            self.web.url("/reports"), self.web.url("/files", host="localhost"), more=only
        )

    def first_read(self) -> None:
        """Give every council a report of May 2021, all of it good, and read them: the baseline."""
        for council in self.providers:
            self.report(council, "2021-05-10", grades("good"))
        self.sync()

    def report(
        self, council: str, first: str, judged: Mapping[str, str], *, published: str = ""
    ) -> Shown:
        """Put up an inspection that began on `first` with these grades; published six weeks later
        unless said otherwise."""
        out = (
            dt.date.fromisoformat(published)
            if published
            else dt.date.fromisoformat(first) + WEEKS_TO_PUBLISH
        )
        self._files += 1
        shown = Shown(str(50100000 + self._files), out, inspection_pdf(council, first, judged))
        self.providers[council].entries.insert(0, shown)
        return shown

    def sync(self, source: str = "ofsted_reports", *, full: bool = False) -> SyncReport:
        self.publish()
        return super().sync(source, full=full)

    def publish(self) -> None:
        """Serve everything as it is now."""
        listed = sorted(self.providers.values(), key=lambda p: p.name, reverse=self.backwards)
        total = len(listed) if self.stated is None else self.stated
        listed = listed[: self.rows]
        for start in {*range(0, len(listed), MOST_ROWS), len(listed)}:
            self._serve(
                "/reports" + LIST.format(start=start, rows=MOST_ROWS),
                list_page(listed[start : start + MOST_ROWS], total),
            )
        files = self.web.url(host="localhost")
        for provider in self.providers.values():
            self._serve(
                f"/reports/provider/44/{provider.provider_id}",
                provider.page or provider_page(provider, files),
            )
            for shown in provider.entries:
                headers = {
                    "Content-Type": "application/pdf",
                    "ETag": f'"{hashlib.sha256(shown.data).hexdigest()[:20]}"',
                }
                self.web.page(f"/files/v1/file/{shown.file_id}", shown.data, headers=headers)

    def asked(self) -> list[str]:
        """The paths asked for since this was last called, without robots.txt."""
        found = [seen.path for seen in self.web.seen if seen.path != "/robots.txt"]
        self.web.seen.clear()
        return found

    def told(self) -> list[tuple[str, str, str, str]]:
        """What may be told so far, as (council, area, old, new)."""
        return [(e.councils[0], e.area, e.old, e.new) for e in self.events()]

    def becomes(self, old: str, *heirs: str) -> None:
        """Take a council off the list and put others on it, without reports."""
        del self.providers[old]
        for n, slug in enumerate(heirs):
            council = self.register.by_slug(slug)
            self.providers[slug] = Provider(
                (*council.provider_ids, f"990000{n}")[0], council.official_name
            )

    def _serve(self, path: str, body: bytes) -> None:
        self.web.page(path, body, headers={"Content-Type": "text/html; charset=utf-8"})


def inspection_pdf(council: str, first: str, judged: Mapping[str, str]) -> bytes:
    """A report as Ofsted lays it out."""
    day = dt.date.fromisoformat(first)
    places = (Area.LEADERSHIP, Area.HELP, Area.CARE, Area.CARE_LEAVERS, Area.OVERALL)
    said = {area: Grade(judged[area]) for area in places if area in judged}
    name = council.replace("-", " ").title()
    report = demo.Report("0", day, day + dt.timedelta(days=4), day, "Lynda Snell", said)
    return report_pdf(demo.Provider(council, "0", name, name, (report,)), report)


def louder(data: bytes) -> bytes:
    """The same PDF with every grade in capitals, as long as before."""
    for words in (b"Outstanding", b"Good", b"Requires improvement to be good", b"Inadequate"):
        data = data.replace(b"(" + words + b")", b"(" + words.upper() + b")")
    return data


def list_page(providers: list[Provider], total: int) -> bytes:
    rows = "\n".join(
        f'<li class="search-result"><h3 class="search-result__title heading--sub"><a href="/reports/provider/44/{p.provider_id}">'
        f'{html.escape(p.name)}</a></h3><ul class="search-result__provider-info">{_latest(p)}'
        f"<li>URN: <strong>{p.provider_id}</strong></li></ul></li>"
        for p in providers
    )
    body = f'<p class="results-count">{total} results</p><ul class="results-list">{rows}</ul>'
    return f'<html><head><title>Search</title></head><body><main id="main">{body}</main></body></html>'.encode()


def _latest(provider: Provider) -> str:
    if not provider.entries:
        return ""
    return f"<li>Latest report: <strong><time>{printed(max(e.published for e in provider.entries))}</time></strong></li>"


def provider_page(provider: Provider, files: str) -> bytes:
    entries = "\n".join(
        f'<li class="timeline__day"><div class="event"><p class="timeline__date"><time>{printed(e.published)}</time></p>'
        f'<span class="event__title heading--sub"><a class="publication-link" href="{files}/files/v1/file/{e.file_id}" target="_blank">\n'
        f'{html.escape(e.title)} <span class="nonvisual">{html.escape(e.title)}, pdf - {printed(e.published)}</span></a>'
        f'<div class="event__metadata"><span class="filetype">PDF</span> &ndash; Published <time pubdate>{printed(e.published)}</time>'
        "</div></span></div></li>"
        for e in provider.entries
    )
    body = f'<h1 class="heading--title title-block__heading">{html.escape(provider.heading or provider.name)}</h1>'
    body += f'<p class="title-block__subheading">URN: {provider.provider_id}</p><ol class="timeline">{entries}</ol>'
    return f'<html><head><title>Provider</title></head><body><main id="main">{body}</main></body></html>'.encode()


def printed(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"
