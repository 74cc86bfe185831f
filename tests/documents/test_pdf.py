"""PDFs that are none, that are broken, that hang; and words that stand where they are seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from syncer.documents.pdf import ROOM, join_tight, pages
from syncer.documents.reader import DocumentReader
from syncer.documents.report import read_pdf, reading_as_json
from syncer.errors import DocumentError, NotAPdf, NoTextLayer, ReportNotFound
from syncer.model import FileKind
from syncer.reports.layout import lines_of
from syncer.reports.paper import Word

NOT_FOUND = b"<!DOCTYPE html>\n<html><head>\n<title>Report not found - Find an Inspection Report - Ofsted</title></head></html>"


def pdf(content: str, page: str = "", trailer: str = "") -> bytes:
    """A PDF of one page with this content stream, made by hand."""
    parts = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] {page} /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
        f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, offsets = "%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{part}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    end = f"xref\n0 6\n0000000000 65535 f \n{table}trailer << /Size 6 /Root 1 0 R {trailer} >>\nstartxref\n{len(body)}\n%%EOF"
    return (body + end).encode("latin-1")


def text(x: float, y: float, words: str) -> str:
    return f"BT /F 12 Tf 1 0 0 1 {x} {y} Tm ({words}) Tj ET\n"


@pytest.fixture(scope="module")
def reader() -> Iterator[DocumentReader]:
    with DocumentReader() as reader:
        yield reader


def test_words_stand_where_they_are_seen_from_the_top(reader: DocumentReader) -> None:
    (page,) = reader.call(
        pages, pdf(text(300, 700, "Good") + text(72, 700, "Overall effectiveness"))
    )
    placed = {word.text: word for word in page.words}
    assert (page.number, page.width, page.height) == (1, 595.0, 842.0)
    assert placed["Overall"].x0 < placed["effectiveness"].x0 < placed["Good"].x0
    assert placed["Good"].top == placed["Overall"].top == pytest.approx(842 - 700 - 9, abs=4)


def test_words_stand_where_they_are_seen_on_a_page_with_more_than_are_placed_at_once(
    reader: DocumentReader,
) -> None:
    rows = range(30, 830, 20)
    line = " ".join(["word"] * 30)
    (page,) = reader.call(pages, pdf("".join(text(20, y, line) for y in rows)))
    lines = lines_of(page)
    assert len(page.words) == 30 * len(rows) > ROOM
    assert [len(each.words) for each in lines] == [30] * len(rows)
    assert len({word.x0 for word in page.words}) == 30


def test_digits_set_a_little_apart_are_one_number_however_many_there_are() -> None:
    digits = [Word(digit, x, 100, x + 6, 112) for digit, x in (("1", 50), ("9", 56.5), ("6", 63))]
    june = Word("June", 73, 100, 95, 112)
    assert join_tight([*digits, june]) == (Word("196", 50, 100, 69, 112), june)


def test_a_page_stored_turned_is_read_as_it_is_shown(reader: DocumentReader) -> None:
    turned = "BT /F 12 Tf 0 1 -1 0 100 200 Tm (Overall Good) Tj ET\n"  # upright once the page is turned by 90 degrees
    (page,) = reader.call(pages, pdf(turned, "/Rotate 90"))
    overall, good = page.words
    assert (page.width, page.height) == (842.0, 595.0)
    assert overall.x0 == pytest.approx(200, abs=2)
    assert overall.top == good.top < overall.bottom == pytest.approx(103, abs=3)
    assert overall.x1 < good.x0


def test_digits_set_a_hair_apart_are_one_number(reader: DocumentReader) -> None:
    (page,) = reader.call(
        pages, pdf(text(72, 700, "1") + text(79.2, 700, "9") + text(92, 700, "June 2019"))
    )
    assert [word.text for word in page.words] == ["19", "June", "2019"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 a spreadsheet", "begins"),
        (
            b"<html><head><title>Attention &amp; Required</title>",
            "An HTML page titled “Attention & Required”",
        ),
        (b"%PDF-1.7\nnothing more", "cut short or damaged"),
        (pdf(text(72, 700, "Good"))[:200], "cut short or damaged"),
    ],
)
def test_what_is_no_pdf_is_said_to_be_what_it_is(
    reader: DocumentReader, data: bytes, said: str
) -> None:
    with pytest.raises(NotAPdf, match=said):
        reader.call(pages, data)


def test_ofsteds_page_for_a_dead_link_has_a_name_of_its_own(reader: DocumentReader) -> None:
    with pytest.raises(ReportNotFound, match="Report not found"):
        reader.call(pages, NOT_FOUND)


def test_the_real_pages_for_dead_links_too(reader: DocumentReader, shared: Path) -> None:
    for path in (shared / "ofsted" / "error_pages").iterdir():
        with pytest.raises(ReportNotFound):
            reader.call(pages, path.read_bytes())


def test_a_pdf_of_pictures_has_no_text_layer(reader: DocumentReader) -> None:
    with pytest.raises(NoTextLayer):
        reader.call(pages, pdf("0 0 100 100 re f\n"))


def test_a_locked_pdf_is_named(reader: DocumentReader) -> None:
    lock = f"/ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /O <{'1f' * 32}> /U <{'2e' * 32}> /P -4 >>"
    with pytest.raises(DocumentError, match="password"):
        reader.call(pages, pdf(text(72, 700, "Good"), trailer=lock))


def test_garbage_inside_a_pdf_never_ends_our_own_process(reader: DocumentReader) -> None:
    whole = pdf(text(72, 700, "Overall effectiveness Good"))
    for position in range(9, len(whole), 37):
        try:
            reader.call(pages, whole[:position] + b"\xff<<[(" + whole[position + 5 :])
        except DocumentError as error:
            assert str(error)
    assert reader.call(pages, whole)


def test_one_call_reads_a_file_and_prints_every_promised_key(reader: DocumentReader) -> None:
    reading = reader.call(
        read_pdf,
        pdf(
            text(72, 700, "Focused visit to Ambridge")
            + text(72, 680, "Inspection date: 3 December 2024")
        ),
    )
    row = reading_as_json("letter.pdf", reading)
    assert reading.kind is FileKind.FOCUSED_VISIT
    assert list(row)[:10] == [
        "path",
        "kind",
        "framework",
        "inspection_start",
        "inspection_end",
        "judgements",
        "lead_inspector",
        "improve",
        "recommendations",
        "problems",
    ]
    assert (row["inspection_start"], row["framework"], row["judgements"]) == (
        "2024-12-03",
        None,
        {},
    )
