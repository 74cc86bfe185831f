"""Council papers: reports given by their address under [sites] council_papers, or as files (PDF,
web page or text) on this machine. Off by default. They tell of sums that the funder never publishes
council by council.

    [sources.council_papers]
    enabled = true
    files = ["papers"]          # files, or folders of files

A file is remembered by its name: one that is replaced is an edit of the same paper.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from syncer.documents import html
from syncer.documents.files import MARKUP, text_of
from syncer.errors import DocumentError, EmptyPage, PageError, Unreachable
from syncer.funding.reading import read_told_and_possible
from syncer.model import RecordKind, Statement
from syncer.reading import Page, Reading
from syncer.register.councils import Register
from syncer.register.programmes import load_programmes
from syncer.sources import SourceContext
from syncer.sources._funding import Reader, reading, unread
from syncer.sources._pages import is_due
from syncer.sources._versions import version

NAME = "council_papers"
TITLE = "Council papers"
PARSER = 1
GIVES = (RecordKind.AWARD,)
READER = Reader(NAME, PARSER, retold=True)


def fetch(context: SourceContext) -> Iterator[Page]:
    """Yield every paper named in the configuration: files at each run if they changed, addresses
    again every four weeks."""
    due = [
        address
        for address in context.sites["council_papers"]
        if is_due(address, "", None, context, PARSER)
    ]
    context.expect(len(due))

    for address in due:
        with context.attempt(address):
            answer = context.client.get(address)
            yield _page(address, answer.data, answer.sha256, context)
    yield from _from_files(context)


def parse(page: Page, context: SourceContext) -> Reading:
    """Return the statements of funding in one paper, dated by the paper itself."""
    try:
        found = context.documents.call(_statements, page.data, page.notes, context.register)
    except (DocumentError, PageError) as error:
        return unread(error, page.key, page.link)
    return reading(READER, page, found)


def _statements(data: bytes, notes: Mapping[str, Any], register: Register) -> tuple[Statement, ...]:
    return read_told_and_possible(
        text_of(data),
        register,
        load_programmes(),
        published=notes["published"],
        title=notes["title"],
    )


# -- Papers ----------------------------------------------------------------------------------------


def _from_files(context: SourceContext) -> Iterator[Page]:
    """Yield the files named in the configuration that are new or have changed, kept as evidence
    like any page."""
    for name in context.options.get("files", ()):
        for file in _files(Path(name).expanduser()):
            with context.attempt(file.as_uri()):
                page = _page_of_file(file, context)
                if _has_changed(page, context):
                    yield page


def _page_of_file(file: Path, context: SourceContext) -> Page:
    """Return one file as a page. Raises Unreachable, or PageError for what it holds."""
    try:
        data = file.read_bytes()
    except OSError as error:
        said = f"{file} cannot be read: {error.strerror}"
        raise Unreachable(said, "Check [sources.council_papers] files.") from error

    sha256 = context.client.snapshots.keep(data)
    return _page(file.as_uri(), data, sha256, context)


def _has_changed(page: Page, context: SourceContext) -> bool:
    """Return whether a file is to be read: never read, replaced, or read by an older parser."""
    known = context.memory.page(page.key)
    if context.full or known is None:
        return True
    same_bytes = known.notes.get("digest") == page.notes["digest"]
    return not same_bytes or known.notes.get("parser") != PARSER


def _files(place: Path) -> list[Path]:
    """Return the file itself, or the files of a folder by name (not those that begin with a
    dot)."""
    if not place.is_dir():
        return [place]

    found = []
    for file in place.iterdir():
        if file.is_file() and not file.name.startswith("."):
            found.append(file)
    return sorted(found)


def _page(key: str, data: bytes, sha256: str, context: SourceContext) -> Page:
    title, published = context.documents.call(_title_and_day, data)
    now = version(context.memory.page(key), data, sha256, context.today)

    notes = {"title": title, "published": published, "parser": PARSER, **now.notes}
    before = context.memory.observations(key)
    return Page(key, key, data, now.sha256, before=before, notes=notes)


def _title_and_day(data: bytes) -> tuple[str, dt.date | None]:
    if not MARKUP.match(data):
        return "", None

    published = html.published_of(data)
    try:
        title = html.title_of(data)
    except EmptyPage:
        title = ""
    return title, published
