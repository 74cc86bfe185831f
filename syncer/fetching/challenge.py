"""Telling a bot check ("Just a moment…") from a page. Sites serve them with 200 as well as 202,
403, 429 and 503.

An article may itself write of captchas, and many pages carry a captcha's script for their comment
form or a bot sensor's: so, except for marks that stand nowhere else, a check is a page with next to
nothing on it.
"""

from __future__ import annotations

import html
import re

MUCH_TEXT = 1500
HARDLY_ANY_TEXT = 400

# Only in the pages of the checks themselves: Cloudflare, PerimeterX, DataDome, AWS WAF.
MARKS = (
    "_cf_chl_opt",
    "cf-chl-",
    "cf_chl_",
    'id="px-captcha',
    "id='px-captcha",
    "captcha-delivery.com/captcha",
    "awswafcookiedomainlist",
    "awswafintegration",
)
# What the checks say, in the title, a heading or the text of a page without an article.
WORDS = re.compile(
    r"^just a moment\b|\bchecking your browser\b|\bchecking if the site connection is secure"
    r"|\benable javascript and cookies to continue|\bverif(?:y|ying) (?:that )?you are (?:a "
    r")?(?:human|not a (?:ro)?bot)"
    r"|\bare you a (?:human|robot)\b|\bpardon our interruption|\battention required!|\bddos "
    r"protection by\b"
    r"|\bunusual traffic from your\b|\bprove (?:that )?you(?:'re| are) (?:a )?human",
    re.I | re.M,
)
# Words that a page may well have beside its text, but not instead of it.
LOOSE = re.compile(r"captcha|incapsula|challenge-platform|security check|bot detection", re.I)

UNSEEN = re.compile(r"<(script|style|template)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.I | re.S)
TAG = re.compile(r"<[^<>]*>")  # a lone < does not search the page for its end
HTML_START = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|body)\b", re.I)


def looks_like_challenge(data: bytes, content_type: str) -> bool:
    """Return whether the body is a bot check instead of a page. Only HTML can be one, whatever type
    it was sent as."""
    if "html" not in content_type.lower() and not HTML_START.match(data):
        return False

    page = data.decode("utf-8", errors="replace")
    if _has_mark(page):
        return True

    text = _text(page)
    if len(text) < MUCH_TEXT and WORDS.search(text):
        return True
    return len(text) < HARDLY_ANY_TEXT and LOOSE.search(page) is not None


def _has_mark(page: str) -> bool:
    """Return whether one of the marks stands in a page, in whatever case: looked for as they are,
    since a pattern that ignores case takes twenty times as long."""
    small = page.lower()
    seen = (mark in small for mark in MARKS)

    return any(seen)


def _text(page: str) -> str:
    """Return the title and what is to be read, a line for each element."""
    seen = UNSEEN.sub("\n", page)
    text = html.unescape(TAG.sub("\n", seen))
    lines = [line.strip() for line in text.splitlines()]
    return "\n".join(filter(None, lines))
