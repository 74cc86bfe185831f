"""A sentence with its names and figures replaced by marks, so that the rules on who gives what to
whom read as grammar:

    "DfE will pay Bracknell Forest £16 million and Wiltshire £67 million."  →  "‹F0› will pay ‹G0›
    ‹M0› and ‹G1› ‹M1›."

‹G0› is a council or a run of councils ("Ealing, Camden and Essex"), ‹M0› an amount, ‹Y0› a period,
‹P0› a programme, ‹F0› a ministry.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from syncer.model import Money
from syncer.quantities.money import read_money
from syncer.quantities.periods import Period, find_periods
from syncer.register.council_names import Mention
from syncer.register.programmes import Programme, Programmes


@dataclass(frozen=True)
class Group:
    """Councils named in one run. A unit is one council, or several that act as one ("… and … in
    partnership", a shared trust)."""

    units: tuple[tuple[str, ...], ...]

    @property
    def councils(self) -> tuple[str, ...]:
        """Every council of the run, in order, once."""
        return tuple(dict.fromkeys(slug for unit in self.units for slug in unit))


@dataclass(frozen=True)
class Marked:
    """The sentence as marked, and what the marks stand for (by number)."""

    text: str
    groups: tuple[Group, ...]
    money: tuple[Money, ...]
    periods: tuple[Period, ...]
    programmes: tuple[Programme, ...]
    funders: tuple[str, ...]


FUNDERS = (
    (
        "DfE",
        re.compile(
            r"(?:\b[Tt]he )?\b(?:[Cc]hildren['’]s|[Ee]ducation"
            r"|[Cc]hildren and families) (?:[Mm]inister|[Ss]ecretary)\b"
            r"|\bSecretary of State for Education\b|"
            r"\b(?:the )?Department for Education(?: \(DfE\))?(?!\w)|\bDfE\b|\bDFE\b"
            r"|\bDep(?:artment|t\.?) (?:for|of) Education\b|\bEducation Department\b"
            r"|\bDepartment for Children, Schools and Families\b|\bDCSF\b"
        ),
    ),
    (
        "MHCLG",
        re.compile(
            r"\b(?:the )?Ministry (?:of|for) Housing,? Communities (?:and"
            r"|&) Local Government(?: \(MHCLG\))?|\bMHCLG\b"
            r"|\bMinister of State for Local Government\b"
        ),
    ),
    (
        "DLUHC",
        re.compile(
            r"\b(?:the )?Department (?:of|for) Levelling[- ]Up,? Housing (?:and"
            r"|&) Communities(?: \(DLUHC\))?"
            r"|\bDLUHC\b"
        ),
    ),
    (
        "DCLG",
        re.compile(
            r"\b(?:the )?Department (?:of|for) Communities (?:and"
            r"|&) Local Government(?: \(DCLG\))?|\bDCLG\b"
        ),
    ),
)
_MINISTRY_OR_MORE = re.compile(
    r"\b(?<![Ll]ocal )(?:central |national |UK )?[Gg]overnment\b|\b[Mm]inisters?\b(?! of)"
    r"|\b[Tt]he [Dd]epartment\b|\bWhitehall\b|\bTreasury\b"
)
_COUNCIL_WORDS = (
    r"(?:['’]s? (?=(?:city|county|borough|metropolitan|district|council|children['’]s (?:services"
    r"|social care)(?!['’\w ]*(?:programme|project|trust fund)))))?"
    r"(?: ?(?:\((?:MBC|CC|BC|LBC|UA)\)|city council|county council|borough council"
    r"|metropolitan borough council"
    r"|metropolitan district council|district council|borough(?! of)"
    r"|unitary authority|councils?|local authorit(?:y|ies)|authorit(?:y|ies)|MBC|MDC|LA"
    r"|children['’]?s?['’]? (?:services?|social care)(?: (?:trust|department"
    r"|directorate))?(?! (?:programme|project|innovation"
    r"|grant))|trust))*"
)
_MEMBER = re.compile(r"‹c\d+›" + _COUNCIL_WORDS, re.I)
_JOINT = re.compile(
    r"(?:['’]s(?=\s+and\s+‹c\d+›['’]s))?(?:\s*,\s*(?:and\s+|&\s+)?|\s+and\s+|\s*&\s*|\s*/\s*"
    r"|\s+plus\s+|\s+as well as\s+"
    r"|\s+together with\s+|[-–]"
    r"|\s+with\s+(?=‹c\d+› as )|\s*,\s*(?:along "
    r"|together )?with\s+(?=(?:the )?‹c\d+›[^‹,;]{0,20},))"
    r"(?:both\s+|the\s+|in\s+)?(?=‹c\d+›)",
    re.I,
)
_SEMICOLON = re.compile(r"\s*;\s*(?:and\s+)?(?:the\s+)?(?=‹c\d+›[^‹;:]{0,30}(?:;|\.|$))")
_NEW_SUBJECT = re.compile(
    r"(?:\s+(?:will|has|have|had|was|were|is|are|also|been|be|meanwhile|would))*\s+(?:receiv"
    r"|get|got|secur|w[io]n|award|giv"
    r"|grant|allocat|hand|promis)[^;]*‹M\d+›"
    r"|\s*(?:[:–—(-]\s*)?(?:with |gets |up to )?‹M\d+›|\s*:"
)
_AFTER_OBJECT = re.compile(r"(?:\b(?:for|to|in|of)\s+(?:the\s+)?|‹M\d+›\s*\(?)$")
_BASED = re.compile(
    r"‹c(\d+)›(?=[- ]based\b|[- ]led\b(?! (?:consortium|partnership))|[- ]born\b)", re.I
)
_TOGETHER = re.compile(
    r"\s*,?\s*\(?(?:(?:working|acting|bidding)\s+)?(?:in\s+(?:a\s+)?(?:partnership|consortium)"
    r"|jointly|together"
    r"|as a (?:partnership|consortium)|combined)\b(?! with| for children)",
    re.I,
)


def mark(
    text: str, councils: Sequence[Mention], programmes: Programmes, on: dt.date | None = None
) -> Marked:
    """The marked sentence. `councils` are the mentions in it, by their places in `text`; ambiguous
    ones are left as words."""
    spans: list[tuple[int, int, str]] = []

    # The first to claim a place keeps it: an amount before a programme, a council before a period.
    amounts = read_money(text)
    _claim(spans, [(m.start, m.end, f"‹M{i}›") for i, m in enumerate(amounts)])

    named = programmes.mentions(text, on)
    _claim(spans, [(m.start, m.end, f"‹P{i}›") for i, m in enumerate(named)])

    known = [mention for mention in councils if not mention.ambiguous]
    _claim(spans, [(m.start, m.end, f"‹c{i}›") for i, m in enumerate(known)])

    periods = find_periods(text)
    _claim(spans, [(p.start, p.end, f"‹Y{i}›") for i, p in enumerate(periods)])

    givers = _givers(text)
    _claim(spans, [(start, end, f"‹F{i}›") for i, (start, end, _) in enumerate(givers)])

    replaced = _replaced(text, spans)
    written, groups = _grouped(replaced, [mention.slugs for mention in known])
    written = _trusts_explained(written, groups)
    return Marked(
        written,
        tuple(groups),
        tuple(m.money for m in amounts),
        tuple(periods),
        tuple(m.programme for m in named),
        tuple(name for _, _, name in givers),
    )


def _givers(text: str) -> list[tuple[int, int, str]]:
    """Return the ministries' places and names; the name is empty for "the government"."""
    found: list[tuple[int, int, str]] = []
    for name, pattern in FUNDERS:
        found += [(one.start(), one.end(), name) for one in pattern.finditer(text)]
    found += [(one.start(), one.end(), "") for one in _MINISTRY_OR_MORE.finditer(text)]
    return found


def _claim(spans: list[tuple[int, int, str]], wanted: Sequence[tuple[int, int, str]]) -> None:
    """Add the spans that no earlier one overlaps."""
    for start, end, sign in wanted:
        if all(end <= other[0] or other[1] <= start for other in spans):
            spans.append((start, end, sign))


def _replaced(text: str, spans: Sequence[tuple[int, int, str]]) -> str:
    for start, end, sign in sorted(spans, reverse=True):
        text = text[:start] + sign + text[end:]
    return _BASED.sub("local", text)


def _grouped(text: str, slugs: Sequence[tuple[str, ...]]) -> tuple[str, list[Group]]:
    """Runs of councils become one mark each."""
    written, groups, at = "", list[Group](), 0
    while first := _MEMBER.search(text, at):
        end, items = first.end(), [[slugs[_number(first[0])]]]
        before = text[: first.start()]
        while joint := (_JOINT.match(text, end) or _SEMICOLON.match(text, end)):
            member = _MEMBER.match(text, joint.end())
            if not member or _starts_anew(text, before, member):
                break
            if "," in joint[0] or ";" in joint[0]:
                items.append([])
            items[-1].append(slugs[_number(member[0])])
            end = member.end()
        if _TOGETHER.match(text, end):
            items[-1] = [tuple(slug for unit in items[-1] for slug in unit)]
        written += text[at : first.start()] + f"‹G{len(groups)}›"
        groups.append(Group(tuple(unit for item in items for unit in item)))
        at = end
    return written + text[at:], groups


def _trusts_explained(text: str, groups: list[Group]) -> str:
    """A shared trust with its councils in brackets: "Achieving for Children (Kingston and
    Richmond)" is those named, as one."""
    for found in reversed(list(re.finditer(r"‹G(\d+)›\s+\(‹G(\d+)›(?:, \d{4})?\)", text))):
        trust, named = groups[int(found[1])], groups[int(found[2])]
        if len(trust.councils) > 1 and set(named.councils) <= set(trust.councils):
            groups[int(found[1])] = Group((named.councils,))
            text = text[: found.start()] + f"‹G{found[1]}›" + text[found.end() :]
    return text


def _starts_anew(text: str, before: str, member: re.Match[str]) -> bool:
    """Whether this council begins a clause of its own: "… £4m for Leeds and Hull will get £2m"."""
    clause = before.rpartition(";")[2]
    return (
        "‹M" in clause
        and bool(_AFTER_OBJECT.search(clause))
        and bool(_NEW_SUBJECT.match(text, member.end()))
    )


def _number(sign: str) -> int:
    return int(sign[2 : sign.index("›")])
