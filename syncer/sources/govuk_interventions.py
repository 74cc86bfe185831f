"""Interventions by the Department for Education in children's services: improvement notices, directions and commissioners, published on
GOV.UK as decisions ("Improvement notice issued to X: March 2024"). Issued, revised, lifted are the states of one intervention.

The title carries council and month, the page seldom more. An end appears as a change note or a new title, so known pages are read again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from syncer.documents import html
from syncer.errors import CouncilError, Gone, SyncerError
from syncer.model import Evidence, Observation, Problem, RecordKind, Value
from syncer.reading import Entry, Page, Reading
from syncer.sources import Reach
from syncer.sources._govuk import content, is_due, search, since

NAME = "govuk_interventions"
TITLE = "Interventions published on GOV.UK"
PARSER = 1

TITLES = re.compile(
    r"^(?P<new>revised |further |second |updated )?(?:statutory )?(?P<what>improvement notice|direction|non-statutory notice|commissioner(?:'s|’s)? \w+)"
    r"s?(?: (?:issued|given|sent))? (?:to|for|in) (?P<council>.+?)(?:[:,]? (?:dated )?(?P<when>(?:\d{1,2} )?[A-Z][a-z]+ 20\d\d))?$", re.I)  # fmt: skip
LIFTED = re.compile(r"\b(?:lifted|revoked|closed|ended|withdrawn|no longer (?:in force|applies|subject))\b", re.I)
REVISED = re.compile(r"\b(?:revised|replace[sd]?|supersede[sd]?|updated direction|new direction)\b", re.I)
CHILDREN = re.compile(r"children|SEND|special educational", re.I)
SERVICES = (("SEND", re.compile(r"\bSEND\b|special educational", re.I)), ("children's services", re.compile(r"children", re.I)))


def fetch(reach: Reach) -> Iterator[Page]:
    """Every decision about an intervention that is new, changed, or due again."""
    rows = search(reach, filter_organisations="department-for-education", filter_content_store_document_type="decision",
                  filter_public_timestamp=f"from:{since(reach)}")  # fmt: skip
    found = {row.path: row for row in rows if TITLES.match(row.title)}
    due = [path for path, row in found.items() if is_due(path, row.changed.isoformat(), row.changed.date(), reach, PARSER)]
    due += [p.key for p in reach.memory.pages() if p.key not in found and is_due(p.key, "", None, reach, PARSER)]
    reach.expect(len(due))
    for path in due:
        try:
            item = content(reach, path)
        except Gone:
            before = reach.memory.observations(path)
            yield Page(path, reach.sites["govuk"][0] + path, b"", "", before=before, notes={"gone": True, "parser": PARSER})
            continue
        except SyncerError as error:
            reach.fail(error, path)
            continue
        notes = {"title": item.title, "published": item.published, "changes": list(item.notes), "withdrawn": item.withdrawn, "parser": PARSER}
        seen = found[path].changed.isoformat() if path in found else item.changed.isoformat()
        yield Page(path, item.link, item.body.encode(), item.sha256, seen=seen, before=reach.memory.observations(path), notes=notes)


def parse(page: Page, reach: Reach) -> Reading:
    """One observation: which council, what, and its state. A withdrawn page is an intervention that was lifted, as GOV.UK archives them."""
    if page.notes.get("gone"):
        return Reading(_entries(page, tuple(page.before.values())), tuple(page.before.values()), withdrawn=True)
    title = TITLES.match(page.notes["title"])
    if title is None:
        return Reading(gone=frozenset(page.before))
    try:
        council = reach.register.find(title["council"], page.notes["published"])
    except CouncilError as error:
        return Reading(problems=(Problem(error.name, f"{page.notes['title']}: {error}", page.link, error.hint),))
    observation = _observation(page, title, council.slug)
    return Reading(_entries(page, (observation,)), (observation,))


def _observation(page: Page, title: re.Match[str], council: str) -> Observation:
    text = html.main_text(page.data) if page.data.strip() else ""
    issued = page.notes["published"]
    fields: dict[str, Value] = {
        "kind": "intervention", "what": _what(title["what"]), "state": _state(page, title, text), "issued": issued.isoformat(),
        "funder": "DfE", "title": page.notes["title"], "quote": f"{page.notes['title']}. {text}"[:400],
        "service": next((name for name, words in SERVICES if words.search(f"{page.notes['title']} {text}")), "children's services"),
    }  # fmt: skip
    quote = Evidence(page.sha256, str(fields["quote"]))
    return Observation(NAME, page.key, "intervention", RecordKind.INTERVENTION, (council,), fields, issued, page.link, page.sha256, PARSER,
                       dict.fromkeys((*fields, "quote"), quote))  # fmt: skip


def _what(words: str) -> str:
    plain = words.lower()
    return {"direction": "statutory direction"}.get(plain, "commissioner" if plain.startswith("commissioner") else plain)


def _state(page: Page, title: re.Match[str], text: str) -> str:
    """Lifted where the page says so, or was withdrawn; revised by its title or text; else issued."""
    said = " ".join((page.notes["title"], *page.notes["changes"]))
    if page.notes["withdrawn"] or LIFTED.search(said):
        return "lifted"
    return "revised" if title["new"] or REVISED.search(said) or REVISED.search(text) else "issued"


def _entries(page: Page, made: tuple[Observation, ...]) -> tuple[Entry, ...]:
    return tuple(Entry(o.key, page.notes.get("title", ""), o.published, page.link) for o in made)
