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
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Protocol

from syncer.model import Money, Qualifier
from syncer.quantities.money import MoneyMention, read_money
from syncer.quantities.periods import Period, find_periods
from syncer.register.council_names import Mention
from syncer.register.ministries import EDUCATION
from syncer.register.programmes import Programme, Programmes


@dataclass(frozen=True)
class Group:
    """Councils named in one run. A unit is one council, or several that act as one ("… and … in
    partnership", a shared trust)."""

    units: tuple[tuple[str, ...], ...]

    @property
    def councils(self) -> tuple[str, ...]:
        """Return every council of the run, in order, once."""
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
            r"(?:\b[Tt]he )?\b(?:[Cc]hildren['’]s|[Ee]ducation|[Ss]chools"
            r"|[Cc]hildren and families) (?:[Mm]inisters?|[Ss]ecretary)\b"
            r"|\bSecretary of State (?:for Education\b|\(Education\))|"
            r"\b(?:the )?Department for Education(?: \(DfE\))?(?!\w)|\bDfE\b|\bDFE\b"
            r"|\bDep(?:artment|t\.?) (?:for|of) Education\b"
            r"|\b[Ee]ducation (?:[Dd]epartment|[Oo]fficials|[Cc]hiefs)\b"
            r"|\bDepartment for Children, Schools and Families\b|\bDCSF\b"
        ),
    ),
    (
        "MHCLG",
        re.compile(
            r"\b(?:the )?Ministry (?:of|for) Housing,? Communities (?:and"
            r"|&) Local Government(?: \(MHCLG\))?|\bMHCLG\b"
            r"|\b[Cc]ommunities (?:[Mm]inisters?|[Ss]ecretary|[Dd]epartment)\b"
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
THE_DEPARTMENT = "the department"
"""A ministry without its name: the one that the page names elsewhere, where it names one only."""
_DEPARTMENT = re.compile(
    r"\b(?:[Tt]he|[Tt]his|[Mm]y|[Oo]ur) Department\b|\b[Tt]he department\b|\b[Mm]inisters\b"
    r"|\bSecretary of State\b(?! (?:for|\())"
)
_OF_EDUCATION = re.compile(
    r"\bschools['’]? forum\b|\bdedicated schools grant\b|\bDSG\b|\bOfsted\b|\bSEND\b"
    r"|\bhigh needs\b|\bchildren['’]s (?:services|social care)\b|\bsocial work\w*\b"
    r"|\bcare leavers\b|\bfoster\w*\b",
    re.I,
)
_MINISTRY_OR_MORE = re.compile(
    r"\b(?<![Ll]ocal )(?:central |national |UK )?[Gg]overnment\b|\b[Mm]inister\b(?! of)"
    r"|\bWhitehall\b|\bTreasury\b"
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
_BARE_SUM = re.compile(r"\s*[:–-]?\s*(?P<pounds>\d{1,3}(?:,\d{3})+)(?=\s*(?:$|[;,.)]|and\b))")
_ASIDE = re.compile(
    r"(?P<council>‹G\d+›)\s*,\s*(?:which|who|whose|where|one of|home to|like|already|still)\b"
    r"[^‹,;.:()]{3,90},(?=\s)",
    re.I,
)
"""What is said of a council by the way, with no sum, giver or other council in it."""
_EXPLAINED = re.compile(r"‹G(\d+)›\s+\(‹G(\d+)›(?:, \d{4})?\)")


@dataclass(frozen=True)
class _Span:
    """Where a mark replaces words."""

    start: int
    end: int
    sign: str


def mark(
    text: str, councils: Sequence[Mention], programmes: Programmes, on: dt.date | None = None
) -> Marked:
    """Return the marked sentence. `councils` are the mentions in it, by their places in `text`;
    ambiguous ones are left as words."""
    amounts = read_money(text) or _bare_sums(text, councils)
    named = programmes.mentions(text, on)
    known = [mention for mention in councils if not mention.ambiguous]
    periods = find_periods(text)
    givers = _givers(text)

    # The first to claim a place keeps it: an amount before a programme, a council before a period.
    by_claim: dict[str, Sequence[_Placed]] = {
        "M": amounts,
        "P": named,
        "c": known,
        "Y": periods,
        "F": givers,
    }
    spans = _spans(by_claim)
    slugs = [mention.slugs for mention in known]
    written, groups = _grouped(_replaced(text, spans), slugs)
    return Marked(
        _ASIDE.sub(r"\g<council>", _trusts_explained(written, groups)),
        tuple(groups),
        tuple(amount.money for amount in amounts),
        tuple(periods),
        tuple(mention.programme for mention in named),
        tuple(giver.name for giver in givers),
    )


def _bare_sums(text: str, councils: Sequence[Mention]) -> list[MoneyMention]:
    """Return the figures of "Ealing 62,000; Hillingdon 58,500": where no sum has its sign, and at
    least two councils are followed by a figure of thousands."""
    found = []
    for council in councils:
        figure = _BARE_SUM.match(text, council.end)
        if figure is not None:
            found.append(_bare_sum(figure))

    return found if len(found) > 1 else []


def _bare_sum(figure: re.Match[str]) -> MoneyMention:
    pounds = int(figure["pounds"].replace(",", ""))
    money = Money(pounds, Qualifier.EXACT, figure["pounds"], pounds, pounds)
    return MoneyMention(money, figure.start("pounds"), figure.end("pounds"))


class _Placed(Protocol):
    """What stands at a place of the text."""

    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...


@dataclass(frozen=True)
class _Giver:
    """A ministry at a place of the text; the name is empty for "the government"."""

    start: int
    end: int
    name: str


def _givers(text: str) -> list[_Giver]:
    patterns = (*FUNDERS, (THE_DEPARTMENT, _DEPARTMENT), ("", _MINISTRY_OR_MORE))
    found = []
    for name, pattern in patterns:
        for one in pattern.finditer(text):
            found.append(_Giver(one.start(), one.end(), name))

    return found


def _spans(by_claim: Mapping[str, Sequence[_Placed]]) -> list[_Span]:
    """Return the spans of all that was found, by the kinds of their marks, the first claim
    first."""
    spans: list[_Span] = []
    for kind, found in by_claim.items():
        _claim(spans, kind, found)

    return spans


def _claim(spans: list[_Span], kind: str, found: Sequence[_Placed]) -> None:
    """Add a span for each of what was found that no earlier span overlaps; a mark's number is its
    place among what was found."""
    for number, one in enumerate(found):
        if _is_free(one, spans):
            sign = f"‹{kind}{number}›"
            spans.append(_Span(one.start, one.end, sign))


def _is_free(one: _Placed, spans: Sequence[_Span]) -> bool:
    """Return whether none of the spans overlaps it."""
    return not any(one.start < span.end and span.start < one.end for span in spans)


def _replaced(text: str, spans: Sequence[_Span]) -> str:
    from_the_end = sorted(spans, key=lambda span: span.start, reverse=True)
    for span in from_the_end:
        text = text[: span.start] + span.sign + text[span.end :]

    return _BASED.sub("local", text)


# -- Runs of councils ------------------------------------------------------------------------------


def _grouped(text: str, slugs: Sequence[tuple[str, ...]]) -> tuple[str, list[Group]]:
    """Return the text with one mark for each run of councils, and the runs."""
    written = ""
    groups: list[Group] = []
    at = 0
    while first := _MEMBER.search(text, at):
        group, end = _run_from(text, first, slugs)
        written += text[at : first.start()] + f"‹G{len(groups)}›"
        groups.append(group)
        at = end

    return written + text[at:], groups


def _run_from(
    text: str, first: re.Match[str], slugs: Sequence[tuple[str, ...]]
) -> tuple[Group, int]:
    """Return the run that begins with this council, and where it ends: one unit each, unless those
    of its last item act together."""
    items, end = _items_from(text, first, slugs)
    if _TOGETHER.match(text, end):
        items[-1] = [_as_one(items[-1])]

    units = chain.from_iterable(items)
    return Group(tuple(units)), end


def _as_one(units: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the councils of several units as one unit, which acts together."""
    return tuple(chain.from_iterable(units))


def _items_from(
    text: str, first: re.Match[str], slugs: Sequence[tuple[str, ...]]
) -> tuple[list[list[tuple[str, ...]]], int]:
    """Return the items of the run, and where it ends. Commas part them; "and" joins councils to
    one item."""
    number = mark_number(first[0])
    items = [[slugs[number]]]
    end = first.end()
    while joined := _next_of_run(text, first, end):
        joint, member = joined
        if "," in joint or ";" in joint:
            items.append([])

        number = mark_number(member[0])
        items[-1].append(slugs[number])
        end = member.end()

    return items, end


def _next_of_run(text: str, first: re.Match[str], end: int) -> tuple[str, re.Match[str]] | None:
    """Return the words that join the next council to the run, and that council; None where the run
    ends."""
    joint = _JOINT.match(text, end) or _SEMICOLON.match(text, end)
    if joint is None:
        return None

    before = text[: first.start()]
    member = _MEMBER.match(text, joint.end())
    if member is None or _begins_clause(text, before, member):
        return None
    return joint[0], member


def _begins_clause(text: str, before: str, member: re.Match[str]) -> bool:
    """Return whether this council begins a clause of its own: "… £4m for Leeds and Hull will get
    £2m"."""
    clause = before.rpartition(";")[2]
    if "‹M" not in clause or not _AFTER_OBJECT.search(clause):
        return False
    return _NEW_SUBJECT.match(text, member.end()) is not None


def _trusts_explained(text: str, groups: list[Group]) -> str:
    """Return the text where a shared trust with its councils in brackets, "Achieving for Children
    (Kingston and Richmond)", is those named, as one; `groups` are changed."""

    def explained(found: re.Match[str]) -> str:
        place = int(found[1])
        named = groups[int(found[2])]
        if not _is_of(groups[place], named):
            return found[0]

        groups[place] = Group((named.councils,))
        return f"‹G{place}›"

    return _EXPLAINED.sub(explained, text)


def _is_of(trust: Group, named: Group) -> bool:
    """Return whether several councils share the trust, and these are among them."""
    if len(trust.councils) < 2:
        return False
    return set(named.councils) <= set(trust.councils)


def with_department(marked: Sequence[Marked], text: str) -> list[Marked]:
    """Return the sentences of a page in which "the department" is the ministry that the page names,
    where it names one only; that of education, where it names none and the `text` is about
    children's services or schools' money; else a ministry without a name."""
    named = {name for one in marked for name in one.funders} - {"", THE_DEPARTMENT}
    if not named and _OF_EDUCATION.search(text):
        named = {EDUCATION}
    meant = named.pop() if len(named) == 1 else ""
    found = []
    for one in marked:
        funders = tuple(meant if name == THE_DEPARTMENT else name for name in one.funders)
        found.append(replace(one, funders=funders))

    return found


def mark_number(sign: str) -> int:
    """Return the number of the mark that a text begins with."""
    return int(sign[2 : sign.index("›")])
