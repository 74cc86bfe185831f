"""A text opened for judging: its prose marked and in parts, what holds for the whole page, and what
the rows of its tables say."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from syncer.errors import UnclearGiver, UnreadableTable
from syncer.funding.attributes import PageFacts
from syncer.funding.context import Page, page_of
from syncer.funding.document import PageText, Sentence, read_page
from syncer.funding.mentions import Marked, mark, with_department
from syncer.funding.ring_fence import ring_fenced_in
from syncer.funding.schedules import instalments
from syncer.funding.subject import subject_of
from syncer.funding.tables import RowFault, Surroundings, TableReading, read_table
from syncer.funding.tables.as_prose import rows_as_prose
from syncer.funding.tables.own import introduce_parts, read_own_grants
from syncer.funding.tables.scope import names_payers
from syncer.funding.tables.text import TextTable
from syncer.model import Council, FundingKind, Statement
from syncer.register.council_names import Mention
from syncer.register.councils import Register
from syncer.register.programmes import Programme, Programmes

_BETWEEN = "\n|\n"
"""Parts sentences: no name goes on in the next one ("North West" above "Blackpool")."""
_EARLY = 5
_HEAD_LINES = 3
_CHILDREN = re.compile(
    r"\b(?:child(?:ren)?|famil(?:y|ies)|foster\w*|adopt\w*|care leavers?|social work\w*|SEND"
    r"|special educational needs|youth|education)\b",
    re.I,
)
_DETERMINATION = re.compile(r"(?<![\d/])(31/\d{4}|CSDSD ?\d{2}/\d{4})(?!\d)")
_POINTING = re.compile(r"\b(?:below|following|as follows|in the table)\b", re.I)
_DIGITS = re.compile(r"\d[\d,.]{2}")
_ADDRESS = re.compile(r"https?://[^/\s]+/|[/?=_]")


@dataclass(frozen=True)
class Known:
    """What is known before a text is read: councils and programmes, the day the page was
    `published`, its `title`, and the `funder` that publishes it."""

    register: Register
    programmes: Programmes
    published: dt.date | None = None
    title: str = ""
    funder: str = ""


@dataclass(frozen=True)
class OpenedText:
    """A text ready to be judged: the parts of its prose, the facts of the whole page, and the
    statements of the rows of its tables."""

    page: Page
    facts: PageFacts
    rows: tuple[Statement, ...]


def open_text(text: str, known: Known) -> OpenedText:
    """Return the text opened; its own date line says when it was published, where nobody else
    does."""
    read = read_page(text)
    known = _with_day(known, read.published)

    tables = _read_tables(read, known)
    sentences = [*_title(known), *read.sentences]
    marked = _marked(sentences, known)
    subject = subject_of(read.head, sentences, marked, known.register, known.published)
    _read_own_grants(tables, subject, known)
    unread = _rows_as_sentences(tables, len(read.sentences), in_own_paper=bool(subject))
    if unread:
        sentences += unread
        marked = _marked(sentences, known)
    facts = _facts(read, sentences, marked, known)

    page = page_of(sentences, marked, subject, bool(known.title))
    rows = (*tables.statements, *_schedules(tables.bare, facts, subject))
    return OpenedText(page, facts, rows)


def _with_day(known: Known, own: dt.date | None) -> Known:
    """Return what is known, with the text's own day where no other is known."""
    if known.published is not None:
        return known
    return replace(known, published=own)


def _title(known: Known) -> list[Sentence]:
    """Return the page's title as its first sentence."""
    if not known.title:
        return []
    return [Sentence(known.title, -1, is_heading=True)]


# -- Tables ----------------------------------------------------------------------------------------


@dataclass
class _Tables:
    """The statements of the text's tables; the tables that say nothing by themselves, those of
    which nothing says whose money they hold, or whose rows pay it or part it, and the rows of
    others whose figure, or whose council, could not be read, each with what stands over its
    table."""

    statements: list[Statement] = field(default_factory=list)
    bare: list[TextTable] = field(default_factory=list)
    unclear: list[TextTable] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)


def _read_tables(page: PageText, known: Known) -> _Tables:
    found = _Tables()
    for table in page.tables:
        try:
            read = _read(table, page, known)
        except UnclearGiver:
            found.unclear.append(table)
        except UnreadableTable:
            is_of_payers = names_payers(table.lead)
            unread = found.unclear if is_of_payers else found.bare
            unread.append(table)
        else:
            found.statements += _statements(table, read, known.programmes)
            found.unread += [(fault.row, table.lead) for fault in _with_sums(read)]

    return found


def _introducing(table: TextTable) -> tuple[str, ...]:
    """Return the lines above a table that point to it, "the grants listed below"; the one just
    above where none does."""
    pointing = [line for line in table.before if _POINTING.search(line)]
    return tuple(pointing) or table.before[:1]


def _with_sums(read: TableReading) -> Iterator[RowFault]:
    """Yield the rows whose figure could not be read, and those with a figure whose council could
    not."""
    yield from read.unread
    for fault in read.unmatched:
        if _DIGITS.search(fault.row):
            yield fault


def _read_own_grants(tables: _Tables, subject: tuple[str, ...], known: Known) -> None:
    """Read the tables that name no council as those of the grants of the council whose paper this
    is; those that are not stay."""
    if len(subject) != 1:
        return

    council = known.register.by_slug(subject[0])
    bare, tables.bare = tables.bare, []
    for table in bare:
        around = Surroundings(_introducing(table), table.after[:1], published=known.published)
        try:
            found = read_own_grants(table.rows, around, council, known.register, known.programmes)
        except UnreadableTable:
            unread = tables.unclear if introduce_parts(around.near) else tables.bare
            unread.append(table)
        else:
            tables.statements += found


def _read(table: TextTable, page: PageText, known: Known) -> TableReading:
    """Return what the rows say. Raises UnreadableTable as read_table() does."""
    around = _surroundings(table, page, known)
    return read_table(table.rows, around, known.register, known.programmes)


def _statements(
    table: TextTable, read: TableReading, programmes: Programmes
) -> tuple[Statement, ...]:
    given = tuple(row for row in read.statements if not _is_returned(row))
    if table.is_list:
        return _as_listed(given, programmes)
    return given


def _is_returned(row: Statement) -> bool:
    """Return whether a row is of money that went back."""
    return row.money is not None and row.money.pounds < 0


def _surroundings(table: TextTable, page: PageText, known: Known) -> Surroundings:
    """Return the words about a table: those of the page's title and head are the farthest."""
    top = "\n".join(words for words in (known.title, page.head) if words)
    far = (*table.before[1:], *table.after, *top.splitlines())
    return Surroundings(table.before[:1], far, known.funder, known.published)


def _rows_as_sentences(tables: _Tables, paragraph: int, *, in_own_paper: bool) -> list[Sentence]:
    """Return the rows that no table's reading tells as sentences: none is dropped unseen."""
    found: list[Sentence] = []
    for table in tables.bare:
        found += _bare_rows(table, paragraph, in_own_paper=in_own_paper)

    for table in tables.unclear:
        for line in _lines_of(table):
            found.append(Sentence(line, paragraph, doubtful=True))

    for row, lead in tables.unread:
        line = row.replace(" | ", " ")
        found.append(Sentence(line, paragraph, lead, item=True))

    return found


def _bare_rows(table: TextTable, paragraph: int, *, in_own_paper: bool) -> list[Sentence]:
    """Return the rows of a table without councils: in a council's own paper as the items of a list
    of its grants, elsewhere as they are."""
    if not in_own_paper:
        return [Sentence(line, paragraph) for line in _lines_of(table)]

    items = [Sentence(row, paragraph, table.lead, item=True) for row in rows_as_prose(table)]
    if not table.lead:
        return items
    return [Sentence(table.lead, paragraph, is_heading=True), *items]


def _lines_of(table: TextTable) -> list[str]:
    """Return the rows as lines."""
    return [" ".join(filter(None, row)) for row in table.rows]


def _as_listed(read: Iterable[Statement], programmes: Programmes) -> tuple[Statement, ...]:
    """Return the rows of a list as awards, unless its programme is shared out by formula."""
    by_formula = _shared_out_by_formula(programmes)
    listed = []
    for row in read:
        kind = row.kind if row.programme in by_formula else FundingKind.AWARD
        listed.append(replace(row, kind=kind))

    return tuple(listed)


def _shared_out_by_formula(programmes: Programmes) -> set[str]:
    """Return the names of the programmes whose money is shared out by formula."""
    return {one.name for one in programmes.all if one.kind is FundingKind.ALLOCATION}


def _schedules(
    tables: Sequence[TextTable], facts: PageFacts, subject: tuple[str, ...]
) -> list[Statement]:
    """Return the instalments in tables without councils, for the council whose paper this is."""
    if not facts.main_programme and not facts.funder:
        return []

    alike = _alike(facts, subject)
    found = []
    for table in tables:
        found += instalments(table.rows, subject, table.lead, alike)

    return found


def _alike(facts: PageFacts, subject: tuple[str, ...]) -> Statement:
    """Return what the instalments of a paper have alike."""
    programme = facts.main_programme
    return Statement(
        FundingKind.AWARD,
        subject,
        "",
        programme.name if programme else "",
        programme.funder if programme else facts.funder,
        announced=facts.day,
        determination=facts.determination,
    )


# -- Marks -----------------------------------------------------------------------------------------


def _marked(sentences: Sequence[Sentence], known: Known) -> list[Marked]:
    """Return each sentence marked. Councils are looked for in the whole text, because one part
    explains a short name in another."""
    whole = _BETWEEN.join(sentence.text for sentence in sentences)
    mentions = known.register.mentions(whole, known.published)

    marked = []
    start = 0
    for sentence in sentences:
        inside = _inside(mentions, start, start + len(sentence.text), known)
        marked.append(mark(sentence.text, inside, known.programmes, known.published))
        start += len(sentence.text) + len(_BETWEEN)

    return with_department(marked, whole)


def _inside(mentions: Iterable[Mention], start: int, end: int, known: Known) -> list[Mention]:
    """Return the mentions from `start` to `end` of the whole text, by their places from `start`."""
    found = []
    for mention in mentions:
        if start <= mention.start and mention.end <= end:
            found.append(_moved(mention, start, known))

    return found


def _moved(mention: Mention, start: int, known: Known) -> Mention:
    """Return a mention of the whole text by its place in the sentence that starts there."""
    return Mention(
        mention.start - start,
        mention.end - start,
        _as_of(mention.slugs, known.register, known.published),
        mention.text,
        mention.ambiguous,
    )


def _as_of(slugs: tuple[str, ...], register: Register, day: dt.date | None) -> tuple[str, ...]:
    """Return the councils that went by these names on that day: "Dorset Council" in 2017 is the
    county that came before it."""
    return tuple(_council_on(slug, register, day) for slug in slugs)


def _council_on(slug: str, register: Register, day: dt.date | None) -> str:
    council = register.by_slug(slug)
    if day is None or council.opened is None or day >= council.opened:
        return slug
    return _predecessor_of_that_name(council) or slug


def _predecessor_of_that_name(council: Council) -> str | None:
    """Return the one council before this one that bore its name; None where there is not one."""
    before = [other for other in council.predecessors if other.startswith(council.slug)]
    if len(before) != 1:
        return None
    return before[0]


# -- What holds for the whole page -----------------------------------------------------------------


def _facts(
    page: PageText, sentences: Sequence[Sentence], marked: Sequence[Marked], known: Known
) -> PageFacts:
    text = _whole_text(page, sentences)
    numbers = sorted(set(_DETERMINATION.findall(text)))
    return PageFacts(
        known.published,
        _main_programme(sentences, marked, _head_programmes(page, known)),
        known.funder or _first_giver(marked),
        determination=numbers[0] if len(numbers) == 1 else "",
        ring_fenced=_is_ring_fenced(text, bool(numbers)),
        about_children=_CHILDREN.search(text) is not None,
    )


def _whole_text(page: PageText, sentences: Sequence[Sentence]) -> str:
    lines = [page.head]
    lines += [sentence.text for sentence in sentences]
    return "\n".join(lines)


def _first_giver(marked: Sequence[Marked]) -> str:
    """Return the ministry that is named first; empty where none is."""
    for one in marked:
        for name in one.funders:
            if name:
                return name

    return ""


def _main_programme(
    sentences: Sequence[Sentence], marked: Sequence[Marked], in_head: Sequence[Programme]
) -> Programme | None:
    """Return the programme named most often; one that is named late must be named twice."""
    early = [*_named_early(sentences, marked), *in_head]
    named = _early_or_twice(early, marked)
    if named:
        return max(named, key=named.count)
    return None


def _early_or_twice(early: Sequence[Programme], marked: Sequence[Marked]) -> list[Programme]:
    """Return the programmes as often as they are named, without those named late and once."""
    late = [programme for one in marked for programme in one.programmes]
    everywhere = [*early, *late]

    kept = []
    for programme in everywhere:
        if programme in early or everywhere.count(programme) > 1:
            kept.append(programme)

    return kept


def _named_early(sentences: Sequence[Sentence], marked: Sequence[Marked]) -> Iterator[Programme]:
    for sentence, one in zip(sentences, marked, strict=True):
        if sentence.paragraph <= _EARLY:
            yield from one.programmes


def _is_ring_fenced(text: str, has_determination: bool) -> bool | None:
    """Return whether the page says so; only a grant determination's word counts for yes."""
    said = ring_fenced_in(text)
    if said and not has_determination:
        return None
    return said


def _head_programmes(page: PageText, known: Known) -> list[Programme]:
    """Return the programmes named in the page's head; an address says in its path what the page is
    called."""
    lines = page.head.splitlines()[:_HEAD_LINES]
    words = _ADDRESS.sub(" ", "\n".join(lines))
    mentions = known.programmes.mentions(words, known.published)

    return [mention.programme for mention in mentions]
