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
    rows = url + ROWS
    problems: list[Problem] = []

    if reading.unmatched:
        said = _in_words(reading.unmatched, "with no council that is known", where)
        problems.append(Problem("UnmatchedRows", said, rows, _ADD_NAME))
    if reading.unread:
        said = _in_words(reading.unread, "whose amount could not be read", where)
        problems.append(Problem("UnreadRows", said, rows, _OPEN_TABLE))
    if reading.misfits:
        said = _in_words(reading.misfits, "whose total does not fit", where)
        problems.append(Problem("TotalMismatch", said, rows, _OPEN_TABLE))

    return problems


def unmatched_payments(problems: Sequence[Problem], file: str, url: str) -> Problem:
    """Return what is wrong with the rows of a file of payments as one problem."""
    said = first_of([problem.message for problem in problems])
    return Problem("UnmatchedRows", f"{file}: {said}", url + ROWS, _ADD_NAME)


def _in_words(faults: Sequence[RowFault], what: str, where: str) -> str:
    rows = "row" if len(faults) == 1 else "rows"
    listed = first_of([str(fault) for fault in faults])
    said = f"{len(faults)} {rows} {what}: {listed}"
    return f"{where}: {said}" if where else said


def first_of(said: Sequence[str]) -> str:
    """Return the first few of what is said, and how many more there are."""
    listed = "; ".join(said[:MAX_LISTED])
    more = len(said) - MAX_LISTED
    return f"{listed}; and {more} more" if more > 0 else listed
