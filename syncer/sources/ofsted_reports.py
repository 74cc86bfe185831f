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

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin

from syncer.documents.report import read_pdf
from syncer.errors import FetchError, Gone, PageRedesigned, WrongCouncil
from syncer.model import FileKind, Observation, Problem, RecordKind
from syncer.reading import ENTRIES, Entry, File, Page, Reading
from syncer.reports.paper import ReportReading
from syncer.sources import SourceContext, problem_of
from syncer.sources.ofsted import observations
from syncer.sources.ofsted.council_list import Provider, listed
from syncer.sources.ofsted.due import NOT_ASKED, files_of, is_due, recently_closed
from syncer.sources.ofsted.pages import ReportLink, UnclearLink, kind_of, read_provider
from syncer.sources.ofsted.whose import check_heading, check_page, forget_former_addresses

NAME = observations.SOURCE
TITLE = "Ofsted inspection reports"
PARSER = observations.PARSER
GIVES = (RecordKind.INSPECTION, RecordKind.VISIT)


def fetch(context: SourceContext) -> Iterator[Page]:
    """The provider pages that are due, each with the reports not read before, which are being read
    while the next page is fetched: so each is handed on when that is there. Raises PageError or
    FetchError when there is no list."""
    base = context.sites["ofsted_reports"][0].rstrip("/")
    providers = listed(base, context)
    providers += recently_closed(base, providers, context)
    due = [each for each in providers if context.full or is_due(each, context)]
    context.expect(len(due))

    before = None
    for page in _pages(due, context):
        if before:
            yield before
        before = page
    if before:
        yield before


def _pages(due: Sequence[Provider], context: SourceContext) -> Iterator[Page]:
    failed = 0
    for provider in due:
        try:
            yield _page(provider, context)
        except Exception as error:
            if _may_be_taken_down(provider, context) and isinstance(error, FetchError):
                continue
            context.fail(error, provider.address, provider.council.slug, provider.latest)
            failed += 1
    # a list without its pages is no good read of the source
    context.complete &= failed <= len(due) / 2


def _may_be_taken_down(provider: Provider, context: SourceContext) -> bool:
    """Whether the council has ended: its page may go any day."""
    return not provider.council.open_on(context.today)


def _page(provider: Provider, context: SourceContext) -> Page:
    slug = provider.council.slug
    response = context.client.get(provider.address)
    shown = context.documents.call(read_provider, response.data)
    check_page(shown, provider, context)
    forget_former_addresses(provider, context)
    return Page(
        slug,
        provider.address,
        response.data,
        response.sha256,
        slug,
        seen=provider.latest,
        files=files_of(shown, provider, context),
        before=context.memory.observations(slug),
        shown=shown,
    )


# -- Reading ---------------------------------------------------------------------------------------


@dataclass
class _Listed:
    """What the entries of a page have come to so far."""

    problems: list[Problem] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)


def parse(page: Page, context: SourceContext) -> Reading:
    """An observation for each entry: read from its file, taken over from before, or marked unread
    with a named problem."""
    provider = page.shown or context.documents.call(read_provider, page.data)
    found = _Listed([_redesigned(odd, page) for odd in provider.oddities])
    for link in provider.entries:
        address = urljoin(page.link, link.url)
        file = page.files.get(link.file_id) or File(link.file_id, address, problem=NOT_ASKED)
        found.entries.append(Entry(link.file_id, link.title, link.published, file.url))
        _observe(link, file, page, context, found)

    found.entries += [_only_seen(link, page) for link in provider.unclear]
    return Reading(
        tuple(found.entries),
        tuple(found.observations),
        tuple(found.problems),
        refused=frozenset(found.refused),
    )


def _only_seen(link: UnclearLink, page: Page) -> Entry:
    """Return an entry that is listed and cannot be read: what it says is told once it can be, as
    news of the day on which it was first seen. What was known of it stays."""
    before = page.before.get(link.file_id)
    published = before.published if before else None
    return Entry(link.file_id, link.title, published, urljoin(page.link, link.url))


def _redesigned(odd: str, page: Page) -> Problem:
    return problem_of(PageRedesigned(f"{page.link}: {odd}"), page.link, page.council)


def _observe(
    link: ReportLink, file: File, page: Page, context: SourceContext, found: _Listed
) -> None:
    """Add what one entry comes to: what its file says, else what is known without it."""
    so_far = observations.known_of(link, page)
    if file.problem:
        found.observations.append(_not_fetched(so_far, file.problem))
        found.problems += [file.problem] if file.problem is not NOT_ASKED else []
    elif file.unchanged and not so_far.unread:
        withdrawn = so_far.withdrawn and not file.asked
        found.observations.append(replace(so_far, withdrawn=withdrawn))
    else:
        _read(link, file, page, context, so_far, found)


def _not_fetched(so_far: Observation, problem: Problem) -> Observation:
    """Return what is known of an entry whose file could not be fetched: it may be gone."""
    taken_down = problem.name == Gone.__name__ and not so_far.unread
    return replace(so_far, withdrawn=so_far.withdrawn or taken_down)


def _read(
    link: ReportLink,
    file: File,
    page: Page,
    context: SourceContext,
    so_far: Observation,
    found: _Listed,
) -> None:
    """Add what a file says. Nothing is taken from another council's: what was known stays."""
    try:
        begun = file.begun or context.documents.begin(read_pdf, file.data)
        reading = begun.result()
        check_heading(reading, context.register.by_slug(page.council), context.register)
    except WrongCouncil as error:
        found.refused.add(link.file_id)
        found.observations += [so_far] if link.file_id in page.before else []
        found.problems.append(problem_of(error, page.link + ENTRIES, page.council))
    except Exception as error:
        found.observations.append(so_far)
        found.problems.append(problem_of(error, file.url, page.council))
    else:
        problems = _problems_of(link, reading, file, page)
        is_unsure = bool(problems) and reading.kind in (FileKind.INSPECTION, FileKind.OTHER)
        said = so_far if is_unsure else observations.observation_of(link, page, file, reading)
        found.observations.append(said)
        found.problems += problems


def _problems_of(link: ReportLink, reading: ReportReading, file: File, page: Page) -> list[Problem]:
    if reading.kind is FileKind.OTHER and kind_of(link.title) is FileKind.OTHER:
        return []  # nobody says that it is a report of ours
    return [replace(each, url=file.url, council=page.council) for each in reading.problems]
