"""Lines of text → the tables that stand in them, as copied from a page, a PDF or a mail.

Cells are cut by tabs, bars, semicolons, commas, two or more spaces or leading dots, or only by the
shape of the line: a name, then figures ("E08000016 Barnsley 614,400", "Dorset –
£870,500", "Bexley (£3.4m)").
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from syncer.funding.tables.cells import heads_thousands, is_blank, is_figure

_BULLET = re.compile(r"^\s*(?:[-*•▪◦●·‣–]|\(?\d{1,2}[.)]|\([a-z]\))\s+(?=\S)")
_RULE = re.compile(r"[\s|:+=_-]*")
_WIDE = re.compile(r"\s{2,}|\s*\.{3,}\s*|\s\.{2}\s|\s*…+\s*|(?:\s\.){3,}\s")
_CSV_COMMA = re.compile(r"(?<!\d),(?=\S)|,(?=[^\d\s])|,(?!\d{3}\b)(?=\d)")
_SIGN = r"[-+\u2212(]{0,2}£?\s?-?"
_UNIT = r"(?:\s?(?:m|mn|k|bn|million|thousand))?"
_FIGURE = (
    rf"{_SIGN}\d[\d,]*(?:\.\d+)?{_UNIT}(?![A-Za-z\d])"
    r"%?\)?[*†‡¹²³]*(?:\s?\[[a-z0-9 ]{1,7}\])?"
)
_MARK = (
    r"(?:[-–—]|\[[a-z]\]|x|nil|n/a|tbc|to be confirmed|(?:nil|none) this year|rejected|withdrawn"
    r"|unsuccessful)"
)
_FIGURES_AT_END = re.compile(
    rf"(?:\s*[:–—,-]\s+|:\s*|\s+)(?P<figures>(?:(?:{_FIGURE}|{_MARK})\s*)+)$", re.I
)
_YEARS = re.compile(r"(?:19|20)\d\d\s?[-–/]\s?(?:20)?\d\d")
_ENDS_WITH_YEARS = re.compile(r"\b(?:19|20)\d\d\s?(?:[-–/]|to)\s?(?:20)?\d\d$")
_ENDS_WITH_PART = re.compile(
    r"\b(?:years?|quarters?|months?|tranches?|phases?|waves?|rounds?|stages?|parts?|lots?"
    r"|cohorts?|tiers?|strands?) \d\d?$|\d[-–]\d+$",
    re.I,
)
"""The words end with the number of a part ("grant, year 1") or with ages ("leavers 18-21"), and
with no sum."""
_ENDS_WITH_YEAR = re.compile(r"(?<![\d,.£])(?<![:–—-] )\b(?:19|20)\d\d$")
_IN_BRACKETS = re.compile(rf"\s*\((?P<figure>{_FIGURE})\)[*†¹²³.]*$", re.I)
_TOKEN = re.compile(rf"{_FIGURE}|{_MARK}", re.I)
_THOUSANDS_APART = re.compile(r"[1-9]\d?(?: \d{3})+")
_LEADING_CODE = re.compile(r"^(?P<code>[EW]\d{8}|[A-Z]\d{4}|\d{3})\s+(?=[A-Z])")
_DASHED = re.compile(r"\s+[–—-]\s+|(?<=[A-Za-z]): (?=\d)")
"""Parts names before figures, and a name from what it counts: "Leeds: 640 families, £512,000"."""
_DASHED_CELLS = 4
"""Fewer may be a name and its sum, or an aside."""
_SENTENCE = re.compile(
    r"[.!?]\s+[A-Z]|\b(?:is|was|were|are|has|have|had|will|would|which|that|said)\b"
)
_NEXT_SENTENCE = re.compile(r"(?<!\bSt)[.!?]\s+[A-Z]")
_SUM = re.compile(r"£\s?\d")
"""A sum among the words before a figure: the line is no name with its figures."""
_BARE = re.compile(r"\d{3,}")
"""A figure as data files have it."""
_SIGN_APART = re.compile(r"£\s+(?=\d)")
"""Figures set flush right have their sign at the left of the column."""
_LETTERS = re.compile(r"[A-Za-z]{3}")
_QUOTES_AND_BRACKETS = ("(", '"', "“", "‘")
_LOOSE = ("wide", "shape")
"""Cuts that a line of prose may have by chance."""
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
        if not self.before:
            return ""
        return self.before[0]


@dataclass(frozen=True)
class _Line:
    """A line as cells: `cut` says by what, `rows` whether it holds a name and a figure."""

    cut: str
    cells: tuple[str, ...]
    is_row: bool
    bullet: bool = False

    @property
    def is_item(self) -> bool:
        """Return whether the line is an item of a list."""
        if self.bullet:
            return True
        return self.cut == "shape" and ":" in self.cells[0]


_NOTHING = _Line("", (), False)


def find_tables(lines: Sequence[str]) -> list[TextTable]:
    """Return the tables in the text's lines, in order; runs of at least two rows of one shape."""
    lines = _with_tight_commas(lines)
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


def _with_tight_commas(lines: Sequence[str]) -> list[str]:
    """Return the lines, those of a file whose commas are followed by spaces without these."""
    tight: list[str] = []
    for commas, run in groupby(lines, key=_spaced_commas):
        block = list(run)
        if commas > 1 and _is_file(block):
            block = [line.replace(", ", ",") for line in block]
        tight += block

    return tight


def _spaced_commas(line: str) -> int:
    return line.count(", ")


def _is_file(block: Sequence[str]) -> bool:
    """Return whether lines with equally many commas are a header, and at least two rows that end
    with a figure."""
    header, *rows = [line.rsplit(", ", 1)[-1] for line in block]
    if len(rows) < 2 or is_figure(header):
        return False
    return all(_BARE.fullmatch(row) for row in rows)


def _table(lines: Sequence[str], read: Sequence[_Line], at: int, end: int, floor: int) -> TextTable:
    """Return the table whose rows stand from line `at` up to `end`; the one before it ends at
    `floor`."""
    start = _start_of_header(lines, read, at, floor)
    cut_lines = [line for line in read[start:end] if line.cells]
    return TextTable(
        start,
        end,
        rows=_even(cut_lines),
        before=_lines_before(lines, start, floor),
        after=_lines_after(lines, read, end),
        is_list=read[at].is_item,
    )


# -- One line --------------------------------------------------------------------------------------


def _read(line: str) -> _Line:
    """Return the line as cells."""
    if not line.strip() or _RULE.fullmatch(line):
        return _NOTHING

    bare = _BULLET.sub("", line, count=1)
    has_bullet = bare != line
    bare = _SIGN_APART.sub("£", bare)
    return _read_bare(bare.strip("\n"), has_bullet)


def _read_bare(bare: str, has_bullet: bool) -> _Line:
    """Return a line without its bullet as cells, by the surest cut that gives several."""
    for cut, cells in _cuts(bare):
        if len(cells) > 1:
            is_row = _is_row(cells, cut)
            return _Line(cut, cells, is_row, has_bullet)

    return _NOTHING


def _cuts(line: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the ways in which the line may be cut that fit it, the surest first."""
    stripped = line.strip()
    yield from _cuts_at_marks(line)

    if _CSV_COMMA.search(stripped) and not _NEXT_SENTENCE.search(stripped):
        yield "comma", _split_csv(stripped)

    if _WIDE.search(stripped):
        yield "wide", _wide_cells(stripped)

    dashed = _dashed_cells(stripped)
    if len(dashed) >= _DASHED_CELLS:
        yield "dash", dashed

    yield "shape", _shaped_cells(stripped)


def _dashed_cells(line: str) -> tuple[str, ...]:
    """Return the cells of a line that dashes between spaces part, "Brent – semi-open unit –
    £995,000 – £1m"; several sentences have none."""
    if _NEXT_SENTENCE.search(line):
        return ()
    return tuple(cell.strip() for cell in _DASHED.split(line))


def _cuts_at_marks(line: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    stripped = line.strip()
    if "\t" in stripped:
        # The heading of a table may begin with a tab: above the names stands nothing.
        yield "tab", _split(line.strip(" "), "\t")

    if "|" in stripped:
        yield "bar", _split(stripped.strip("|"), "|")

    if ";" in stripped and _is_cut_by_semicolons(stripped):
        yield "semicolon", _split(stripped, ";")


def _is_cut_by_semicolons(line: str) -> bool:
    """Return whether semicolons part cells: in a sentence a space follows them, and they are
    few."""
    spaced = line.count("; ")
    if not spaced:
        return True
    return spaced + 1 >= _DASHED_CELLS and not _NEXT_SENTENCE.search(line)


def _split_csv(line: str) -> tuple[str, ...]:
    cells = next(csv.reader([line]))
    return tuple(cell.strip() for cell in cells)


def _split(line: str, mark: str) -> tuple[str, ...]:
    cells = line.split(mark)
    return tuple(cell.strip() for cell in cells)


def _wide_cells(line: str) -> tuple[str, ...]:
    """Return the cells of a line cut by white space or dots; a name and figures that stand closer
    are cut, too."""
    cells: list[str] = []
    for part in _WIDE.split(line):
        shaped = _shaped_cells(part)
        if shaped:
            cells += shaped
        elif part.strip():
            cells.append(part.strip())

    return tuple(cells)


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
    named = _name_and_figures(rest)
    if not named:
        named = (rest,)

    return (coded["code"], *named)


def _name_and_figures(part: str) -> tuple[str, ...]:
    """Return the names and the figures of "Dorset – £870,500" and the like."""
    in_brackets = _IN_BRACKETS.search(part)
    if in_brackets is not None:
        words = part[: in_brackets.start()]
        if _SUM.search(words):
            return ()
        return (*_names(words), in_brackets["figure"])

    return _name_before_figures(part)


def _name_before_figures(part: str) -> tuple[str, ...]:
    """Return the names and the figures of a line that ends with figures; years are none."""
    if _ENDS_WITH_YEARS.search(part) or _ENDS_WITH_PART.search(part):
        return ()

    at_end = _FIGURES_AT_END.search(part)
    if at_end is None:
        return ()

    words = part[: at_end.start()]
    if not _is_name(words) or _is_heading(part, at_end["figures"]):
        return ()
    return (*_names(words), *_figures(at_end["figures"]))


def _is_heading(part: str, figures: str) -> bool:
    """Return whether words end with a year, or with a unit, as a heading does: "Deficit, March
    2023", "2022/23 £000"."""
    if heads_thousands(figures):
        return True
    return _ENDS_WITH_YEAR.search(part) is not None


def _figures(printed: str) -> tuple[str, ...]:
    """Return the figures of a line; "1 340" is one, "412 398 405" are three."""
    printed = printed.strip()
    if _THOUSANDS_APART.fullmatch(printed):
        return (printed,)

    tokens = _TOKEN.findall(printed)
    return tuple(token.strip() for token in tokens)


def _names(words: str) -> tuple[str, ...]:
    """Return the words before the figures, cut at dashes that stand between spaces."""
    names: list[str] = []
    for part in _DASHED.split(words.strip()):
        name = part.strip(" :,–-")
        if name:
            names.append(name)

    return tuple(names)


def _is_name(words: str) -> bool:
    if not words or len(words) > _MAX_NAME:
        return False
    if _SENTENCE.search(words) or _SUM.search(words):
        return False
    return not words.startswith(_QUOTES_AND_BRACKETS)


def _is_row(cells: Sequence[str], cut: str) -> bool:
    """Return whether the cells hold a name and a figure, or a word for none; cut by tabs or bars,
    they need no name."""
    needs_name = cut not in ("tab", "bar")
    if needs_name and not any(_holds_name(cell) for cell in cells):
        return False

    beside = [cell for cell in cells[1:] if cell]
    return any(is_figure(cell) or is_blank(cell) for cell in beside)


def _holds_name(cell: str) -> bool:
    """Return whether the cell has letters enough for a name, and is no paragraph; the year of a row
    ("2022-23") is a name, too."""
    if len(cell) > _MAX_NAME * 2:
        return False
    return _LETTERS.search(cell) is not None or _YEARS.fullmatch(cell) is not None


# -- Runs of lines ---------------------------------------------------------------------------------


def _end_of_run(lines: Sequence[str], read: Sequence[_Line], at: int) -> int | None:
    """Return the line after the rows that begin here; None where no run of rows begins."""
    if not read[at].is_row:
        return None

    end = _after_last_row(lines, read, at)
    rows = [line for line in read[at:end] if line.is_row and _belongs(line, read[at])]
    if len(rows) < _MIN_ROWS or _is_part_of_a_list(lines, read, at, end):
        return None
    return end


def _after_last_row(lines: Sequence[str], read: Sequence[_Line], at: int) -> int:
    """Return the line after the last that goes on with the row here."""
    end = at
    for place in range(at, len(lines)):
        if _belongs(read[place], read[at]):
            end = place + 1
        elif place > end or not _is_gap(lines[place]):
            # One gap may stand between two rows.
            break

    return end


def _is_gap(line: str) -> bool:
    """Return whether the line is empty, or only rules off the header."""
    ruled = _RULE.fullmatch(line)
    return ruled is not None


def _belongs(line: _Line, first: _Line) -> bool:
    """Return whether a line goes on with the rows that began with `first`."""
    if line.bullet != first.bullet:
        return False

    is_loose = line.cut in _LOOSE
    if line.cut != first.cut:
        both_loose = is_loose and first.cut in _LOOSE
        if not both_loose:
            return False

    return line.is_row or not is_loose


def _is_part_of_a_list(lines: Sequence[str], read: Sequence[_Line], at: int, end: int) -> bool:
    """Return whether the rows are only some of the items of a bulleted list: its other items say
    more than a name and a sum."""
    if not read[at].bullet:
        return False

    for place in (at - 1, end):
        if not 0 <= place < len(lines):
            continue
        if _BULLET.match(lines[place]) and not read[place].is_row:
            return True

    return False


def _start_of_header(lines: Sequence[str], read: Sequence[_Line], at: int, floor: int) -> int:
    """Return the first line of the header above the rows: lines cut in the same way."""
    first = read[at]
    if first.bullet:
        return at

    start = at
    for place in range(at - 1, floor - 1, -1):
        if _may_head(lines[place], read[place], first):
            start = place
        elif start < at or not _is_gap(lines[place]):
            # A gap may stand between the header and the rows, but not within the header.
            break

    return start


def _may_head(line: str, read: _Line, first: _Line) -> bool:
    if first.cut not in _LOOSE:
        return read.cut == first.cut
    if read.cut != "wide":
        return False
    return not _SENTENCE.search(line.replace("of which", ""))


def _lines_before(lines: Sequence[str], start: int, floor: int) -> tuple[str, ...]:
    found: list[str] = []
    for place in range(start - 1, floor - 1, -1):
        line = lines[place].strip()
        if line:
            found.append(line)
        if len(found) == _LEAD_LINES:
            break

    return tuple(found)


def _lines_after(lines: Sequence[str], read: Sequence[_Line], end: int) -> tuple[str, ...]:
    """Return the lines below the table up to the next table or the second blank line."""
    found: list[str] = []
    limit = end + _NOTE_LINES + 2
    for place in range(end, min(len(lines), limit)):
        if read[place].is_row:
            break

        line = lines[place].strip()
        if line:
            found.append(line)

    return tuple(found[:_NOTE_LINES])


# -- Rows of one length ----------------------------------------------------------------------------


def _even(lines: Sequence[_Line]) -> tuple[tuple[str, ...], ...]:
    """Return rows of one length: a header that lacks the corner above the names gets an empty one,
    and figures stand under the last titles."""
    width = _usual_width(lines)
    rows = [_to_width(line, width) for line in lines]
    return tuple(rows)


def _usual_width(lines: Sequence[_Line]) -> int:
    widths = Counter(len(line.cells) for line in lines if line.is_row)
    if not widths:
        return 0

    [(width, _)] = widths.most_common(1)
    return width


def _to_width(line: _Line, width: int) -> tuple[str, ...]:
    missing = width - len(line.cells)
    if missing <= 0 or not _lacks_first(line, missing):
        return line.cells

    padding = [""] * missing
    return (*padding, *line.cells)


def _lacks_first(line: _Line, missing: int) -> bool:
    """Return whether it is the first cells that a line is short of."""
    if not line.is_row:
        return True
    if line.cut not in _LOOSE:
        return False
    if is_figure(line.cells[0]):
        return True

    # A total lacks the code that the other rows begin with.
    return missing == 1
