"""The words of an answer in HTML, without those that mail programs mark as quoted."""

from __future__ import annotations

import re
from html.parser import HTMLParser

MOST_CHARACTERS = 100_000
"""Of one part no more is read."""
OPENED = re.compile(r"<[^<>]*(>?)")
"""What begins like a tag. Those that never end cost the parser a look at all that follows, each."""


def words_of(html: str) -> str:
    """Return what the writer of an answer in HTML wrote, a line for each of its lines."""
    reader = _OwnWords()
    reader.feed(OPENED.sub(_ended_alone, html[:MOST_CHARACTERS]))
    reader.close()
    return "".join(reader.words)


def _ended_alone(found: re.Match[str]) -> str:
    """Return a tag that ends; of one that does not, what follows its sign."""
    return found[0] if found[1] else " " + found[0][1:]


class _OwnWords(HTMLParser):
    """Collects the words outside of what is quoted, hidden, or a signature."""

    SKIPPED = frozenset({"blockquote", "style", "script", "head", "title"})
    LINES = frozenset({"br", "p", "div", "li", "tr", "table", "h1", "h2", "h3"})
    QUOTES = re.compile(
        r"gmail_quote|gmail_attr|yahoo_quoted|moz-cite-prefix|moz-signature|gmail_signature"
        r"|protonmail_quote|protonmail_signature|zmail_extra|elementToProof\s+signature"
        r"|tutanota_quote|WordSection1Quote",
        re.IGNORECASE,
    )
    REST = re.compile(
        r"divRplyFwdMsg|appendonsend|reference-message-container|OLK_SRC_BODY"
        r"|ms-outlook-mobile-reference-message|mail-editor-reference-message"
    )
    """What begins a quotation that runs to the end."""
    RULE = re.compile(r"border-top:\s*(?:solid\b|1(?:\.0)?p[tx]\s+solid)|border-top:[^;]*solid")
    """How Outlook draws the line above the message that is answered."""
    HIDDEN = re.compile(r"display:\s*none|visibility:\s*hidden|mso-hide:\s*all")

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._inside: list[str] = []
        self._ended = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line, a quotation, or the rest that is not the writer's own."""
        given = dict(attrs)
        marks = f"{given.get('class') or ''} {given.get('id') or ''}"
        style = given.get("style") or ""
        if self._begins_rest(tag, marks, style):
            self._ended = True
        elif self._is_skipped(tag, marks, style):
            self._inside.append(tag)
        elif tag in self.LINES and not self._inside:
            self.words.append("\n")

    def _begins_rest(self, tag: str, marks: str, style: str) -> bool:
        if self._inside:
            return False
        if tag == "hr" or self.REST.search(marks):
            return True
        return tag == "div" and self.RULE.search(style) is not None

    def _is_skipped(self, tag: str, marks: str, style: str) -> bool:
        """Return whether words begin that are not the writer's. Inside of them only the same tag is
        counted: others may have no end."""
        if self._inside:
            return tag == self._inside[-1]
        if tag in ("br", "hr", "img", "meta", "link", "input"):
            return False
        if tag in self.SKIPPED or self.QUOTES.search(marks):
            return True
        return self.HIDDEN.search(style) is not None

    def handle_endtag(self, tag: str) -> None:
        """End what is skipped, where this ends it."""
        inside = self._inside
        if inside and tag == inside[-1]:
            inside.pop()
        elif tag in self.LINES and not inside:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        """Keep words of the writer's own; a line's end in the source is a space."""
        is_skipped = bool(self._inside) or self._ended
        if not is_skipped:
            self.words.append(re.sub(r"\s+", " ", data))
