"""More than 12 lines of one programme become one line, and the whole of it a CSV beside the message
(DESIGN §7.7). Pure."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from syncer.digest import items, wording
from syncer.digest.folding import Line
from syncer.digest.message_model import Attachment, DigestContext, Fact, Item
from syncer.model import FundingFields, RecordKind
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
    """The programmes with too many lines to list, by what they are called, and all other lines.
    Ratings are never folded this way."""
    tables: dict[tuple[RecordKind, str], list[Line]] = defaultdict(list)
    all_lines = list(lines)
    for line in all_lines:
        said = line.event.detail.fields
        programme = said.programme if isinstance(said, FundingFields) else None
        name = wording.one_line(programme or "")
        if name and line.event.record in (RecordKind.AWARD, RecordKind.PAYMENT):
            tables[line.event.record, name].append(line)
    large = {key: found for key, found in tables.items() if len(found) > MOST_LINES}
    folded = {id(line) for found in large.values() for line in found}
    named = {
        name if record is RecordKind.AWARD else f"{name} (payments)": found
        for (record, name), found in large.items()
    }
    return named, [line for line in all_lines if id(line) not in folded]


def item(name: str, lines: Sequence[Line], context: DigestContext) -> Item:
    """One item for a whole table: how many, the total, the largest rises and falls (or the largest
    sums, where all is new)."""
    steps = [(line, *_step(line)) for line in lines]
    moves = [(line, old, new) for line, old, new in steps if old != new]
    rises = sorted((m for m in moves if m[2] > m[1]), key=lambda m: m[1] - m[2])[:LARGEST]
    falls = sorted((m for m in moves if m[2] < m[1]), key=lambda m: m[2] - m[1])[:LARGEST]
    largest = sorted(
        (line for line in lines if amounts(line.event)), key=lambda line: -amounts(line.event)[-1]
    )[: 0 if moves else LARGEST]
    facts = [
        Fact("How many", f"{len(lines)} lines, {wording.counted(len(councils(lines)), 'council')}"),
        Fact("Total", total(lines)),
    ]
    facts += [
        Fact(label, _moves(found, context))
        for label, found in (("Largest rises", rises), ("Largest falls", falls))
        if found
    ]
    if largest:
        facts.append(
            Fact(
                "Largest sums",
                "; ".join(
                    f"{_name(line, context)} {items.amount_words(line.event)}" for line in largest
                ),
            )
        )
    return Item(
        kind="money",
        title=summary(lines),
        summary=f"{name}: {summary(lines)}",
        facts=tuple(facts),
        notes=(f"All lines are in the attached file {filename(name)}.",),
        evidence=items.all_evidence([lines[0].event], context),
    )


def summary(lines: Sequence[Line]) -> str:
    """ "87 councils, £43,210,000 in total"."""
    count = wording.counted(len(councils(lines)), "council")
    return f"{count}, {total(lines)} in total"


def total(lines: Sequence[Line]) -> str:
    """The sum of the amounts as they are now, a joint one counted once; says how many lines state
    none."""
    stated = []
    for line in lines:
        figures = amounts(line.event)
        if figures:
            stated.append(figures[-1])

    words = wording.pounds(sum(stated))
    missing = len(lines) - len(stated)
    if missing:
        words += f" ({wording.counted(missing, 'line')} without a stated amount)"
    return words


def councils(lines: Iterable[Line]) -> set[str]:
    """The slugs of all councils the lines are about."""
    return {slug for line in lines for slug in line.event.councils}


def filename(name: str) -> str:
    """A file name made of the letters and digits of the programme's name."""
    return (
        re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60].strip("-") or "programme"
    ) + ".csv"


def attachment(name: str, lines: Iterable[Line], context: DigestContext) -> Attachment:
    """All lines as a CSV that spreadsheets open as text and numbers, never as formulas."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([safe_cell(cell) for cell in _cells(line, context)] for line in lines)
    return Attachment(filename(name), "text/csv", out.getvalue().encode("utf-8-sig"))


def safe_cell(value: str) -> str:
    """A cell no spreadsheet takes for a formula: text that begins like one is led by an apostrophe,
    plain numbers stay numbers (OWASP, "CSV Injection")."""
    line = wording.one_line(value)
    is_number = re.fullmatch(r"-?\d+(\.\d+)?", line) is not None
    return (
        f"'{line}"
        if line.startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠", "|", "%")) and not is_number
        else line
    )


def _cells(line: Line, context: DigestContext) -> tuple[str, ...]:
    event, said = line.event, line.event.detail.funding
    figures = [str(figure) for figure in amounts(event)]
    gss = {council.slug: council.gss for council in context.register}
    before = figures[0] if len(figures) == 2 else ""
    return (
        items.council_names(context, event.councils),
        " ".join(gss.get(slug, slug) for slug in event.councils),
        said.programme or "",
        before,
        figures[-1] if figures else "",
        said.amount_text or "",
        said.qualifier or "",
        said.period or "",
        said.determination or "",
        said.funder or "",
        str(event.kind),
        str(event.published or ""),
        event.url,
    )


def _step(line: Line) -> tuple[int, int]:
    """Pounds before and after; the same twice where the amount did not move or is new."""
    figures = amounts(line.event) or (0,)
    return figures[0], figures[-1]


def _name(line: Line, context: DigestContext) -> str:
    return items.council_names(context, line.event.councils)


def _moves(moves: Sequence[tuple[Line, int, int]], context: DigestContext) -> str:
    return "; ".join(
        f"{_name(line, context)} {wording.pounds(old)} → {wording.pounds(new)}"
        for line, old, new in moves
    )
