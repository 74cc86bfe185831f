"""What visit letters, JTAI letters and area SEND reports say instead of grades: the theme, areas
for priority action, the outcome.

Area SEND inspections have had one of three outcomes since January 2023 (Ofsted and CQC, area SEND
framework); letters of the earlier framework (2016–2022) have none of these.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import dropwhile, takewhile

from syncer.model import FileKind
from syncer.reports.layout import BULLETS, Line
from syncer.reports.paper import Word

OUTCOMES = {
    "positive": r"typically lead to positive experiences",
    "inconsistent": r"lead to inconsistent experiences",
    "systemic_failings": r"widespread and\s*/?\s*or systemic failings",
}
_BULLET = re.compile(f"[{BULLETS}]")
_ITEM = re.compile(rf"(?:[{BULLETS}]|[−–-]\s|\(?\d{{1,2}}[.)]\s)\s*")
_HEADING = re.compile(
    r"(?:area(?:s|\(s\))? (?:for|of) priority action|priority actions?)\s*:?$", re.I
)
_TABLE_HEAD = re.compile(r"responsible body\b", re.I)
_NEXT_HEADING = re.compile(
    r"(?:areas? for improvement|what (?:needs|need|must|could)\b.{0,30}improve|strengths|(?:main |headline |key )?findings|recommendations|"
    r"(?:case|practice) stud|context|next steps|background|yours sincerely|local area partnership details|progress|evaluation)\b",
    re.I,
)
_NONE = re.compile(
    r"\b(?:there (?:are|were|is|was) )?no areas? for priority action\b|^\s*none\b(?! of)", re.I
)
_LOOKED_AT = re.compile(
    r"(?:(?:looked at|evaluated|considered|reviewed|focused on) the local authority.s arrangements (?:for|in)|"
    r"(?:reviewed|looked at|considered) the progress made (?:in|on|with)(?: respect of)?(?: the (?:following )?areas?(?: of)?)?|"
    r"(?:focus of (?:the|this) (?:\w+ )?visit was|this (?:\w+ )?visit (?:focused on|looked at|considered)))\s*:?\s*"
    r"(.{3,400}?)(?:\.(?=\s|$)|$|(?=\s(?:(?:headline |main )?findings|areas? for priority|what needs|this visit was|a range of|"
    r"(?:her majesty.s )?inspectors (?:also|were|considered|evaluated|reviewed))\b))",
    re.I,
)
_RESPONSE_TO = re.compile(
    r"multi-agency (?:response|arrangements) (?:to|for) (?:the )?(.{3,200}?)"
    r"(?: \(often referred to|\s+in (?:the )?[A-Z]|,? Between \d|\.\s|\s+This inspection|\s+Between\b)"
)


def send_outcome(lines: Sequence[Line]) -> str:
    """`positive`, `inconsistent` or `systemic_failings`, from the section "Inspection outcome";
    empty when it names none or several."""
    text = " ".join(line.text for line in lines if line.page <= 2)
    section = re.search(r"inspection outcome\b(.{0,700})", text, re.I)
    found = [
        name for name, words in OUTCOMES.items() if section and re.search(words, section[1], re.I)
    ]
    return found[0] if len(found) == 1 else ""


def theme(lines: Sequence[Line], kind: FileKind) -> str:
    """What a visit or joint inspection looked at, as printed; empty when it does not say."""
    text = " ".join(line.text for line in lines if line.page <= 2)
    found = (_RESPONSE_TO if kind is FileKind.JTAI else _LOOKED_AT).search(text)
    if not found:
        return ""
    parts = (
        part.strip(" ;,.").removesuffix(" and").strip(" ;,")
        for part in re.split(rf"[{BULLETS}]", found[1])
    )
    return "; ".join(part for part in parts if part)


def priority_actions(lines: Sequence[Line]) -> tuple[str, ...]:
    """Each area for priority action, the first sentence of it; () when the letter names none or
    says that there is none."""
    after = list(dropwhile(lambda line: not _HEADING.match(line.text), without_furniture(lines)))[
        1:
    ]
    body = list(takewhile(lambda line: not _NEXT_HEADING.match(line.text), after))
    if not body or _NONE.search(" ".join(line.text for line in body[:2])):
        return ()
    if _TABLE_HEAD.match(body[0].text):
        items = _table_items(body)
    elif any(_ITEM.match(line.text) for line in body):
        items = _bullet_items(body)
    else:
        items = [" ".join(line.text for line in body)]
    return tuple(_first_sentence(item) for item in items)


def without_furniture(lines: Sequence[Line]) -> list[Line]:
    """The lines that are no page number and do not stand, but for a number, in the same place on
    another page (running footers)."""
    places = [(round(line.top / 6), re.sub(r"\d+", "", line.text).strip()) for line in lines]
    return [
        line
        for line, place in zip(lines, places, strict=True)
        if place[1] and (places.count(place) == 1 or _BULLET.match(line.text))
    ]


def _bullet_items(body: Sequence[Line]) -> list[str]:
    """The outer bullets' texts; the list is over where a line stands back at the margin."""
    items: list[str] = []
    outer = min(line.words[0].x0 for line in body if _ITEM.match(line.text))
    for line in body:
        if line.words[0].x0 < outer + 2 and (mark := _ITEM.match(line.text)):
            items.append(line.text[mark.end() :])
        elif items and line.words[0].x0 < outer + 2:
            break
        elif items:
            items[-1] += f" {line.text}"
    return items


def _table_items(body: Sequence[Line]) -> list[str]:
    """The right-hand cells of the table "Responsible body | Areas for priority action": a new one
    where a left-hand cell begins."""
    head = body[0]
    border = (
        next(
            (word.x0 for word in head.words if word.text.lower().startswith("area")),
            head.words[-1].x0,
        )
        - 2
    )
    items: list[list[Word]] = []
    last_left = float("-inf")
    page = head.page
    for line in body[1:]:
        left, right = line.split_at(border)
        if _TABLE_HEAD.match(line.text) or line.runs_across(border):
            continue
        starts = bool(left) and (
            line.page != page or left[0].top - last_left > 1.5 * (left[0].bottom - left[0].top)
        )
        if right and (not items or (starts and not _goes_on(items[-1]))):
            items.append([])
        if left:
            last_left, page = left[0].top, line.page
        if right:
            items[-1] += right
    return [" ".join(word.text for word in item) for item in items]


def _goes_on(item: Sequence[Word]) -> bool:
    """Whether a cell stops in the middle of a sentence: it then goes on, whatever begins beside
    it."""
    return not item[-1].text.endswith((".", ";", ":"))


def _first_sentence(text: str) -> str:
    """The first sentence that says what is to be done, with the points listed under it; without its
    full stop."""
    plain = re.sub(rf"\s*(?<!:)\s[{BULLETS}−–]\s+", "; ", text)
    plain = re.sub(rf":\s*[{BULLETS}−–]\s+", ": ", plain)
    plain = re.sub(r"(?:[;,]|\s+and)*;\s", "; ", plain)
    plain = re.sub(r"^[^.]*\barea for priority action\.\s+(?=[A-Z])", "", plain)
    return (
        re.split(r"(?<=[\w)’'])\.(?:\s+(?=[A-Z])|\s*$)", plain, maxsplit=1)[0]
        .strip(" ;")
        .removesuffix(" and")
        .rstrip(" ;,")
    )
