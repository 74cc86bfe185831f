"""Pages laid out by hand: what stands where, as a PDF's words would say it."""

from __future__ import annotations

from collections.abc import Sequence

from syncer.reports.paper import PdfPage, Word

WIDTH, HEIGHT, LETTER, LINE = 595.0, 842.0, 5.5, 12.0


def words(x: float, top: float, text: str) -> list[Word]:
    """The words of a text that begins at x; every letter is 5.5 points wide."""
    placed = []
    for word in text.split():
        placed.append(Word(word, x, top, x + LETTER * len(word), top + LINE))
        x += LETTER * (len(word) + 0.6)
    return placed


def page(number: int, *cells: tuple[float, float, str]) -> PdfPage:
    """A page with these texts, each (x, top, text), drawn in the order given."""
    placed = [word for x, top, text in cells for word in words(x, top, text)]
    return PdfPage(number, WIDTH, HEIGHT, tuple(placed))


def prose(top: float, *lines: str) -> list[tuple[float, float, str]]:
    """Lines of running text from the left margin."""
    return [(71.0, top + 14 * number, line) for number, line in enumerate(lines)]


ILACS_LABELS = (
    ("The impact of leaders on social work", "practice with children and families"),
    ("The experiences and progress of", "children who need help and protection"),
    ("The experiences and progress of", "children in care"),
    ("The experiences and progress of care", "leavers"),
    ("Overall effectiveness",),
)


def ilacs(
    dates: str,
    grades: Sequence[str],
    labels: Sequence[Sequence[str]] = ILACS_LABELS,
    number: int = 1,
    top: float = 300.0,
) -> list[tuple[float, float, str]]:
    """The cells of an ILACS first page: title, dates, and one row per grade; a grade with "/"
    stands on two lines."""
    cells = [
        (71.0, 100.0, "Inspection of Ambridge local authority"),
        (71.0, 120.0, "children’s services"),
        (71.0, 200.0, f"Inspection dates: {dates}"),
        (71.0, 230.0, "Lead inspector: Lynda Snell, His Majesty’s Inspector"),
        (77.0, top - 30, "Judgement"),
        (330.0, top - 30, "Grade"),
    ]
    for row, (label, grade) in enumerate(zip(labels, grades, strict=True)):
        cells += [(77.0, top + 42 * row + 14 * line, text) for line, text in enumerate(label)]
        cells += [
            (330.0, top + 42 * row + 14 * line, text.strip())
            for line, text in enumerate(grade.split("/"))
        ]
    return cells
