"""A page's text → what its author says in it, sentence by sentence; its tables apart; reader
comments and furniture left out.

Text arrives as copied from a page, a PDF or a Markdown copy: headings, paragraphs broken into
lines, bullets, rows with tabs.
"""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from syncer.funding.tables.text import TextTable, find_tables
from syncer.quantities.dates import ranges_in


@dataclass(frozen=True)
class Sentence:
    """One sentence, white space folded. `lead` is the sentence that introduces the list or table it
    stands in ("… will receive:"), `paragraph` counts from 0, `item` says that it is an item of a
    list."""

    text: str
    paragraph: int
    lead: str = ""
    item: bool = False
    heading: str = ""
    is_heading: bool = False


@dataclass(frozen=True)
class PageText:
    """`head` is the first lines, where a paper says whose it is; `published` the day its own date
    line gives."""

    head: str
    sentences: tuple[Sentence, ...]
    tables: tuple[TextTable, ...] = ()
    published: dt.date | None = None


_TAG = re.compile(r"</?(?:sup|sub|input|b|i|em|strong|br|p|a|span|div|h\d|u)\b[^>]*>", re.I)
_MARKDOWN = re.compile(r"\*\*|__|^#{1,6}\s+|\s#$", re.M)
_LINK = re.compile(r"\[([^\]]+)\]\((?:https?:|/|mailto:)[^)]*\)")
_URL = re.compile(r"https?://\S+|\bwww\.\S+")
_COMMENTS = re.compile(
    r"^\W*(?:\d+|no|one|two|three)?\s*(?:reader\s+)?(?:responses?|comments?|replies"
    r"|thoughts)\s*(?:\(\d+\))?\s*(?:(?:to"
    r"|on)\b.*)?:?$"
    r"|^\W*(?:leave|post|add|write|submit) (?:a|your) (?:comment|reply)\b"
    r"|^\W*join the (?:conversation|discussion|debate)\b"
    r"|^\W*have your say\b|^\W*reader(?:s'?|'s)? (?:comments|views)\b|^\W*what do you think\?"
    r"|^\W*(?:\d+\.\s+)?(?!(?:answered|published|updated|dated?|posted|tabled|asked|issued|by)\b)"
    r"[\w .'-]{2,40}\s+(?:[A-Z][a-z]+ \d{1,2}, \d{4}|\d{1,2} [A-Z][a-z]+ \d{4}|\d+ (?:hours?"
    r"|days?|weeks?"
    r"|months?|years?) ago)"
    r",?(?: at)?(?: \d{1,2}[:.]\d\d ?(?:[ap]m)?)?\s*#?(?: reply)?$"
    r"|^\W*[\w .'-]{2,40} (?:says|wrote|commented):?$",
    re.I,
)
_RELATED = re.compile(
    r"^\W*(?:more from|more on this|more stories|more news|related(?: (?:articles?|stories"
    r"|content|news|topics|links))?"
    r"|see also|read (?:more|next|also)"
    r"|most (?:read|popular|viewed|commented)|you (?:may|might) also|latest (?:news|jobs"
    r"|stories|articles|headlines)"
    r"|recommended|popular (?:now|articles)"
    r"|also in the news|trending|explore the topic|related guidance|collection|further reading"
    r"|recent posts"
    r"|editor'?s picks?)\b.{0,60}$",
    re.I,
)
_FURNITURE = re.compile(
    r"\bsubscri(?:be|ption)|\bsign (?:up|in)\b|\blog ?in\b|\bregister (?:now|for free|today)"
    r"|\bcookies?\b|\bnewsletter"
    r"|\bprivacy policy|\bterms (?:and|of)\b"
    r"|©|\ball rights reserved|\bshare (?:this|on|via)|\bphoto(?:graph)?s?:"
    r"|\bimage(?: credit)?:|\bpicture:|\badvert"
    r"|\bpodcasts?\b|\bwebinar"
    r"|^\W*from £[\d.,]+ ?/ ?\w+|£[\d.,]+ ?(?:/|per|a|each) ?(?:month|issue|week)\b"
    r"|\bdigital membership|\bdonate\b"
    r"|\bprint this page|\bback to top"
    r"|\bskip to (?:main )?content|\bmembership from|\bbook (?:now|your place)|\bsalary\b"
    r"|\bapply now|\bper annum plus\b"
    r"|\bdigital issues?\b|\bprint issues?\b",
    re.I,
)
_SOURCE_LINE = re.compile(r"^(?:https?://|www\.)\S+$", re.I)
_HEADING = re.compile(r"^#{1,6}\s")
_BULLET = re.compile(r"^\s*(?:[•●▪◦‣*·–—-]|\(?[a-z]\)|\(?\d{1,2}[.)]|\(?[ivx]{1,4}[.)])\s+(?=\S)")
_NUMBERED = re.compile(r"^\s*(?:\d{1,2}(?:\.\d{1,2}){1,3}\.?|\d{1,2}\.)\s+(?=[A-Z“\"'‘])")
_ENUMERATOR = re.compile(r"(?<=[.:;,])\s+(?=(?:[a-h]|[ivx]{1,4}|\d{1,2})[.)]\s+[A-Z])")
_END = re.compile(r"(?<=[.!?])(?<!\.\.)[\"'”’)\]]*\s+(?=[\"'“‘(\[]*[A-Z0-9£])")
_ABBREVIATION = re.compile(
    r"\b(?:St|Mr|Mrs|Ms|Dr|Cllr|Prof|Rev|Sir|No|Nos|vs|approx|c|ca|e\.g|i\.e|inc|incl|para|ref"
    r"|Sec|Ltd|Co|Jan|Feb|Mar|Apr|Jun"
    r"|Jul|Aug|Sept?|Oct|Nov|Dec"
    r"|[A-Z])\.$|^[a-h]\.$"
)
_WRAPPED = 60
_FIRST_PARAGRAPH = 80
_HEAD_LINES = 14


def read_page(text: str) -> PageText:
    """What the page's author says. Reader comments, related stories, subscription offers and
    navigation are not among it."""
    lines = [clean for line in html.unescape(text).splitlines() for clean in _clean_lines(line)]
    head = [line for line in text.splitlines()[:_HEAD_LINES] if line.strip()]
    kept = list(_without_comments(lines))
    tables, rest = _tables(kept)
    return PageText(_head(head), tuple(_sentences(rest)), tuple(tables), _published(rest, head))


def _clean_lines(line: str) -> tuple[str, ...]:
    """The line without its markup; a heading stands alone."""
    return ("", _clean(line), "") if _HEADING.match(line) else (_clean(line),)


def _clean(line: str) -> str:
    line = _LINK.sub(r"\1", _TAG.sub(" ", line.replace("<sup>", "").replace("</sup>", "")))
    line = _MARKDOWN.sub("", line)
    return "" if set(line.strip()) <= set("-=_*~|+ ") else line.replace("\u00a0", " ").rstrip()


def _head(lines: Sequence[str]) -> str:
    """The first lines with words of their own: addresses are kept, a paper's council may stand only
    there."""
    return "\n".join(" ".join(_clean(line).split()) for line in lines)


def _without_comments(lines: Sequence[str]) -> Iterator[str]:
    """The lines up to the readers' comments and without furniture and lists of other stories."""
    seen_paragraph = skipping = False
    for line in lines:
        bare = line.strip()
        if seen_paragraph and _COMMENTS.match(bare):
            return
        if _RELATED.match(bare) and seen_paragraph:
            skipping = True
        elif skipping and (
            len(bare) >= _FIRST_PARAGRAPH * 2
            or re.match(r"^\d+ (?:responses|comments)", bare, re.I)
        ):
            skipping = False
        seen_paragraph = seen_paragraph or (
            len(bare) >= _FIRST_PARAGRAPH and not _SOURCE_LINE.match(bare)
        )
        if (
            skipping
            or _SOURCE_LINE.match(bare)
            or (len(bare) < _FIRST_PARAGRAPH * 2 and "\t" not in line and _FURNITURE.search(bare))
        ):
            yield ""
        else:
            yield line


# -- Tables ----------------------------------------------------------------------------------------


def _tables(lines: Sequence[str]) -> tuple[list[TextTable], list[str]]:
    """Return the tables that stand in the text, and the other lines."""
    tables = find_tables(lines)
    rest: list[str] = []
    at = 0
    for table in tables:
        rest += [*lines[at : table.start], ""]
        at = table.end
    return tables, [*rest, *lines[at:]]


# -- Sentences -------------------------------------------------------------------------------------


def _sentences(lines: Sequence[str]) -> Iterator[Sentence]:
    """Paragraphs cut into sentences; each list item knows the sentence that introduced the list."""
    lead = heading = ""
    for number, (paragraph, item) in enumerate(_paragraphs(lines)):
        alone = _name_alone(paragraph) and not item
        for text in _cut(paragraph):
            introduction = (lead or heading) if item else lead if _name_alone(text) else ""
            yield Sentence(text, number, introduction, item, heading, alone)
        if not item:
            heading = paragraph if _name_alone(paragraph) else ""
        if not item and (paragraph.rstrip().endswith(":") or not _name_alone(paragraph)):
            lead = _cut(paragraph)[-1] if paragraph.rstrip().endswith(":") else ""


def _name_alone(text: str) -> bool:
    """A short line that is no sentence: an item of a list whose bullets were lost in copying."""
    return len(text) <= 80 and not re.search(r"[.!?]$", text)


def _paragraphs(lines: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Whole paragraphs, joined over line breaks inside them, and whether each is a list item."""
    current, item = "", False
    for line in lines:
        bare = line.strip()
        stripped = _NUMBERED.sub("", _BULLET.sub("", line, count=1), count=1)
        bullet = (
            bool(_BULLET.match(line))
            and not _NUMBERED.match(_BULLET.sub("", line, count=1))
            and not _NUMBERED.match(line)
        )
        wrapped = (
            bool(current)
            and bool(bare)
            and not bullet
            and (
                bare[0].islower()
                or (
                    len(current.rsplit("\n", 1)[-1]) >= _WRAPPED
                    and not re.search(r"[.?!:;\"”’]$", current)
                )
            )
        )
        if wrapped:
            current += "\n" + bare
            continue
        if current:
            yield " ".join(current.split()), item
        current, item = stripped.strip(), bullet
    if current:
        yield " ".join(current.split()), item


def _cut(paragraph: str) -> list[str]:
    """A paragraph's sentences; abbreviations, initials and dots that stand for omitted words do not
    end one."""
    paragraph = _URL.sub(" ", re.sub(r"\s*(?:\.{3}|…)\s*", ", ", paragraph))
    pieces: list[str] = []
    for part in _ENUMERATOR.split(" ".join(paragraph.split())):
        start = 0
        for end in _END.finditer(part):
            if not _ABBREVIATION.search(part[: end.start()].rstrip("\"'”’)]")):
                pieces.append(part[start : end.end()].strip())
                start = end.end()
        pieces.append(part[start:].strip())
    return [piece for piece in pieces if piece] or [""]


# -- The page's own day ----------------------------------------------------------------------------

_LABELLED = re.compile(
    r"\b(?:published|answered|posted|dated?|first published)\b(?: on)?:?\s*", re.I
)
_AMERICAN = re.compile(
    r"\b(January|February|March|April|May|June|July|August|September|October|November"
    r"|December)\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(20\d\d)\b"
)
_MONTH_ONLY = re.compile(
    r"\b(Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\s+(20\d\d)\b"
)
_OTHER_DAY = re.compile(
    r"\b(?:by|until|before|since|to|from|due|of|between|after|and|through|ends?|ended|began|begins"
    r"|launched)\s+(?:the end of |end of |in |on )?$",
    re.I,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _published(lines: Sequence[str], head: Sequence[str]) -> dt.date | None:
    """The day the page was published, by its own first lines: a labelled day, else the first day,
    else the first month (its first)."""
    top = "\n".join([*head[:1], *[line for line in lines if line.strip()][:_HEAD_LINES]])
    for label in _LABELLED.finditer(top):
        if days := day_in(top[label.end() : label.end() + 40], loose=False):
            return days
    return day_in(top)


def day_in(text: str, loose: bool = True) -> dt.date | None:
    """The first day printed in the text ("4th October 2019", "September 20, 2018", "28/6/21"); with
    `loose`, else the first day of the first month printed ("May 2023"); None where there is
    neither."""
    found = [
        (text.find(days.text), days.start)
        for days in ranges_in(text)
        if days.start == days.end and not _OTHER_DAY.search(text[: text.find(days.text)])
    ]
    found += [
        (match.start(), day) for match in _AMERICAN.finditer(text) for day in _american(match)
    ]
    if found:
        return min(found)[1]
    month = (
        next(
            (
                found
                for found in _MONTH_ONLY.finditer(text)
                if not _OTHER_DAY.search(text[: found.start()])
            ),
            None,
        )
        if loose
        else None
    )
    return dt.date(int(month[2]), _MONTHS.index(month[1][:3].lower()) + 1, 1) if month else None


def _american(match: re.Match[str]) -> list[dt.date]:
    """The day of "September 20, 2018"; none for the 31st of a short month."""
    try:
        return [dt.date(int(match[3]), _MONTHS.index(match[1][:3].lower()) + 1, int(match[2]))]
    except ValueError:
        return []
