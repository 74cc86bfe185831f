"""How GOV.UK Notify reads Markdown, line by line: what each line is to it, and what it shows. After
the rules of mistune 0.8, which Notify uses without emphasis and code (notifications-utils,
markdown.py).

read("# News\n\n* [Report](https://e.x)") == [Block("heading", "News"), Block("point", "Report", ("https://e.x",))]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

KINDS = (
    ("code", r" {4,}\S"),
    ("fence", r" *(`{3,}|~{3,})"),
    ("rule", r" {0,3}[-*_](?: *[-*_]){2,} *$"),
    ("heading", r" *#{1,6}"),
    ("quote", r" *\^"),
    ("point", r" *[•*-]"),
    ("number", r" *\d+\."),
    ("definition", r" *\[[^\]]+\]:"),
    ("html", r" *<"),
)
UNDERLINE = re.compile(r" *[=-]+ *$")
COLUMNS = re.compile(r" *[-:]+ *\|[-| :]*$")
INLINE = re.compile(
    r"\\([\\`*{}\[\]()#+\-.!_>~|])|\[([^\[\]]*)\]\((\S*?)\)|(https?://[^\s<]+[^<.,:\"')\]\s])"
)


@dataclass(frozen=True)
class Block:
    """One line as Notify takes it; `links` are the addresses in it."""

    kind: str
    shown: str
    links: tuple[str, ...] = ()


def read(body: str) -> list[Block]:
    """What each line is that is not empty. A list that no empty line divides from the text beside
    it is "run together" with that."""
    found, before = [], ""
    for line in body.splitlines():
        if line.strip():
            kind = _kind(line, before)
            found.append(_block(kind, line))
        before = line
    return found


def _kind(line: str, before: str) -> str:
    if (
        before.strip()
        and _first(before) == "text"
        and (UNDERLINE.match(line) or COLUMNS.match(line))
    ):
        return "underline"
    kind = _first(line)
    if before.strip() and {kind, _first(before)} == {"text", "point"}:
        return "run together"
    return kind


def _first(line: str) -> str:
    for kind, pattern in KINDS:
        if re.match(pattern, line):
            return kind
    return "text"


def _block(kind: str, line: str) -> Block:
    text = line
    if kind == "heading":
        text = re.sub(r"^ *#{1,6} *|#* *$", "", line)
    if kind == "point":
        text = re.sub(r"^ *[•*-] *", "", line)
        if _first(text) != "text":
            kind = f"point with {_first(text)}"
    parts = list(_inline(text))
    shown = "".join(part for part, _ in parts)
    return Block(
        kind, unescape(shown).replace("\u00a0", ""), tuple(link for _, link in parts if link)
    )


def _inline(text: str) -> Iterator[tuple[str, str]]:
    """What is shown, part by part, with the address that it leads to."""
    at = 0
    for found in INLINE.finditer(text):
        escaped, label, target, bare = found.groups()
        yield text[at : found.start()], ""
        yield escaped or label or bare or "", unescape(target or bare or "")
        at = found.end()
    yield text[at:], ""
