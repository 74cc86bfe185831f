"""What the writer of an answer wrote: without what is quoted above or below it, without signature,
footer, and whatever a mail program adds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from syncer.inbox.html_words import words_of
from syncer.inbox.reading import Mail

MOST_LINES = 2_000
MOST_LINE_CHARACTERS = 1_000

WROTE = re.compile(
    r"\b(?:wrote|writes|a écrit|escribió|ha scritto|het volgende geschreven|napisał(?:\(a\))?"
    r"|escreveu|ysgrifennodd|said)\s*:?\s*$|\b(?:schrieb|schreef|skrev)\b.{0,150}:$",
    re.IGNORECASE,
)
"""How the line ends that mail programs put above a quotation; it may be broken in two or three."""
WROTE_BEGINS = re.compile(
    r"^(?:on|am|le|el|il|op|em|w dniu|dnia|den|ar|at|in|quoting|from)\b.*(?:\d|@|<)", re.IGNORECASE
)
HEADER_LINE = re.compile(r"^\*?(?:from|von|de|da|van|od|från|oddi wrth)\s*:\*?\s*\S", re.IGNORECASE)
HEADER_NEXT = re.compile(
    r"^\*?(?:sent|date|to|subject|cc|gesendet|datum|an|betreff|envoyé|date|à|objet|enviado|fecha"
    r"|para"
    r"|asunto|inviato|data|a|oggetto|verzonden|aan|onderwerp|wysłano|do|temat|skickat|till|ämne)"
    r"\s*:\*?\s*\S",
    re.IGNORECASE,
)
"""Outlook shows the header of what is answered, and the whole of it below."""
SEPARATOR = re.compile(
    r"^[-_ ]{2,}\s*(?:original message|forwarded message|ursprüngliche nachricht|message d'origine"
    r"|mensaje original|messaggio originale|oorspronkelijk bericht|reply above this line"
    r"|original appointment|wiadomość oryginalna)\s*[-_ ]*$|^_{10,}$|^begin forwarded message",
    re.IGNORECASE,
)
SENT_WITH = re.compile(
    r"^(?:sent|get|envoyé|gesendet|enviado|verzonden|inviato|diese nachricht wurde)\b.{0,12}"
    r"\b(?:from|via|using|with|outlook|depuis|de mon|von|desde|vanaf|da|mail for)\b.{0,60}$"
    r"|^sent from my\b|^get outlook for\b|^yahoo mail:",
    re.IGNORECASE,
)
FOOTER = re.compile(
    r"^\W{0,4}(?:this (?:e-?mail|message|communication|transmission|electronic)\b.{0,80}\b"
    r"(?:is|are|may|contains?|and any|including|has been|was|sent)\b"
    r"|(?:the )?(?:information|contents?) (?:contained |transmitted |of |in )"
    r"|confidential(?:ity)?\b|disclaimer\b|privacy notice|data protection\b|legal notice"
    r"|important(?: notice)?:|security notice|official[ -]?(?:sensitive)?\W*$|caution\b|warning:"
    r"|please (?:consider|think of) the environment|(?:please )?(?:do not|don't) print"
    r"|if you (?:have received|are not the|received this|no longer wish|do not wish|don't want|"
    r"would like to unsubscribe|want to unsubscribe|wish to unsubscribe)"
    r"|to (?:unsubscribe|opt out|be removed|stop receiving|manage your)\b"
    r"|click here|you (?:are receiving|received|have received) this|unsubscribe here"
    r"|virus[- ]free|scanned by|[*=~#_-]{6,}\s*$)",
    re.IGNORECASE,
)
"""Begins what an organisation adds below every mail. It tells others to stop and to delete."""
SIGN_OFF = re.compile(
    r"^(?:(?:kind(?:est)?|best|warm(?:est)?|many|with|very best|all the)\s+)*"
    r"(?:regards|wishes|best|thanks|rgds|cheers|sincerely|yours(?: (?:sincerely|faithfully))?"
    r"|thank you|thanks again|ta|kr|br|diolch)\W*(?:and (?:kind )?regards\W*)?$",
    re.IGNORECASE,
)
QUOTE = re.compile(r"^\s{0,3}(?:[>|]|\w{1,3}>)")


def own_words(mail: Mail) -> str:
    """Return what its writer wrote: of the plain text or, where that says nothing, of the HTML."""
    for text in mail.texts("text/plain"):
        words = without_others(text)
        if words:
            return words
    for html in mail.texts("text/html"):
        words = without_others(words_of(html))
        if words:
            return words
    return ""


def without_others(text: str) -> str:
    """Return a text without quotations, signature and footer; a line for each of its lines, in
    plain signs."""
    lines = _lines(text)
    lines = _without_quotations(lines)
    return "\n".join(_above_signature(lines)).strip()


def plain(text: str) -> str:
    """Return a text with plain quotation marks, dashes and spaces in the place of typographic
    ones."""
    composed = unicodedata.normalize("NFKC", text)
    for signs, sign in (("‘’ʼ`´", "'"), ("“”", '"'), ("–—‐‑", "-"), ("\u200b\ufeff\u00ad", "")):
        for each in signs:
            composed = composed.replace(each, sign)
    return composed


def _lines(text: str) -> list[str]:
    lines = []
    for line in text.splitlines()[:MOST_LINES]:
        shortened = plain(line[:MOST_LINE_CHARACTERS])
        lines.append(shortened.rstrip())
    return lines


# -- Quotations ------------------------------------------------------------------------------------


def _without_quotations(lines: Sequence[str]) -> list[str]:
    """Return the lines that are not quoted. Below a line like "On Monday Ada wrote:" everything is,
    where no line has a sign of quotation; else the lines that have one."""
    kept: list[str] = []
    number = 0
    while number < len(lines):
        line = lines[number]
        if _begins_rest(lines, number):
            break
        height = _attribution(lines, number)
        if height:
            if not _is_marked(lines, number + height):
                break
            number += height
            continue
        if not QUOTE.match(line):
            kept.append(line)
        number += 1
    return kept


def _begins_rest(lines: Sequence[str], number: int) -> bool:
    """Return whether everything from this line on is another message."""
    line = lines[number].strip()
    if SEPARATOR.match(line):
        return True
    if not HEADER_LINE.match(line):
        return False

    below = [each.strip() for each in lines[number + 1 : number + 6] if each.strip()]
    headers = [each for each in below if HEADER_NEXT.match(each)]
    return len(headers) >= 2


def _attribution(lines: Sequence[str], number: int) -> int:
    """Return over how many lines a line like "On Monday Ada wrote:" runs that begins here; 0 where
    none does."""
    if not WROTE_BEGINS.match(lines[number].strip()):
        return 0
    for height in (1, 2, 3):
        joined = " ".join(line.strip() for line in lines[number : number + height])
        if WROTE.search(joined):
            return height
    return 0


def _is_marked(lines: Sequence[str], number: int) -> bool:
    """Return whether the next line that says anything is marked as quoted."""
    for line in lines[number:]:
        if line.strip():
            return QUOTE.match(line) is not None
    return False


# -- Signatures and footers ------------------------------------------------------------------------


def _above_signature(lines: Sequence[str]) -> list[str]:
    """Return the lines above the first that begins a signature or a footer."""
    kept: list[str] = []
    for line in lines:
        bare = line.strip()
        if FOOTER.match(bare) and not any(kept):
            continue  # a banner, such as OFFICIAL
        if line in ("--", "-- ") or SENT_WITH.match(bare) or FOOTER.match(bare):
            break
        if SIGN_OFF.match(bare) and any(kept):
            break
        kept.append(bare)
    return kept
