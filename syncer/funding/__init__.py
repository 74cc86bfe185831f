"""A text → the statements of funding in it: who is given what, by whom, under which programme, for
when; and what a careful reader would not take for an award is left out (DESIGN §5.8).

    sentences.py     what the author says, sentence by sentence
    marked.py        councils, amounts, periods, programmes and ministries replaced by marks
    not_awards.py    deficits, savings, bids, prices, other funders
    listing.py       lists that pair councils with sums
    giving.py        who is given which sum (recipients.py, unnamed.py: which council an amount is for; gift_words.py: their words)
    shares.py        who is given something without a sum
    interventions.py notices, directions, commissioners, suspended payments; partnerships
    telling.py       programme, funder, kind, period of each; merging.py one statement for each thing told
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from syncer.errors import UnreadableTable
from syncer.funding.gift_words import Around, asked_about
from syncer.funding.giving import Gift, gifts, opens_list, tells_total
from syncer.funding.interventions import helps, interventions
from syncer.funding.listing import closes, is_item, is_others_item, opens
from syncer.funding.marked import Marked, mark
from syncer.funding.merging import Told, merged
from syncer.funding.schedules import instalments
from syncer.funding.sentences import PageText, Sentence, read_page
from syncer.funding.shares import says_allocation, without_sum
from syncer.funding.tables import Surroundings, read_table
from syncer.funding.tables.text import TextTable
from syncer.funding.telling import NOT_RING_FENCED, RING_FENCED, PageFacts, quote_of, statement_of
from syncer.model import FundingKind, Money, Qualifier, Statement
from syncer.quantities.money import same_figure
from syncer.register.council_names import Mention
from syncer.register.councils import Register
from syncer.register.programmes import Programme, Programmes

_EARLY = 5
_CHILDREN = re.compile(
    r"\b(?:child(?:ren)?|famil(?:y|ies)|foster\w*|adopt\w*|care leavers?|social work\w*|SEND"
    r"|special educational needs|youth)\b",
    re.I,
)
_PAPER = re.compile(
    r"^[\s,:–—-]*(?:city |county |borough |council |['’]s )*(?:cabinet|executive|committee|scrutiny|decision|delegated|board"
    r"|briefing|notice|minutes|forum|full council"
    r"|council meeting|sfpc|report|schools forum|overview|director|children and families|corporate parenting|key decision"
    r"|[A-Z]{2,6} delegated)\b",
    re.I,
)
_REPORT = re.compile(
    r"\breport (?:to|of|by|author)\b|\b(?:cabinet|committee|executive|scrutiny|forum|council meeting"
    r"|decision notice|minutes)\b",
    re.I,
)
_MEETING_OF = re.compile(
    r"\b(?:cabinet|committee|executive|decision|forum|board|minutes)\s*\($", re.I
)
_HEAD_SENTENCES = 7
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


def read_statements(
    text: str,
    register: Register,
    programmes: Programmes,
    *,
    published: dt.date | None = None,
    title: str = "",
    funder: str = "",
) -> tuple[Statement, ...]:
    """Every statement of funding in the text, in its order, each once. `published` is the page's
    day, else read from the text's own date line; `funder` is who publishes the page, where that is
    known. Councils are slugs, amounts whole pounds."""
    page = read_page(text)
    day = published or page.published
    lead = "\n".join(words for words in (title, page.head) if words)
    rows, prose, bare = _rows(page, register, programmes, day, lead, funder)
    sentences = ([Sentence(title, -1)] if title else []) + list(page.sentences) + prose
    marked = _marked(sentences, register, programmes, day)
    whole = _whole_page(page, sentences, marked, register, programmes, day, funder)
    rows += _schedules(bare, whole)
    told = list(_told(sentences, marked, whole))
    if not _about_ministries(marked, whole):
        told = [one for one in told if one.statement.kind is FundingKind.INTERVENTION]
    return tuple(
        _beside_rows(merged(told), rows)
        + [replace(row, determination=row.determination or whole.determination) for row in rows]
    )


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


def _schedules(tables: Sequence[TextTable], page: PageFacts) -> list[Statement]:
    """The instalments in tables without councils, for the council whose paper this is."""
    programme = page.main_programme
    if not programme and not page.funder:
        return []
    alike = Statement(
        FundingKind.AWARD,
        page.subject,
        "",
        programme.name if programme else "",
        programme.funder if programme else page.funder,
        announced=page.day,
        determination=page.determination,
    )
    return [
        one for table in tables for one in instalments(table.rows, page.subject, table.lead, alike)
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
) -> PageFacts:
    text = page.head + "\n" + "\n".join(sentence.text for sentence in sentences)
    numbers = set(_DETERMINATION.findall(text))
    early = [
        programme
        for sentence, one in zip(sentences, marked, strict=True)
        if sentence.paragraph <= _EARLY
        for programme in one.programmes
    ]
    early += _head_programmes(page, programmes, day)
    everywhere = early + [programme for one in marked for programme in one.programmes]
    named = [
        programme
        for programme in everywhere
        if programme in early or everywhere.count(programme) > 1
    ]
    given_by = [name for one in marked for name in one.funders if name]
    ring = (
        False
        if NOT_RING_FENCED.search(text)
        else True
        if numbers and RING_FENCED.search(text)
        else None
    )
    return PageFacts(
        day,
        _subject(page, sentences, marked, register, day),
        max(named, key=named.count) if named else None,
        funder or (given_by[0] if given_by else ""),
        numbers.pop() if len(numbers) == 1 else "",
        ring,
        any(one.funders for one in marked) and bool(_CHILDREN.search(text)),
    )


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
    lines = [
        *page.head.splitlines()[:3],
        *[sentence.text for sentence in sentences[:_HEAD_SENTENCES]],
    ]
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
    named = {slug for one in marked for group in one.groups for slug in group.councils}
    return tuple(named) if len(named) == 1 else ()


def _about_ministries(marked: Sequence[Marked], page: PageFacts) -> bool:
    """Whether the text has anything to do with the ministries' money at all."""
    scoped = any(programme.in_scope for one in marked for programme in one.programmes)
    return (
        bool(page.funder)
        or page.main_programme is not None
        or scoped
        or any(one.funders for one in marked)
    )


def _told(
    sentences: Sequence[Sentence], marked: Sequence[Marked], page: PageFacts
) -> Iterator[Told]:
    """What each sentence tells, read in the light of those before it."""
    around, programme, paragraph = Around(subject=page.subject), page.main_programme, -1
    pairs = False
    for number, (sentence, here) in enumerate(zip(sentences, marked, strict=True)):
        listed = is_item(here.text) and pairs
        own_words = re.match(r"‹G(\d+)›:\s", here.text)
        topic = (
            here.groups[int(own_words[1])].councils
            if own_words and not page.subject
            else page.subject
        )
        around = replace(
            around, subject=topic, giving=listed or bool(sentence.lead) and opens(sentence.lead)
        )
        if sentence.paragraph != paragraph:
            programme, paragraph = page.main_programme, sentence.paragraph
        own, programme = programme, here.programmes[0] if here.programmes else programme
        given = gifts(here, around)
        paid_for = [gift for gift in given if gift.money >= 0]
        for gift in [*given, *without_sum(here, around)]:
            nearby = (
                page.main_programme
                if gift.money < 0 and says_allocation(gift.clause)
                else own
                if gift.listed
                else programme
            )
            yield from statement_of(
                gift, sentence, here, nearby, page, _following(sentences, number)
            )
        yield from _others(sentence, here, programme, page, paid_for)
        if not listed and not is_others_item(here.text):
            pairs = (pairs or opens(sentence.text) or tells_total(here)) and not closes(
                sentence.text
            )
        around = Around(
            _spoken_of(here, paid_for, around),
            (),
            page.subject,
            around.giving,
            opens_list(here) or (around.shared and not here.money),
            next((group.councils for group in here.groups if len(group.units) > 1), around.several),
            paid_for[-1].councils if paid_for else (),
            asked_about(here) or (around.asked if not here.groups else ()),
        )


def _spoken_of(here: Marked, given: Sequence[Gift], around: Around) -> tuple[str, ...]:
    """The councils that "it" or "the council" means in the next sentence."""
    if given:
        return given[-1].councils
    return here.groups[0].councils if here.groups else around.spoken_of


def _following(sentences: Sequence[Sentence], number: int) -> str:
    """The next sentence, if it goes on about the money."""
    after = sentences[number + 1].text if number + 1 < len(sentences) else ""
    return after if _ITS_PERIOD.match(after) or after.startswith("Launched") else ""


def _others(
    sentence: Sentence,
    here: Marked,
    programme: Programme | None,
    page: PageFacts,
    given: Sequence[Gift],
) -> Iterator[Told]:
    """What a sentence tells besides gifts: nothing paid, interventions, partnerships, and totals
    that parts may add up to."""
    common = Statement(
        FundingKind.AWARD,
        (),
        quote_of(sentence),
        programme.name if programme else "",
        (programme.funder if programme else "") or page.funder,
        announced=page.day,
        period=here.periods[0].text if here.periods else "",
    )
    for nothing in _NOTHING.finditer(here.text):
        zero = Money(0, Qualifier.EXACT, "received nothing", 0, 0)
        for unit in here.groups[int(nothing[1])].units:
            yield Told(
                replace(common, kind=FundingKind.PAYMENT, councils=unit, money=zero),
                bool(here.programmes),
            )
    for one in interventions(here, page.subject):
        yield Told(
            replace(
                common,
                kind=FundingKind.INTERVENTION,
                councils=one.councils,
                what=one.what,
                status=one.status,
            )
        )
    for help in helps(here, page.subject):
        yield Told(
            replace(common, kind=FundingKind.PARTNERSHIP, councils=help.helper, helped=help.helped)
        )
    for number in {int(found) for found in re.findall(r"‹M(\d+)›", here.text)} - {
        gift.money for gift in given
    }:
        yield Told(replace(common, money=here.money[number]), bool(here.programmes))


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
    }
