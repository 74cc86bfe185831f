"""What is wrong with single rows, as one problem of each kind: the first few in words, and how many
more there are."""

from __future__ import annotations

from collections.abc import Sequence

from syncer.funding.tables import RowFault, TableReading
from syncer.model import Problem

ROWS = "#rows"
"""After an address: what is wrong with the rows of a table or an answer there, whether or not it
could be fetched again."""

MAX_LISTED = 5
_ADD_NAME = (
    "If one is a council, add its name with [councils] register, then read again with "
    "`syncer sync --full`."
)
_OPEN_TABLE = "Open the file and look at these rows; report it if they are plain to read."


def row_problems(reading: TableReading, url: str, where: str = "") -> list[Problem]:
    """Return what is wrong with the rows of a table; `where` names the sheet."""
    kinds = (
        ("UnmatchedRows", reading.unmatched, "with no council that is known", _ADD_NAME),
        ("UnreadRows", reading.unread, "whose amount could not be read", _OPEN_TABLE),
        ("TotalMismatch", reading.misfits, "whose total does not fit", _OPEN_TABLE),
    )
    problems: list[Problem] = []

    for name, faults, what, hint in kinds:
        if faults:
            said = _in_words(faults, what)
            message = f"{where}: {said}" if where else said
            problems.append(Problem(name, message, url + ROWS, hint))
    return problems


def unmatched_payments(problems: Sequence[Problem], file: str, url: str) -> Problem:
    """Return what is wrong with the rows of a file of payments as one problem."""
    said = first_of([problem.message for problem in problems])
    return Problem("UnmatchedRows", f"{file}: {said}", url + ROWS, _ADD_NAME)


def _in_words(faults: Sequence[RowFault], what: str) -> str:
    rows = "row" if len(faults) == 1 else "rows"
    listed = first_of([str(fault) for fault in faults])
    return f"{len(faults)} {rows} {what}: {listed}"


def first_of(said: Sequence[str]) -> str:
    """Return the first few of what is said, and how many more there are."""
    listed = "; ".join(said[:MAX_LISTED])
    more = len(said) - MAX_LISTED
    return f"{listed}; and {more} more" if more > 0 else listed
