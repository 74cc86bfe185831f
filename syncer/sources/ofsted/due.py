"""Which provider pages are due, and which of their files are asked for (DESIGN §9)."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urljoin

from syncer.documents.report import read_pdf
from syncer.model import Council, FileKind, Problem
from syncer.reading import DATES, ENTRIES, File, KnownEntry, KnownFailure, KnownPage
from syncer.sources import SourceContext, problem_of
from syncer.sources.ofsted.council_list import Provider
from syncer.sources.ofsted.observations import PARSER
from syncer.sources.ofsted.pages import ProviderPage, ReportLink, kind_of

RECENT = dt.timedelta(days=8)
WEEK = 7
REASK = dt.timedelta(days=28)
STILL_READ = dt.timedelta(days=365)
PLACES = ("", ENTRIES, DATES)
"""After a page's address: where it is noted what is wrong with it."""
NOT_ASKED = Problem("", "it failed before and waits for its turn")


# -- Pages -----------------------------------------------------------------------------------------


def recently_closed(
    base: str, listed: Iterable[Provider], context: SourceContext
) -> list[Provider]:
    """Return the councils that ended within a year and are not listed any more: followers keep them
    for that long, so their pages are still read."""
    still_listed = {provider.council.slug for provider in listed}
    found = []
    for council in context.register:
        if council.slug in still_listed:
            continue
        known = context.memory.page(council.slug)
        if known and council.provider_ids and _ended_within_a_year(council, context.today):
            address = f"{base}/provider/44/{council.provider_ids[0]}"
            found.append(Provider(council, council.name, address, known.seen))
    return found


def _ended_within_a_year(council: Council, today: dt.date) -> bool:
    if council.closed is None:
        return False
    return council.closed <= today < council.closed + STILL_READ


def is_due(provider: Provider, context: SourceContext) -> bool:
    """Return whether a page is read in this run: when the list's date moved; daily while that date
    is young; once a week, a seventh of the pages each day; and when an entry that could not be read
    may be asked again, or was read by an older parser. One that failed waits for its turn."""
    known = context.memory.page(provider.council.slug)
    failure = context.memory.failure(provider.address)
    if failure is not None and _is_since(failure, known):
        return _may_be_tried_again(failure, known, provider, context.today)
    if known is None or known.last_good is None or known.seen != provider.latest:
        return True
    if known.last_good.date() < context.today and _is_its_day(provider, known, context.today):
        return True
    return _has_unread(provider, context)


def _is_since(failure: KnownFailure, known: KnownPage | None) -> bool:
    """Return whether the page was not read at all when something was last wrong with it."""
    if known is None or known.last_good is None:
        return True
    return failure.last > known.last_good


def _may_be_tried_again(
    failure: KnownFailure, known: KnownPage | None, provider: Provider, today: dt.date
) -> bool:
    """Return whether a page that failed is tried again: at once where the list has a new date of
    it, each day while the list has one that was not read (somebody waits for that news), else in
    its turn."""
    if failure.seen != provider.latest:
        return True
    was_read = known is not None and known.seen == provider.latest
    if not was_read and failure.last.date() != today:
        return True
    return failure.is_due(today)


def _is_its_day(provider: Provider, known: KnownPage, today: dt.date) -> bool:
    slug = provider.council.slug
    if provider.latest and today - dt.date.fromisoformat(provider.latest) < RECENT:
        return True
    if zlib.crc32(slug.encode()) % WEEK == today.toordinal() % WEEK:
        return True
    return known.last_good is not None and (today - known.last_good.date()).days >= WEEK


def _has_unread(provider: Provider, context: SourceContext) -> bool:
    """Return whether an entry is to be read for the first time, or by this parser. Where the page
    is what withholds it, the page waits for its turn."""
    page_is_due = _page_may_be_asked(provider, context)
    for entry in context.memory.entries(provider.council.slug).values():
        is_wanted = not entry.read or entry.parser < PARSER
        if entry.absent or not is_wanted or not context.memory.may_try(entry.url):
            continue
        has_failed = context.memory.failure(entry.url) is not None
        if entry.read or has_failed or page_is_due:
            return True
    return False


def _page_may_be_asked(provider: Provider, context: SourceContext) -> bool:
    """Return whether whatever is wrong with what a page lists may be looked at again."""
    for place in PLACES:
        failure = context.memory.failure(provider.address + place)
        if failure is not None and not failure.is_due(context.today):
            return False
    return True


# -- Files -----------------------------------------------------------------------------------------


def files_of(shown: ProviderPage, provider: Provider, context: SourceContext) -> dict[str, File]:
    """Return the file of each entry, or why it was not fetched. Of one whose day is not certain it
    waits."""
    known = context.memory.entries(provider.council.slug)
    latest = _latest_inspection(shown.entries)
    files = {}
    for link in shown.entries:
        again = link.published == latest and kind_of(link.title) is FileKind.INSPECTION
        entry = known.get(link.file_id)
        files[link.file_id] = _file(link, provider, entry, again, context)

    for unclear in shown.unclear:
        url = urljoin(provider.address, unclear.url)
        files[unclear.file_id] = File(unclear.file_id, url, problem=NOT_ASKED)
    return files


def _latest_inspection(entries: Iterable[ReportLink]) -> dt.date | None:
    """Return the day on which the latest inspection was published."""
    days = [link.published for link in entries if kind_of(link.title) is FileKind.INSPECTION]
    return max(days, default=None)


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
    if not context.memory.may_try(url):
        return File(link.file_id, url, problem=NOT_ASKED)
    try:
        file = _file_at(url, link.file_id, known, again, context)
        return _with_reading_begun(file, context)
    except Exception as error:
        problem = problem_of(error, url, provider.council.slug)
        return File(link.file_id, url, problem=problem)


def _with_reading_begun(file: File, context: SourceContext) -> File:
    if file.unchanged:
        return file
    return replace(file, begun=context.documents.begin(read_pdf, file.data))


def _file_at(
    url: str, key: str, known: KnownEntry | None, again: bool, context: SourceContext
) -> File:
    if known is None or not known.read:
        return _asked(key, url, None, context)
    if known.parser < PARSER:
        return _archived(key, url, known, context)
    if again and not _was_asked_lately(known, context.now):
        return _asked(key, url, known, context)
    return File(
        key,
        url,
        known.sha256,
        unchanged=True,
        asked=False,
    )


def _was_asked_lately(known: KnownEntry, now: dt.datetime) -> bool:
    if known.checked is None:
        return False
    return now - known.checked < REASK


def _archived(key: str, url: str, known: KnownEntry, context: SourceContext) -> File:
    data = context.client.snapshots.read(known.sha256)
    return File(
        key,
        url,
        known.sha256,
        data,
        known.etag,
        known.last_modified,
    )


def _asked(key: str, url: str, known: KnownEntry | None, context: SourceContext) -> File:
    """Ask for a file; only if it changed, where it was read before."""
    etag = known.etag if known else ""
    modified = known.last_modified if known else ""
    answer = context.client.get(url, etag=etag, last_modified=modified)

    same = known is not None and (answer.status == 304 or answer.sha256 == known.sha256)
    return File(
        key,
        url,
        known.sha256 if known and same else answer.sha256,
        answer.data,
        answer.etag or etag,
        answer.last_modified or modified,
        unchanged=same,
    )
