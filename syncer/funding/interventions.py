"""Interventions and partnerships in prose: notices, directions, commissioners, payments suspended;
one council helping another."""

from __future__ import annotations

import re
from dataclasses import dataclass

from syncer.funding.mentions import Marked
from syncer.funding.scope import EDUCATION


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
_ENDED = re.compile(
    r"\b(?:lift(?:ed|s|ing)?|revok(?:ed|es|ing)|withdrawn|removed?|closed?|closure|end(?:ed|s)?"
    r"|discharged"
    r"|released from|no longer (?:under|subject))\b",
    re.I,
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


def interventions(marked: Marked, subject: tuple[str, ...]) -> list[Intervention]:
    """Every intervention this sentence tells of. `subject` is the council whose paper this is,
    meant where none is named."""
    found: list[Intervention] = []
    if marked.text.rstrip().endswith("?"):
        return found
    for read in (_instruments, _suspensions, _commissioners):
        found += read(marked, subject)
    return found


def _instruments(marked: Marked, subject: tuple[str, ...]) -> list[Intervention]:
    found = []
    for pattern in (_ISSUED, _WAS_ISSUED, _ITS_INSTRUMENT, _TO_COUNCIL):
        for hit in pattern.finditer(marked.text):
            found += _instrument(
                marked.text,
                hit,
                hit["what"],
                hit["state"],
                marked.groups[int(hit["council"])].councils,
            )
    if subject and "‹G" not in marked.text:
        for hit in _SUBJECTS.finditer(marked.text):
            found += _instrument(
                marked.text,
                hit,
                hit["what"] or hit["what_2"],
                hit["state"] or hit["state_2"],
                subject,
            )
    return found


def _instrument(
    text: str, hit: re.Match[str], name: str, state: str | None, councils: tuple[str, ...]
) -> list[Intervention]:
    """The notice or direction found there, unless the words before it deny it."""
    before = text[: hit.start() + hit[0].find(name)]
    if re.search(
        r"\b(?:no(?! longer)|not|without|avoid\w*|risk of|could|may|might|if)\b[^‹;.]{0,40}$",
        before,
        re.I,
    ):
        return []
    what = " ".join(name.lower().split())
    revised = (state or "").strip().lower() in ("revised", "updated")
    status = "lifted" if _ENDED.search(text) else "revised" if revised else ""
    return [Intervention(councils, _TITLE_WHAT.get(what, what), status)]


def _suspensions(marked: Marked, subject: tuple[str, ...]) -> list[Intervention]:
    """Payments stopped for the councils the clause names."""
    if not _SUSPENDED.search(marked.text) or re.search(
        r"\b(?:may|could|might|would|if|risk)\b[^;.]{0,40}\b(?:suspend|withh"
        r"|paus)",
        marked.text,
        re.I,
    ):
        return []
    state = "resumed" if _RESUMED.search(marked.text) else ""
    names = [
        int(number)
        for clause in re.split(r"[;.]\s", marked.text)
        if _SUSPENDED.search(clause)
        for number in re.findall(r"‹G(\d+)›", clause)
    ]
    if not names and subject and "‹G" not in marked.text:
        return [Intervention(subject, "payments suspended", state)]
    return [
        Intervention(unit, "payments suspended", state)
        for number in names
        for unit in marked.groups[number].units
    ]


def _commissioners(marked: Marked, subject: tuple[str, ...]) -> list[Intervention]:
    others = [name for name in marked.funders if name]
    if _NOT_OURS.search(marked.text) or (others and EDUCATION not in others):
        return []
    for pattern in _COMMISSIONER_FOR:
        hit = pattern.search(marked.text)
        if (
            hit is None
            or _PAST.search(marked.text[: hit.start()])
            or re.search(
                r"\bby\b[^;.‹]{0,60}(?:‹G\d+›[^;.]{0,40})?and the [^.;]{0,20}$",
                marked.text[: hit.start() + hit[0].lower().find("commissioner")],
            )
        ):
            continue
        named = re.findall(r"‹G(\d+)›", marked.text)
        number = hit["council"] or (named[0] if len(named) == 1 else "")
        councils = marked.groups[int(number)].councils if number else (subject if not named else ())
        if councils:
            return [
                Intervention(
                    councils,
                    "commissioner",
                    "lifted" if _ENDED.search(marked.text) and "appoint" not in marked.text else "",
                )
            ]
    return []


def helps(marked: Marked, subject: tuple[str, ...]) -> list[Help]:
    """Every council that this sentence says helps another to improve."""
    found = []
    for pattern in _HELP if _TO_IMPROVE.search(marked.text) else ():
        for hit in pattern.finditer(marked.text):
            found.append(
                Help(
                    marked.groups[int(hit["helper"])].councils,
                    marked.groups[int(hit["helped"])].councils,
                )
            )
    if not found and subject and (partner := _PARTNERSHIP_WITH.search(marked.text)):
        found.append(Help(subject, marked.groups[int(partner["helped"])].councils))
    return [help for help in found if not set(help.helper) & set(help.helped)]
