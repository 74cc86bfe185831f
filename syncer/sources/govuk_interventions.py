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
from collections.abc import Iterator, Mapping
from typing import Any

from syncer.documents import html
from syncer.errors import CouncilError, Gone
from syncer.funding.endings import endings
from syncer.model import Evidence, Observation, Problem, RecordKind
from syncer.reading import Page, Reading
from syncer.sources import SourceContext
from syncer.sources._decision_titles import council_in, councils_named
from syncer.sources._decisions import (
    Decision,
    fields_of,
    instrument_of,
    is_of_an_end,
    is_ours,
    passages,
)
from syncer.sources._funding import as_before, entries
from syncer.sources._pages import address, taken_back
from syncer.sources._versions import version
from syncer.sources.govuk.content import content, search
from syncer.sources.govuk.items import Found, Item
from syncer.sources.govuk.pages import due, edited_on

NAME = "govuk_interventions"
TITLE = "Interventions published on GOV.UK"
PARSER = 3
KEY = "intervention"
GIVES = (RecordKind.INTERVENTION,)

TYPES = ("decision", "correspondence", "notice")
"""What issues something is a decision; what ends it may be a letter."""


def fetch(context: SourceContext) -> Iterator[Page]:
    """Yield every decision about an intervention that is new, changed, or due again."""
    found = _found(context)

    for path in sorted(due(found, context, PARSER), key=lambda path: _age(path, found)):
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
        council = council_in(title, instrument, page.notes["published"], context)
    except CouncilError as error:
        problem = Problem(error.name, f"{title}: {error}", page.link, error.hint)
        return Reading(problems=(problem,))

    decision = _read(page, instrument, council, context)
    made = (_observation(page, decision, council),)
    return Reading(entries(page, made), made)


def _found(context: SourceContext) -> dict[str, Found]:
    """Return the decisions that the search gives, by path."""
    rows = search(
        context,
        filter_organisations="department-for-education",
        filter_content_store_document_type=list(TYPES),
        filter_public_timestamp=f"from:{context.since}",
    )
    return {row.path: row for row in rows if _is_ours(row, context)}


def _is_ours(row: Found, context: SourceContext) -> bool:
    """Return whether a search result is of an intervention in a council's services."""
    if row.type != "decision" and not is_of_an_end(row.title):
        return False
    if is_ours(row.title):
        return True

    may_be_ours = is_ours(row.title, names_council=True)
    return may_be_ours and bool(councils_named(row.title, row.changed.date(), context))


def _age(path: str, found: Mapping[str, Found]) -> tuple[str, str]:
    """Return the place of a page among others: what was issued is read before its end."""
    changed = found[path].changed.isoformat() if path in found else ""
    return changed, path


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


def _read(page: Page, instrument: re.Match[str], council: str, context: SourceContext) -> Decision:
    notice = page.notes["withdrawn_notice"]
    text, explained = context.documents.call(html.texts_or_nothing, (page.data, notice))
    published = page.notes["published"]

    def is_about(words: str) -> bool:
        """Return whether words name no other council."""
        return councils_named(words, published, context) <= {council}

    before = page.before.get(KEY)

    return Decision(
        title=page.notes["title"],
        instrument=instrument,
        text=text,
        changes=[note for note in page.notes["changes"] if is_about(note)],
        notice=notice,
        explained=explained,
        published=published,
        edited=page.notes.get("edited"),
        ends=[end for end in endings(text) if is_about(end.sentence)],
        known=before.intervention if before else None,
    )


def _observation(page: Page, decision: Decision, council: str) -> Observation:
    fields = fields_of(decision)
    evidence = {
        name: Evidence(page.sha256, passage) for name, passage in passages(decision, fields).items()
    }
    return Observation(
        source=NAME,
        page=page.key,
        key=KEY,
        record=RecordKind.INTERVENTION,
        councils=(council,),
        fields=fields,
        published=decision.published,
        url=page.link,
        sha256=page.sha256,
        parser=PARSER,
        evidence=evidence,
    )
