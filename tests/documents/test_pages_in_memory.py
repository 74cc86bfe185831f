"""The pages that pdfium has in memory are closed: each after its characters, and before the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from pypdfium2 import raw

from syncer.demo.pdf import pdf_of
from syncer.documents.pdf import MAX_LOADED, OpenPdf
from syncer.errors import DocumentError

EVERY_PAGE = slice(0, None)
LOAD_PAGE, LOAD_TEXT = "FPDF_LoadPage", "FPDFText_LoadPage"
CLOSE_PAGE, CLOSE_TEXT, CLOSE_FILE = "FPDF_ClosePage", "FPDFText_ClosePage", "FPDF_CloseDocument"


def pdf_with(count: int) -> bytes:
    return pdf_of([[(60, 770, 11, f"Page {number}")] for number in range(count)])


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the calls that open and close pages, as they are made."""
    made: list[str] = []

    def noted(name: str) -> Callable[..., object]:
        call = getattr(raw, name)

        def note(*given: object) -> object:
            made.append(name)
            return call(*given)

        return note

    for name in (LOAD_PAGE, LOAD_TEXT, CLOSE_PAGE, CLOSE_TEXT, CLOSE_FILE):
        monkeypatch.setattr(raw, name, noted(name))
    return made


def test_pages_are_closed_after_their_characters_and_before_the_file(calls: list[str]) -> None:
    with OpenPdf(pdf_with(2)) as document:
        document.texts(EVERY_PAGE)
        document.pages(EVERY_PAGE)  # the same, which are in memory
        assert calls == [LOAD_PAGE, LOAD_TEXT] * 2
        calls.clear()
    assert calls == [CLOSE_TEXT, CLOSE_PAGE] * 2 + [CLOSE_FILE]


def test_the_page_read_first_is_closed_where_there_are_more_than_stay_in_memory(
    calls: list[str],
) -> None:
    more = 3
    with OpenPdf(pdf_with(MAX_LOADED + more)) as document:
        texts = document.texts(EVERY_PAGE)
        assert calls.count(CLOSE_TEXT) == calls.count(CLOSE_PAGE) == more
        assert document.texts(slice(0, 1)) == texts[:1] == ["Page 0"]  # loaded again
        assert calls.count(LOAD_PAGE) == MAX_LOADED + more + 1

    counts = Counter(calls)
    assert counts[LOAD_PAGE] == counts[LOAD_TEXT] == counts[CLOSE_PAGE] == counts[CLOSE_TEXT]
    assert calls[-1] == CLOSE_FILE


def test_pages_are_closed_after_an_error(calls: list[str]) -> None:
    with pytest.raises(ZeroDivisionError), OpenPdf(pdf_with(1)) as document:
        document.pages(EVERY_PAGE)
        raise ZeroDivisionError
    assert calls == [LOAD_PAGE, LOAD_TEXT, CLOSE_TEXT, CLOSE_PAGE, CLOSE_FILE]


def test_a_page_without_its_characters_cannot_be_read_and_is_closed(
    calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raw, LOAD_TEXT, lambda page: None)
    with OpenPdf(pdf_with(1)) as document:
        with pytest.raises(DocumentError, match="cannot be read .Failed to load text page"):
            document.pages(EVERY_PAGE)
        assert calls == [LOAD_PAGE, CLOSE_PAGE]


def test_a_page_that_cannot_be_loaded_cannot_be_read(
    calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raw, LOAD_PAGE, lambda document, index: None)
    with OpenPdf(pdf_with(1)) as document:
        with pytest.raises(DocumentError, match="cannot be read .Failed to load page"):
            document.texts(EVERY_PAGE)
        assert not calls
