"""One list as an XLSX workbook: numbers as numbers, days as days, addresses as links, and a second
sheet that says what it is, when it was read and under which licence. Pure."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from syncer.digest.message_model import ATTRIBUTION, NOT_THEIRS
from syncer.views.cells import defanged, harmless, plain_text

if TYPE_CHECKING:
    from syncer.views.listing import Column, Listing

LONGEST_CELL = 32_767
"""Characters a cell of an XLSX file may hold (Excel specifications and limits)."""

LONGEST_LINK = 2079
"""Characters of a link's address (the same)."""

MOST_LINKS = 65_530
"""Links on a sheet (the same)."""

WIDEST = 400
"""Pixels."""

LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
NO_MOMENT = dt.datetime(1980, 1, 1, tzinfo=dt.UTC)
"""The first moment of the clock of ZIP archives."""

NUMBER_FORMATS = {
    "bold": {"bold": True},
    "day": {"num_format": "yyyy-mm-dd"},
    "moment": {"num_format": 'yyyy-mm-dd hh:mm "UTC"'},
    "£": {"num_format": "£#,##0;-£#,##0"},
    "": {},
}


def to_xlsx(listing: Listing) -> bytes:
    """Return a workbook: the list on a sheet of its name, with a bold header that stays in view and
    filters, and a sheet about it."""
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    book.set_properties({"created": _made(listing)})
    formats = {name: book.add_format(said) for name, said in NUMBER_FORMATS.items()}

    sheet = _Sheet(book.add_worksheet(listing.name or "list"), formats)
    sheet.write_list(listing)
    about = _Sheet(book.add_worksheet("about"), formats)
    about.write_about(listing)

    book.close()
    return file.getvalue()


def _made(listing: Listing) -> dt.datetime:
    """Return the moment that a workbook gives as its own: the last at which a source was read, so
    that the same list is the same bytes."""
    moment = max(listing.read.values(), default=NO_MOMENT)
    return moment.astimezone(dt.UTC).replace(tzinfo=None)


class _Sheet:
    """A sheet that is being written, the formats of its workbook, and how many links it has."""

    def __init__(self, sheet: Any, formats: dict[str, Any]) -> None:
        self._sheet = sheet
        self._formats = formats
        self._links = 0

    def write_list(self, listing: Listing) -> None:
        """Write each column: its name, and its values under it."""
        for across, column in enumerate(listing.columns):
            self._write_word(0, across, column.name)
            for down, row in enumerate(listing.rows, start=1):
                place = (down, across)
                value = row[column.name]
                self._write(place, value, column)

        rows = len(listing.rows)
        columns = len(listing.columns)
        self._arrange(rows, columns)

    def _arrange(self, rows: int, columns: int) -> None:
        """Keep the header in view, put a filter on each column, and make each as wide as it
        needs."""
        last_column = max(columns - 1, 0)

        self._sheet.freeze_panes(1, 0)
        self._sheet.autofilter(
            0,
            0,
            rows,
            last_column,
        )
        self._sheet.autofit(WIDEST)

    def write_about(self, listing: Listing) -> None:
        """Write what the list is, a line each: a word and what it says."""
        for down, (word, said) in enumerate(_about(listing)):
            self._write_word(down, 0, word)
            place = (down, 1)
            self._write(place, said)

        self._sheet.autofit(WIDEST)

    def _write_word(self, down: int, across: int, word: str) -> None:
        self._sheet.write_string(
            down,
            across,
            word,
            self._formats["bold"],
        )

    def _write(self, place: tuple[int, int], value: Any, column: Column | None = None) -> None:
        """Write a value as what it is; `place` is a row and a column."""
        if isinstance(value, bool):
            self._sheet.write_boolean(*place, value)
        elif isinstance(value, int | float):
            unit = column.unit if column else ""
            self._sheet.write_number(*place, value, self._formats[unit])
        elif isinstance(value, dt.datetime):
            self._write_moment(place, value)
        elif isinstance(value, dt.date):
            self._sheet.write_datetime(*place, value, self._formats["day"])
        else:
            text = plain_text(value)
            is_link = column is None or column.link
            self._write_text(place, text, is_link)

    def _write_moment(self, place: tuple[int, int], value: dt.datetime) -> None:
        """Write a moment in UTC: a cell knows no time zone."""
        in_utc = value.astimezone(dt.UTC)
        moment = in_utc.replace(tzinfo=None)

        self._sheet.write_datetime(
            *place,
            moment,
            self._formats["moment"],
        )

    def _write_text(self, place: tuple[int, int], text: str, is_link: bool) -> None:
        """Write a text; an address of the web in a column of addresses as a link, as long as the
        sheet may have more."""
        clean = harmless(text)
        if is_link and _can_be_link(clean) and self._links < MOST_LINKS:
            self._links += 1
            self._sheet.write_url(*place, clean)
            return

        safe = defanged(clean)
        self._sheet.write_string(
            *place,
            safe[:LONGEST_CELL],
        )


def _can_be_link(text: str) -> bool:
    if " " in text or len(text) > LONGEST_LINK:
        return False

    return text.startswith(("https://", "http://"))


def _about(listing: Listing) -> Iterator[tuple[str, Any]]:
    """Yield what a workbook says of itself."""
    yield "list", listing.name or "list"
    yield "rows", len(listing.rows)
    for source, moment in listing.read.items():
        yield f"last read: {source}", moment

    yield "attribution", ATTRIBUTION
    yield "licence", LICENCE
    yield "note", NOT_THEIRS
    if listing.closing:
        yield "summary", listing.closing
