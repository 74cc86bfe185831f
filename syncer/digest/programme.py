"""More than 12 lines of one programme become one line, and the whole of it a CSV beside the message
(DESIGN §7.7). Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from syncer.digest import attached, items, sums, wording
from syncer.digest.folding import Line
from syncer.digest.message_model import Attachment, DigestContext, Fact, Item, facts_of
from syncer.model import Event, FundingFields, RecordKind
from syncer.subscriptions.match import amounts

MOST_LINES = 12
LARGEST = 3
COLUMNS = (
    "council",
    "gss",
    "programme",
    "pounds_before",
    "pounds",
    "amount_as_printed",
    "qualifier",
    "period",
    "determination",
    "funder",
    "change",
    "published",
    "url",
)


def split(lines: Iterable[Line]) -> tuple[dict[str, list[Line]], list[Line]]:
    """Return the programmes with too many lines to list, by what they are called, and all other
    lines. Ratings are never folded this way."""
    all_lines = list(lines)
    large = _large_tables(all_lines)
    rest = [line for line in all_lines if _table_name(line.event) not in large]
    return large, rest


def _large_tables(lines: Iterable[Line]) -> dict[str, list[Line]]:
    """Return the lines of each programme that has too many to list."""
    tables = _tables(lines)
    return {name: found for name, found in tables.items() if len(found) > MOST_LINES}


def _tables(lines: Iterable[Line]) -> dict[str, list[Line]]:
    """Return the lines of each programme, large or small."""
    tables: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        name = _table_name(line.event)
        if name:
            tables[name].append(line)

    return tables


def _table_name(event: Event) -> str:
    """Return the table that a line belongs to, by its programme; none where it names none. Payments
    are a table of their own."""
    name = _programme(event)
    if not name:
        return ""
    match event.record:
        case RecordKind.AWARD:
            return name
        case RecordKind.PAYMENT:
            return f"{name} (payments)"
    return ""


def _programme(event: Event) -> str:
    said = event.detail.fields
    if not isinstance(said, FundingFields):
        return ""
    return wording.one_line(said.programme or "")


def item(name: str, lines: Sequence[Line], context: DigestContext) -> Item:
    """Return one item for a whole table: how many, the total, the largest rises and falls (or the
    largest sums, where all is new)."""
    title = summary(lines)
    in_a_file = f"All lines are in the attached file {filename(name)}."
    return Item(
        kind="money",
        title=title,
        summary=f"{name}: {title}",
        facts=_facts(lines, context),
        notes=(in_a_file,),
        of_files=(in_a_file,),
        # all lines stand on one page of the source; on the site each has a page of its own
        evidence=items.all_evidence([lines[0].event], replace(context, site="")),
    )


def _facts(lines: Sequence[Line], context: DigestContext) -> tuple[Fact, ...]:
    moves = [_Move(line, *_before_and_after(line)) for line in lines]
    count = _how_many_councils(lines)
    return facts_of(
        ("How many", f"{len(lines)} lines, {count}"),
        ("Total", sums.total(lines)),
        ("Largest rises", _rises(moves, context)),
        ("Largest falls", _falls(moves, context)),
        ("Largest sums", _largest(moves, context)),
    )


def _how_many_councils(lines: Iterable[Line]) -> str:
    return wording.counted(len(councils(lines)), "council")


class _Move(NamedTuple):
    """One line, and its pounds before and after: the same where the sum did not move or is new."""

    line: Line
    before: int
    after: int

    @property
    def step(self) -> int:
        """Pounds more than before."""
        return self.after - self.before


def _before_and_after(line: Line) -> tuple[int, int]:
    figures = amounts(line.event) or (0,)
    return figures[0], figures[-1]


def _rises(moves: Iterable[_Move], context: DigestContext) -> str:
    rises = [move for move in moves if move.step > 0]
    rises.sort(key=lambda move: -move.step)
    return _steps(rises[:LARGEST], context)


def _falls(moves: Iterable[_Move], context: DigestContext) -> str:
    falls = [move for move in moves if move.step < 0]
    falls.sort(key=lambda move: move.step)
    return _steps(falls[:LARGEST], context)


def _steps(moves: Iterable[_Move], context: DigestContext) -> str:
    said = []
    for move in moves:
        name = _name(move.line, context)
        said.append(f"{name} {_before_and_now(move)}")

    return "; ".join(said)


def _before_and_now(move: _Move) -> str:
    """Return "£500,000 → £505,200"."""
    before = wording.pounds(move.before)
    after = wording.pounds(move.after)
    return f"{before} → {after}"


def _largest(moves: Sequence[_Move], context: DigestContext) -> str:
    """Return the largest sums; nothing where what moved says more."""
    if any(move.step for move in moves):
        return ""

    largest = _with_largest_sums(moves)
    return "; ".join(_name_and_sum(move.line, context) for move in largest)


def _with_largest_sums(moves: Iterable[_Move]) -> list[_Move]:
    """Return the lines with the largest of the sums that are stated, the largest first."""
    stated = [move for move in moves if amounts(move.line.event)]
    stated.sort(key=lambda move: -move.after)
    return stated[:LARGEST]


def _name_and_sum(line: Line, context: DigestContext) -> str:
    return f"{_name(line, context)} {sums.amount_words(line.event)}"


def summary(lines: Sequence[Line]) -> str:
    """Return "87 councils, £43,210,000 in total"."""
    count = _how_many_councils(lines)
    return f"{count}, {sums.total(lines)} in total"


def councils(lines: Iterable[Line]) -> set[str]:
    """Return the slugs of all councils the lines are about."""
    return {slug for line in lines for slug in line.event.councils}


def filename(name: str) -> str:
    """Return a file name made of the letters and digits of the programme's name."""
    words = re.sub(r"[^a-z0-9]+", "-", name.lower())
    short = words.strip("-")[:60].strip("-")
    return f"{short or 'programme'}.csv"


def attachment(name: str, lines: Iterable[Line], context: DigestContext) -> Attachment:
    """Return all lines as a CSV that spreadsheets open as text and numbers, never as formulas."""
    rows = [_cells(line, context) for line in lines]
    return attached.table(filename(name), COLUMNS, rows)


def _cells(line: Line, context: DigestContext) -> tuple[str, ...]:
    event = line.event
    said = event.detail.funding
    return (
        _name(line, context),
        attached.codes(event, context),
        said.programme or "",
        *_pounds_before_and_now(event),
        said.amount_text or "",
        said.qualifier or "",
        said.period or "",
        said.determination or "",
        said.funder or "",
        str(event.kind),
        str(event.published or ""),
        event.url,
    )


def _pounds_before_and_now(event: Event) -> tuple[str, str]:
    """Return two cells; the first is empty where the sum is new, both where none is stated."""
    figures = [str(figure) for figure in amounts(event)]
    before = figures[0] if len(figures) == 2 else ""
    now = figures[-1] if figures else ""
    return before, now


def _name(line: Line, context: DigestContext) -> str:
    return items.council_names(context, line.event.councils)
