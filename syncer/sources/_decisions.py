"""What does a decision about an intervention say: which instrument, in which state, on which days,
and with which words? Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from syncer.funding.endings import INTERVENTION, Ending, ending_of_title
from syncer.model import FundingKind, InterventionFields
from syncer.quantities.dates import MONTHS, day_of
from syncer.quantities.partial_dates import days_of, iso_of

ANY_INSTRUMENT = re.compile(r"(?P<new>(?!))?\b(?P<what>intervention)\b", re.I)
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
ENDED = re.compile(
    r"^\W*(?:(?:this|it)\b\s*)?(?:(?:has been|was|is|has)\s+)?(?:now\s+)?"
    r"(?:lifted|revoked|closed|ended|withdrawn|discharged|rescinded"
    r"|no longer (?:in force|appl(?:y|ies)|subject))\b",
    re.I,
)
"""A change note that names nothing: "Lifted on 7 June 2024"."""
REVISED = re.compile(
    r"\b(?:revised|replace[sd]?|superseded?|updated direction|new direction)\b", re.I
)
SEND = re.compile(r"\bSEND\b|special educational", re.I)
MAX_QUOTE = 400
"""Characters of a page that are quoted."""
CHILDREN = re.compile(r"children['’]s (?:services|social care)", re.I)
SAME_INSTRUMENT = dt.timedelta(days=31)
"""Between the day that a page gives its instrument and that of its publication."""
LIFTED = "lifted"


@dataclass(frozen=True)
class Decision:
    """One page of this kind. `instrument` is where its title names it, `changes` are its change
    notes, `notice` is the HTML with which it was withdrawn (empty where it was not) and `explained`
    the text of that; `edited` is the day of an edit since it was first read. `ends` are the ends
    that its text tells of, `known` is what it said when it was read before."""

    title: str
    instrument: re.Match[str]
    text: str
    changes: Sequence[str]
    notice: str
    explained: str
    published: dt.date
    edited: dt.date | None
    ends: Sequence[Ending] = ()
    known: InterventionFields | None = None

    @property
    def known_issue(self) -> dt.date | None:
        """The day of issue that is known of this page; None for a page of its own about a revision
        or an end, which parser 2 took to be issued on the day it ended."""
        known = self.known
        if known is None or known.refers_to is not None or known.issued == known.lifted:
            return None
        return known.issued

    @property
    def is_of_an_end(self) -> bool:
        """Whether this is a page of its own about the end of what another page issued."""
        return self.known_issue is None and ending_of_title(self.title) is not None

    @property
    def is_revision(self) -> bool:
        """Whether the title calls the instrument a revised one."""
        return bool(self.instrument["new"])

    @property
    def replaced(self) -> re.Match[str] | None:
        """The passage of the text that says which instrument this one replaces."""
        return REPLACES.search(self.text)


def instrument_of(title: str) -> re.Match[str] | None:
    """Return where a title names an instrument of intervention; the intervention as such counts
    where the title says that it has ended."""
    named = INSTRUMENT.search(title)
    if named is None and ending_of_title(title):
        return ANY_INSTRUMENT.search(title)
    return named


def is_ours(title: str, names_council: bool = False) -> bool:
    """Return whether a decision's title is of an intervention in a council's services, and not in a
    school or college."""
    names_instrument = instrument_of(title) is not None
    of_a_council = names_council or OURS.search(title)
    return names_instrument and bool(of_a_council) and not OF_SCHOOLS.search(title)


def is_of_an_end(title: str) -> bool:
    """Return whether a title says that something has ended."""
    return ending_of_title(title) is not None


def without_month(words: str) -> str:
    """Return the words of a title without the month at their end."""
    return MONTH.sub("", words)


def fields_of(decision: Decision) -> InterventionFields:
    """Return what the page says of the intervention. Where it revises or ends one that another page
    issued, the day of issue is the one that it gives."""
    end = _end(decision)
    state = _state(decision, end)

    return InterventionFields(
        kind=FundingKind.INTERVENTION,
        what=_what(decision),
        state=state,
        service=_service(decision),
        funder="DfE",
        title=decision.title,
        quote=_beginning(decision.text) or decision.title,
        issued=_issued(decision),
        revised=_revised(decision, state),
        lifted=_lifted(decision, end) if state == LIFTED else None,
        refers_to=_refers_to(decision),
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

    for name in ("issued", "refers_to"):
        if name in found:
            found[name] = _naming_issue(decision)
    return found


# -- The instrument and its state ------------------------------------------------------------------


def _what(decision: Decision) -> str | None:
    """Return the instrument; None where a page speaks of the intervention as such."""
    words = decision.instrument["what"].lower()
    if words == INTERVENTION:
        return decision.known.what if decision.known else None
    return "statutory direction" if words == "direction" else words


def _service(decision: Decision) -> str | None:
    """Return SEND where only that is spoken of; most interventions are in children's services as a
    whole. A page about an end need not say it."""
    words = f"{decision.title} {decision.text}"
    if CHILDREN.search(words):
        return "children's services"
    if SEND.search(words):
        return "SEND"
    return None if decision.is_of_an_end else "children's services"


def _state(decision: Decision, end: Ending | None) -> str:
    if end is not None or _was_withdrawn(decision):
        return LIFTED
    return "revised" if _is_revised(decision) else "issued"


def _was_withdrawn(decision: Decision) -> bool:
    """Return whether the page was withdrawn, and not as replaced."""
    return bool(decision.notice) and not REVISED.search(decision.notice)


def _is_revised(decision: Decision) -> bool:
    """Return whether the title, the notes or the text say so."""
    said = " ".join((decision.title, *decision.changes, decision.notice))
    return decision.is_revision or bool(REVISED.search(said) or decision.replaced)


# -- Its end ---------------------------------------------------------------------------------------


def _end(decision: Decision) -> Ending | None:
    """Return the end that the page tells of: its title, else its last change note that does, else
    its text."""
    in_title = ending_of_title(decision.title)
    if in_title is not None:
        return in_title

    for note in reversed(decision.changes):
        found = _end_in_note(note)
        if found is not None and _is_own(found, decision):
            return found

    own = [each for each in decision.ends if _is_own(each, decision)]
    return own[0] if own else None


def _end_in_note(note: str) -> Ending | None:
    if ENDED.search(note):
        return Ending(note, INTERVENTION, is_this=True)
    return ending_of_title(note)


def _is_own(end: Ending, decision: Decision) -> bool:
    """Return whether it is the page's own instrument that has ended."""
    noun = _noun(end.instrument)
    if noun not in (INTERVENTION, _noun(decision.instrument["what"])):
        return False
    if not end.issued:
        return True

    named = iso_of(end.issued)
    issued = decision.known_issue or decision.published
    return named is not None and _is_near(issued, named)


def _noun(instrument: str) -> str:
    """Return the last word of an instrument's name: "notice"."""
    words = instrument.lower().removesuffix(" to improve").split()
    return words[-1].removesuffix("s")


def _is_near(day: dt.date, named: str) -> bool:
    first, last = days_of(named)
    return first - SAME_INSTRUMENT <= day <= last + SAME_INSTRUMENT


def _lifted(decision: Decision, end: Ending | None) -> dt.date:
    """Return the day on which it ended: the one that is said, the one that was known before, that
    of the edit which says it, or that of the page."""
    days = [each.day for each in (end, *decision.ends) if each is not None and each.day]
    said = _exact_day(days[0]) if days else None
    if said is not None:
        return said

    known = decision.known
    if known is not None and known.lifted is not None:
        return known.lifted
    if decision.is_of_an_end:
        return decision.published
    return decision.edited or decision.published


def _refers_to(decision: Decision) -> str | None:
    """Return when the one that the page revises or ends was issued, as it says."""
    if decision.replaced:
        day = _exact_day(decision.replaced["day"])
        return day.isoformat() if day else None

    if not decision.is_of_an_end:
        return None
    named = _end_with_issue(decision)
    return iso_of(named.issued) if named else None


def _end_with_issue(decision: Decision) -> Ending | None:
    """Return what says when the one that a page of an end is about was issued."""
    noun = _noun(decision.instrument["what"])
    for each in (ending_of_title(decision.title), *decision.ends):
        if each is not None and each.issued and _noun(each.instrument) == noun:
            return each
    return None


# -- Days ------------------------------------------------------------------------------------------


def _issued(decision: Decision) -> dt.date | None:
    """Return the day of issue; None for a page of its own, about a revision or an end, that does
    not say it."""
    if decision.replaced:
        return _exact_day(decision.replaced["day"]) or decision.published
    if decision.known_issue is not None:
        return decision.known_issue
    if decision.is_of_an_end:
        named = _end_with_issue(decision)
        return _exact_day(named.issued) if named else None
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


def _exact_day(text: str) -> dt.date | None:
    """Return the one day that is printed; None for a month, or a day that there is not."""
    try:
        return day_of(re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", text))
    except ValueError:
        return None


# -- Passages --------------------------------------------------------------------------------------


def _telling(decision: Decision, state: str) -> str:
    """Return the passage that gives the intervention its state: a change note, the reason of a
    withdrawal, or words of the text; else the title."""
    if state == LIFTED:
        return _telling_end(decision)
    if state != "revised":
        return decision.title

    notes = [note for note in decision.changes if REVISED.search(note)]
    if notes:
        return notes[-1]
    if decision.explained and REVISED.search(decision.explained):
        return _beginning(decision.explained)
    return decision.replaced[0] if decision.replaced else decision.title


def _telling_end(decision: Decision) -> str:
    end = _end(decision)
    if end is not None:
        return end.sentence
    return _beginning(decision.explained) or decision.title


def _naming_issue(decision: Decision) -> str:
    """Return the passage that says when it was issued; the title where that is the day of the
    page."""
    if decision.replaced:
        return decision.replaced[0]
    named = _end_with_issue(decision) if decision.is_of_an_end else None
    return named.sentence if named else decision.title


def _beginning(text: str) -> str:
    """Return the first words of the page, as one passage."""
    if len(text) <= MAX_QUOTE:
        return text
    return text[:MAX_QUOTE].rpartition(" ")[0]
