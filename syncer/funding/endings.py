"""Does a text say that an intervention (a notice, a direction, a commissioner) has ended? Pure.

An end counts where the words say that it has come about: not a condition ("until it is revoked"),
not the future ("will be lifted when"), not a wish, not an earlier instrument than the one that is
spoken of ("the previous notice was lifted").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from syncer.quantities.dates import MONTHS

INTERVENTION = "intervention"
"""The word for any instrument: "removed from intervention"."""

_MONTH = "|".join(MONTHS)
_DATE = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?\s+)?(?:(?:{_MONTH})\s+)?20\d\d"
_INSTRUMENT = (
    r"(?P<determiner>\b(?:this|these)\s+)?"
    r"(?P<instrument>(?:\b(?:improvement|non-statutory|statutory|warning|best value)\s+)?"
    r"\b(?:notice|direction|intervention|commissioner)s?\b(?: to improve)?)"
)
_LIFTED = r"(?:lifted|revoked|rescinded|discharged)"
"""Said of nothing but an instrument."""
_CLOSED = r"(?:closed|ended|withdrawn|cancelled|terminated|removed|discontinued)"
_IS = (
    r"(?:was|were|is|are|(?:has|have|had)(?: now)?(?: been)?)"
    r"(?: (?:now|today|since|also|formally|hereby|therefore|fully|subsequently))?"
)
_LIFTS = r"(?:lifts?|revokes?|rescinds?|discharges?|ends|ended|lifted|revoked|rescinded|discharged)"
_ENDING = (
    r"(?:lifting|revocation|revoking|removal|removing|closure|end|ending|discharge|withdrawal"
    r"|termination|cancellation)"
)
_OVER = (
    r"(?:no longer (?:in force|applies|apply|has effect|have effect)"
    r"|ceas(?:ed|es) to (?:have effect|apply)|(?:came|has come|have come) to an end"
    r"|(?:has|have) expired)"
)
_ITS_OWN_VERB = (
    r"(?:(?!\b(?:which|that|who|where|after|because|and|but|says|states|sets|requires)\b)[^;.])"
)
"""Words between an instrument and its verb, which are about nothing else."""
_NOT_A_FILE = r"(?!\s+(?:attachment|document|pdf|page|letter|template|annex|link|period|section))"
_PATTERNS = (
    re.compile(rf"{_INSTRUMENT}(?P<between>[^;.]{{0,100}}?)(?P<end>\b{_LIFTED}\b)", re.I),
    re.compile(
        rf"{_INSTRUMENT}(?P<between>{_ITS_OWN_VERB}{{0,70}}?\b{_IS}\s+|[\s:,(–-]{{1,3}})"
        rf"(?P<end>\b{_CLOSED}\b)",
        re.I,
    ),
    re.compile(rf"{_INSTRUMENT}(?P<between>{_ITS_OWN_VERB}{{0,70}}?)(?P<end>\b{_OVER}\b)", re.I),
    re.compile(
        rf"(?P<end>\b{_LIFTS}\b)(?P<between>:?\s+(?:the |an? |its |their |his )?)"
        rf"{_INSTRUMENT}{_NOT_A_FILE}",
        re.I,
    ),
    re.compile(
        rf"(?P<end>\b(?:(?:released|discharged) from|no longer (?:under|subject to))\b)"
        rf"(?P<between>[^;.,]{{0,40}}?){_INSTRUMENT}",
        re.I,
    ),
    re.compile(
        r"(?P<end>\b(?:(?:removed|released) from|no longer in|exits|exited|leaves|left"
        r"|(?:comes|came|come) out of)\b)(?P<between>(?:\s+[\w’'-]+){0,2}\s+)"
        r"(?P<determiner>\bthis\s+)?(?P<instrument>\bintervention\b|\bimprovement notice\b)",
        re.I,
    ),
)
_OF_ENDING = re.compile(
    rf"(?P<end>\b{_ENDING} (?:of|to)\b)(?P<between>[^;.]{{0,60}}?){_INSTRUMENT}{_NOT_A_FILE}", re.I
)
"""The end as a noun, which a sentence may also only consider."""
_CONFIRMED = re.compile(
    r"(?:^|\b(?:confirm|announc|notif|agreed|decided|approved)\w*\b.*)\W*(?:the )?$", re.I
)
_IN_A_TITLE = re.compile(
    rf"\b{_ENDING} letter\b[^;.]{{0,40}}?{_INSTRUMENT}"
    rf"|{_INSTRUMENT.replace('>', '_2>')}(?:[^;.]{{0,120}}[:–-]\s*{_ENDING}\s*$"
    rf"|\s+(?:to|for|in)\s{_ITS_OWN_VERB}{{0,70}}?\b{_CLOSED}\b)",
    re.I,
)
_CONDITION = re.compile(r"\b(?:until|unless|if|once|when(?:ever)?|whether|before|provided)\b", re.I)
_NOT_YET = re.compile(
    r"\b(?:not|never|cannot|may|might|can|could|would|will|shall|should|must|to be)\b"
)
"""In lower case, as May is a month."""
_UNTIL_THEN = re.compile(
    r"\b(?:until|unless|if|once|when)\b(?:\s+\w+){0,2}?\s*(?:(?:is|are|has been|have been)\s*)?$",
    re.I,
)
_GOES_ON_IF = re.compile(r"^[^;.]{0,40}?\b(?:when|once|if|unless|provided|only)\b", re.I)
_PRESENT = re.compile(r"\b(?:is|are|be)\s*$", re.I)
_EARLIER = re.compile(
    r"\b(?:previous|earlier|former|preceding|prior|first|original|old|another|other|each|any|no)"
    r"\s+(?:[\w’'-]+\s+){0,2}$",
    re.I,
)
_NAMED_BY = re.compile(rf"\b(?:of|in|on|dated)\s+(?P<date>{_DATE})|:\s+(?P<month>{_DATE})", re.I)
_ISSUED = re.compile(
    rf"\b(?:(?:issued|made|served|given)\b[^;.,]{{0,60}}?|of\s+|dated\s+)(?P<date>{_DATE})", re.I
)
_DAY = re.compile(rf"(?P<date>\d{{1,2}}(?:st|nd|rd|th)?\s+(?:{_MONTH})\s+20\d\d)", re.I)
_SENTENCE = re.compile(r"[^\n]+?(?:[.;!?](?=\s+[A-Z‹“\"(\[]|\s*(?:\n|$))|(?=\n|$))")


@dataclass(frozen=True)
class Ending:
    """An end that a text tells of: the sentence, the words for what has ended and whether it is
    said to be this one; as they are printed, when that had been issued and on which day it ended
    (empty where the sentence does not say)."""

    sentence: str
    instrument: str
    is_this: bool
    issued: str = ""
    day: str = ""


def issue_named_in(sentence: str) -> str:
    """Return when an instrument was issued, as a sentence prints it; empty where it does not."""
    return _date_of(_ISSUED.search(sentence))


def endings(text: str) -> Iterator[Ending]:
    """Yield the ends that a text tells of, at most one a sentence."""
    for hit in _SENTENCE.finditer(text):
        sentence = hit[0].strip()
        found = ending_of(sentence)
        if found is not None:
            yield found


def ending_of(sentence: str) -> Ending | None:
    """Return the end that a sentence tells of; None where it tells of none."""
    for hit in _hits(sentence):
        if not _is_earlier(sentence, hit) and not _is_unrealised(sentence, hit):
            return _made(sentence, hit)
    return None


def ending_of_title(title: str) -> Ending | None:
    """Return the end that a title or a change note tells of; None where it tells of none."""
    found = ending_of(title)
    if found is not None:
        return found

    hit = _OF_ENDING.search(title)
    if hit is not None and not _is_earlier(title, hit) and not _is_unrealised(title, hit):
        return _made(title, hit)

    named = _IN_A_TITLE.search(title)
    if named is None:
        return None
    return Ending(title, named["instrument"] or named["instrument_2"], False)


def _hits(sentence: str) -> Iterator[re.Match[str]]:
    for pattern in _PATTERNS:
        yield from pattern.finditer(sentence)
    for hit in _OF_ENDING.finditer(sentence):
        if _CONFIRMED.search(sentence[: hit.start()]):
            yield hit


def _made(sentence: str, hit: re.Match[str]) -> Ending:
    is_behind = hit.start("instrument") > hit.start("end")
    if is_behind:
        issued = _ISSUED.search(sentence, hit.end())
        day = _DAY.search(sentence, issued.end() if issued else hit.end())
    else:
        issued = _NAMED_BY.search(hit["between"])
        day = _DAY.search(sentence, hit.end("end"))

    return Ending(
        sentence,
        hit["instrument"],
        hit["determiner"] is not None,
        _date_of(issued),
        day["date"] if day else "",
    )


def _date_of(named: re.Match[str] | None) -> str:
    if named is None:
        return ""
    return next(printed for printed in named.groups() if printed)


def _is_earlier(sentence: str, hit: re.Match[str]) -> bool:
    """Return whether it is an earlier instrument that has ended, or none."""
    return _EARLIER.search(sentence[: hit.start("instrument")]) is not None


def _is_unrealised(sentence: str, hit: re.Match[str]) -> bool:
    """Return whether the end is a condition, denied, or to come."""
    starts = hit.start("instrument"), hit.start("end")
    before = sentence[: min(starts)]
    between = hit["between"] if starts[0] < starts[1] else ""
    if _CONDITION.search(before) or _NOT_YET.search(f"{before} {between}"):
        return True
    if _UNTIL_THEN.search(between):
        return True

    is_present = _PRESENT.search(sentence[: starts[1]])
    after = sentence[hit.end("end") :]
    return bool(is_present and _GOES_ON_IF.search(after))
