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
from syncer.errors import DocumentError, EmptyPage, PageError, StoreError, Unreachable
from syncer.funding import read_told_and_possible
from syncer.model import RecordKind, Statement
from syncer.reading import Page, Reading
from syncer.register.councils import Register
from syncer.register.programmes import load_programmes
from syncer.sources import SourceContext
from syncer.sources._funding import reading, unread, version
from syncer.sources._pages import is_due

NAME = "council_papers"
TITLE = "Council papers"
PARSER = 1
GIVES = (RecordKind.AWARD,)


def fetch(context: SourceContext) -> Iterator[Page]:
    """Every paper named in the configuration: files at each run if they changed, addresses again
    every four weeks."""
    due = [
        address
        for address in context.sites["council_papers"]
        if is_due(address, "", None, context, PARSER)
    ]
    context.expect(len(due))
    for address in due:
        try:
            answer = context.client.get(address)
            page = _page(address, answer.data, answer.sha256, context)
        except StoreError:
            raise
        except Exception as error:
            context.fail(error, address)
            continue
        yield page
    yield from _from_files(context)


def parse(page: Page, context: SourceContext) -> Reading:
    """The statements of funding in one paper, dated by the paper itself."""
    try:
        found = context.documents.call(_statements, page.data, page.notes, context.register)
    except (DocumentError, PageError) as error:
        return unread(page, error.name, f"{page.key}: {error}", error.hint, page.link)
    return reading(NAME, PARSER, page, found, retold=True)


def _statements(data: bytes, notes: Mapping[str, Any], register: Register) -> tuple[Statement, ...]:
    return read_told_and_possible(
        text_of(data),
        register,
        load_programmes(),
        published=notes["published"],
        title=notes["title"],
    )


def _from_files(context: SourceContext) -> Iterator[Page]:
    """The files named in the configuration that are new or have changed, kept as evidence like any
    page."""
    for file in (
        file
        for name in context.options.get("files", ())
        for file in _files(Path(name).expanduser())
    ):
        try:
            data = file.read_bytes()
        except OSError as error:
            context.fail(
                Unreachable(
                    f"{file} cannot be read: {error.strerror}",
                    "Check [sources.council_papers] files.",
                ),
                file.as_uri(),
            )
            continue
        try:
            page = _page(file.as_uri(), data, context.client.snapshots.keep(data), context)
        except StoreError:
            raise
        except Exception as error:
            context.fail(error, file.as_uri())
            continue
        known = context.memory.page(page.key)
        if (
            context.full
            or known is None
            or known.notes.get("digest") != page.notes["digest"]
            or known.notes.get("parser") != PARSER
        ):
            yield page


def _files(place: Path) -> list[Path]:
    """The file itself, or the files of a folder by name (not those that begin with a dot)."""
    return (
        sorted(f for f in place.iterdir() if f.is_file() and not f.name.startswith("."))
        if place.is_dir()
        else [place]
    )


def _page(key: str, data: bytes, sha256: str, context: SourceContext) -> Page:
    title, published = context.documents.call(_title_and_day, data)
    now = version(context.memory.page(key), data, sha256, context.today)
    notes = {"title": title, "published": published, "parser": PARSER, **now.notes}
    return Page(key, key, data, now.sha256, before=context.memory.observations(key), notes=notes)


def _title_and_day(data: bytes) -> tuple[str, dt.date | None]:
    if not MARKUP.match(data):
        return "", None
    try:
        return html.title_of(data), html.published_of(data)
    except EmptyPage:
        return "", html.published_of(data)
