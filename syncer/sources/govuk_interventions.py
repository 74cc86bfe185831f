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

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace

from syncer.documents import html
from syncer.errors import CouncilError, Gone, StoreError
from syncer.model import (
    Evidence,
    FundingKind,
    InterventionFields,
    Observation,
    Problem,
    RecordKind,
)
from syncer.quantities.dates import MONTHS, day_of
from syncer.reading import Page, Reading
from syncer.sources import SourceContext
from syncer.sources._funding import as_before, entries, version
from syncer.sources._pages import address, taken_back
from syncer.sources.govuk.content import content, search
from syncer.sources.govuk.items import Item
from syncer.sources.govuk.pages import due, edited_on, since

NAME = "govuk_interventions"
TITLE = "Interventions published on GOV.UK"
PARSER = 2
GIVES = (RecordKind.INTERVENTION,)

INSTRUMENT = re.compile(
    r"\b(?P<new>revised|further|second|third|updated|new)?\b[\w ’'-]*?"
    r"\b(?P<what>improvement notice|non-statutory notice|direction|commissioner)s?\b",
    re.I,
)
ADDRESSED = re.compile(r"\b(?:to|for|in|at)\s+(?:the\s+)?(?P<council>[^:,(–]+)", re.I)
MONTH = re.compile(
    (
        rf"[:,]?\s*(?:\b(?:dated|issued|in"
        rf"|on)\s+)?(?:\d{{1,2}}\s+)?(?:{'|'.join(MONTHS)})\s+20\d\d\s*$"
    ),
    re.I,
)
OURS = re.compile(
    r"children|SEND\b|special educational|council|borough|authority|\bcity of\b", re.I
)
OF_SCHOOLS = re.compile(
    (
        r"\b(?:academ(?:y|ies)|schools?|colleges?|sixth form|universit(?:y|ies)|nurser(?:y|ies)"
        r"|trust funding)\b"
    ),
    re.I,
)
DAY = r"(?P<day>\d{1,2}(?:st|nd|rd|th)?\s+[A-Z][a-z]+\s+20\d\d)"
REPLACES = re.compile(
    r"\b(?i:replac(?:es|ing)|supersed(?:es|ing)|amends|varies|revises)\b[^.;]{0,80}?"
    r"\b(?i:direction|notice)\b[^.;]{0,60}?\b" + DAY
)
LIFTED = re.compile(
    (
        r"\b(?:lifted|revoked|closed|ended|withdrawn|discharged|no longer (?:in force|appl(?:y"
        r"|ies)|subject))\b"
    ),
    re.I,
)
REVISED = re.compile(
    r"\b(?:revised|replace[sd]?|superseded?|updated direction|new direction)\b", re.I
)
SEND = re.compile(r"\bSEND\b|special educational", re.I)
MAX_QUOTE = 400
"""Characters of a page that are quoted."""
CHILDREN = re.compile(r"children['’]s (?:services|social care)", re.I)


def fetch(context: SourceContext) -> Iterator[Page]:
    """Every decision about an intervention that is new, changed, or due again."""
    rows = search(
        context,
        filter_organisations="department-for-education",
        filter_content_store_document_type="decision",
        filter_public_timestamp=f"from:{since(context)}",
    )
    found = {row.path: row for row in rows if is_ours(row.title)}
    for path in due(found, context, PARSER):
        try:
            item = content(context, path)
        except Gone:
            yield from taken_back(path, context, PARSER)
            continue
        except StoreError:
            raise
        except Exception as error:
            context.fail(error, address(path, context))
            continue
        context.succeed(address(path, context))
        yield _page(path, item, found[path].changed.isoformat() if path in found else "", context)


def parse(page: Page, context: SourceContext) -> Reading:
    """One observation: which council, what, and its state. A withdrawn page is an intervention that
    was lifted, as GOV.UK archives them; one that is gone without a word says nothing of it."""
    if "title" not in page.notes:
        return as_before(page, withdrawn=True)
    title = page.notes["title"]
    instrument = INSTRUMENT.search(title)
    if instrument is None:
        return as_before(page)
    try:
        council = _council(title[instrument.end() :], page, context)
    except CouncilError as error:
        return Reading(problems=(Problem(error.name, f"{title}: {error}", page.link, error.hint),))
    text, explained = context.documents.call(_texts, page.data, page.notes["withdrawn_notice"])
    made = (_observation(page, instrument, council, text, explained),)
    return Reading(entries(page, made), made)


def is_ours(title: str) -> bool:
    """Whether a decision's title is of an intervention in a council's services, and not in a school
    or college."""
    return bool(INSTRUMENT.search(title) and OURS.search(title) and not OF_SCHOOLS.search(title))


def _page(path: str, item: Item, seen: str, context: SourceContext) -> Page:
    now = version(
        context.memory.page(path),
        f"{item.said} {item.notes}",
        item.sha256,
        edited_on(item, context),
    )
    notes = {
        "title": item.title,
        "published": item.published,
        "changes": list(item.notes),
        "withdrawn_notice": item.withdrawn,
        "parser": PARSER,
        **now.notes,
        **({"withdrawn": True} if item.withdrawn else {}),
    }
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
    """The council that the title's words after the instrument name. Raises CouncilError."""
    words, published = MONTH.sub("", rest), page.notes["published"]
    named = {
        slug
        for mention in context.register.mentions(words, published)
        if not mention.ambiguous
        for slug in mention.slugs
    }
    if len(named) == 1:
        return named.pop()
    addressed = ADDRESSED.search(words)
    return context.register.find(
        (addressed["council"] if addressed else words).strip(), published
    ).slug


def _texts(body: bytes, notice: str) -> tuple[str, str]:
    return html.text_or_nothing(body), html.text_or_nothing(notice)


def _observation(
    page: Page, instrument: re.Match[str], council: str, text: str, explained: str
) -> Observation:
    title, published = page.notes["title"], page.notes["published"]
    state = _state(page, instrument, text)
    quote = _beginning(text) or title
    fields = InterventionFields(
        kind=FundingKind.INTERVENTION,
        what=_what(instrument["what"]),
        state=state,
        service=_service(f"{title} {text}"),
        funder="DfE",
        title=title,
        quote=quote,
    )
    fields = _with_days(fields, page, instrument, text)
    return Observation(
        NAME,
        page.key,
        "intervention",
        RecordKind.INTERVENTION,
        (council,),
        fields,
        published,
        page.link,
        page.sha256,
        PARSER,
        {
            name: Evidence(page.sha256, passage)
            for name, passage in _passages(page, fields, text, explained).items()
        },
    )


def _beginning(text: str) -> str:
    """Return the first words of the page, as one passage."""
    if len(text) <= MAX_QUOTE:
        return text
    return text[:MAX_QUOTE].rpartition(" ")[0]


def _passages(page: Page, fields: InterventionFields, text: str, explained: str) -> dict[str, str]:
    """Return for each field the passage of the page that says it: one that stands there as it is,
    so that it can be found again."""
    passages = dict.fromkeys(fields.said(), page.notes["title"])
    passages["quote"] = fields.quote or ""
    told = _telling(page, fields, text, explained)
    passages |= {name: told for name in ("state", fields.state or "") if name in passages}
    if (replaced := REPLACES.search(text)) and "issued" in passages:
        passages["issued"] = replaced[0]
    return passages


def _telling(page: Page, fields: InterventionFields, text: str, explained: str) -> str:
    """Return the passage that gives the intervention its state: a change note, the reason of a
    withdrawal, or words of the text; else the title."""
    sought = {"lifted": LIFTED, "revised": REVISED}.get(fields.state or "")
    if sought is None:
        return str(page.notes["title"])
    said = [note for note in page.notes["changes"] if sought.search(note)]
    if said:
        return str(said[-1])
    if explained and (fields.state == "lifted" or sought.search(explained)):
        return _beginning(explained)
    replaced = REPLACES.search(text)
    return replaced[0] if replaced and fields.state == "revised" else str(page.notes["title"])


def _what(words: str) -> str:
    return {"direction": "statutory direction"}.get(words.lower(), words.lower())


def _service(words: str) -> str:
    """SEND where only that is spoken of; most interventions are in children's services as a
    whole."""
    return "SEND" if SEND.search(words) and not CHILDREN.search(words) else "children's services"


def _state(page: Page, instrument: re.Match[str], text: str) -> str:
    """Lifted where the page says so, or was withdrawn (unless as replaced); revised by its title,
    its notes or its text; else issued."""
    explained, said = (
        page.notes["withdrawn_notice"],
        " ".join((page.notes["title"], *page.notes["changes"])),
    )
    if LIFTED.search(said) or (explained and not REVISED.search(explained)):
        return "lifted"
    return (
        "revised"
        if instrument["new"] or REVISED.search(f"{said} {explained}") or REPLACES.search(text)
        else "issued"
    )


def _with_days(
    fields: InterventionFields, page: Page, instrument: re.Match[str], text: str
) -> InterventionFields:
    """Return the fields with the days on which it was issued (where a revision says which one it
    replaces, that one's day), revised and lifted."""
    published, edited = page.notes["published"], page.notes.get("edited")
    is_revision = bool(instrument["new"])
    replaced = REPLACES.search(text)

    if replaced:
        fields = replace(fields, issued=_day(replaced["day"], published))
    elif not is_revision:
        fields = replace(fields, issued=published)

    if is_revision or fields.state == "revised":
        by_edit = edited and not (is_revision or replaced)
        fields = replace(fields, revised=edited if by_edit else published)
    if fields.state == "lifted":
        fields = replace(fields, lifted=edited or published)
    return fields


def _day(text: str, otherwise: dt.date) -> dt.date:
    try:
        return day_of(re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", text))
    except ValueError:
        return otherwise
