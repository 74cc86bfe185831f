"""What visit letters, JTAI letters and area SEND reports say instead of grades: the theme, areas
for priority action, the outcome.

Area SEND inspections have had one of three outcomes since January 2023 (Ofsted and CQC, area SEND
framework); letters of the earlier framework (2016–2022) have none of these.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from syncer.model import FileKind
from syncer.reports.layout import BULLETS, Line
from syncer.reports.paper import Word

OUTCOMES = {
    "positive": r"typically lead to positive experiences",
    "inconsistent": r"lead to inconsistent experiences",
    "systemic_failings": r"widespread and\s*/?\s*or systemic failings",
}
WITHOUT_PRIORITY_ACTIONS = frozenset(("positive", "inconsistent"))
"""Outcomes under which inspectors name no area for priority action: they do so where failings are
widespread or systemic (Ofsted and CQC, area SEND inspections: framework and handbook, January 2023
and June 2025). All 41 letters of 2023 to 2025 among the real reports agree."""
_INSPECTION_OUTCOME = re.compile(r"inspection outcome\b(.{0,700})", re.I)
_BULLET = re.compile(f"[{BULLETS}]")
_LEAD_IN = re.compile(r"^[^.]*\barea for priority action\.\s+(?=[A-Z])")
_SENTENCE_END = re.compile(r"(?<=[\w)’'])\.(?:\s+(?=[A-Z])|\s*$)")
_ITEM = re.compile(rf"(?:[{BULLETS}]|[−–-]\s|\(?\d{{1,2}}[.)]\s)\s*")
_HEADING = re.compile(
    r"(?:area(?:s|\(s\))? (?:for|of) priority action|priority actions?)\s*:?$", re.I
)
_PRIORITY = re.compile(r"(?<![^\s\0-])priority(?![^\s\0])", re.I)
_ACTION = re.compile(r"(?<![^\s\0-])actions?:?(?![^\s\0])", re.I)
"""The two words that every such heading has, as a page is drawn: a NUL, or the hyphen of a broken
word, may stand where a word ends."""
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
    """Return `positive`, `inconsistent` or `systemic_failings`, from the section "Inspection
    outcome"; empty when it names none or several."""
    section = _INSPECTION_OUTCOME.search(_first_pages(lines))
    if section is None:
        return ""

    found = _outcomes_in(section[1])
    return found[0] if len(found) == 1 else ""


def _outcomes_in(text: str) -> list[str]:
    found: list[str] = []
    for name, words in OUTCOMES.items():
        if re.search(words, text, re.I):
            found.append(name)

    return found


def _first_pages(lines: Sequence[Line]) -> str:
    """Return the text of the first two pages in one line: they say what was looked at."""
    printed = [line.text for line in lines if line.page <= 2]
    return " ".join(printed)


def theme(lines: Sequence[Line], kind: FileKind) -> str:
    """Return what a visit or joint inspection looked at, as printed; empty when it does not say."""
    text = _first_pages(lines)
    for pattern in _THEMES[kind]:
        found = pattern.search(text)
        if found:
            return _listed(found[1])
    return ""


def _listed(words: str) -> str:
    """Return a theme, or several of a list, without the marks of the list."""
    parts = [_one_thing(part) for part in _BULLET.split(words)]
    return "; ".join(filter(None, parts))


def _one_thing(part: str) -> str:
    """Return one part of a list without what joins it to the next."""
    bare = part.strip(" ;,.")
    return bare.removesuffix(" and").strip(" ;,")


def priority_actions(lines: Sequence[Line]) -> tuple[str, ...]:
    """Return each area for priority action, the first sentence of it; () when the letter names none
    or says that there is none."""
    body = _priority_section(lines)
    if not body or _says_there_is_none(body):
        return ()
    return tuple(_first_sentence(item) for item in _items(body))


def may_name_priority_actions(text: str) -> bool:
    """Return whether a page with this text, in whatever order it is drawn, can have the heading of
    the areas for priority action."""
    if _PRIORITY.search(text) is None:
        return False
    return _ACTION.search(text) is not None


def names_priority_actions(lines: Iterable[Line]) -> bool:
    """Return whether the heading of the areas for priority action is among these lines."""
    return any(_HEADING.match(line.text) for line in lines)


def _says_there_is_none(body: Sequence[Line]) -> bool:
    """Return whether the section begins by saying that there is no area for priority action."""
    beginning = " ".join(line.text for line in body[:2])
    return _NONE.search(beginning) is not None


def _items(body: Sequence[Line]) -> list[str]:
    """Return the areas as they are set out: in a table, as a list, or as one paragraph."""
    if _TABLE_HEAD.match(body[0].text):
        return _table_items(body)
    if any(_ITEM.match(line.text) for line in body):
        return _bullet_items(body)
    return [" ".join(line.text for line in body)]


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
    """Return the lines that are no page number and do not stand, but for a number, in the same
    place on another page (running footers)."""
    places = [_place(line) for line in lines]
    times = Counter(places)

    kept = []
    for line, place in zip(lines, places, strict=True):
        _, words = place
        is_repeated = times[place] > 1 and not _BULLET.match(line.text)
        if words and not is_repeated:
            kept.append(line)
    return kept


def _place(line: Line) -> tuple[int, str]:
    """Return the height at which a line stands, and its words without numbers."""
    words = re.sub(r"\d+", "", line.text)
    return round(line.top / 6), words.strip()


def _bullet_items(body: Sequence[Line]) -> list[str]:
    """Return the outer bullets' texts; the list is over where a line stands back at the margin."""
    margin = _margin_of_marks(body)
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


def _margin_of_marks(body: Sequence[Line]) -> float:
    """Return how far in the outer bullets stand at most, in points."""
    marked = [line.words[0].x0 for line in body if _ITEM.match(line.text)]
    return min(marked) + 2


def _table_items(body: Sequence[Line]) -> list[str]:
    """Return the right-hand cells of the table "Responsible body | Areas for priority action": a
    new one where a left-hand cell begins."""
    head, *lines = body
    border = _right_column(head)
    cells = _RightCells(head.page)

    for line in lines:
        is_head = _TABLE_HEAD.match(line.text)
        if not is_head and not line.runs_across(border):
            left, right = line.split_at(border)
            cells.take(line.page, left, right)

    return cells.texts()


@dataclass
class _RightCells:
    """The right-hand cells while they are read, line by line; `page` and `last_left` say where the
    last words of the left-hand column stood."""

    page: int
    last_left: float = float("-inf")
    items: list[list[Word]] = field(default_factory=list)

    def take(self, page: int, left: Sequence[Word], right: Sequence[Word]) -> None:
        """Take the words of one line at either side of the border."""
        begins_a_row = bool(left) and self._is_new_row(page, left[0])
        if not right:
            return

        if self._begins_an_item(begins_a_row):
            self.items.append([])
        self.items[-1] += right

    def _begins_an_item(self, begins_a_row: bool) -> bool:
        """Return whether the next words begin an item, which one that goes on over a row does
        not."""
        if not self.items:
            return True
        return begins_a_row and not _goes_on(self.items[-1])

    def texts(self) -> list[str]:
        """Return each cell's words in one line."""
        return [" ".join(word.text for word in item) for item in self.items]

    def _is_new_row(self, page: int, word: Word) -> bool:
        """Return whether a left-hand word is set off from the one before it, and remember it."""
        is_new = page != self.page or _is_below(word, self.last_left)
        self.page, self.last_left = page, word.top
        return is_new


def _right_column(head: Line) -> float:
    """Return where the right-hand column begins: a little left of its heading, in points."""
    begins = head.words[-1]
    for word in head.words:
        if word.text.lower().startswith("area"):
            begins = word
            break
    return begins.x0 - 2


def _is_below(word: Word, above: float) -> bool:
    """Return whether a word stands more than one and a half of its heights below another's top."""
    height = word.bottom - word.top
    return word.top - above > 1.5 * height


def _goes_on(item: Sequence[Word]) -> bool:
    """Return whether a cell stops in the middle of a sentence: it then goes on, whatever begins
    beside it."""
    last = item[-1].text
    return not last.endswith((".", ";", ":"))


def _first_sentence(text: str) -> str:
    """Return the first sentence that says what is to be done, with the points listed under it;
    without its full stop."""
    plain = _points_in_line(text)
    plain = _LEAD_IN.sub("", plain)

    sentences = _SENTENCE_END.split(plain, maxsplit=1)
    first = sentences[0].strip(" ;")
    return first.removesuffix(" and").rstrip(" ;,")


def _points_in_line(text: str) -> str:
    """Return the text with semicolons in place of the marks of its points."""
    plain = re.sub(rf"\s*(?<!:)\s[{BULLETS}−–]\s+", "; ", text)
    plain = re.sub(rf":\s*[{BULLETS}−–]\s+", ": ", plain)
    return re.sub(r"(?:[;,]|\s+and)*;\s", "; ", plain)
