"""Interventions and partnerships in prose: notices, directions, commissioners, payments suspended;
one council helping another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from syncer.funding.endings import ending_of
from syncer.funding.mentions import Marked
from syncer.register.ministries import EDUCATION


@dataclass(frozen=True)
class Intervention:
    """Which councils, what was done ("improvement notice", "payments suspended"), and its state:
    "", "revised", "lifted"."""

    councils: tuple[str, ...]
    what: str
    status: str = ""


@dataclass(frozen=True)
class Help:
    """One council helps another."""

    helper: tuple[str, ...]
    helped: tuple[str, ...]


_INSTRUMENT = (
    r"(?P<what>improvement notice|statutory direction|direction(?=s? (?:(?:is|was|were|has been"
    r"|have been) )?(?:issued|made"
    r"|served|revoked|lifted|withdrawn|under|to ‹G|to the ‹G))|non-statutory notice"
    r"|notice to improve"
    r"|best value notice|warning notice)"
)
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_ISSUED = re.compile(
    rf"(?P<state>\b(?:revised|further|new|second|third|updated)\s+)?(?:statutory "
    rf"|non-statutory )?{_INSTRUMENT}s?\b"
    r"[^‹;.]{0,60}?\b(?:to|for|on|at|against|with)\s+(?:the )?‹G(?P<council>\d+)›",
    re.I,
)
_WAS_ISSUED = re.compile(
    rf"‹G(?P<council>\d+)›[^;.]{{0,60}}?\b(?:issued with|served with|given|handed|placed under"
    rf"|under|subject to|receiv(?:ed"
    rf"|es)|has had|had)\b[^‹;.]{{0,40}}?"
    rf"(?P<state>\b(?:revised|further|new|second|third|updated)\s+)?(?:statutory "
    rf"|non-statutory )?{_INSTRUMENT}\b",
    re.I,
)
_ITS_INSTRUMENT = re.compile(
    rf"‹G(?P<council>\d+)›['’]s?\s+(?P<state>\b(?:revised|further|new|second|third"
    rf"|updated)\s+)?(?:statutory "
    rf"|non-statutory )?{_INSTRUMENT}\b",
    re.I,
)
_SUBJECTS = re.compile(
    rf"\b(?:issu\w+|serv(?:ed|es|ing)|made|impos\w+|gave|given|handed)\b[^‹;.]{{0,30}}?"
    rf"(?P<state>\b(?:revised|further|new|second|third|updated)\s+)?(?:statutory |non-statutory )?"
    rf"{_INSTRUMENT.replace('under|to', 'under|in|on|to')}\b"
    rf"|^(?:[^‹;.]{{0,70}}:\s)?(?:an? )?(?P<state_2>(?:revised|further|new|second|third"
    rf"|updated)\s+)?"
    rf"{_INSTRUMENT.replace('what', 'what_2')}\b(?=,? \(?(?:issued |in |on |of "
    rf"|dated )?(?:\d+ )?(?:{_MONTHS})[a-z]* \d{{4}})",
    re.I,
)
_TO_COUNCIL = re.compile(
    rf"‹G(?P<council>\d+)›[^‹;.]{{0,30}}:\s*(?P<state>\b(?:revised|further|new|second|third"
    rf"|updated)\s+)?{_INSTRUMENT}\b",
    re.I,
)
_STOOD_DOWN = re.compile(
    r"\bcommissioners?\b[^;.]{0,40}?\b(?:has |have )?(?:stood|stepped|steps|standing) down\b", re.I
)
_SUSPENDED = re.compile(
    r"(?<!\w)(?:payments?|grants?|funding|instal+ments?|money|cash"
    r"|‹M\d+›)[^;.]{0,45}?\b(?P<what>suspended|withheld|paused"
    r"|stopped|frozen|halted)\b"
    r"|\b(?P<verb>suspend(?:s|ed|ing)?|withhold(?:s|ing)?|withheld|paus(?:es?|ed|ing)"
    r"|fr(?:eezes|oze|ozen)|halts?"
    r"|halted)\b[^;.]{0,30}?\b(?:payments?|grants?|funding|instal+ments?|money|‹M\d+›)",
    re.I,
)
_RESUMED = re.compile(
    r"\b(?:payments?|funding|grants?)\b[^‹;.]{0,20}?\b(?:resum\w+|restarted|reinstated|restored)\b",
    re.I,
)
_COMMISSIONER_FOR = (
    re.compile(
        r"‹G(?P<council>\d+)›(?: to)? (?:gets?|is given|given|has) (?:an? )?(?:new |children['’]s "
        r"|services )*commissioner\b",
        re.I,
    ),
    re.compile(
        r"(?:‹G(?P<council>\d+)›[^;.‹]{0,60})?\b(?:stay|remain|continue|serve|act)(?:s|ed"
        r"|ing)? (?:on )?as (?:\w+ "
        r"|children['’]s services )*"
        r"commissioner\b",
        re.I,
    ),
    re.compile(
        r"(?<!-)\bappoint(?:s|ed|ing"
        r"|ment)?\b[^;.]{0,80}?\bcommissioners?\b(?: [^;.‹]{0,60}?(?:for|in|to|at|over"
        r"|of))?(?:[^;.‹]{0,40}‹G(?P<council>\d+)›)?",
        re.I,
    ),
    re.compile(
        r"\bcommissioners?\b(?: for children['’]s (?:services"
        r"|social care))?[^;.‹]{0,30}?(?:has been |have been |is "
        r"|was |were |are |to be )?(?:appointed|sent|installed|imposed|brought)"
        r"(?:[^;.‹]{0,40}‹G(?P<council>\d+)›)?",
        re.I,
    ),
    re.compile(
        r"^(?:the |a |its )?(?:DfE |‹F\d+› |government |children['’]s "
        r"|improvement )*commissioners?\b(?!['’])(?:(?: for| in| at"
        r"| to) (?:children['’]s (?:services|social care)(?: (?:in"
        r"|at))?\s*)?(?:‹G(?P<council>\d+)›)?)?"
        r"[^;.]{0,30}?\b(?:due|to|will|has|is|reports?|reported|recommend\w*)\b",
        re.I,
    ),
    re.compile(
        r"\b(?:sends?|sent|sending|brought|put) in (?:an? |the "
        r"|its )?(?:\w+ ){0,2}?commissioners?\b(?:[^;.‹]{0,40}?(?:to|into|at|for)"
        r" ‹G(?P<council>\d+)›)?",
        re.I,
    ),
    re.compile(
        r"\b(?:sends?|sent|sending|put(?:s|ting)?"
        r"|install\w*)\b[^;.‹]{0,30}\bcommissioners?\b[^;.‹]{0,20}(?:to|into"
        r"|in) ‹G(?P<council>\d+)›",
        re.I,
    ),
    re.compile(
        r"‹G(?P<council>\d+)›[^;.]{0,60}?\b(?:commissioners? (?:appointed|sent|installed)"
        r"|(?:placed|put|under"
        r"|run by)[^;.‹]{0,40} commissioners?)\b",
        re.I,
    ),
)
_PAST = re.compile(
    r"\b(?:former(?:ly)?|ex-|then|previous(?:ly)?|by the|police and crime|information|electoral"
    r"|charity"
    r"|children['’]s commissioner for England)\s*$",
    re.I,
)
_NOT_OURS = re.compile(
    r"\b(?:police and crime|information|electoral|charity|traffic|boundary) commissioner"
    r"|children['’]s commissioner\b|integrated commissioner",
    re.I,
)
_HELP = (
    re.compile(
        r"‹G(?P<helper>\d+)›[^‹;.]{0,40}?\b(?:is|was|as|became|becomes|acts as|acted as"
        r"|be) ‹G(?P<helped>\d+)›['’]s? improvement partner",
        re.I,
    ),
    re.compile(
        r"‹G(?P<helper>\d+)›(?:['’]s?)?(?:(?:(?!‹G)[^;.]){0,60}?)\b(?:work(?:s|ing)?"
        r"|partner(?:s|ed|ing|ship)?|paired|twinned"
        r"|help(?:s|ing)?|support(?:s|ing)?|assist(?:s|ing)?|mentor(?:s|ing)?)\b"
        r"(?:\s+(?:with|to|for))?(?:\s+(?:help"
        r"|support))?\s+(?:the )?‹G(?P<helped>\d+)›",
        re.I,
    ),
    re.compile(
        r"‹G(?P<helper>\d+)›[^‹;.]{0,60}?\bimprovement partner(?:ship)?\b[^‹;.]{0,30}?\b(?:with"
        r"|for|of|to"
        r"|by)\s+(?:the )?‹G(?P<helped>\d+)›",
        re.I,
    ),
    re.compile(
        r"‹G(?P<helped>\d+)›[^‹;.]{0,60}?\b(?:supported|helped|assisted|mentored|run|overseen"
        r"|paired|partnered)\s+(?:by"
        r"|with)\s+(?:the )?‹G(?P<helper>\d+)›[^;.]{0,60}(?:improv|children['’]s services|partner)",
        re.I,
    ),
)
_TO_IMPROVE = re.compile(
    r"\bimprov\w+|\binadequate|\bstruggling|\bweaker|\bto help\b|\bsector[- ]led|‹P\d+›", re.I
)
_PARTNERSHIP_WITH = re.compile(
    r"\bimprovement partner(?:ship)?\s+with\s+(?:the )?‹G(?P<helped>\d+)›", re.I
)
_TITLE_WHAT = {"direction": "statutory direction"}
_DENIED = re.compile(
    r"\b(?:no(?! longer)|not|without|avoid\w*|risk of|could|may|might|if)\b[^‹;.]{0,40}$", re.I
)
_MAY_SUSPEND = re.compile(
    r"\b(?:may|could|might|would|if|risk)\b[^;.]{0,40}\b(?:suspend|withh|paus)", re.I
)
_BY_ONE = re.compile(r"\bby\b[^;.‹]{0,60}(?:‹G\d+›[^;.]{0,40})?and the [^.;]{0,20}$")
_CLAUSES = re.compile(r"[;.]\s")
_COUNCIL = re.compile(r"‹G(\d+)›")


def interventions(marked: Marked, subject: tuple[str, ...]) -> list[Intervention]:
    """Return every intervention this sentence tells of. `subject` is the council whose paper this
    is, meant where none is named."""
    if marked.text.rstrip().endswith("?"):
        return []

    return [
        *_instruments(marked, subject),
        *_suspensions(marked, subject),
        *_commissioners(marked, subject),
    ]


# -- Notices and directions ------------------------------------------------------------------------


@dataclass(frozen=True)
class _Instrument:
    """A notice or direction as the words found there print it."""

    hit: re.Match[str]
    name: str
    state: str | None
    councils: tuple[str, ...]


def _instruments(marked: Marked, subject: tuple[str, ...]) -> Iterator[Intervention]:
    """Yield the notices and directions that the sentence does not deny."""
    found = [*_to_named(marked), *_to_subject(marked, subject)]
    for one in found:
        if not _is_denied(marked.text, one.hit, one.name):
            yield _intervention(one, marked.text)


def _intervention(one: _Instrument, text: str) -> Intervention:
    """Return a notice or direction as an intervention in the state of which the sentence tells."""
    return Intervention(
        one.councils,
        _instrument_name(one.name),
        _status(text, one.state),
    )


def _to_named(marked: Marked) -> Iterator[_Instrument]:
    """Yield those to councils that the sentence names."""
    for pattern in (_ISSUED, _WAS_ISSUED, _ITS_INSTRUMENT, _TO_COUNCIL):
        for hit in pattern.finditer(marked.text):
            councils = _councils(marked, hit["council"])
            yield _Instrument(hit, hit["what"], hit["state"], councils)


def _to_subject(marked: Marked, subject: tuple[str, ...]) -> Iterator[_Instrument]:
    """Yield those to the council whose paper this is."""
    if not subject or _names_councils(marked):
        return

    for hit in _SUBJECTS.finditer(marked.text):
        yield _instrument_of_subject(hit, subject)


def _instrument_of_subject(hit: re.Match[str], subject: tuple[str, ...]) -> _Instrument:
    name = hit["what"] or hit["what_2"]
    state = hit["state"] or hit["state_2"]
    return _Instrument(
        hit=hit,
        name=name,
        state=state,
        councils=subject,
    )


def _is_denied(text: str, hit: re.Match[str], name: str) -> bool:
    """Return whether the words before the notice's name deny it."""
    before = text[: hit.start() + hit[0].find(name)]
    return _DENIED.search(before) is not None


def _instrument_name(printed: str) -> str:
    what = " ".join(printed.lower().split())
    return _TITLE_WHAT.get(what, what)


def _status(text: str, state: str | None) -> str:
    """Return "lifted", "revised", or "" for one that was issued."""
    if ending_of(text):
        return "lifted"

    is_revised = (state or "").strip().lower() in ("revised", "updated")
    if is_revised:
        return "revised"
    return ""


# -- Payments suspended ----------------------------------------------------------------------------


def _suspensions(marked: Marked, subject: tuple[str, ...]) -> list[Intervention]:
    """Return payments stopped for the councils the clause names."""
    if not _tells_of_suspension(marked.text):
        return []

    state = "resumed" if _RESUMED.search(marked.text) else ""
    units = list(_suspended_units(marked)) or _unnamed(marked, subject)
    return [Intervention(unit, "payments suspended", state) for unit in units]


def _tells_of_suspension(text: str) -> bool:
    """Return whether payments were stopped, and not only may be."""
    if _MAY_SUSPEND.search(text):
        return False
    return _SUSPENDED.search(text) is not None


def _unnamed(marked: Marked, subject: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return the council whose paper this is, where the sentence names none."""
    if not subject or _names_councils(marked):
        return []
    return [subject]


def _suspended_units(marked: Marked) -> Iterator[tuple[str, ...]]:
    """Yield the councils of the clauses that speak of suspension."""
    for clause in _CLAUSES.split(marked.text):
        if not _SUSPENDED.search(clause):
            continue
        for number in _COUNCIL.findall(clause):
            yield from marked.groups[int(number)].units


# -- Commissioners ---------------------------------------------------------------------------------


def _commissioners(marked: Marked, subject: tuple[str, ...]) -> list[Intervention]:
    """Return the commissioner that the education ministry appoints for a council."""
    if _is_of_another_ministry(marked):
        return []

    councils = _commissioner_for(marked, subject)
    if not councils:
        return []
    return [Intervention(councils, "commissioner", _commission_status(marked.text))]


def _is_of_another_ministry(marked: Marked) -> bool:
    """Return whether a sentence names other ministries and not that of education, or other
    commissioners."""
    ministries = [name for name in marked.funders if name]
    if ministries and EDUCATION not in ministries:
        return True
    return _NOT_OURS.search(marked.text) is not None


def _commission_status(text: str) -> str:
    """Return "lifted" where a commissioner's work has ended and no other is appointed."""
    has_ended = ending_of(text) or _STOOD_DOWN.search(text)
    if has_ended and "appoint" not in text:
        return "lifted"
    return ""


def _commissioner_for(marked: Marked, subject: tuple[str, ...]) -> tuple[str, ...]:
    """Return the councils that a commissioner is for, by the first words that say it."""
    for pattern in _COMMISSIONER_FOR:
        hit = pattern.search(marked.text)
        if hit is None or _is_past_or_by_one(marked.text, hit):
            continue
        councils = _commissioned(marked, hit["council"], subject)
        if councils:
            return councils

    return ()


def _is_past_or_by_one(text: str, hit: re.Match[str]) -> bool:
    """Return whether the sentence tells of the past, or of what a commissioner does."""
    if _PAST.search(text[: hit.start()]):
        return True
    return _is_by_one(text, hit)


def _is_by_one(text: str, hit: re.Match[str]) -> bool:
    """Return whether the commissioner of these words is the one who acts."""
    within = hit[0].lower().find("commissioner")
    place = hit.start() + within
    return _BY_ONE.search(text[:place]) is not None


def _commissioned(marked: Marked, council: str | None, subject: tuple[str, ...]) -> tuple[str, ...]:
    """Return for whom the commissioner is: the council beside it, else the only one named, else the
    one whose paper this is."""
    if council:
        return _councils(marked, council)

    named = _COUNCIL.findall(marked.text)
    if not named:
        return subject
    if len(named) == 1:
        return _councils(marked, named[0])
    return ()


# -- Partnerships ----------------------------------------------------------------------------------


def helps(marked: Marked, subject: tuple[str, ...]) -> list[Help]:
    """Return every council that this sentence says helps another to improve."""
    found = [*_helps_named(marked)]
    if not found and subject:
        found += _help_by_subject(marked, subject)
    return [help for help in found if not set(help.helper) & set(help.helped)]


def _help_by_subject(marked: Marked, subject: tuple[str, ...]) -> Iterator[Help]:
    """Yield whom the council whose paper this is helps."""
    partner = _PARTNERSHIP_WITH.search(marked.text)
    if partner:
        helped = _councils(marked, partner["helped"])
        yield Help(subject, helped)


def _helps_named(marked: Marked) -> Iterator[Help]:
    if not _TO_IMPROVE.search(marked.text):
        return

    for pattern in _HELP:
        for hit in pattern.finditer(marked.text):
            yield _help(marked, hit)


def _help(marked: Marked, hit: re.Match[str]) -> Help:
    """Return who helps whom by these words."""
    return Help(
        _councils(marked, hit["helper"]),
        _councils(marked, hit["helped"]),
    )


def _councils(marked: Marked, number: str) -> tuple[str, ...]:
    """Return the councils of the mark with this number."""
    return marked.groups[int(number)].councils


def _names_councils(marked: Marked) -> bool:
    return "‹G" in marked.text
