"""Any file's bytes → its text. The bytes decide what it is, not its name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from syncer.documents import pdf
from syncer.documents.html import main_text
from syncer.documents.sheets import rows

WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
JSON = (b"{", b"[")
MARKUP = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<", re.I)


def is_pdf(data: bytes) -> bool:
    """Return whether the bytes are a PDF, be it after a few others, as readers of PDFs accept."""
    if data.startswith(b"%PDF"):
        return True
    early = b"%PDF-" in data[: pdf.HEADER_WITHIN]
    return early and not MARKUP.match(data) and not data.lstrip().startswith(JSON)


def text_of(data: bytes) -> str:
    """Return the text of a PDF, a workbook (a line a row, cells cut by tabs), a web page, JSON (its
    strings) or plain text. Raises DocumentError or PageError."""
    if is_pdf(data):
        return "\n".join(pdf.text_of_pages(data))
    if data.startswith(WORKBOOK):
        return "\n".join(_workbook_lines(data))
    if data.lstrip().startswith(JSON):
        return json_text(data)
    return main_text(data) if MARKUP.match(data) else plain_text(data)


def _workbook_lines(data: bytes) -> Iterator[str]:
    for sheet in rows(data):
        for row in sheet.rows:
            yield "\t".join(row)


def json_text(data: bytes) -> str:
    """Return every string of a JSON text, each on its line, markup read as a page; the text itself
    where it is no JSON."""
    try:
        value = json.loads(data)
    except ValueError:
        return plain_text(data)

    texts = [_without_markup(text) for text in _strings(value)]
    return "\n".join(texts)


def _without_markup(text: str) -> str:
    """Return a text as it is; one with markup as the page that it is."""
    is_markup = "</" in text
    if is_markup:
        return main_text(text)
    return text


def _strings(value: object) -> Iterator[str]:
    """Yield the strings of a JSON value, in its order."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            yield part
        elif isinstance(part, dict):
            waiting += reversed(part.values())
        elif isinstance(part, list):
            waiting += reversed(part)


def plain_text(data: bytes) -> str:
    """Return bytes as text: UTF-8, else what English Windows writes."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")
