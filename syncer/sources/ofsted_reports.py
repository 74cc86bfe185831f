"""Ofsted's inspection reports: the list of local authority children's services, its provider pages,
and the reports (PDF).

What is known of the site (measured on stored copies, 2023–2026; the live pages could not be read
while this was written):
- 2024-03-05: 16 provider ids changed overnight. The council is known by its name; ids are only
  hints.
- 2025-02-10: the list is cut at 100 rows, whatever is asked for. It is read until its own stated
  total is reached.
- A dead file link answers 200 with a page "Report not found". No grade stands in the HTML: it is in
  the PDF.
- The list's "Latest report" moves for every kind of report, so two requests show which pages are
  due.
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urljoin

from syncer.documents.report import read_pdf
from syncer.errors import (
    CouncilError,
    EmptyPage,
    FetchError,
    Gone,
    ImpossibleDate,
    PageRedesigned,
    WrongCouncil,
)
from syncer.model import (
    Evidence,
    FileKind,
    InspectionFields,
    Observation,
    Problem,
    RecordKind,
    ReportFields,
    VisitFields,
)
from syncer.reading import Entry, File, KnownEntry, Page, Reading
from syncer.register.frameworks import FRAMEWORKS
from syncer.reports.improvements import ListName
from syncer.reports.paper import ReportReading
from syncer.sources import SourceContext, problem_of
from syncer.sources.ofsted.council_list import Provider, listed
from syncer.sources.ofsted.pages import ProviderPage, ReportLink, kind_of, read_provider

NAME = "ofsted_reports"
TITLE = "Ofsted inspection reports"
PARSER = 3
"""2: what must improve, and the report's own address. 3: a report of no known kind is unread;
themes in words of their own."""
GIVES = (RecordKind.INSPECTION, RecordKind.VISIT)

RECENT, WEEK = dt.timedelta(days=8), 7
REASK = dt.timedelta(days=28)
SHORT_INSPECTION = dt.timedelta(days=6)
STILL_READ = dt.timedelta(days=365)
FIELD_OF_LIST = {
    ListName.IMPROVE: "improve",
    ListName.PRIORITY: "immediate_actions",
    ListName.AREAS: "areas_for_improvement",
    ListName.RECOMMENDATIONS: "recommendations",
}
NOT_ASKED = Problem("", "it failed before and waits for its turn")


def fetch(context: SourceContext) -> Iterator[Page]:
    """The provider pages that are due, each with the reports not read before. Raises PageError or
    FetchError when there is no list."""
    base = context.sites["ofsted_reports"][0].rstrip("/")
    providers = listed(base, context)
    due = [
        p
        for p in [*providers, *_recently_closed(base, context)]
        if context.full or is_due(p, context)
    ]
    context.expect(len(due))
    failed = 0
    for provider in due:
        try:
            yield _page(provider, context)
        except Exception as error:
            if not provider.council.open_on(context.today) and isinstance(error, FetchError):
                continue  # an ended council's page may be taken down any day
            context.fail(error, provider.address, provider.council.slug)
            failed += 1
    context.complete &= (
        failed <= len(due) / 2
    )  # a list without its pages is no good read of the source


def parse(page: Page, context: SourceContext) -> Reading:
    """An observation for each entry: read from its file, taken over from before, or marked unread
    with a named problem."""
    provider = context.documents.call(read_provider, page.data)
    entries, observations = [], []
    problems = [
        Problem("PageRedesigned", f"{page.link}: {o}", page.link, PageRedesigned.hint, page.council)
        for o in provider.oddities
    ]
    for link in provider.entries:
        file = page.files.get(link.file_id) or File(
            link.file_id, urljoin(page.link, link.url), problem=NOT_ASKED
        )
        entries.append(Entry(link.file_id, link.title, link.published, file.url))
        observation, found = _observe(link, file, page, context)
        observations.append(observation)
        problems += found
    return Reading(tuple(entries), tuple(observations), tuple(problems))


# -- What is due -----------------------------------------------------------------------------------


def _recently_closed(base: str, context: SourceContext) -> list[Provider]:
    """Councils that ended within a year: followers keep them for that long, so their pages are
    still read."""
    ended = (
        c
        for c in context.register
        if c.closed and c.closed <= context.today < c.closed + STILL_READ and c.provider_ids
    )
    known = ((c, context.memory.page(c.slug)) for c in ended)
    return [
        Provider(c, c.name, f"{base}/provider/44/{c.provider_ids[0]}", page.seen)
        for c, page in known
        if page
    ]


def is_due(provider: Provider, context: SourceContext) -> bool:
    """DESIGN §9: when the list's date moved; daily while that date is young; once a week, a seventh
    of the pages each day; and when an entry that could not be read may be asked again, or was read
    by an older parser."""
    known = context.memory.page(provider.council.slug)
    if known is None or known.last_good is None or known.seen != provider.latest:
        return True
    if known.last_good.date() < context.today:
        young = (
            provider.latest != ""
            and context.today - dt.date.fromisoformat(provider.latest) < RECENT
        )
        turn = zlib.crc32(provider.council.slug.encode()) % WEEK == context.today.toordinal() % WEEK
        if young or turn or (context.today - known.last_good.date()).days >= WEEK:
            return True
    entries = [e for e in context.memory.entries(provider.council.slug).values() if not e.absent]
    return any((not e.read or e.parser < PARSER) and context.memory.may_try(e.url) for e in entries)


# -- One page --------------------------------------------------------------------------------------


def _page(provider: Provider, context: SourceContext) -> Page:
    slug = provider.council.slug
    response = context.client.get(provider.address)
    shown = context.documents.call(read_provider, response.data)
    _check_page(shown, provider, context)
    known, before = context.memory.entries(slug), context.memory.observations(slug)
    latest = max(
        (e.published for e in shown.entries if kind_of(e.title) is FileKind.INSPECTION),
        default=None,
    )
    files = {}
    for link in shown.entries:
        again = link.published == latest and kind_of(link.title) is FileKind.INSPECTION
        files[link.file_id] = _file(link, provider, known.get(link.file_id), again, context)
    return Page(
        slug,
        provider.address,
        response.data,
        response.sha256,
        slug,
        seen=provider.latest,
        files=files,
        before=before,
    )


def _check_page(shown: ProviderPage, provider: Provider, context: SourceContext) -> None:
    """That the page is this council's, and shows reports where the list says there are some, or
    where there were some."""
    if shown.heading != provider.name:
        try:
            right = (
                context.register.find(shown.heading, context.today).slug == provider.council.slug
            )
        except CouncilError:
            right = shown.provider_id in provider.council.provider_ids
        if not right:
            raise WrongCouncil(f'the page of {provider.name} is headed "{shown.heading}"')
    if not shown.entries and (provider.latest or context.memory.entries(provider.council.slug)):
        raise EmptyPage(
            f"the page of {provider.name} shows no report; the list says there are some",
            PageRedesigned.hint,
        )


def _file(
    link: ReportLink,
    provider: Provider,
    known: KnownEntry | None,
    again: bool,
    context: SourceContext,
) -> File:
    """The file of one entry: asked for when never read, taken from the archive when read by an
    older parser, asked again (only if changed) every four weeks when it is the latest inspection.
    One that failed before waits for its turn."""
    url = urljoin(provider.address, link.url)
    try:
        if not context.memory.may_try(url):
            return File(link.file_id, url, problem=NOT_ASKED)
        if known and known.read and known.parser < PARSER:
            return File(
                link.file_id,
                url,
                known.sha256,
                context.client.snapshots.read(known.sha256),
                known.etag,
                known.last_modified,
            )
        if (
            known
            and known.read
            and (not again or (known.checked and context.now - known.checked < REASK))
        ):
            return File(link.file_id, url, known.sha256, unchanged=True, asked=False)
        return _asked(link.file_id, url, known, context)
    except Exception as error:
        return File(link.file_id, url, problem=problem_of(error, url, provider.council.slug))


def _asked(key: str, url: str, known: KnownEntry | None, context: SourceContext) -> File:
    etag, modified = (known.etag, known.last_modified) if known and known.read else ("", "")
    answer = context.client.get(url, etag=etag, last_modified=modified)
    same = (
        known is not None and known.read and (answer.status == 304 or answer.sha256 == known.sha256)
    )
    return File(
        key,
        url,
        known.sha256 if same and known else answer.sha256,
        answer.data,
        answer.etag or etag,
        answer.last_modified or modified,
        unchanged=same,
    )


# -- One entry -------------------------------------------------------------------------------------


def _observe(
    link: ReportLink, file: File, page: Page, context: SourceContext
) -> tuple[Observation, list[Problem]]:
    """What the file says. Where it cannot be had or read: what it said before, else that it is
    listed and unread."""
    before = page.before.get(link.file_id)
    so_far = (
        replace(before, published=link.published, url=page.link)
        if before and not before.unread
        else _unread(link, page)
    )
    if file.problem:
        gone = so_far.withdrawn or (file.problem.name == Gone.__name__ and not so_far.unread)
        return replace(so_far, withdrawn=gone), [] if file.problem is NOT_ASKED else [file.problem]
    if file.unchanged and not so_far.unread:
        return replace(so_far, withdrawn=so_far.withdrawn and not file.asked), []
    try:
        reading = context.documents.call(read_pdf, file.data)
        _check_days(link, reading)
    except Exception as error:
        return so_far, [problem_of(error, file.url, page.council)]

    problems = _problems(link, reading, file, page)
    if problems and reading.kind in (FileKind.INSPECTION, FileKind.OTHER):
        return so_far, problems
    return _observation(link, page, file, reading), problems


def _problems(link: ReportLink, reading: ReportReading, file: File, page: Page) -> list[Problem]:
    """Return what is wrong with a report; nothing where neither page nor file says that it is one
    of a known kind."""
    kinds = {reading.kind, kind_of(link.title)}
    if kinds == {FileKind.OTHER}:
        return []
    return [replace(p, url=file.url, council=page.council) for p in reading.problems]


def _check_days(link: ReportLink, reading: ReportReading) -> None:
    """Raise ImpossibleDate where the page says that a report came out before the inspection was
    over: in 440 real ones it took at least 18 days. One put up again comes years later."""
    last = reading.inspection_end
    if last is None or link.published is None:
        return
    if link.published < last:
        raise ImpossibleDate(
            f"“{link.title}” is said to be published on {link.published}, "
            f"and its inspection ended on {last}"
        )


def _unread(link: ReportLink, page: Page) -> Observation:
    kind = kind_of(link.title)
    record, fields_of = _record_of(kind)
    return Observation(
        NAME,
        page.key,
        link.file_id,
        record,
        (page.council,),
        fields_of(file_id=link.file_id, kind=kind),
        link.published,
        page.link,
        parser=PARSER,
        unread=True,
    )


def _record_of(kind: FileKind) -> tuple[RecordKind, type[ReportFields]]:
    if kind is FileKind.INSPECTION:
        return RecordKind.INSPECTION, InspectionFields
    return RecordKind.VISIT, VisitFields


def _observation(link: ReportLink, page: Page, file: File, reading: ReportReading) -> Observation:
    record, _ = _record_of(reading.kind)
    return Observation(
        NAME,
        page.key,
        link.file_id,
        record,
        (page.council,),
        _fields(link, file, reading),
        link.published,
        page.link,
        file.sha256,
        PARSER,
        _evidence(file, reading),
    )


def _evidence(file: File, reading: ReportReading) -> dict[str, Evidence]:
    """Return where each value stands: those of a judgement by its area, an item of what must
    improve by its list and number (`improve 3`)."""
    found = {}
    for name, (number, quote) in reading.quotes.items():
        cell = "judgement table" if name in reading.judgements else ""
        found[name] = Evidence(file.sha256, quote, number, cell)

    counts: Counter[str] = Counter()
    for item in reading.improvements:
        field = FIELD_OF_LIST[ListName(item.list)]
        counts[field] += 1
        found[f"{field} {counts[field]}"] = Evidence(file.sha256, item.text, item.page)
    return found


def _fields(link: ReportLink, file: File, reading: ReportReading) -> ReportFields:
    """Return what the report says, and nothing that it does not."""
    _, fields_of = _record_of(reading.kind)
    fields = fields_of(
        file_id=link.file_id,
        report_url=file.url,
        title=link.title,
        kind=reading.kind,
        title_kind=kind_of(link.title),
        framework=reading.framework,
        lead_inspector="; ".join(reading.lead_inspectors) or None,
        theme=reading.theme or None,
        priority_actions=tuple(reading.priority_actions) or None,
        send_outcome=reading.send_outcome or None,
    )
    first, last = reading.inspection_start, reading.inspection_end
    if first and last:
        fields = replace(fields, first_day=first, last_day=last)
        if FRAMEWORKS.is_ilacs(reading.framework):
            length = "short" if last - first <= SHORT_INSPECTION else "standard"
            fields = replace(fields, length=length)
    if isinstance(fields, InspectionFields):
        fields = _with_improvements(fields, reading)
        return fields.with_grades(reading.judgements)
    return fields


def _with_improvements(fields: InspectionFields, reading: ReportReading) -> InspectionFields:
    lists: dict[str, tuple[str, ...]] = {}
    for item in reading.improvements:
        name = FIELD_OF_LIST[ListName(item.list)]
        lists[name] = (*lists.get(name, ()), item.text)
    return replace(
        fields,
        improve=lists.get("improve"),
        recommendations=lists.get("recommendations"),
        immediate_actions=lists.get("immediate_actions"),
        areas_for_improvement=lists.get("areas_for_improvement"),
    )
