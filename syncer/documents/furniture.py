"""What of a web page is the article or publication itself, and what does the site put around it?

Nothing here knows a site. Furniture (navigation, comments, related links, subscription offers …) is
known by the element's kind or role, by the words in its class and id, by the heading over it, and,
for offers inside an article, by what the line says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from syncer.documents.markup import HEADINGS, flat

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

UNSEEN = (
    "button",
    "canvas",
    "dialog",
    "head",
    "iframe",
    "noscript",
    "object",
    "script",
    "select",
    "style",
    "svg",
    "template",
    "textarea",
)

TABLE_PARTS = ("tbody", "tr", "td", "th")
FURNITURE_ELEMENTS = ("nav", "aside", "footer", "form", "menu")
FURNITURE_ROLES = (
    "navigation",
    "complementary",
    "contentinfo",
    "banner",
    "search",
    "dialog",
    "alert",
    "menu",
    "menubar",
)
FURNITURE_NAMES = re.compile(
    r"(?:^|[-_])(?:comments?|comment-?list|commentlist|respond|disqus|livefyre|sidebar"
    r"|side-?bar|widget-?area|related|recommended|"
    r"most-?(?:read|popular|commented)|more-?(?:from|on|stories|news|like)|read-?(?:more"
    r"|next)|you-?may-?(?:also-?)?like|trending|"
    r"nav|navbar|navigation|menu|breadcrumbs?|crumbs?|pagination|pager|skip-?links?|footer"
    r"|masthead|site-?header|"
    r"share|sharing|sharedaddy|addthis|social-?(?:share|sharing|links?|media|icons?"
    r"|buttons?)|follow-?us|"
    r"newsletter|subscribe|subscription|subscriptions|signup|sign-?up|paywall|membership"
    r"|promo|promoted|sponsored|"
    r"advert|adverts|advertisement|advertising|ads?|ad-?slot|banner-?ad|cookies?"
    r"|cookie-?(?:banner|consent|notice)|gdpr|consent|"
    r"author-?(?:bio|box|info)|tag-?(?:list|cloud)|tags-?links|feedback|popup|modal"
    r"|print-?link|visually-?hidden|nonvisual|sr-?only)"
    r"(?:$|[-_])",
    re.I,
)
FURNITURE_HEADINGS = re.compile(
    r"(?:\d+\s+|reader(?:s['’]?)?\s+|your\s+)?comments?(?:\s*\(?\d+\)?)?|\d+\s+(?:responses?"
    r"|replies|thoughts? on\b.*)|"
    r"(?:responses?|replies)\s*\(\d+\)|(?:leave|post|add) a (?:reply|comment|response).*|"
    r"have your say|join the (?:discussion|conversation)|"
    r"related (?:articles?|stories|content|links?|news|posts?|topics?)|most (?:read|popular"
    r"|commented|viewed)|"
    r"latest (?:news|jobs|stories)|more (?:from|on|like|stories|news|articles)\b.*|"
    r"you (?:may|might) also (?:like|be interested in).*|read (?:next|more)|recommended(?: "
    r"(?:for you|reading|articles?|stories))?|"
    r"share this.*|sign up (?:to|for)\b.*|subscribe.*|explore the topic|is this page "
    r"useful\??|help us improve.*|cookies on .*",
    re.I,
)
# "1. sandy beach February 23, 2017 at 10:50 pm #": how blogs head a reader's comment; nothing after
# the first is the article.
COMMENT_HEAD = re.compile(
    (
        r"(?P<number>\d{1,4}[.)] )?.{2,60}\b\w+ \d{1,2},? \d{4} (?:at |[-–] )?\d{1,2}[:.]\d\d "
        r"?[ap]m\b\W{0,3}(?P<end>#|reply|says:?)?"
    ),
    re.I,
)
OFFER = re.compile(
    r"(?:from |only |just )?£\d+(?:\.\d\d)?\s*(?:/|per|a|an)\s*(?:month|year|week|quarter"
    r"|issue)\.?|"
    r"(?:subscribe|sign up|sign in|log ?in|register|join)(?: (?:now|today|here|free|for free))?!?|"
    r"(?:already a|become a) (?:subscriber|member)\b.*|(?:more from|more on|read more|read "
    r"next)\b.{0,80}|"
    r"(?:[\w’']+ ){0,4}(?:digital|print|full|online) (?:membership|subscription)s?"
    r"|(?:[\w’']+ ){1,3}magazine|"
    r"(?:latest (?:digital|print) issues|latest online articles|archive of (?:more than "
    r")?[\d,]+ articles|digital editions?|"
    r"archive of digital editions|themed supplements|unlimited access\b.*)",
    re.I,
)
FOOTNOTE_MARK = re.compile(r"\[?\(?(?:\d{1,3}|[a-z]|[*†‡§¶]+|(?:foot)?note \d+)\)?\]?", re.I)


def article(soup: BeautifulSoup) -> Tag:
    """Return the article or publication of a page, after everything else was taken out of it."""
    for element in soup.find_all(UNSEEN):
        element.decompose()

    root = article_root(soup)
    _drop_furniture(root)
    _drop_headed_furniture(root)
    _drop_footnote_marks(root)
    return root


def article_root(soup: BeautifulSoup) -> Tag:
    """Return the article whose heading is the page's; else the main part; else the whole page."""
    heading = soup.select_one("h1")
    around = heading.find_parent("article") if heading else None
    main = soup.select_one("main") or soup.select_one("[role=main]")
    return around or main or soup.body or soup


def without_comments(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines up to the first reader's comment, without offers."""
    for line in lines:
        said = line.removeprefix("- ")
        comment = COMMENT_HEAD.fullmatch(said)
        if comment and (comment["number"] or comment["end"]):
            return
        if not OFFER.fullmatch(said):
            yield line


def _drop_furniture(root: Tag) -> None:
    """Take out what is known by its kind, role, class or id, but nothing around the main part or
    the page's heading."""
    vital = _vital(root)
    for element in root.find_all(True):
        if _is_dropped(element) or id(element) in vital:
            continue
        if _is_furniture(element):
            element.decompose()


def _vital(root: Tag) -> set[int]:
    """Return the ids of the main part, the headings of first rank and all that is around them."""
    vital: set[int] = set()
    for part in root.select("main, h1"):
        vital.add(id(part))
        vital.update(id(holder) for holder in part.parents)

    return vital


def _drop_headed_furniture(root: Tag) -> None:
    """Take out what stands under a heading like "Related articles"."""
    for heading in root.find_all(HEADINGS[1:]):
        if not _is_dropped(heading) and FURNITURE_HEADINGS.fullmatch(flat(heading)):
            _drop_part_under(heading)


def _drop_footnote_marks(root: Tag) -> None:
    for mark in root.find_all("sup"):
        if FOOTNOTE_MARK.fullmatch(flat(mark)):
            mark.decompose()


def _is_dropped(element: Tag) -> bool:
    """Return whether the element was decomposed. bs4's own `decomposed` searches an element that
    was not for a tag of that name, to its end."""
    return "_decomposed" in vars(element)


def _is_furniture(element: Tag) -> bool:
    """Return whether an element is no part of an article, by its kind, role, class or id."""
    name = element.name
    if name in FURNITURE_ELEMENTS or element.get("role") in FURNITURE_ROLES:
        return True
    return _is_hidden(element) or _is_named_furniture(element)


def _is_hidden(element: Tag) -> bool:
    return element.has_attr("hidden") or element.get("aria-hidden") == "true"


def _is_named_furniture(element: Tag) -> bool:
    """Return whether the class or id of an element says that it is furniture; a header outside the
    article is, whatever it is called."""
    name = element.name
    if name == "header":
        return not element.find_parent(("main", "article"))
    if name == "article":
        # A blog lists the article's own topics among its classes, "comments-open" too.
        return not {"comment", "comment-body"}.isdisjoint(_names(element))
    if name in HEADINGS or name in TABLE_PARTS:
        # A heading's id is made of its text: "feedback-from-councils".
        return False
    return any(FURNITURE_NAMES.search(word) for word in _names(element))


def _names(element: Tag) -> list[str]:
    """Return the words in an element's class and id."""
    classes = [str(each) for each in element.get_attribute_list("class")]
    own_id = str(element.get("id") or "")
    return " ".join([*classes, own_id]).split()


def _drop_part_under(heading: Tag) -> None:
    """Take out the heading and what it stands over: its section where it opens one, else all up to
    the next heading of its rank."""
    section = heading.parent
    if section and _opens(heading, section) and not section.select_one("h1"):
        section.decompose()
        return

    for sibling in _up_to_the_next(heading):
        sibling.decompose()
    heading.decompose()


def _up_to_the_next(heading: Tag) -> Iterator[Tag]:
    """Yield the elements after a heading, up to the next of its rank or a higher one."""
    from bs4 import Tag

    for sibling in heading.find_next_siblings(True):
        if not isinstance(sibling, Tag):
            continue
        if sibling.name in HEADINGS and sibling.name <= heading.name:
            return
        yield sibling


def _opens(heading: Tag, section: Tag) -> bool:
    """Return whether the heading is the first of a section."""
    is_section = section.name in ("section", "div", "aside")
    return is_section and section.find(HEADINGS) is heading
