"""Lines of text → the tables that stand in them, as copied from a page, a PDF or a mail.

Cells are cut by tabs, bars, semicolons, commas, two or more spaces or leading dots, or only by the
shape of the line: a name, then figures ("E08000016 Barnsley 614,400", "Dorset –
£870,500", "Bexley (£3.4m)").
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from syncer.funding.tables.cells import is_blank, is_figure

_BULLET = re.compile(r"^\s*(?:[-*•▪◦●·‣–]|\(?\d{1,2}[.)]|\([a-z]\))\s+(?=\S)")
_RULE = re.compile(r"[\s|:+=_-]*")
_WIDE = re.compile(r"\s{2,}|\s*\.{3,}\s*|\s\.{2}\s|\s*…+\s*|(?:\s\.){3,}\s")
_CSV_COMMA = re.compile(r"(?<!\d),(?=\S)|,(?=[^\d\s])|,(?!\d{3}\b)(?=\d)")
_SIGN = r"[-\u2212(]{0,2}£?\s?-?"
_UNIT = r"(?:\s?(?:m|mn|k|bn|million|thousand))?"
_FIGURE = (
    rf"{_SIGN}\d[\d,]*(?:\.\d+)?{_UNIT}(?![A-Za-z\d])"
    r"%?\)?[*†‡¹²³]*(?:\s?\[[a-z0-9 ]{1,7}\])?"
)
_MARK = r"(?:[-–—]|\[[a-z]\]|x|nil|n/a|tbc|to be confirmed)"
_FIGURES_AT_END = re.compile(
    rf"(?:\s*[:–—,-]\s+|:\s*|\s+)(?P<figures>(?:(?:{_FIGURE}|{_MARK})\s*)+)$", re.I
)
_ENDS_WITH_YEARS = re.compile(r"\b(?:19|20)\d\d\s?(?:[-–/]|to)\s?(?:20)?\d\d$")
_IN_BRACKETS = re.compile(rf"\s*\((?P<figure>{_FIGURE})\)[*†¹²³.]*$", re.I)
_TOKEN = re.compile(rf"{_FIGURE}|{_MARK}", re.I)
_THOUSANDS_APART = re.compile(r"[1-9]\d?(?: \d{3})+")
_LEADING_CODE = re.compile(r"^(?P<code>[EW]\d{8}|\d{3})\s+(?=[A-Z])")
_DASHED = re.compile(r"\s+[–—-]\s+")
_SENTENCE = re.compile(
    r"[.!?]\s+[A-Z]|\b(?:is|was|were|are|has|have|had|will|would|which|that|said)\b"
)
_NEXT_SENTENCE = re.compile(r"[.!?]\s+[A-Z]")
_MAX_NAME = 120
_MIN_ROWS = 2
_LEAD_LINES = 5
_NOTE_LINES = 3


@dataclass(frozen=True)
class TextTable:
    """Rows of cells that stand in a text from line `start` up to line `end`. `before` are the lines
    above it, nearest first, `after` the notes below."""

    start: int
    end: int
    rows: tuple[tuple[str, ...], ...]
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    is_list: bool = False
    """Its rows are items of a list: a name and a sum, without columns."""

    @property
    def lead(self) -> str:
        """Return the last words before the table."""
        return self.before[0] if self.before else ""


@dataclass(frozen=True)
class _Line:
    """A line as cells: `cut` says by what, `rows` whether it holds a name and a figure."""

    cut: str
    cells: tuple[str, ...]
    is_row: bool
    bullet: bool = False

    @property
    def is_item(self) -> bool:
        """Whether the line is an item of a list."""
        return self.bullet or (self.cut == "shape" and ":" in self.cells[0])


_NOTHING = _Line("", (), False)


def find_tables(lines: Sequence[str]) -> list[TextTable]:
    """Return the tables in the text's lines, in order; runs of at least two rows of one shape."""
    read = [_read(line) for line in lines]
    tables: list[TextTable] = []
    at = 0
    while at < len(lines):
        end = _end_of_run(lines, read, at)
        if end is None:
            at += 1
            continue
        floor = tables[-1].end if tables else 0
        tables.append(_table(lines, read, at, end, floor))
        at = end
    return tables


def _table(lines: Sequence[str], read: Sequence[_Line], at: int, end: int, floor: int) -> TextTable:
    """Return the table whose rows stand from line `at` up to `end`; the one before it ends at
    `floor`."""
    start = _start_of_header(lines, read, at, floor)
    rows = _even([line for line in read[start:end] if line.cells])
    before = _lines_before(lines, start, floor)
    after = _lines_after(lines, read, end)
    return TextTable(start, end, rows, before, after, read[at].is_item)


# -- One line --------------------------------------------------------------------------------------


def _read(line: str) -> _Line:
    """Return the line as cells."""
    if not line.strip() or _RULE.fullmatch(line):
        return _NOTHING
    bullet = bool(_BULLET.match(line))
    bare = _BULLET.sub("", line, count=1) if bullet else line.strip("\n")
    for cut, cells in _cuts(bare):
        if len(cells) > 1:
            return _Line(cut, cells, _is_row(cells, cut), bullet)
    return _NOTHING


def _cuts(line: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return the ways in which the line may be cut that fit it, the surest first."""
    stripped = line.strip()
    ways: list[tuple[str, tuple[str, ...]]] = []
    if "\t" in stripped:
        ways.append(("tab", _split(line.strip(" "), "\t")))
    if "|" in stripped:
        ways.append(("bar", _split(stripped.strip("|"), "|")))
    if ";" in stripped and "; " not in stripped:
        ways.append(("semicolon", _split(stripped, ";")))
    if _CSV_COMMA.search(stripped) and not _NEXT_SENTENCE.search(stripped):
        ways.append(("comma", _split_csv(stripped)))
    if _WIDE.search(stripped):
        ways.append(("wide", _wide_cells(stripped)))
    ways.append(("shape", _shaped_cells(stripped)))
    return ways


def _split_csv(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in next(csv.reader([line])))


def _split(line: str, mark: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.split(mark))


def _wide_cells(line: str) -> tuple[str, ...]:
    """Return the cells of a line cut by white space or dots; a name and figures that stand closer
    are cut, too."""
    cells: list[str] = []
    for part in _WIDE.split(line):
        cells += _shaped_cells(part) or (part.strip(),)
    return tuple(cell for cell in cells if cell)


def _shaped_cells(part: str) -> tuple[str, ...]:
    """Return code, names and figures of a line that has no marks between its cells; nothing where
    it is no such line."""
    part = part.strip()
    if is_figure(part) or is_blank(part):
        return ()
    coded = _LEADING_CODE.match(part)
    if coded is None:
        return _name_and_figures(part)
    rest = part[coded.end() :]
    return (coded["code"], *(_name_and_figures(rest) or (rest,)))


def _name_and_figures(part: str) -> tuple[str, ...]:
    """Return the names and the figures of "Dorset – £870,500" and the like."""
    found = _IN_BRACKETS.search(part)
    if found is not None:
        return (*_names(part[: found.start()]), found["figure"])
    at_end = None if _ENDS_WITH_YEARS.search(part) else _FIGURES_AT_END.search(part)
    if at_end is None or not _is_name(part[: at_end.start()]):
        return ()
    return (*_names(part[: at_end.start()]), *_figures(at_end["figures"]))


def _figures(printed: str) -> tuple[str, ...]:
    """Return the figures of a line; "1 340" is one, "412 398 405" are three."""
    printed = printed.strip()
    if _THOUSANDS_APART.fullmatch(printed):
        return (printed,)
    return tuple(token[0].strip() for token in _TOKEN.finditer(printed))


def _names(words: str) -> tuple[str, ...]:
    """Return the words before the figures, cut at dashes that stand between spaces."""
    return tuple(
        part.strip(" :,–-") for part in _DASHED.split(words.strip()) if part.strip(" :,–-")
    )


def _is_name(words: str) -> bool:
    return len(words) <= _MAX_NAME and not _SENTENCE.search(words) and words[:1] not in '("“‘'


def _is_row(cells: Sequence[str], cut: str) -> bool:
    """Whether the cells hold a name and a figure, or a word for none; cut by tabs or bars, they
    need no name."""
    named = cut in ("tab", "bar") or any(
        re.search(r"[A-Za-z]{3}", cell) and len(cell) <= _MAX_NAME * 2 for cell in cells
    )
    return named and any(is_figure(cell) or is_blank(cell) for cell in cells[1:] if cell)


# -- Runs of lines ---------------------------------------------------------------------------------


def _end_of_run(lines: Sequence[str], read: Sequence[_Line], at: int) -> int | None:
    """Return the line after the rows that begin here; None where no run of rows begins."""
    if not read[at].is_row:
        return None
    rows, end, place = 0, at, at
    while place < len(lines):
        if _belongs(read[place], read[at]):
            rows += read[place].is_row
            end = place + 1
        elif not _is_gap(lines[place]) or place > end:
            break
        place += 1
    if rows < _MIN_ROWS or _is_part_of_a_list(lines, read, at, end):
        return None
    return end


def _is_gap(line: str) -> bool:
    """Whether the line is empty, or only rules off the header."""
    return bool(_RULE.fullmatch(line))


def _belongs(line: _Line, first: _Line) -> bool:
    """Whether a line goes on with the rows that began with `first`."""
    loose = {"wide", "shape"}
    alike = line.cut == first.cut or {line.cut, first.cut} <= loose
    if not alike or line.bullet != first.bullet:
        return False
    return line.is_row or line.cut not in loose


def _is_part_of_a_list(lines: Sequence[str], read: Sequence[_Line], at: int, end: int) -> bool:
    """Whether the rows are only some of the items of a bulleted list: its other items say more than
    a name and a sum."""
    if not read[at].bullet:
        return False
    beside = [place for place in (at - 1, end) if 0 <= place < len(lines)]
    return any(_BULLET.match(lines[place]) and not read[place].is_row for place in beside)


def _start_of_header(lines: Sequence[str], read: Sequence[_Line], at: int, floor: int) -> int:
    """Return the first line of the header above the rows: lines cut in the same way."""
    start, place = at, at - 1
    if read[at].bullet:
        return at
    while place >= floor:
        if _may_head(lines[place], read[place], read[at]):
            start = place
        elif not _is_gap(lines[place]) or start < at:
            break
        place -= 1
    return start


def _may_head(line: str, read: _Line, first: _Line) -> bool:
    if first.cut in ("wide", "shape"):
        titles = _WIDE.split(line.strip())
        return bool(titles) and read.cut == "wide" and not _SENTENCE.search(line)
    return read.cut == first.cut


def _lines_before(lines: Sequence[str], start: int, floor: int) -> tuple[str, ...]:
    found = [lines[place].strip() for place in range(start - 1, floor - 1, -1)]
    return tuple(line for line in found if line)[:_LEAD_LINES]


def _lines_after(lines: Sequence[str], read: Sequence[_Line], end: int) -> tuple[str, ...]:
    """Return the lines below the table up to the next table or the second blank line."""
    found: list[str] = []
    for place in range(end, min(len(lines), end + _NOTE_LINES + 2)):
        if read[place].is_row:
            break
        if lines[place].strip():
            found.append(lines[place].strip())
    return tuple(found[:_NOTE_LINES])


# -- Rows of one length ----------------------------------------------------------------------------


def _even(lines: Sequence[_Line]) -> tuple[tuple[str, ...], ...]:
    """Return rows of one length: a header that lacks the corner above the names gets an empty one,
    and figures stand under the last titles."""
    width = _usual_width(lines)
    return tuple(_to_width(line, width) for line in lines)


def _usual_width(lines: Sequence[_Line]) -> int:
    widths = Counter(len(line.cells) for line in lines if line.is_row)
    return widths.most_common(1)[0][0] if widths else 0


def _to_width(line: _Line, width: int) -> tuple[str, ...]:
    missing = width - len(line.cells)
    if missing <= 0:
        return line.cells
    if line.is_row and line.cut not in ("wide", "shape"):
        return line.cells
    if line.is_row and not is_figure(line.cells[0]):
        return (*([""] * missing if _is_code(line, width) else ()), *line.cells)
    return (*[""] * missing, *line.cells)


def _is_code(line: _Line, width: int) -> bool:
    """Whether a row lacks the code that the others begin with: a total's."""
    return len(line.cells) == width - 1
