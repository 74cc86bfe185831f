"""A page's text → what its author says in it, sentence by sentence; its tables apart; reader
comments and furniture left out.

Text arrives as copied from a page, a PDF or a Markdown copy: headings, paragraphs broken into
lines, bullets, rows with tabs.
"""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from syncer.funding.page_day import published_on
from syncer.funding.tables.text import TextTable, find_tables


@dataclass(frozen=True)
class Sentence:
    """One sentence, white space folded. `lead` is the sentence that introduces the list or table it
    stands in ("… will receive:"), `paragraph` counts from 0, `item` says that it is an item of a
    list, `doubtful` that it is a row of a table of which nothing says whose money it holds."""

    text: str
    paragraph: int
    lead: str = ""
    item: bool = False
    heading: str = ""
    is_heading: bool = False
    doubtful: bool = False


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
    r"|^\W*[\w .'-]{2,40} (?:says|wrote|commented):?$",
    re.I,
)
_COMMENTER = re.compile(
    r"^\W*(?:\d+\.\s+)?"
    r"(?!(?:Answered|Published|Updated|Dated?|Posted|Tabled|Asked|Issued|By)\b)"
    r"(?:[\w.-]+|(?:[A-Z0-9][\w.'’-]*\s+){1,4})\s*"
    r"(?:[A-Z][a-z]+ \d{1,2}, \d{4}|\d{1,2} [A-Z][a-z]+ \d{4}"
    r"|\d+ (?:hours?|days?|weeks?|months?|years?) ago)"
    r",?(?: at)?(?: \d{1,2}[:.]\d\d ?(?:[ap]m)?)?\s*#?(?: [Rr]eply)?$"
)
"""The line over a reader's comment: a name of a few words, or one made-up word, and when."""
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
    r"|\bcookies?\b|\b(?:e-?mail|our|weekly|daily|free) newsletters?\b|^\W*newsletters?\W*$"
    r"|\bprivacy policy|\bterms (?:and|of)\b"
    r"|©|\ball rights reserved|\bshare (?:this|on|via)|\bphoto(?:graph)?s?:"
    r"|\bimage(?: credit)?:|\bpicture:|\badvert"
    r"|\bpodcasts?\b|\bwebinar"
    r"|^\W*from £[\d.,]+ ?/ ?\w+|\b(?:only|just|for|from) £[\d.,]+ ?(?:/|per|a) ?(?:month|issue)\b"
    r"|\bdigital membership|\bdonate\b"
    r"|\bprint this page|\bback to top"
    r"|\bskip to (?:main )?content|\bmembership from|\bbook (?:now|your place)|\bsalary\b"
    r"|\bapply now|\bper annum plus\b"
    r"|\bdigital issues?\b|\bprint issues?\b",
    re.I,
)
_SOURCE_LINE = re.compile(r"^(?:https?://|www\.)\S+$", re.I)
_NO_TEXT = re.compile(rf"{_SOURCE_LINE.pattern}|^(?:attachments?|downloads?)\s*:", re.I)
"""An address, or the titles of documents: what a page says is not in them."""
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
_OMITTED = re.compile(r"\s*(?:\.{3}|…)\s*")
_ENDS_SENTENCE = re.compile(r"[.!?]$")
_ENDS_LINE = re.compile(r"[.?!:;\"”’]$")
_COUNT_OF_COMMENTS = re.compile(r"^\d+ (?:responses|comments)", re.I)
_RULE = frozenset("-=_*~|+ ")
_LABEL = re.compile(r"(?:[A-Z][\w’'&-]*|and|of|the)(?: (?:[A-Z\d][\w’'&-]*|and|of|the)){0,4}: ")
"""What a line of a list begins with: "South West: Torbay, Plymouth"."""
_WRAPPED = 60
_FIRST_PARAGRAPH = 80
_LONG_PARAGRAPH = 2 * _FIRST_PARAGRAPH
_HEAD_LINES = 14


def read_page(text: str) -> PageText:
    """Return what the page's author says. Reader comments, related stories, subscription offers and
    navigation are not among it."""
    lines = list(_without_comments(_lines(text)))
    tables, rest = _tables(lines)

    head = _first_lines(text)
    return PageText(
        _head(head),
        tuple(_sentences(rest)),
        tuple(tables),
        published_on(_top(head, rest)),
    )


def _lines(text: str) -> Iterator[str]:
    for line in html.unescape(text).splitlines():
        yield from _clean_lines(line)


def _clean_lines(line: str) -> tuple[str, ...]:
    """Return the line without its markup; a heading stands alone."""
    clean = _clean(line)
    if _HEADING.match(line):
        return ("", clean, "")
    return (clean,)


def _clean(line: str) -> str:
    """Return the line without markup; an empty one for a rule."""
    plain = _without_markup(line)
    if set(plain.strip()) <= _RULE:
        return ""
    return plain.replace("\u00a0", " ").rstrip()


def _without_markup(line: str) -> str:
    # A superscript belongs to the word it stands at: nothing takes its tags' place.
    line = line.replace("<sup>", "").replace("</sup>", "")
    line = _TAG.sub(" ", line)
    line = _LINK.sub(r"\1", line)

    return _MARKDOWN.sub("", line)


def _head(lines: Sequence[str]) -> str:
    """Return the first lines with words of their own: addresses are kept, a paper's council may
    stand only there."""
    return "\n".join(_folded(_clean(line)) for line in lines)


def _top(head: Sequence[str], lines: Sequence[str]) -> str:
    """Return the lines that may hold the page's own day."""
    written = [line for line in lines if line.strip()]
    return "\n".join([*head[:1], *written[:_HEAD_LINES]])


def _folded(text: str) -> str:
    """Return the text with each run of white space as one space."""
    return " ".join(text.split())


# -- What is not the author's ----------------------------------------------------------------------


def _without_comments(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines up to the readers' comments, without furniture and lists of other stories."""
    seen_paragraph = False
    among_related = False
    for line in lines:
        bare = line.strip()
        if seen_paragraph and _begins_comments(bare):
            return

        if seen_paragraph and _RELATED.match(bare):
            among_related = True
        elif among_related and _ends_related(bare):
            among_related = False

        seen_paragraph = seen_paragraph or _is_paragraph(bare)
        is_foreign = among_related or _NO_TEXT.match(bare) or _is_furniture(line)
        yield "" if is_foreign else line


def _begins_comments(bare: str) -> bool:
    """Return whether a line stands over the readers' comments, or over the first of them."""
    if _COMMENTS.match(bare):
        return True
    return _COMMENTER.match(bare) is not None


def _ends_related(bare: str) -> bool:
    """Return whether a line ends the list of other stories: a long one, or a count of comments."""
    return len(bare) >= _LONG_PARAGRAPH or _COUNT_OF_COMMENTS.match(bare) is not None


def _is_paragraph(bare: str) -> bool:
    return len(bare) >= _FIRST_PARAGRAPH and not _SOURCE_LINE.match(bare)


def _is_furniture(line: str) -> bool:
    """Return whether a line is navigation or an offer; a row of a table is neither."""
    bare = line.strip()
    if len(bare) >= _LONG_PARAGRAPH or "\t" in line:
        return False
    return _FURNITURE.search(bare) is not None


# -- Tables ----------------------------------------------------------------------------------------


def _first_lines(text: str) -> list[str]:
    """Return those of the text's first lines that are not empty."""
    lines = text.splitlines()[:_HEAD_LINES]
    return [line for line in lines if line.strip()]


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
    """Yield paragraphs cut into sentences; each list item knows the sentence that introduced the
    list."""
    lead = ""
    heading = ""
    for number, (paragraph, item) in enumerate(_paragraphs(lines)):
        is_heading = _is_name_alone(paragraph) and not item
        texts = _cut(paragraph)
        for text in texts:
            introduction = _introduction(text, item, lead, heading)
            yield Sentence(text, number, introduction, item, heading, is_heading)

        if not item:
            lead = _next_lead(paragraph, texts[-1], lead)
            heading = paragraph if is_heading else ""


def _next_lead(paragraph: str, last: str, lead: str) -> str:
    """Return what introduces the list that may follow a paragraph: its last sentence, where it ends
    with a colon; what introduced the list before, where it is a heading."""
    if paragraph.rstrip().endswith(":"):
        return last
    if _is_name_alone(paragraph):
        return lead
    return ""


def _introduction(text: str, item: bool, lead: str, heading: str) -> str:
    """Return what introduces a text: an item's sentence or heading; a short line's sentence."""
    if item:
        return lead or heading
    if _is_name_alone(text):
        return lead
    return ""


def _is_name_alone(text: str) -> bool:
    """Return whether it is a short line that is no sentence: an item of a list whose bullets were
    lost in copying."""
    return len(text) <= 80 and not _ENDS_SENTENCE.search(text)


def _paragraphs(lines: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Yield whole paragraphs, joined over line breaks inside them, and whether each is a list
    item."""
    current = ""
    item = False
    for line in lines:
        bare = line.strip()
        is_item = _is_item(line)
        if bare and not is_item and _goes_on(current, bare):
            current += "\n" + bare
            continue
        if current:
            yield _folded(current), item
        current = _without_bullet(line)
        item = is_item

    if current:
        yield _folded(current), item


def _is_item(line: str) -> bool:
    """Return whether a line begins with a bullet and is no numbered paragraph."""
    if not _BULLET.match(line) or _NUMBERED.match(line):
        return False

    rest = _BULLET.sub("", line, count=1)
    return _NUMBERED.match(rest) is None


def _without_bullet(line: str) -> str:
    rest = _BULLET.sub("", line, count=1)
    return _NUMBERED.sub("", rest, count=1).strip()


def _goes_on(paragraph: str, bare: str) -> bool:
    """Return whether a line goes on with the paragraph: its last line was broken for its length."""
    if not paragraph:
        return False
    if bare[0].islower():
        return True

    last_line = paragraph.rsplit("\n", 1)[-1]
    if _LABEL.match(bare) and _LABEL.match(last_line):
        return False
    return len(last_line) >= _WRAPPED and not _ENDS_LINE.search(paragraph)


def _cut(paragraph: str) -> list[str]:
    """Return a paragraph's sentences; abbreviations, initials and dots that stand for omitted words
    do not end one."""
    pieces = [piece for piece in _pieces(paragraph) if piece]
    return pieces or [""]


def _pieces(paragraph: str) -> Iterator[str]:
    plain = _OMITTED.sub(", ", paragraph)
    plain = _URL.sub(" ", plain)
    for part in _ENUMERATOR.split(_folded(plain)):
        yield from _cut_at_ends(part)


def _cut_at_ends(text: str) -> Iterator[str]:
    start = 0
    for end in _ends_of_sentences(text):
        yield text[start:end].strip()
        start = end

    yield text[start:].strip()


def _ends_of_sentences(text: str) -> Iterator[int]:
    """Yield where each sentence ends; the last one, which ends with the text, is left out."""
    for end in _END.finditer(text):
        before = text[: end.start()].rstrip("\"'”’)]")
        if not _ABBREVIATION.search(before):
            yield end.end()
