"""A text → the statements of funding in it: who is given what, by whom, under which programme, for
when; each told, possible, or nothing (DESIGN §5.8).

    document.py      text → headings, sentences, list items with their introduction, tables
    mentions.py      councils, amounts, periods, programmes and ministries replaced by marks
    lexicon.csv      word, class: what the words around them can mean
    context.py       a page as parts: whose paper it is, which items a sentence introduces
    candidates.py    every sum × every council it can be for
    signals.py       what speaks for and against; weights.json says how much (score.py)
    decisions.py     one role for each sum and each council named without one
    scope.py         whose money counts
    attributes.py    programme, giver, period, status, capital, ring-fence
    prose.py         all of these → statements; merging.py: each thing told once
    interventions.py notices, directions, commissioners, suspended payments; partnerships
    payments.py      the monthly files of payments; reversals.py: what was taken back
    tables/          rows of councils and sums; schedules.py: a paper's instalments
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from syncer.errors import UnreadableTable
from syncer.funding.attributes import NOT_RING_FENCED, RING_FENCED, PageFacts, quote_of
from syncer.funding.context import Page, page_of
from syncer.funding.document import PageText, Sentence, read_page
from syncer.funding.interventions import helps, interventions
from syncer.funding.mentions import Marked, mark
from syncer.funding.merging import Told, merged
from syncer.funding.prose import read_prose
from syncer.funding.schedules import instalments
from syncer.funding.score import Scorer, load_scorer
from syncer.funding.tables import Surroundings, read_table
from syncer.funding.tables.text import TextTable
from syncer.model import Certainty, FundingKind, Money, Qualifier, Statement
from syncer.quantities.money import same_figure
from syncer.register.council_names import Mention
from syncer.register.councils import Register
from syncer.register.programmes import Programme, Programmes

_EARLY = 5
_CHILDREN = re.compile(
    r"\b(?:child(?:ren)?|famil(?:y|ies)|foster\w*|adopt\w*|care leavers?|social work\w*|SEND"
    r"|special educational needs|youth|education)\b",
    re.I,
)
_PAPER = re.compile(
    r"^[\s,:–—-]*(?:city |county |borough |council |['’]s )*(?:cabinet|executive|committee"
    r"|scrutiny|decision|delegated|board"
    r"|briefing|notice|minutes|forum|full council"
    r"|council meeting|sfpc|report|schools forum|overview|director|children and families"
    r"|corporate parenting|key decision"
    r"|[A-Z]{2,6} delegated)\b",
    re.I,
)
_REPORT = re.compile(
    r"\breport (?:to|of|by|author)\b|\b(?:cabinet|committee|executive|scrutiny|forum"
    r"|council meeting"
    r"|decision notice|minutes)\b",
    re.I,
)
_MEETING_OF = re.compile(
    r"\b(?:cabinet|committee|executive|decision|forum|board|minutes)\s*\($", re.I
)
_HEAD_SENTENCES = 7
_OFTEN = 3
"""Times a paper names the council whose it is, at least."""
_SCHOOLS_FORUM = re.compile(r" schools['’]? forum\b", re.I)
_DETERMINATION = re.compile(r"(?<![\d/])(31/\d{4}|CSDSD ?\d{2}/\d{4})(?!\d)")
_NOTHING = re.compile(
    r"‹G(\d+)›(?:\s+(?:have|has|had|both|each|all|were|was))*\s+(?:received|been paid|paid|got"
    r"|given)\s+(nothing|no (?:payments?|money|funding))\b",
    re.I,
)
_ITS_PERIOD = re.compile(
    r"^(?:the|this|that) (?:\w+ ){0,2}(?:funding|grant|money|award|cash|investment|funded period)\b"
    r"|^(?:it|funding) (?:will|is|covers|runs)\b",
    re.I,
)


@dataclass(frozen=True)
class FundingReading:
    """What a text says of money: told, possible, and (for who asks why) what was taken for
    nothing."""

    told: tuple[Statement, ...]
    possible: tuple[Statement, ...] = ()
    nothing: tuple[Statement, ...] = ()


def read_statements(
    text: str,
    register: Register,
    programmes: Programmes,
    *,
    published: dt.date | None = None,
    title: str = "",
    funder: str = "",
) -> tuple[Statement, ...]:
    """Return every statement of funding the text tells for certain, in its order, each once."""
    return read_funding(
        text, register, programmes, published=published, title=title, funder=funder
    ).told


def read_told_and_possible(
    text: str,
    register: Register,
    programmes: Programmes,
    *,
    published: dt.date | None = None,
    title: str = "",
    funder: str = "",
) -> tuple[Statement, ...]:
    """Return what the text tells for certain, then what is possible (see their `certainty`)."""
    read = read_funding(text, register, programmes, published=published, title=title, funder=funder)
    return read.told + read.possible


def read_funding(
    text: str,
    register: Register,
    programmes: Programmes,
    *,
    published: dt.date | None = None,
    title: str = "",
    funder: str = "",
    scorer: Scorer | None = None,
) -> FundingReading:
    """Return what the text says of money. `published` is the page's day, else read from the text's
    own date line; `funder` is who publishes the page, where that is known. Councils are slugs,
    amounts whole pounds."""
    page, whole, rows = _opened(text, register, programmes, published, title, funder)
    told = list(read_prose(page, whole.facts, scorer or load_scorer()))
    told += _other_kinds(page, whole)
    return _settled(told, rows, whole)


def open_page(
    text: str, register: Register, programmes: Programmes, *, title: str = ""
) -> tuple[Page, PageFacts]:
    """Return the prose of a text as parts, and what holds for the whole page."""
    page, whole, _ = _opened(text, register, programmes, None, title, "")
    return page, whole.facts


@dataclass(frozen=True)
class _Whole:
    """A page's facts and the council whose paper it is."""

    facts: PageFacts
    subject: tuple[str, ...]


def _opened(
    text: str,
    register: Register,
    programmes: Programmes,
    published: dt.date | None,
    title: str,
    funder: str,
) -> tuple[Page, _Whole, list[Statement]]:
    read = read_page(text)
    day = published or read.published
    lead = "\n".join(words for words in (title, read.head) if words)
    rows, prose, bare = _rows(read, register, programmes, day, lead, funder)
    sentences = (
        ([Sentence(title, -1, is_heading=True)] if title else []) + list(read.sentences) + prose
    )
    marked = _marked(sentences, register, programmes, day)
    whole = _whole_page(read, sentences, marked, register, programmes, day, funder)
    rows += _schedules(bare, whole)
    return page_of(sentences, marked, whole.subject, bool(title)), whole, rows


def _settled(told: Sequence[Told], rows: Sequence[Statement], whole: _Whole) -> FundingReading:
    """Return what is told once, beside the rows; a possible that is told is not one."""
    by = {one: [t for t in told if t.statement.certainty is one] for one in Certainty}
    numbered = [
        replace(row, determination=row.determination or whole.facts.determination) for row in rows
    ]
    repeated = [t for t in by[Certainty.POSSIBLE] if _repeats(t, by[Certainty.TOLD])]
    parts = [_total(t) for t in by[Certainty.POSSIBLE] + by[Certainty.NOTHING]]
    certain = _beside_rows(merged([*by[Certainty.TOLD], *repeated, *parts]), numbered) + numbered
    certain = [replace(one, certainty=Certainty.TOLD) for one in certain]
    maybe = [
        one for one in merged(by[Certainty.POSSIBLE]) if one.councils and not _is_told(one, certain)
    ]
    return FundingReading(
        tuple(certain),
        tuple(_beside_rows(maybe, numbered)),
        tuple(t.statement for t in by[Certainty.NOTHING] if t.statement.money),
    )


def _repeats(one: Told, told: Sequence[Told]) -> bool:
    """Whether a sum that could not be read for certain is the figure of one that could, for the
    same councils."""
    first = one.statement
    return any(
        first.money
        and other.statement.money
        and first.councils == other.statement.councils
        and same_figure(first.money, other.statement.money)
        for other in told
    )


def _total(one: Told) -> Told:
    """The sum without councils: the total that told parts may add up to."""
    return replace(one, statement=replace(one.statement, councils=()))


def _is_told(one: Statement, certain: Sequence[Statement]) -> bool:
    """Whether the sum, or the place, is among what is told for certain."""
    for other in certain:
        if one.money and other.money and same_figure(one.money, other.money):
            return True
        if not one.money and set(one.councils) <= set(other.councils):
            return True
    return False


def _rows(
    page: PageText,
    register: Register,
    programmes: Programmes,
    day: dt.date | None,
    lead: str,
    funder: str,
) -> tuple[list[Statement], list[Sentence], list[TextTable]]:
    """The statements of the text's tables, the rows of those that are none as sentences, and these
    tables themselves."""
    statements: list[Statement] = []
    prose: list[Sentence] = []
    bare: list[TextTable] = []
    for table in page.tables:
        far = (*table.before[1:], *table.after, *lead.splitlines())
        around = Surroundings(table.before[:1], far, funder, day)
        try:
            read = read_table(table.rows, around, register, programmes).statements
            statements += _as_listed(read, programmes) if table.is_list else read
        except UnreadableTable:
            bare.append(table)
            prose += [
                Sentence(" ".join(cell for cell in row if cell), len(page.sentences))
                for row in table.rows
            ]
    return statements, prose, bare


def _as_listed(read: Sequence[Statement], programmes: Programmes) -> list[Statement]:
    """Return the rows of a list as awards, unless its programme is shared out by formula."""
    by_formula = {one.name for one in programmes.all if one.kind is FundingKind.ALLOCATION}
    return [
        row if row.programme in by_formula else replace(row, kind=FundingKind.AWARD) for row in read
    ]


def _schedules(tables: Sequence[TextTable], whole: _Whole) -> list[Statement]:
    """The instalments in tables without councils, for the council whose paper this is."""
    page = whole.facts
    programme = page.main_programme
    if not programme and not page.funder:
        return []
    alike = Statement(
        FundingKind.AWARD,
        whole.subject,
        "",
        programme.name if programme else "",
        programme.funder if programme else page.funder,
        announced=page.day,
        determination=page.determination,
    )
    return [
        one for table in tables for one in instalments(table.rows, whole.subject, table.lead, alike)
    ]


def _beside_rows(told: Sequence[Statement], rows: Sequence[Statement]) -> list[Statement]:
    """What the prose tells and no row of a table does."""

    def in_rows(one: Statement) -> bool:
        return any(
            set(one.councils) <= set(row.councils)
            and (not one.money or (row.money is not None and same_figure(one.money, row.money)))
            for row in rows
        )

    return [
        one
        for one in told
        if one.kind in (FundingKind.INTERVENTION, FundingKind.PARTNERSHIP) or not in_rows(one)
    ]


def _marked(
    sentences: Sequence[Sentence], register: Register, programmes: Programmes, day: dt.date | None
) -> list[Marked]:
    """Each sentence marked. Councils are looked for in the whole text, because one part explains a
    short name in another."""
    found = register.mentions("\n".join(sentence.text for sentence in sentences), day)
    marked, start = [], 0
    for sentence in sentences:
        end = start + len(sentence.text)
        inside = [
            Mention(
                m.start - start, m.end - start, _as_of(m.slugs, register, day), m.text, m.ambiguous
            )
            for m in found
            if start <= m.start and m.end <= end
        ]
        marked.append(mark(sentence.text, inside, programmes, day))
        start = end + 1
    return marked


def _as_of(slugs: tuple[str, ...], register: Register, day: dt.date | None) -> tuple[str, ...]:
    """The councils that went by these names on that day: "Dorset Council" in 2017 is the county
    that came before it."""
    then = []
    for slug in slugs:
        council = register.by_slug(slug)
        early = day is not None and council.opened is not None and day < council.opened
        before = [other for other in council.predecessors if early and other.startswith(slug)]
        then.append(before[0] if len(before) == 1 else slug)
    return tuple(then)


def _whole_page(
    page: PageText,
    sentences: Sequence[Sentence],
    marked: Sequence[Marked],
    register: Register,
    programmes: Programmes,
    day: dt.date | None,
    funder: str,
) -> _Whole:
    text = page.head + "\n" + "\n".join(sentence.text for sentence in sentences)
    numbers = set(_DETERMINATION.findall(text))
    given_by = [name for one in marked for name in one.funders if name]
    first_giver = given_by[0] if given_by else ""
    in_head = _head_programmes(page, programmes, day)

    facts = PageFacts(
        day,
        _main_programme(sentences, marked, in_head),
        funder or first_giver,
        next(iter(numbers)) if len(numbers) == 1 else "",
        _is_ring_fenced(text, bool(numbers)),
        bool(_CHILDREN.search(text)),
    )
    return _Whole(facts, _subject(page, sentences, marked, register, day))


def _main_programme(
    sentences: Sequence[Sentence], marked: Sequence[Marked], in_head: Sequence[Programme]
) -> Programme | None:
    """Return the programme named most often; one that is named late must be named twice."""
    early: list[Programme] = []
    for sentence, one in zip(sentences, marked, strict=True):
        if sentence.paragraph <= _EARLY:
            early += one.programmes
    early += in_head

    everywhere = list(early)
    for one in marked:
        everywhere += one.programmes

    named = [one for one in everywhere if one in early or everywhere.count(one) > 1]
    return max(named, key=named.count) if named else None


def _is_ring_fenced(text: str, has_determination: bool) -> bool | None:
    """Return whether the page says so; only a grant determination's word counts for yes."""
    if NOT_RING_FENCED.search(text):
        return False
    if has_determination and RING_FENCED.search(text):
        return True
    return None


def _head_programmes(
    page: PageText, programmes: Programmes, day: dt.date | None
) -> list[Programme]:
    """The programmes named in the page's head; an address says in its path what the page is
    called."""
    words = re.sub(r"https?://[^/\s]+/|[/?=_]", " ", "\n".join(page.head.splitlines()[:3]))
    return [mention.programme for mention in programmes.mentions(words, day)]


def _subject(
    page: PageText,
    sentences: Sequence[Sentence],
    marked: Sequence[Marked],
    register: Register,
    day: dt.date | None,
) -> tuple[str, ...]:
    """The council whose own paper this is, or the only one the text names."""
    printed = [
        *page.head.splitlines()[:3],
        *[sentence.text for sentence in sentences[:_HEAD_SENTENCES]],
    ]
    lines = [_SCHOOLS_FORUM.sub(" Council forum", line) for line in printed]
    paper = bool(_REPORT.search("\n".join(lines)))
    for number, line in enumerate(lines):
        for mention in register.mentions(line, day):
            alone = paper and (
                len(line) - len(mention.text) <= 3
                or bool(_MEETING_OF.search(line[: mention.start]))
            )
            if len(mention.slugs) == 1 and (
                alone or (number < _HEAD_SENTENCES and _PAPER.match(line[mention.end :]))
            ):
                return mention.slugs
    named = Counter(group.councils for one in marked for group in one.groups)
    slugs = {slug for councils in named for slug in councils}
    if len(slugs) == 1:
        return tuple(slugs)
    return _mostly_about(named) if paper else ()


def _mostly_about(named: Counter[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the council that a paper names most often; nothing where another is named as often."""
    alone = [(count, councils) for councils, count in named.items() if len(councils) == 1]
    alone.sort(reverse=True)
    if not alone or alone[0][0] < _OFTEN:
        return ()
    return () if len(alone) > 1 and alone[1][0] == alone[0][0] else alone[0][1]


def _other_kinds(page: Page, whole: _Whole) -> Iterator[Told]:
    """Yield what is told besides sums and places: nothing paid, interventions, partnerships."""
    for part in page.parts:
        common = Statement(
            FundingKind.AWARD,
            (),
            quote_of(part.sentence),
            funder=whole.facts.funder,
            announced=whole.facts.day,
            period=part.marked.periods[0].text if part.marked.periods else "",
        )
        named = part.marked.programmes or (
            (whole.facts.main_programme,) if whole.facts.main_programme else ()
        )
        if named:
            common = replace(common, programme=named[0].name, funder=named[0].funder)
        yield from _nothing_paid(part.marked, common)
        yield from _interventions(part.marked, whole.subject, common)


def _nothing_paid(here: Marked, common: Statement) -> Iterator[Told]:
    for nothing in _NOTHING.finditer(here.text):
        zero = Money(0, Qualifier.EXACT, "received nothing", 0, 0)
        for unit in here.groups[int(nothing[1])].units:
            yield Told(
                replace(common, kind=FundingKind.PAYMENT, councils=unit, money=zero),
                bool(here.programmes),
            )


def _interventions(here: Marked, subject: tuple[str, ...], common: Statement) -> Iterator[Told]:
    for one in interventions(here, subject):
        kind = FundingKind.INTERVENTION
        what = replace(common, kind=kind, councils=one.councils, what=one.what, status=one.status)
        yield Told(what)
    for help in helps(here, subject):
        kind = FundingKind.PARTNERSHIP
        yield Told(replace(common, kind=kind, councils=help.helper, helped=help.helped))


def statement_as_json(path: str, statement: Statement, register: Register) -> dict[str, object]:
    """The statement with the keys of `syncer extract` (DESIGN §10), then further ones. `councils`
    are GSS codes; for a partnership both the council that helps and the council helped."""
    codes = [register.by_slug(slug).gss for slug in (*statement.councils, *statement.helped)]
    money = statement.money
    return {
        "path": path,
        "kind": statement.kind.value,
        "councils": codes,
        "programme": statement.programme,
        "funder": statement.funder,
        "amount": money.pounds if money else None,
        "qualifier": money.qualifier.value if money else None,
        "amount_text": money.text if money else "",
        "period": statement.period,
        "announced": statement.announced.isoformat() if statement.announced else None,
        "joint": statement.joint,
        "quote": statement.quote,
        "helped": [register.by_slug(slug).gss for slug in statement.helped],
        "determination": statement.determination,
        "capital": statement.capital,
        "ring_fenced": statement.ring_fenced,
        "status": statement.status,
        "what": statement.what,
        "certainty": statement.certainty.value,
        "p": statement.p,
        "why": list(statement.why),
    }
