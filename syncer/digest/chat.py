"""A message as one short text for a chat: the gravest lines, how many more there are, and where to
read them all. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from syncer.digest.message_model import Digest, Group, Item, MailKind
from syncer.digest.wording import one_line, shortened

MAX_LINES = 12
OF_CHANGES = (MailKind.DIGEST, MailKind.CORRECTION)
UNMARKED = str.maketrans({"<": "‹", ">": "›", "@": "＠", "[": "(", "]": ")"})
"""Signs by which chat services make mentions and links of a text that only quotes them."""


def short_text(made: Digest, longest: int, link: str = "") -> str:
    """Return the text of a message, of at most `longest` characters. `link` is where all of it can
    be read; empty where there is no such address."""
    return within(_head(made), _lines(made), longest, link or _evidence(made))


def within(head: str, said: Sequence[str], longest: int, link: str = "") -> str:
    """Return a text of at most `longest` characters with as many of the lines as there is room for,
    and a word on how many more there are."""
    head = _harmless(head)
    lines = [f"- {_harmless(line)}" for line in said]
    for shown in range(min(len(lines), MAX_LINES), 0, -1):
        text = _joined(head, lines, shown, link)
        if len(text) <= longest:
            return text
    return _shortest(head, len(lines), longest, link)


def _head(made: Digest) -> str:
    """Return the first line: the subject, or of a digest whose groups follow, what it holds."""
    if made.kind is MailKind.DIGEST and made.overview:
        return made.preheader
    return made.subject


def _lines(made: Digest) -> list[str]:
    """Return what a message says besides, the gravest first."""
    if made.kind in OF_CHANGES:
        return list(_changes(made))
    return [text for text in made.intro if text]


def _changes(made: Digest) -> Iterator[str]:
    """Yield a line for each group where there are many, else one for each item."""
    for row in made.overview:
        yield f"{row.heading}: {row.what}"
    if made.overview:
        return
    for group in made.groups:
        for item in group.items:
            yield _item(group, item)


def _item(group: Group, item: Item) -> str:
    tag = f"{item.tag}: " if item.tag else ""
    if item.brief:
        return f"{tag}{item.summary}"
    return f"{tag}{group.heading}: {item.summary}"


def _evidence(made: Digest) -> str:
    """Return where the only thing that is told can be read; nothing where there are several."""
    items = [item for group in made.groups for item in group.items]
    if len(items) != 1:
        return ""
    links = [shown.link for shown in items[0].evidence if shown.link]
    return links[0] if links else ""


def _joined(head: str, lines: Sequence[str], shown: int, link: str) -> str:
    """Return the text with so many of its lines."""
    left = len(lines) - shown
    parts = [head, *lines[:shown]]
    if left:
        parts.append(f"- and {left} more")
    if link:
        parts += ["", link]  # or it would belong to the last line of the list
    return "\n".join(parts)


def _shortest(head: str, left: int, longest: int, link: str) -> str:
    """Return the text where there is no room for a whole line: the first line, shortened."""
    more = f"\n- and {left} more" if left else ""
    end = f"\n\n{link}" if link else ""
    room = longest - len(more) - len(end)
    return shortened(head, room) + more + end


def _harmless(text: str) -> str:
    """Return one line in which nothing addresses anybody, or leads anywhere."""
    return one_line(text).translate(UNMARKED)
