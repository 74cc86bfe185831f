"""Text for GOV.UK Notify, which reads the value of `((body))` as Markdown of its own: headings by
`#`, lists by `*`, links as [text](address). It knows no tables and no HTML, and sends no files.

What was read somewhere must not be taken for any of these. Notify's Markdown is that of mistune 0.8
without emphasis and code: a sign at the beginning of a line is escaped by a backslash, or by a
space that is none to it. Pure.
"""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from urllib.parse import quote

FOOTER = "---"
"""The line under which a message says why its reader gets it, and how to stop it."""
LONGEST_BODY = 100_000
"""Bytes of the body as Notify would write it in HTML: Gmail cuts a message off at about 102 KB;
Notify itself takes 2 MB."""
BYTES_A_LINE = 160
"""What Notify writes around each line: the styles of a paragraph or of a point of a list."""
LEFT_OUT = "The rest had to be left out: this message would have been too long."

ESCAPABLE = re.compile(r"^([#*+\-_`~|])")
NUMBER = re.compile(r"^(\d+)\.")
"""What would begin a numbered list, even in "1.5"."""
NOT_ESCAPABLE = re.compile(r"^([=^•:])")
AT_THE_END = re.compile(r"(#)$")
"""What a heading would lose."""
BARE_ADDRESS = re.compile(r"(https?://\S+)")
NO_BREAK_SPACE = "\u00a0"
ADDRESS_SIGNS = "/:?#=&;%@+,~!$*-._"
"""Signs that are left as they are in an address. Brackets, quotes and spaces would end it."""


def words(text: str) -> str:
    """Return text that stands within a line so that Notify shows it as it is."""
    plain = without_placeholder(text).replace("&", "&amp;").replace("<", "&lt;")
    parts = BARE_ADDRESS.split(plain)
    for number in range(0, len(parts), 2):  # every second one is an address, which has no escapes
        parts[number] = parts[number].replace("\\", "\\\\").replace("[", "\\[")
    return "".join(parts)


def without_placeholder(text: str) -> str:
    """Return the text without what Notify could take for the name of a value to fill in."""
    return re.sub(r"\((?=\()", "( ", text)


def line(text: str) -> str:
    """Return text that begins a line, or a point of a list, so that Notify shows it as it is."""
    shown = words(text.strip())
    shown = ESCAPABLE.sub(r"\\\1", shown)
    shown = NUMBER.sub(r"\1\\.", shown)
    shown = AT_THE_END.sub(rf"\1{NO_BREAK_SPACE}", shown)
    return NOT_ESCAPABLE.sub(rf"{NO_BREAK_SPACE}\1", shown)


def link(text: str, address: str) -> str:
    """Return a link; the text alone where there is no address. Square brackets in its text become
    round ones: Notify pairs them, escaped or not."""
    if not address:
        return line(text)

    shown = words(text.replace("[", "(").replace("]", ")"))
    return f"[{shown}]({target(address)})"


def target(address: str) -> str:
    """Return an address so that Notify takes the whole of it, and no more."""
    whole = quote(address, safe=ADDRESS_SIGNS)
    return whole.replace("&", "&amp;")


def tidy(body: str) -> str:
    """Return the Markdown with no spaces at the ends of lines, and one empty line between parts."""
    lines = [each.strip(" ") for each in body.strip().splitlines()]
    text = "\n".join(lines)
    return re.sub(r"\n{3,}", "\n\n", text) + "\n"


def is_short(body: str, longest: int = LONGEST_BODY) -> bool:
    """Return whether Notify's HTML of it is one that no mail program cuts off."""
    around = BYTES_A_LINE * body.count("\n")
    return len(body.encode()) + around <= longest


def cut(body: str, longest: int = LONGEST_BODY) -> str:
    """Return the body cut between lines so that it is short enough; its end, with the way to stop
    these messages, stays."""
    if is_short(body, longest):
        return body

    main, rule, footer = body.rpartition(f"\n{FOOTER}\n")
    end = f"\n{LEFT_OUT}\n{rule}{footer}"
    room = longest - len(end.encode()) - BYTES_A_LINE * end.count("\n")
    kept = []
    for each in main.splitlines():
        room -= len(each.encode()) + 1 + BYTES_A_LINE
        if room < 0:
            break
        kept.append(each)
    return "\n".join(kept) + "\n" + end


def of_message(message: bytes) -> tuple[str, str]:
    """Return subject and body, for Notify, of a message that was written for a mail server: its
    text part, line by line. Raises ValueError where it has none."""
    mail = message_from_bytes(message, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    part = mail.get_body(("plain",))
    if part is None:
        raise ValueError("the message has no text part")

    text = str(part.get_content())
    lines = [_of_text(each) for each in text.splitlines()]
    subject = str(mail["Subject"] or "")
    body = tidy("\n".join(lines))
    return without_placeholder(subject), cut(body)


def _of_text(text: str) -> str:
    """Return a line of a text part: a rule under a heading goes, a point stays one, and all else
    stands as it is."""
    bare = text.strip()
    if bare == "--":
        return f"\n{FOOTER}\n"
    if bare and not bare.strip("=-"):
        return ""
    if bare.startswith("- "):
        return f"* {line(bare[2:])}"
    return line(bare)


def one_click_address(message: bytes) -> str:
    """Return the https address by which a mail program stops these messages with one click (RFC
    8058), as the message's own header says it; empty where it has none."""
    mail = message_from_bytes(message, policy=policy.default)
    header = str(mail["List-Unsubscribe"] or "")
    found = re.search(r"<(https://[^>\s]+)>", header)
    return found[1] if found and mail["List-Unsubscribe-Post"] else ""
