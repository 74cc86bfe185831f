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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from syncer.errors import CouncilError, NotACouncil, UnknownCouncil, UnreadableTable
from syncer.funding.reversals import Movement, cancelled
from syncer.model import Problem
from syncer.quantities.dates import day_of_cell
from syncer.quantities.money import read_amount_cell
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
    UnreadableTable when a column is missing or holds something else."""
    top, places = _header(rows)
    described = _has_descriptions(rows[top + 1 :], places)
    is_ours = _is_ours if described else _is_ours_by_area
    read: list[PaymentRow | Problem | None] = []
    for index in range(top + 1, len(rows)):
        cells = {column: rows[index][place] for column, place in places.items()}
        if is_ours(cells):
            number = numbers[index] if numbers else index + 1
            read.append(_payment_or_problem(cells, register, number, described))

    payments = [one for one in read if isinstance(one, PaymentRow)]
    problems = [one for one in read if isinstance(one, Problem)]
    return Spend(_without_reversals(payments), tuple(problems))


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
        return Problem(error.name, f"row {number}: {error}")
    except (CouncilError, ValueError) as error:
        return Problem(type(error).__name__, f"row {number}: {error}")


def _is_ours(cells: Mapping[str, str]) -> bool:
    description = cells["description"]
    return (
        bool(GRANT.fullmatch(cells["type"]) and TO_COUNCILS.search(description))
        and not any(foreign.search(description) for foreign in (FORMULA, CAPITAL, SCHOOLS))
        and not SCHOOLS_AGENCY.search(cells.get("entity", ""))
    )


def _is_ours_by_area(cells: Mapping[str, str]) -> bool:
    """Without a description that can be trusted the expense area has to tell: money for schools has
    areas of its own."""
    area = cells.get("area", "")
    return bool(
        GRANT.fullmatch(cells["type"]) and FOR_CHILDREN.search(area)
    ) and not SCHOOLS_AGENCY.search(cells.get("entity", ""))


def _payment(cells: Mapping[str, str], register: Register, row: int) -> PaymentRow:
    paid, amount = day_of_cell(cells["date"]), read_amount_cell(cells["amount"])
    if amount is None:
        raise ValueError(f"not an amount: {cells['amount']!r}")
    council = register.match_cell(cells["supplier"], paid).council
    return PaymentRow(
        council.slug,
        cells["supplier"],
        paid,
        amount.pounds,
        cells.get("area", ""),
        cells.get("description", ""),
        cells.get("transaction", ""),
        row,
        _quote(cells),
    )


def _quote(cells: Mapping[str, str]) -> str:
    """Return the cells that say what was paid, as the file prints them."""
    printed = (cells.get(column) for column in QUOTED)
    return " | ".join(cell for cell in printed if cell)


def _without_reversals(payments: Sequence[PaymentRow]) -> tuple[PaymentRow, ...]:
    """Return the payments without each that was taken back and what took it back, and without
    those of nothing."""
    gone = cancelled(_movement(payment) for payment in payments)
    return tuple(payment for payment in payments if payment.row not in gone and payment.pounds)


def _movement(payment: PaymentRow) -> Movement:
    return Movement(
        payment.row,
        (payment.council,),
        payment.area,
        payment.paid,
        payment.pounds,
        payment.transaction,
    )


# -- columns ---------------------------------------------------------------------------------------


def _header(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    """Which row is the header, and where each column is."""
    for top, row in enumerate(rows[:HEADER_WITHIN_ROWS]):
        places = {name: place for name in COLUMNS if (place := _place(name, row)) is not None}
        if {"supplier", "amount"} <= set(places):
            _check(rows[top + 1 :], places)
            return top, places
    raise UnreadableTable(
        f"no row among the first {HEADER_WITHIN_ROWS} names a supplier and an amount"
    )


def _place(name: str, header: Sequence[str]) -> int | None:
    return next(
        (place for place, cell in enumerate(header) if COLUMNS[name].fullmatch(_heading(cell))),
        None,
    )


def _heading(cell: str) -> str:
    """Return a heading without marks and double spaces."""
    return " ".join(cell.strip("\ufeff*: ").split())


def _check(rows: Sequence[Sequence[str]], places: Mapping[str, int]) -> None:
    """Raise UnreadableTable where a column is missing, or its cells are of another kind."""
    missing = set(COLUMNS) - OPTIONAL - set(places)
    if missing:
        raise UnreadableTable(f"no column for {', '.join(sorted(missing))}")
    _check_cells("date", day_of_cell, rows, places["date"])
    _check_cells("amount", _amount, rows, places["amount"])


def _check_cells(
    name: str, read: Callable[[str], object], rows: Sequence[Sequence[str]], place: int
) -> None:
    cells = [row[place] for row in rows if row[place]]
    readable = sum(_reads(read, cell) for cell in cells)
    if readable < MUST_BE_READABLE * len(cells) or not cells:
        raise UnreadableTable(
            f"the column for {name} holds something else: "
            f"{readable} of {len(cells)} cells can be read"
        )


def _has_descriptions(rows: Sequence[Sequence[str]], places: Mapping[str, int]) -> bool:
    """Whether the file has descriptions, and they belong to their rows. Those of April to June 2011
    have none; August 2016 was published with its descriptions sorted apart from the rows:
    "temporary workers" for grants, and grants for travel."""
    if "description" not in places:
        return False
    grants = [row for row in rows if TO_COUNCILS.search(row[places["description"]])]
    astray = [row for row in grants if "grant" not in row[places["type"]].lower()]
    return len(astray) <= MAY_BE_ASTRAY * len(grants)


def _amount(cell: str) -> int:
    amount = read_amount_cell(cell)
    if amount is None:
        raise ValueError(cell)
    return amount.pounds


def _reads(read: Callable[[str], object], cell: str) -> bool:
    try:
        read(cell)
    except ValueError:
        return False
    return True
