"""Rows of a table → statements of funding. Columns are found by what is in them, not by where they
stand: the council column is the one whose cells the register knows, an amount column one whose
cells read as money.

Layouts read: HTML annexes of grant determinations (one amount, or several years or grants side by
side), allocation spreadsheets, the monthly "spend over £25,000" files (a supplier, a transaction
number, a date; negative rows are reversals).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from syncer.errors import CouncilError, NotACouncil, UnreadableTable
from syncer.funding.sentences import day_in
from syncer.model import Council, FundingKind, Money, Statement
from syncer.quantities.money import ceiling, read_amount_cell
from syncer.quantities.periods import find_periods
from syncer.register.councils import Register
from syncer.register.programmes import Programme, Programmes

Row = Sequence[str]
_CODE = r"E\d{8}"
_EMPTY = re.compile(r"\W*|£\s*-|n/?a|nil", re.I)
_SAMPLE = 400
_LEAST = 1_000
_QUOTE = 400
_NAMED_FOR_COUNCILS = re.compile(
    r"\b(?:supplier|payee|local authority|authority|council|LA(?: name)?|recipient|organisation"
    r"|area|name)\b",
    re.I,
)
_NOT_MONEY = re.compile(
    r"\b(?:code|codes|number|no\.?|ref(?:erence)?|transaction|rank|population|count|percent\w*|urn|ons|gss|ecode|places|pupils"
    r"|weight\w*|share of|proportion|rate|families"
    r"|children|adopters|cost centre|invoice|postcode|phone|year|month|date|change)\b|%|#",
    re.I,
)
_MONEY_HEADER = re.compile(
    r"£|\b(?:amount|allocation|funding|grant|award|payment|value|total|sum)\b", re.I
)
_TOTAL = re.compile(
    r"^\W*(?:(?:grand|sub|overall|national|england|regional)[ -]?)?totals?\b|^\W*(?:england"
    r"|all (?:local )?authorities|sum|average|mean|median|n/a)\W*$",
    re.I,
)
_TOTAL_COLUMN = re.compile(r"\b(?:total|sum|overall|combined)\b", re.I)
_PAYMENTS = re.compile(r"\b(?:supplier|transaction|expense|payee|invoice)\b", re.I)
_SCALES = (
    (re.compile(r"£\s?(?:m|mn|million)s?\b|\bin millions\b|£ millions", re.I), 10**6),
    (
        re.compile(
            r"£\s?['’]?(?:000s?|k)\b"
            r"|\bin thousands\b|£ thousands?",
            re.I,
        ),
        10**3,
    ),
)
_MAXIMUM = re.compile(r"\b(?:maximum|up to|ceiling|cap)\b", re.I)
_STATUS = re.compile(r"\b(indicative|provisional|notional|final|revised)\b", re.I)
_NOT_RING_FENCED = re.compile(r"\b(?:not|un|non)[- ]?ring-?\s?fenced\b", re.I)
_SCHOOL_MONEY = re.compile(r"\b(?:education (?:and skills )?funding agency|ESFA|EFA)\b", re.I)
_PART_OR_OWN = re.compile(
    r"^\W*of which\b|\b(?:council|authority|LA|local|own|partners?|NHS|ICB)(?:['’]s)? (?:\w+ )?(?:contribution|match)"
    r"|\bmatch(?:ed)?[- ]fund",
    re.I,
)
_LIKE_A_COUNCIL = re.compile(
    r"\b(?:council|borough|county|M\.?B\.?C|C\.?C|authority|corporation|city of)\b", re.I
)


@dataclass(frozen=True)
class TableReading:
    """The statements, in the order of the rows, and the rows whose council the register does not
    know."""

    statements: tuple[Statement, ...]
    unmatched: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class _Column:
    """One amount column: its place, what its header says, and how many pounds one unit of it is."""

    place: int
    header: str
    period: str
    programme: Programme | None
    scale: int


@dataclass(frozen=True)
class _About:
    """What holds for the whole table."""

    programme: Programme | None
    funder: str
    published: dt.date | None
    determination: str
    words: str
    payments: bool


def statements_from_rows(
    rows: Sequence[Row],
    register: Register,
    programmes: Programmes,
    *,
    published: dt.date | None = None,
    lead: str = "",
    funder: str = "",
    determination: str = "",
) -> TableReading:
    """Allocations (payments, if the table has suppliers and transactions) of the councils in the
    rows. `lead` is what stands around the table: its caption, the page's title. UnreadableTable if
    no column holds councils, or none beside it money."""
    table = [
        tuple(cell.strip() for cell in row) for row in rows if any(cell.strip() for cell in row)
    ]
    known: dict[str, tuple[Council, tuple[Council, ...]] | CouncilError] = {}

    def look_up(cell: str) -> tuple[Council, tuple[Council, ...]] | CouncilError:
        if cell not in known:
            known[cell] = _council(cell, register, published)
        return known[cell]

    place = _council_column(table, look_up)
    first = next(
        number
        for number, row in enumerate(table)
        if len(row) > place and not isinstance(look_up(row[place]), CouncilError)
    )
    header, body = table[:first], table[first:]
    about = _about(header, lead, programmes, published, funder, determination)
    columns = _amount_columns(header, body, place, about, programmes)
    return _read(body, place, columns, header, about, look_up)


def _council(
    cell: str, register: Register, on: dt.date | None
) -> tuple[Council, tuple[Council, ...]] | CouncilError:
    """The council a cell names and those it delivers for; the error is a value, so that the other
    rows are read."""
    try:
        if re.fullmatch(_CODE, cell):
            return register.by_gss(cell), ()
        if not re.search(r"[A-Za-z]{3}", cell):
            return NotACouncil(f"{cell!r} is not a name.")
        matched = register.match_cell(re.sub(r"\s*\(lead\b[^)]*\)$", "", cell, flags=re.I), on)
        return matched.council, matched.delivering_for
    except CouncilError as error:
        return error


def _council_column(table: Sequence[Row], look_up: Callable[[str], object]) -> int:
    """The column with the most cells that the register knows."""
    width = max((len(row) for row in table), default=0)
    best, most = -1, 0
    for place in range(width):
        cells = [
            row[place]
            for row in table[:_SAMPLE]
            if len(row) > place and row[place] and not _TOTAL.match(row[place])
        ]
        hits = sum(not isinstance(look_up(cell), CouncilError) for cell in cells)
        named = any(_NAMED_FOR_COUNCILS.search(cell) for cell in cells[:3])
        names = any(
            not re.fullmatch(_CODE, cell) and not isinstance(look_up(cell), CouncilError)
            for cell in cells
        )
        score = hits * 2 + names
        if score > most and hits and (named or hits * 2 >= len(cells)):
            best, most = place, score
    if best < 0:
        raise UnreadableTable("No column of the table names councils.")
    return best


def _about(
    header: Sequence[Row],
    lead: str,
    programmes: Programmes,
    published: dt.date | None,
    funder: str,
    determination: str,
) -> _About:
    words = "\n".join([lead, *[" ".join(row) for row in header]])
    named = programmes.mentions(words, published)
    payments = sum(bool(_PAYMENTS.search(cell)) for row in header for cell in row) >= 2
    programme = named[0].programme if named else None
    return _About(
        programme,
        (programme.funder if programme else "") or funder,
        published,
        determination,
        words,
        payments,
    )


def _amount_columns(
    header: Sequence[Row], body: Sequence[Row], council: int, about: _About, programmes: Programmes
) -> list[_Column]:
    """The columns that hold money: cells that read as amounts, under no header that says they are
    something else."""
    found = []
    for place in range(max(len(row) for row in body)):
        cells = [
            row[place]
            for row in body[:_SAMPLE]
            if len(row) > place and not _EMPTY.fullmatch(row[place])
        ]
        title = " ".join(row[place] for row in header if len(row) > place)
        amounts = [cell for cell in cells if read_amount_cell(cell)]
        money = bool(amounts) and len(amounts) * 10 >= len(cells) * 6
        numbers_only = (
            not _MONEY_HEADER.search(title)
            and not any(re.search(r"[£,.]", cell) for cell in amounts)
            and not find_periods(title)
        )
        pounds = sum("£" in cell for cell in amounts) * 2 > len(amounts)
        other = (
            not pounds
            and _NOT_MONEY.search(re.sub(r"\b(?:financial )?year\b", "", title, flags=re.I))
            and not re.search(r"£|\bamount|\ballocation|\bfunding", title, re.I)
        )
        tiny = (
            not about.payments
            and not scale_of(f"{title} {about.words}") > 1
            and not any("£" in cell for cell in amounts)
            and _all_small(amounts)
        )
        part = _PART_OR_OWN.search(title)
        if (
            tiny
            or part
            or place == council
            or not money
            or other
            or (numbers_only and (header or _like_years_or_codes(amounts)))
        ):
            continue
        found.append(_column(place, title, about, programmes, _all_small(amounts)))
    if not found:
        raise UnreadableTable("No column of the table beside the councils holds amounts of money.")
    return [
        column
        for column in found
        if not (
            _TOTAL_COLUMN.search(column.header)
            and _adds_up(body, column, [one for one in found if one is not column])
        )
    ]


def _adds_up(body: Sequence[Row], total: _Column, others: Sequence[_Column]) -> bool:
    """Whether the column is the sum of the others, in most rows and to the nearest hundredth: told
    with them it would be told twice."""
    rows = [row for row in body[:_SAMPLE] if _money(row, total)]
    sums = [
        (money.pounds, sum(part.pounds for one in others if (part := _money(row, one))))
        for row in rows
        if (money := _money(row, total))
    ]
    return bool(others) and sum(
        abs(whole - parts) * 100 <= abs(whole) for whole, parts in sums
    ) * 2 > len(sums)


def scale_of(words: str) -> int:
    """How many pounds one unit is, where a header or caption says "£m" or "£000"."""
    return next((size for pattern, size in _SCALES if pattern.search(words)), 1)


def _all_small(cells: Sequence[str]) -> bool:
    """Whether no figure is as much as a thousand: a rate, or millions whose header was lost."""
    return all(abs(money.pounds) < _LEAST for cell in cells if (money := read_amount_cell(cell)))


def _like_years_or_codes(cells: Sequence[str]) -> bool:
    """Whether all numbers are of one length below five digits: years, or codes of authorities."""
    return len({len(cell) for cell in cells}) == 1 and len(cells[0]) <= 4


def _column(place: int, title: str, about: _About, programmes: Programmes, small: bool) -> _Column:
    periods = find_periods(title) or find_periods(about.words)
    named = programmes.mentions(title, about.published)
    scale = scale_of(title) if scale_of(title) > 1 or not small else scale_of(about.words)
    return _Column(
        place,
        title,
        periods[0].text if periods else "",
        named[0].programme if named else about.programme,
        scale,
    )


def _read(
    body: Sequence[tuple[str, ...]],
    place: int,
    columns: Sequence[_Column],
    header: Sequence[Row],
    about: _About,
    look_up: Callable[[str], tuple[Council, tuple[Council, ...]] | CouncilError],
) -> TableReading:
    statements: list[Statement] = []
    unmatched: list[tuple[str, ...]] = []
    for row in body:
        cell = row[place] if len(row) > place else ""
        if (
            not cell
            or any(_TOTAL.match(other) for other in row[: place + 1])
            or (about.payments and not _is_grant(row, header))
        ):
            continue
        council = look_up(cell)
        if isinstance(council, CouncilError):
            if not isinstance(council, NotACouncil) and (
                not about.payments or _LIKE_A_COUNCIL.search(cell)
            ):
                unmatched.append(row)
            continue
        statements += [
            _statement(row, column, money, council, header, about)
            for column in columns
            if (money := _money(row, column))
        ]
    return TableReading(tuple(statements), tuple(unmatched))


def _is_grant(row: Row, header: Sequence[Row]) -> bool:
    """Whether a payments row is a grant of the department itself: no school money, and of a grant
    type where types are given."""
    types = [
        row[place]
        for place, title in enumerate(header[-1] if header else ())
        if place < len(row) and re.search(r"expense type|expenditure type", title, re.I)
    ]
    return not any(_SCHOOL_MONEY.search(cell) for cell in row) and all(
        re.search("grant", cell, re.I) for cell in types
    )


def _money(row: Row, column: _Column) -> Money | None:
    """The amount in the row's cell, in pounds; None for an empty cell, a dash, or nothing given."""
    money = read_amount_cell(row[column.place]) if len(row) > column.place else None
    if money is None or money.pounds == 0 and not re.search(r"[1-9]", row[column.place]):
        return None
    if column.scale > 1 and not re.search(r"[mk]\b|million", row[column.place], re.I):
        money = scaled(row[column.place], money, column.scale)
    return ceiling(money) if _MAXIMUM.search(column.header) else money


def scaled(cell: str, money: Money, scale: int) -> Money:
    """A figure printed in thousands or millions, with the range it was rounded from."""
    digits = re.search(r"\d[\d,]*(?:\.(\d+))?", cell)
    pounds = round(float(digits[0].replace(",", "")) * scale) if digits else money.pounds * scale
    half = scale // 10 ** len((digits[1] if digits else "") or "") // 2
    return replace(money, pounds=pounds, low=pounds - half, high=pounds + half)


def _statement(
    row: tuple[str, ...],
    column: _Column,
    money: Money,
    council: tuple[Council, tuple[Council, ...]],
    header: Sequence[Row],
    about: _About,
) -> Statement:
    dates = [
        row[place]
        for place, title in enumerate(header[-1] if header else ())
        if place < len(row) and re.search(r"\bdate\b", title, re.I)
    ]
    lead, others = council
    status = _STATUS.search(column.header) or _STATUS.search(about.words.partition("\n")[0])
    words = f"{column.header} {about.words}"
    return Statement(
        kind=FundingKind.PAYMENT if about.payments else FundingKind.ALLOCATION,
        councils=(lead.slug,),
        quote=" | ".join(cell for cell in row if cell)[:_QUOTE],
        programme=column.programme.name if column.programme else "",
        funder=about.funder or (column.programme.funder if column.programme else ""),
        money=money,
        period="" if about.payments else column.period,
        announced=(day_in(dates[0]) if dates and about.payments else None) or about.published,
        determination=about.determination,
        status=status[1].lower() if status else "",
        ring_fenced=False
        if _NOT_RING_FENCED.search(words)
        else True
        if re.search(r"\bring-?\s?fenced\b", words, re.I)
        else None,
        capital=True
        if re.search(r"\bcapital\b", column.header, re.I)
        else False
        if re.search(r"\brevenue\b", words, re.I)
        else None,
        what="delivering for " + ", ".join(other.name for other in others) if others else "",
    )
