"""What does a decision about an intervention say: which instrument, in which state, on which days,
and with which words? Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from syncer.model import FundingKind, InterventionFields
from syncer.quantities.dates import MONTHS, day_of

INSTRUMENT = re.compile(
    r"\b(?P<new>revised|further|second|third|updated|new)?\b[\w ’'-]*?"
    r"\b(?P<what>improvement notice|non-statutory notice|direction|commissioner)s?\b",
    re.I,
)
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


@dataclass(frozen=True)
class Decision:
    """One page of this kind. `instrument` is where its title names it, `changes` are its change
    notes, `notice` is the HTML with which it was withdrawn (empty where it was not) and `explained`
    the text of that; `edited` is the day of an edit since it was first read."""

    title: str
    instrument: re.Match[str]
    text: str
    changes: Sequence[str]
    notice: str
    explained: str
    published: dt.date
    edited: dt.date | None

    @property
    def is_revision(self) -> bool:
        """Whether the title calls the instrument a revised one."""
        return bool(self.instrument["new"])

    @property
    def replaced(self) -> re.Match[str] | None:
        """The passage of the text that says which instrument this one replaces."""
        return REPLACES.search(self.text)


def instrument_of(title: str) -> re.Match[str] | None:
    """Return where a title names an instrument of intervention."""
    return INSTRUMENT.search(title)


def is_ours(title: str) -> bool:
    """Return whether a decision's title is of an intervention in a council's services, and not in a
    school or college."""
    names_instrument = instrument_of(title) is not None
    of_a_council = OURS.search(title) and not OF_SCHOOLS.search(title)
    return names_instrument and bool(of_a_council)


def without_month(words: str) -> str:
    """Return the words of a title without the month at their end."""
    return MONTH.sub("", words)


def fields_of(decision: Decision) -> InterventionFields:
    """Return what the page says of the intervention. Where it is a revision that names what it
    replaces, the day of issue is that one's."""
    state = _state(decision)
    lifted = decision.edited or decision.published

    return InterventionFields(
        kind=FundingKind.INTERVENTION,
        what=_what(decision.instrument["what"]),
        state=state,
        service=_service(f"{decision.title} {decision.text}"),
        funder="DfE",
        title=decision.title,
        quote=_beginning(decision.text) or decision.title,
        issued=_issued(decision),
        revised=_revised(decision, state),
        lifted=lifted if state == "lifted" else None,
    )


def passages(decision: Decision, fields: InterventionFields) -> dict[str, str]:
    """Return for each field the passage of the page that says it: one that stands there as it is,
    so that it can be found again."""
    found = dict.fromkeys(fields.said(), decision.title)
    found["quote"] = fields.quote or ""

    telling = _telling(decision, fields.state or "")
    for name in ("state", fields.state or ""):
        if name in found:
            found[name] = telling

    if decision.replaced and "issued" in found:
        found["issued"] = decision.replaced[0]
    return found


# -- The instrument and its state ------------------------------------------------------------------


def _what(words: str) -> str:
    what = words.lower()
    return "statutory direction" if what == "direction" else what


def _service(words: str) -> str:
    """Return SEND where only that is spoken of; most interventions are in children's services as a
    whole."""
    if SEND.search(words) and not CHILDREN.search(words):
        return "SEND"
    return "children's services"


def _state(decision: Decision) -> str:
    if _is_lifted(decision):
        return "lifted"
    return "revised" if _is_revised(decision) else "issued"


def _is_lifted(decision: Decision) -> bool:
    """Return whether the page says so, or was withdrawn (unless as replaced)."""
    if LIFTED.search(_title_and_changes(decision)):
        return True
    return bool(decision.notice) and not REVISED.search(decision.notice)


def _is_revised(decision: Decision) -> bool:
    """Return whether the title, the notes or the text say so."""
    said = f"{_title_and_changes(decision)} {decision.notice}"
    return decision.is_revision or bool(REVISED.search(said) or decision.replaced)


def _title_and_changes(decision: Decision) -> str:
    return " ".join((decision.title, *decision.changes))


# -- Days ------------------------------------------------------------------------------------------


def _issued(decision: Decision) -> dt.date | None:
    """Return the day of issue; None for a revision that does not say what it replaces."""
    if decision.replaced:
        return _day(decision.replaced["day"], decision.published)
    return None if decision.is_revision else decision.published


def _revised(decision: Decision, state: str) -> dt.date | None:
    """Return the day of the revision: a page of its own is of the day on which it was published,
    another was edited on that day."""
    if not decision.is_revision and state != "revised":
        return None

    has_own_page = decision.is_revision or decision.replaced is not None
    if decision.edited and not has_own_page:
        return decision.edited
    return decision.published


def _day(text: str, otherwise: dt.date) -> dt.date:
    try:
        return day_of(re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", text))
    except ValueError:
        return otherwise


# -- Passages --------------------------------------------------------------------------------------


def _telling(decision: Decision, state: str) -> str:
    """Return the passage that gives the intervention its state: a change note, the reason of a
    withdrawal, or words of the text; else the title."""
    sought = {"lifted": LIFTED, "revised": REVISED}.get(state)
    if sought is None:
        return decision.title

    notes = [note for note in decision.changes if sought.search(note)]
    if notes:
        return notes[-1]

    explained = decision.explained
    if explained and (state == "lifted" or sought.search(explained)):
        return _beginning(explained)

    if decision.replaced and state == "revised":
        return decision.replaced[0]
    return decision.title


def _beginning(text: str) -> str:
    """Return the first words of the page, as one passage."""
    if len(text) <= MAX_QUOTE:
        return text
    return text[:MAX_QUOTE].rpartition(" ")[0]
