"""The monthly file of payments over £25,000 (DESIGN §9) → the department's own grants to councils.

Header names, the order of the columns and the spelling of suppliers change from month to month.
What makes a row ours: a grant, paid to a local authority, "outside aggregate external funding" (the
accounting words for everything but the big formula grants; in 2011 and 2012 the description just
leaves out "within …"), and not by the agency that funds schools. Nothing in a row names the
programme: the expense area is the only hint.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from syncer.errors import (
    AmbiguousCouncil,
    CouncilError,
    NotACouncil,
    UnknownCouncil,
    UnreadableTable,
)
from syncer.model import Problem
from syncer.quantities.dates import day_of_cell
from syncer.quantities.money import read_amount_cell
from syncer.records.reversals import Movement, cancelled
from syncer.register.councils import Register

HEADER_WITHIN_ROWS = 20
MUST_BE_READABLE = 0.9  # of a column's cells: else it is another column
MAY_BE_ASTRAY = 0.02
"""Of the descriptions that speak of grants: none in 16 files, 6 % in the one whose column had
slipped."""

_LOOKUP = r"(?: (?:lookup|name|description))?"
COLUMNS = {
    "entity": re.compile(r"entity|body(?: name)?|organi[sz]ation(?: name)?", re.I),
    "date": re.compile(
        r"(?:(?:payment|transaction|invoice|posting) )?date(?: of (?:payment|transaction))?"
        r"|date paid",
        re.I,
    ),
    "type": re.compile(
        r"(?:expenses?|expenditure|spend|account) (?:type|category)" + _LOOKUP, re.I
    ),
    "area": re.compile(r"(?:expenses?|expenditure|service) area" + _LOOKUP, re.I),
    "description": re.compile(r"(?:expense |expenditure |narrative )?description|narrative", re.I),
    "supplier": re.compile(
        r"(?:supplier|vendor|payee|beneficiary|merchant)" + _LOOKUP.replace("lookup|", ""), re.I
    ),
    "transaction": re.compile(
        r"(?:transaction|trans|document|voucher)\.? (?:number|num|no\.?|reference|ref\.?|id)", re.I
    ),
    "amount": re.compile(r"(?:total |gross |line )?amount.*|value.*|net amount.*|£", re.I),
}
"""What heads each column; in 2010 "Expense Type Lookup" was the type."""
QUOTED = ("date", "area", "description", "supplier", "amount")
OPTIONAL = {"entity", "area", "transaction", "description"}

COUNCIL_LIKE = re.compile(r"council|borough|\b(?:CC|MBC|LBC?|BC|DC)\b", re.I)
SCHOOLS_AGENCY = re.compile(r"education (?:and skills )?funding agency|\bE(?:S)?FA\b", re.I)
GRANT = re.compile(r"(?:current )?grants?", re.I)
TO_COUNCILS = re.compile(
    r"grants?\b(?: payments?)?(?: paid)?(?: for [\w ]+)? (?:payments )?"
    r"to (?:a )?local authorit(?:y|ies)",
    re.I,
)
FORMULA = re.compile(r"\bwithin (?:the )?aggregate external (?:funding|finance)", re.I)
CAPITAL = re.compile(r"\bcapital\b", re.I)
FOR_CHILDREN = re.compile(r"child|famil|adopti|safeguard|social care|early intervention", re.I)
SCHOOLS = re.compile(
    r"\bschools?\b(?! improvement)|\bteachers?\b|\bacadem(?:y|ies)\b|standards fund|sixth form"
    r"|raising the participation age",
    re.I,
)


@dataclass(frozen=True)
class PaymentRow:
    """One line of the file that is ours: `council` is a slug, `supplier` as printed, `pounds` whole
    (negative where money was taken back and the payment is not in this file), `row` the number in
    the file, `quote` the cells it was read from, as printed."""

    council: str
    supplier: str
    paid: dt.date
    pounds: int
    area: str
    description: str
    transaction: str
    row: int
    quote: str


@dataclass(frozen=True)
class Spend:
    """What one file says: the payments in its own order, and the rows that could not be read or
    whose council is unknown."""

    payments: tuple[PaymentRow, ...]
    problems: tuple[Problem, ...]


def read_spend(
    rows: Sequence[Sequence[str]], register: Register, numbers: Sequence[int] = ()
) -> Spend:
    """Return the payments in a file's rows, header and all, as documents.sheets gives them
    (`numbers`: their numbers in the file). Two rows that cancel each other are left out. In a file
    without descriptions, or with those of other rows, a grant is ours by its expense area. Raises
    UnreadableTable when a column is missing or holds something else, unless the file pays no
    council at all: former bodies of the department published theirs in forms of their own."""
    top, places = _header(rows)
    body = rows[top + 1 :]
    try:
        _check(body, places)
    except UnreadableTable:
        if _pays_a_council(body, places, register):
            raise
        return Spend((), ())

    body_numbers = numbers[top + 1 : len(rows)] or range(top + 2, len(rows) + 1)
    described = _has_descriptions(body, places)
    ours = _our_rows(body, body_numbers, places, described)
    return _spend_of(ours, register, described)


def _our_rows(
    body: Sequence[Sequence[str]],
    numbers: Sequence[int],
    places: Mapping[str, int],
    described: bool,
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the number and the cells of each row that is ours."""
    is_ours = _is_ours if described else _is_ours_by_area
    for number, row in zip(numbers, body, strict=True):
        cells = _cells(row, places)
        if is_ours(cells):
            yield number, cells


def _spend_of(
    ours: Iterable[tuple[int, Mapping[str, str]]], register: Register, described: bool
) -> Spend:
    """Return the payments and the problems of the rows that are ours."""
    read = [_payment_or_problem(cells, register, number, described) for number, cells in ours]
    payments = [each for each in read if isinstance(each, PaymentRow)]
    problems = [each for each in read if isinstance(each, Problem)]
    return Spend(
        _without_reversals(payments),
        tuple(problems),
    )


def _pays_a_council(
    rows: Sequence[Sequence[str]], places: Mapping[str, int], register: Register
) -> bool:
    suppliers = {row[places["supplier"]] for row in rows}
    return any(_may_be_a_council(name, register) for name in suppliers)


def _may_be_a_council(name: str, register: Register) -> bool:
    """Return whether a supplier is a council, or looks like one that is not known."""
    if COUNCIL_LIKE.search(name):
        return True
    try:
        register.match_cell(name)
    except CouncilError as error:
        return isinstance(error, AmbiguousCouncil)
    return True


def _cells(row: Sequence[str], places: Mapping[str, int]) -> dict[str, str]:
    """Return the cells of a row by the names of their columns."""
    return {column: row[place] for column, place in places.items()}


def _payment_or_problem(
    cells: Mapping[str, str], register: Register, number: int, described: bool
) -> PaymentRow | Problem | None:
    """Return the payment of a row that is ours; the problem of one that cannot be read; None for
    one to another body: the grants of an area also go to charities, those described as grants to
    councils do not."""
    try:
        return _payment(cells, register, number)
    except NotACouncil:
        return None
    except UnknownCouncil as error:
        if not described and not COUNCIL_LIKE.search(cells["supplier"]):
            return None
        return _problem_of_row(number, error)
    except (CouncilError, ValueError) as error:
        return _problem_of_row(number, error)


def _problem_of_row(number: int, error: Exception) -> Problem:
    name = type(error).__name__
    return Problem(name, f"row {number}: {error}")


def _is_ours(cells: Mapping[str, str]) -> bool:
    """Return whether a described row is a grant to a council, and no formula, capital or school
    money."""
    if not _is_departments_grant(cells):
        return False

    description = cells["description"]
    if not TO_COUNCILS.search(description):
        return False
    return not _is_of_another_kind(description)


def _is_of_another_kind(description: str) -> bool:
    """Return whether a description says that it is formula, capital or school money."""
    kinds = (FORMULA, CAPITAL, SCHOOLS)
    return any(kind.search(description) for kind in kinds)


def _is_ours_by_area(cells: Mapping[str, str]) -> bool:
    """Return whether the expense area is of children's services: without a description that can be
    trusted it has to tell, and money for schools has areas of its own."""
    if not _is_departments_grant(cells):
        return False
    area = cells.get("area", "")
    return FOR_CHILDREN.search(area) is not None


def _is_departments_grant(cells: Mapping[str, str]) -> bool:
    """Return whether a row is a grant, and not one of the agency for schools. Without a column of
    types that is left to the description."""
    if "type" in cells and not GRANT.fullmatch(cells["type"]):
        return False

    entity = cells.get("entity", "")
    return SCHOOLS_AGENCY.search(entity) is None


def _payment(cells: Mapping[str, str], register: Register, row: int) -> PaymentRow:
    """Return the payment of a row. Raises CouncilError or ValueError where it cannot be read."""
    paid = day_of_cell(cells["date"])
    pounds = _pounds(cells["amount"])
    matched = register.match_cell(cells["supplier"], paid)

    return PaymentRow(
        matched.council.slug,
        cells["supplier"],
        paid,
        pounds,
        cells.get("area", ""),
        cells.get("description", ""),
        cells.get("transaction", ""),
        row,
        _quote(cells),
    )


def _pounds(cell: str) -> int:
    """Return the whole pounds of a cell. Raises ValueError for a cell that is not an amount."""
    amount = read_amount_cell(cell)
    if amount is None:
        raise ValueError(f"not an amount: {cell!r}")
    return amount.pounds


def _quote(cells: Mapping[str, str]) -> str:
    """Return the cells that say what was paid, as the file prints them."""
    printed = [cells.get(column, "") for column in QUOTED]
    return " | ".join(filter(None, printed))


def _without_reversals(payments: Sequence[PaymentRow]) -> tuple[PaymentRow, ...]:
    """Return the payments without each that was taken back and what took it back, and without
    those of nothing."""
    gone = cancelled(_movement(payment) for payment in payments)
    kept = []
    for payment in payments:
        if payment.pounds and payment.row not in gone:
            kept.append(payment)

    return tuple(kept)


def _movement(payment: PaymentRow) -> Movement:
    return Movement(
        payment.row,
        (payment.council,),
        payment.area,
        payment.paid,
        payment.pounds,
        payment.transaction,
    )


# -- Columns ---------------------------------------------------------------------------------------


def _header(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    """Return which row is the header, and where each column is."""
    for top, row in enumerate(rows[:HEADER_WITHIN_ROWS]):
        places = _places(row)
        if "supplier" in places and "amount" in places:
            return top, places

    raise UnreadableTable(
        f"no row among the first {HEADER_WITHIN_ROWS} names a supplier and an amount"
    )


def _places(header: Sequence[str]) -> dict[str, int]:
    """Return where each column is that the header names, by its first heading."""
    headings = [_heading(cell) for cell in header]
    places: dict[str, int] = {}
    for name, pattern in COLUMNS.items():
        place = _first_under(pattern, headings)
        if place is not None:
            places[name] = place

    return places


def _first_under(pattern: re.Pattern[str], headings: Sequence[str]) -> int | None:
    """Return the place of the first heading of this form; None where there is none."""
    for place, heading in enumerate(headings):
        if pattern.fullmatch(heading):
            return place

    return None


def _heading(cell: str) -> str:
    """Return a heading without marks and double spaces."""
    words = cell.strip("\ufeff*: ").split()
    return " ".join(words)


def _check(rows: Sequence[Sequence[str]], places: Mapping[str, int]) -> None:
    """Raise UnreadableTable where a column is missing, or its cells are of another kind."""
    missing = _missing_columns(places)
    if missing:
        names = ", ".join(sorted(missing))
        raise UnreadableTable(f"no column for {names}")

    _check_cells("date", day_of_cell, rows, places["date"])
    _check_cells("amount", _pounds, rows, places["amount"])


def _missing_columns(places: Mapping[str, int]) -> set[str]:
    """Return the names of the columns that the file lacks and cannot do without."""
    missing = set(COLUMNS) - OPTIONAL - set(places)
    if "description" in places:
        missing -= {"type"}  # that a payment is a grant is said there too
    return missing


def _check_cells(
    name: str, read: Callable[[str], object], rows: Sequence[Sequence[str]], place: int
) -> None:
    """Raise UnreadableTable where too few of a column's cells can be read."""
    times = Counter(row[place] for row in rows if row[place])
    cells = times.total()
    readable = sum(times[cell] for cell in times if _can_be_read(read, cell))
    if cells and readable >= MUST_BE_READABLE * cells:
        return

    raise UnreadableTable(
        f"the column for {name} holds something else: {readable} of {cells} cells can be read"
    )


def _can_be_read(read: Callable[[str], object], cell: str) -> bool:
    try:
        read(cell)
    except ValueError:
        return False

    return True


def _has_descriptions(rows: Sequence[Sequence[str]], places: Mapping[str, int]) -> bool:
    """Return whether the file has descriptions, and they belong to their rows. Those of April to
    June 2011 have none; August 2016 was published with its descriptions sorted apart from the rows:
    "temporary workers" for grants, and grants for travel."""
    if "description" not in places:
        return False
    if "type" not in places:
        return True

    types = _types_of_grants(rows, places)
    astray = [name for name in types if "grant" not in name.lower()]
    return len(astray) <= MAY_BE_ASTRAY * len(types)


def _types_of_grants(rows: Sequence[Sequence[str]], places: Mapping[str, int]) -> list[str]:
    """Return the types of the rows that are described as grants to councils."""
    types = []
    for row in rows:
        if TO_COUNCILS.search(row[places["description"]]):
            types.append(row[places["type"]])

    return types
