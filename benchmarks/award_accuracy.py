"""How well statements of funding are read: `python benchmarks/award_accuracy.py [FOLDER]` reads
every FOLDER/*.txt and compares with FOLDER/expected.csv (default: the awards beside the checkout).
`make accuracy` runs it; exit code 1 below the promise.

How a match is counted. A statement and an expected row match if they are of the same file and kind;
the row's council is among the statement's (for a joint row, the councils are the same set; for a
partnership the council helped counts too); and both have no amount, or the amounts agree within
what was printed. Payments: the row may also be the sum of that council's payments in the file.
  recall     rows with a council that are matched, of all rows with a council that are not
             `not_an_award`. Rows whose note says that they are a duplicate or a part of another
             are not asked for.
  precision  statements that match a row, of all statements but those not judged: a council of
             which the expectation says nothing in a file of which it lists a sample only (its
             notes say so, or it is a payments file), and an intervention that it has from another
             file.
  reported   `not_an_award` rows whose amount is nevertheless reported for their council (any
             council, if the row names none).
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from syncer.errors import CouncilError
from syncer.funding.reading import read_statements
from syncer.model import FundingKind, Money, Qualifier, Statement
from syncer.quantities.money import agree, format_pounds, read_money
from syncer.register.councils import Register, load_register
from syncer.register.programmes import load_programmes

DEFAULT = Path(__file__).resolve().parents[2] / "shared" / "awards"
PRECISION, RECALL, REPORTED = 0.98, 0.95, 0.02


@dataclass(frozen=True)
class Row:
    """One row of expected.csv."""

    file: str
    kind: str
    councils: tuple[str, ...]
    money: Money | None
    note: str

    @property
    def asked_for(self) -> bool:
        """Whether a reader must report it."""
        return self.kind != "not_an_award" and bool(self.councils) and not self.optional

    @property
    def optional(self) -> bool:
        """Whether it may be merged with another row."""
        return any(word in self.note.lower() for word in ("duplicate", "part of"))

    def __str__(self) -> str:
        amount = format_pounds(self.money.pounds) if self.money else "no amount"
        return f"{self.file} {self.kind} {' + '.join(self.councils)} {amount} ({self.note})"


@dataclass(frozen=True)
class Report:
    """What was found right, missed, wrong, not judged, and reported though it is no award."""

    right: int
    asked: int
    missed: tuple[Row, ...]
    wrong: tuple[tuple[str, Statement], ...]
    not_judged: int
    not_awards: int
    reported: tuple[Row, ...]
    statements_right: int

    @property
    def recall(self) -> float:
        return self.right / self.asked if self.asked else 1.0

    @property
    def precision(self) -> float:
        judged = self.statements_right + len(self.wrong)
        return self.statements_right / judged if judged else 1.0

    @property
    def reported_rate(self) -> float:
        return len(self.reported) / self.not_awards if self.not_awards else 0.0


def read_expected(path: Path, register: Register) -> list[Row]:
    """The rows of expected.csv; councils as slugs. UnknownCouncil for a name the register does not
    have."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [_row(cells, register) for cells in csv.DictReader(file)]


def _row(cells: dict[str, str], register: Register) -> Row:
    names = [name.strip() for name in cells["council"].split("|") if name.strip()]
    return Row(
        cells["file"],
        cells["kind"],
        tuple(_slug(name, register) for name in names),
        _money(cells),
        cells["note"] or "",
    )


def _slug(name: str, register: Register) -> str:
    try:
        return register.find(name).slug
    except CouncilError as error:
        raise SystemExit(f"expected.csv: {error}") from error


def _money(cells: dict[str, str]) -> Money | None:
    if not cells["amount_gbp"]:
        return None
    pounds = round(float(cells["amount_gbp"]))
    printed = [
        mention.money
        for mention in read_money(cells["amount_text"])
        if mention.money.pounds == pounds
    ]
    return (
        printed[0]
        if printed
        else Money(pounds, Qualifier.EXACT, cells["amount_text"], pounds, pounds)
    )


def compare(rows: Sequence[Row], found: dict[str, Sequence[Statement]]) -> Report:
    """Rows and statements (by file) held against each other."""
    asked = [row for row in rows if row.asked_for]
    missed = tuple(row for row in asked if not _is_found(row, found.get(row.file, ())))

    wrong, right, not_judged = [], 0, 0
    for file, statements in found.items():
        here = [row for row in rows if row.file == file]
        for one in statements:
            if any(row.kind != "not_an_award" and _match(row, one, statements) for row in here):
                right += 1
            elif _sampled(here, one) or _told_elsewhere(one, rows):
                not_judged += 1
            else:
                wrong.append((file, one))

    not_awards = [row for row in rows if row.kind == "not_an_award"]
    reported = tuple(row for row in not_awards if _is_reported(row, rows, found))
    return Report(
        len(asked) - len(missed),
        len(asked),
        missed,
        tuple(wrong),
        not_judged,
        len(not_awards),
        reported,
        right,
    )


def _is_found(row: Row, statements: Sequence[Statement]) -> bool:
    """Return whether one of its file's statements is the row's."""
    return any(_match(row, one, statements) for one in statements)


def _is_reported(row: Row, rows: Sequence[Row], found: dict[str, Sequence[Statement]]) -> bool:
    """Return whether a row that is no award is told nevertheless."""
    return any(
        _repeats(row, one) and not _right(one, row, rows, found) for one in found.get(row.file, ())
    )


def _match(row: Row, one: Statement, all_here: Sequence[Statement]) -> bool:
    """Whether the statement is the row's, by the rule above."""
    if row.kind != one.kind.value:
        return False
    councils = set(one.councils) | set(one.helped)
    if (
        set(row.councils) != councils
        if len(row.councils) > 1
        else not set(row.councils) <= councils
    ):
        return False
    if row.money is None or one.money is None:
        return row.money is one.money
    return agree(row.money, one.money) or (
        one.kind is FundingKind.PAYMENT and _sum(row, all_here) == row.money.pounds
    )


def _sum(row: Row, statements: Iterable[Statement]) -> int:
    return sum(
        one.money.pounds
        for one in statements
        if one.kind is FundingKind.PAYMENT and one.money and one.councils == row.councils
    )


def _sampled(rows: Sequence[Row], one: Statement) -> bool:
    """Whether the file's rows are a sample that has nothing on this statement's councils."""
    sample = any("sample" in row.note for row in rows) or any(
        row.kind == "payment" and len(rows) > 2 for row in rows
    )
    listed = {slug for row in rows for slug in row.councils}
    same_kind = any(row.kind == one.kind.value for row in rows)
    return (
        sample and same_kind and (not listed & set(one.councils) or one.kind is FundingKind.PAYMENT)
    )


def _told_elsewhere(one: Statement, rows: Sequence[Row]) -> bool:
    """Whether it is an intervention that the expectation has from another text about the same
    thing: true, only not listed " "here."""
    return one.kind is FundingKind.INTERVENTION and any(
        row.kind == "intervention" and set(row.councils) == set(one.councils) for row in rows
    )


def _repeats(row: Row, one: Statement) -> bool:
    """Whether the statement reports what the row says is no award."""
    about = not row.councils or bool(set(row.councils) & set(one.councils))
    if row.money is None or one.money is None:
        return (
            about
            and bool(row.councils)
            and row.money is one.money
            and one.kind is FundingKind.AWARD
        )
    return about and agree(row.money, one.money) and one.money.pounds > 0


def _right(
    one: Statement, row: Row, rows: Sequence[Row], found: dict[str, Sequence[Statement]]
) -> bool:
    """Whether the statement is another, true row's (£9.6m is also more than £4m)."""
    return any(
        other.file == row.file
        and other.kind != "not_an_award"
        and _match(other, one, found[row.file])
        for other in rows
    )


def measure(folder: Path) -> Report:
    """Reads the folder's texts and compares."""
    register, programmes = load_register(), load_programmes()
    rows = read_expected(folder / "expected.csv", register)
    found = {
        path.name: read_statements(path.read_text(encoding="utf-8"), register, programmes)
        for path in sorted(folder.glob("*.txt"))
    }
    return compare(rows, dict(found))


def main(arguments: Sequence[str]) -> int:
    """Prints the report; 0 if the promise is kept."""
    folder = Path(arguments[0]) if arguments else DEFAULT
    if not (folder / "expected.csv").exists():
        print(f"No {folder / 'expected.csv'}: nothing to measure.")
        return 0
    report = measure(folder)
    for row in report.missed:
        print(f"missed    {row}")
    for file, one in report.wrong:
        amount = one.money.text if one.money else "no amount"
        councils = " + ".join(one.councils)
        print(f"wrong     {file} {one.kind.value} {councils} {amount}: {one.quote[:120]}")
    for row in report.reported:
        print(f"reported  {row}")
    print(f"recall    {report.recall:.1%}  ({report.right} of {report.asked} rows)")
    judged = report.statements_right + len(report.wrong)
    print(
        f"precision {report.precision:.1%}  ({report.statements_right} of {judged} statements; "
        f"{report.not_judged} not judged)"
    )
    print(
        f"not an award, yet reported: {report.reported_rate:.1%}  ({len(report.reported)} of "
        f"{report.not_awards} rows)"
    )
    return (
        0
        if report.precision >= PRECISION
        and report.recall >= RECALL
        and report.reported_rate <= REPORTED
        else 1
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
