"""Interventions by the Department for Education in children's services: improvement notices,
directions and commissioners, published on GOV.UK as decisions ("Improvement notice issued to X:
March 2024"). Issued, revised, lifted are the states of one intervention.

- The title carries council and month, the page seldom more. A revised direction is a page of its
  own, and says which one it replaces.
- An end appears as a change note, a new title, or the page's withdrawal, so known pages are read
  again.
- Decisions about schools and colleges stand among them: only those that speak of a council or its
  children's services are ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from syncer.documents import html
from syncer.errors import CouncilError, Gone
from syncer.model import Evidence, Observation, Problem, RecordKind
from syncer.reading import Page, Reading
from syncer.sources import SourceContext
from syncer.sources._decisions import (
    Decision,
    fields_of,
    instrument_of,
    is_ours,
    passages,
    without_month,
)
from syncer.sources._funding import as_before, entries
from syncer.sources._pages import address, taken_back
from syncer.sources._versions import version
from syncer.sources.govuk.content import content, search
from syncer.sources.govuk.items import Found, Item
from syncer.sources.govuk.pages import due, edited_on, since

NAME = "govuk_interventions"
TITLE = "Interventions published on GOV.UK"
PARSER = 2
GIVES = (RecordKind.INTERVENTION,)

ADDRESSED = re.compile(r"\b(?:to|for|in|at)\s+(?:the\s+)?(?P<council>[^:,(–]+)", re.I)


def fetch(context: SourceContext) -> Iterator[Page]:
    """Yield every decision about an intervention that is new, changed, or due again."""
    found = _found(context)

    for path in due(found, context, PARSER):
        seen = found[path].changed.isoformat() if path in found else ""
        pages: list[Page] = []
        with context.attempt(address(path, context)):
            pages = _decision(path, seen, context)
        yield from pages


def parse(page: Page, context: SourceContext) -> Reading:
    """Return one observation: which council, what, and its state. A withdrawn page is an
    intervention that was lifted, as GOV.UK archives them; one that is gone without a word says
    nothing of it."""
    if "title" not in page.notes:
        return as_before(page, withdrawn=True)

    title = page.notes["title"]
    instrument = instrument_of(title)
    if instrument is None:
        return as_before(page)

    try:
        council = _council(title[instrument.end() :], page, context)
    except CouncilError as error:
        problem = Problem(error.name, f"{title}: {error}", page.link, error.hint)
        return Reading(problems=(problem,))

    decision = _read(page, instrument, context)
    made = (_observation(page, decision, council),)
    return Reading(entries(page, made), made)


def _found(context: SourceContext) -> dict[str, Found]:
    """Return the decisions that the search gives, by path."""
    rows = search(
        context,
        filter_organisations="department-for-education",
        filter_content_store_document_type="decision",
        filter_public_timestamp=f"from:{since(context)}",
    )
    return {row.path: row for row in rows if is_ours(row.title)}


def _decision(path: str, seen: str, context: SourceContext) -> list[Page]:
    """Return the page, or what was read of it if it was taken down."""
    try:
        item = content(context, path)
    except Gone:
        return list(taken_back(path, context, PARSER))
    return [_page(path, item, seen, context)]


def _page(path: str, item: Item, seen: str, context: SourceContext) -> Page:
    said = f"{item.said} {item.notes}"
    now = version(context.memory.page(path), said, item.sha256, edited_on(item, context))

    notes: dict[str, Any] = {
        "title": item.title,
        "published": item.published,
        "changes": list(item.notes),
        "withdrawn_notice": item.withdrawn,
        "parser": PARSER,
        **now.notes,
    }
    if item.withdrawn:
        notes["withdrawn"] = True

    return Page(
        path,
        item.link,
        item.body.encode(),
        now.sha256,
        seen=seen,
        before=context.memory.observations(path),
        notes=notes,
    )


def _council(rest: str, page: Page, context: SourceContext) -> str:
    """Return the council that the title's words after the instrument name. Raises CouncilError."""
    words = without_month(rest)
    published = page.notes["published"]

    named: set[str] = set()
    for mention in context.register.mentions(words, published):
        if not mention.ambiguous:
            named.update(mention.slugs)
    if len(named) == 1:
        return named.pop()

    addressed = ADDRESSED.search(words)
    name = addressed["council"] if addressed else words
    return context.register.find(name.strip(), published).slug


def _read(page: Page, instrument: re.Match[str], context: SourceContext) -> Decision:
    notice = page.notes["withdrawn_notice"]
    text, explained = context.documents.call(_texts, page.data, notice)
    return Decision(
        title=page.notes["title"],
        instrument=instrument,
        text=text,
        changes=page.notes["changes"],
        notice=notice,
        explained=explained,
        published=page.notes["published"],
        edited=page.notes.get("edited"),
    )


def _texts(body: bytes, notice: str) -> tuple[str, str]:
    return html.text_or_nothing(body), html.text_or_nothing(notice)


def _observation(page: Page, decision: Decision, council: str) -> Observation:
    fields = fields_of(decision)
    evidence = {
        name: Evidence(page.sha256, passage) for name, passage in passages(decision, fields).items()
    }
    return Observation(
        source=NAME,
        page=page.key,
        key="intervention",
        record=RecordKind.INTERVENTION,
        councils=(council,),
        fields=fields,
        published=decision.published,
        url=page.link,
        sha256=page.sha256,
        parser=PARSER,
        evidence=evidence,
    )
