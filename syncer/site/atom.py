"""A feed → the bytes of an Atom document (RFC 4287).

Written with the standard library: what an entry holds is an item of the digest already, and a
library for feeds would add a dependency for the forty lines below. Entries and feeds are named by
the store's own identity and never by an address: a site may move."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Callable
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from syncer.digest.message_model import ATTRIBUTION
from syncer.model import Event
from syncer.site import addresses, telling
from syncer.site.addresses import Places
from syncer.site.facts import Facts
from syncer.site.feeds import Feed

ATOM = "http://www.w3.org/2005/Atom"
SITE = "syncer"
PAGE, FEED = "text/html", "application/atom+xml"
NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What may stand in no XML document (XML 1.0, §2.2)."""

Words = Callable[[Event], str]
"""What makes the HTML of an entry of a change."""


def document(feed: Feed, facts: Facts, places: Places, words: Words) -> bytes:
    """Return a feed as it lies at its address."""
    root = Element("feed", {"xmlns": ATOM, "xml:lang": "en-GB"})
    _about(root, feed, facts)
    _link(root, "alternate", places.whole(feed.page, feed.address), PAGE)
    _link(root, "self", places.whole(feed.address, feed.address), FEED)

    for event in feed.events:
        page = addresses.change(event.id)
        entry = _entry(event, facts)
        _link(entry, "alternate", places.whole(page, feed.address), PAGE)
        _text(entry, "content", words(event)).set("type", "html")
        root.append(entry)

    ElementTree.indent(root, space=" ")
    written: bytes = ElementTree.tostring(root, "utf-8", xml_declaration=True)
    return written + b"\n"


def _about(root: Element, feed: Feed, facts: Facts) -> None:
    """Say what a feed is, from whom, and under which licence."""
    _text(root, "id", name_of(facts, feed.address))
    _text(root, "title", f"{feed.title} – {SITE}")
    _text(root, "updated", _moment(_updated(feed, facts)))
    author = SubElement(root, "author")
    _text(author, "name", facts.run_by.name or SITE)
    _text(root, "rights", ATTRIBUTION)


def name_of(facts: Facts, what: str) -> str:
    """Return the lasting name of a change or feed: the same wherever the site lies, and another
    for another store."""
    return uuid.uuid5(facts.identity, what).urn


def _entry(event: Event, facts: Facts) -> Element:
    """Return what stands for one change, without its link and content."""
    entry = Element("entry")
    _text(entry, "id", name_of(facts, f"change {event.id}"))
    _text(entry, "title", telling.title(event, facts.context))
    _text(entry, "published", _moment(event.noticed_at))
    _text(entry, "updated", _moment(_last_said(event, facts)))
    return entry


def _updated(feed: Feed, facts: Facts) -> dt.datetime:
    """Return when anything in a feed was last said; of an empty one, when its store was begun."""
    moments = [_last_said(event, facts) for event in feed.events]
    return max(moments, default=facts.begun)


def _last_said(event: Event, facts: Facts) -> dt.datetime:
    """Return when a change was noticed, or was taken back."""
    later = facts.taken_back.get(event.id)
    return later.by.noticed_at if later else event.noticed_at


def _moment(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(parent: Element, name: str, text: str) -> Element:
    made = SubElement(parent, name)
    made.text = NOT_XML.sub("", text)
    return made


def _link(parent: Element, rel: str, href: str, media_type: str) -> None:
    SubElement(parent, "link", {"rel": rel, "type": media_type, "href": href})
