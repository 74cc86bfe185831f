"""What visit letters, JTAI letters and area SEND reports say instead of grades: the theme, areas
for priority action, the outcome.

Area SEND inspections have had one of three outcomes since January 2023 (Ofsted and CQC, area SEND
framework); letters of the earlier framework (2016–2022) have none of these.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from syncer.model import FileKind
from syncer.reports.layout import BULLETS, Line
from syncer.reports.paper import Word

OUTCOMES = {
    "positive": r"typically lead to positive experiences",
    "inconsistent": r"lead to inconsistent experiences",
    "systemic_failings": r"widespread and\s*/?\s*or systemic failings",
}
_INSPECTION_OUTCOME = re.compile(r"inspection outcome\b(.{0,700})", re.I)
_BULLET = re.compile(f"[{BULLETS}]")
_ITEM = re.compile(rf"(?:[{BULLETS}]|[−–-]\s|\(?\d{{1,2}}[.)]\s)\s*")
_HEADING = re.compile(
    r"(?:area(?:s|\(s\))? (?:for|of) priority action|priority actions?)\s*:?$", re.I
)
_TABLE_HEAD = re.compile(r"responsible body\b", re.I)
_NEXT_HEADING = re.compile(
    r"(?:areas? for improvement|what (?:needs|need|must|could)\b.{0,30}improve|strengths|"
    r"(?:main |headline |key )?findings|recommendations|(?:case|practice) stud|context|next steps|"
    r"background|yours sincerely|local area partnership details|progress|evaluation)\b",
    re.I,
)
_NONE = re.compile(
    r"\b(?:there (?:are|were|is|was) )?no areas? for priority action\b|^\s*none\b(?! of)", re.I
)
_LOOKED_AT = re.compile(
    r"(?:(?:looked at|evaluated|considered|reviewed|focused on)"
    r" the local authority.s arrangements (?:for|in)|"
    r"(?:reviewed|looked at|considered) the progress made (?:in|on|with)(?: respect of)?"
    r"(?: the (?:following )?areas?(?: of)?)?|"
    r"(?:focus of (?:the|this) (?:\w+ )?visit was|"
    r"this (?:\w+ )?visit (?:focused on|looked at|considered)))\s*:?\s*"
    r"(.{3,400}?)(?:\.(?=\s|$)|$|(?=\s(?:(?:headline |main )?findings|areas? for priority|"
    r"what needs|this visit was|a range of|"
    r"(?:her majesty.s )?inspectors (?:also|were|considered|evaluated|reviewed))\b))",
    re.I,
)
_END_OF_THEME = (
    r"(?: \(often referred to|\s+in (?:the )?[A-Z]|,? Between \d|\.\s|"
    r"\s+This (?:inspection|letter)|\s+Between\b)"
)
_RESPONSE_TO = re.compile(
    rf"multi-agency (?:response|arrangements) (?:to|for) (?:the )?(.{{3,200}}?){_END_OF_THEME}"
)
_INSPECTION_OF = re.compile(
    r"\binspection (?:\(JTAI\) )?(?:of|into) (?:the )?(?:effectiveness of (?:the )?)?"
    rf"(?:multi-agency )?(?=[a-z])(?!the |local |services in)(.{{3,200}}?){_END_OF_THEME}"
)
_INSPECTORS_LOOKED_AT = re.compile(
    r"\b(?:inspectors|visit) (?:looked at|evaluated|focused on|examined|explored) (?:the )?"
    r"(?!(?:a |the |wide )*(?:range of|evidence|case|performance|local authority.s self))"
    r"(.{3,300}?)(?:\.(?=\s|$)|$)",
    re.I,
)
_THEMES = {
    FileKind.JTAI: (_RESPONSE_TO, _INSPECTION_OF),
    FileKind.FOCUSED_VISIT: (_LOOKED_AT, _INSPECTORS_LOOKED_AT),
    FileKind.MONITORING_VISIT: (_LOOKED_AT, _INSPECTORS_LOOKED_AT),
    FileKind.SEND: (_LOOKED_AT,),
}
"""By the kind of letter, the sentences that name its theme: the words that most letters have, then
those of a letter that puts it in its own."""


def send_outcome(lines: Sequence[Line]) -> str:
    """`positive`, `inconsistent` or `systemic_failings`, from the section "Inspection outcome";
    empty when it names none or several."""
    section = _INSPECTION_OUTCOME.search(_first_pages(lines))
    if section is None:
        return ""

    found = []
    for name, words in OUTCOMES.items():
        if re.search(words, section[1], re.I):
            found.append(name)

    return found[0] if len(found) == 1 else ""


def _first_pages(lines: Sequence[Line]) -> str:
    """Return the text of the first two pages in one line: they say what was looked at."""
    printed = [line.text for line in lines if line.page <= 2]
    return " ".join(printed)


def theme(lines: Sequence[Line], kind: FileKind) -> str:
    """What a visit or joint inspection looked at, as printed; empty when it does not say."""
    text = _first_pages(lines)
    for pattern in _THEMES[kind]:
        found = pattern.search(text)
        if found:
            return _listed(found[1])
    return ""


def _listed(words: str) -> str:
    """Return a theme, or several of a list, without the marks of the list."""
    parts = []
    for bullet in re.split(rf"[{BULLETS}]", words):
        part = bullet.strip(" ;,.")
        part = part.removesuffix(" and").strip(" ;,")
        if part:
            parts.append(part)

    return "; ".join(parts)


def priority_actions(lines: Sequence[Line]) -> tuple[str, ...]:
    """Each area for priority action, the first sentence of it; () when the letter names none or
    says that there is none."""
    body = _priority_section(lines)
    beginning = " ".join(line.text for line in body[:2])
    if not body or _NONE.search(beginning):
        return ()

    if _TABLE_HEAD.match(body[0].text):
        items = _table_items(body)
    elif any(_ITEM.match(line.text) for line in body):
        items = _bullet_items(body)
    else:
        items = [" ".join(line.text for line in body)]

    return tuple(_first_sentence(item) for item in items)


def _priority_section(lines: Sequence[Line]) -> list[Line]:
    """Return the lines under the heading of the areas for priority action, up to the next."""
    found: list[Line] = []
    is_inside = False

    for line in without_furniture(lines):
        if is_inside and _NEXT_HEADING.match(line.text):
            break
        if is_inside:
            found.append(line)
        elif _HEADING.match(line.text):
            is_inside = True

    return found


def without_furniture(lines: Sequence[Line]) -> list[Line]:
    """The lines that are no page number and do not stand, but for a number, in the same place on
    another page (running footers)."""
    places = []
    for line in lines:
        words = re.sub(r"\d+", "", line.text).strip()
        places.append((round(line.top / 6), words))

    kept = []
    for line, place in zip(lines, places, strict=True):
        is_page_number = not place[1]
        is_repeated = places.count(place) > 1 and not _BULLET.match(line.text)
        if not is_page_number and not is_repeated:
            kept.append(line)
    return kept


def _bullet_items(body: Sequence[Line]) -> list[str]:
    """The outer bullets' texts; the list is over where a line stands back at the margin."""
    marked = [line.words[0].x0 for line in body if _ITEM.match(line.text)]
    margin = min(marked) + 2
    items: list[str] = []

    for line in body:
        mark = _ITEM.match(line.text)
        at_margin = line.words[0].x0 < margin

        if at_margin and mark:
            items.append(line.text[mark.end() :])
        elif items and at_margin:
            break
        elif items:
            items[-1] += f" {line.text}"

    return items


def _table_items(body: Sequence[Line]) -> list[str]:
    """The right-hand cells of the table "Responsible body | Areas for priority action": a new one
    where a left-hand cell begins."""
    head = body[0]
    border = _right_column(head)
    items: list[list[Word]] = []
    last_left = float("-inf")
    page = head.page

    for line in body[1:]:
        if _TABLE_HEAD.match(line.text) or line.runs_across(border):
            continue
        left, right = line.split_at(border)

        begins_a_row = False
        if left:
            begins_a_row = line.page != page or _is_below(left[0], last_left)
            last_left = left[0].top
            page = line.page

        if right:
            if not items or (begins_a_row and not _goes_on(items[-1])):
                items.append([])
            items[-1] += right

    return [" ".join(word.text for word in item) for item in items]


def _right_column(head: Line) -> float:
    """Return where the right-hand column begins: a little left of its heading, in points."""
    begins = head.words[-1].x0
    for word in head.words:
        if word.text.lower().startswith("area"):
            begins = word.x0
            break
    return begins - 2


def _is_below(word: Word, above: float) -> bool:
    """Return whether a word stands more than one and a half of its heights below another's top."""
    height = word.bottom - word.top
    return word.top - above > 1.5 * height


def _goes_on(item: Sequence[Word]) -> bool:
    """Whether a cell stops in the middle of a sentence: it then goes on, whatever begins beside
    it."""
    last = item[-1].text
    return not last.endswith((".", ";", ":"))


def _first_sentence(text: str) -> str:
    """The first sentence that says what is to be done, with the points listed under it; without its
    full stop."""
    plain = re.sub(rf"\s*(?<!:)\s[{BULLETS}−–]\s+", "; ", text)
    plain = re.sub(rf":\s*[{BULLETS}−–]\s+", ": ", plain)
    plain = re.sub(r"(?:[;,]|\s+and)*;\s", "; ", plain)
    plain = re.sub(r"^[^.]*\barea for priority action\.\s+(?=[A-Z])", "", plain)

    sentences = re.split(r"(?<=[\w)’'])\.(?:\s+(?=[A-Z])|\s*$)", plain, maxsplit=1)
    first = sentences[0].strip(" ;")
    return first.removesuffix(" and").rstrip(" ;,")
