from __future__ import annotations

import datetime as dt
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from syncer.documents.feed import Entry, entries
from syncer.errors import DocumentTooSlow, EmptyPage, PageRedesigned

RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>
<item><title>Leeds &amp;amp; Kent get £5m</title><link>/2017/02/leeds</link><pubDate>Thu, 23 Feb 2017 10:00:00 +0100</pubDate>
<guid isPermaLink="false">17</guid><description><![CDATA[<p>The <b>DfE</b> has</p><p>awarded £5m.</p>]]></description></item>
<item><title>No link</title></item><item><link>/untitled</link></item>
<item><title>No date</title><link>https://example.org/b</link></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>DfE</title>
<entry><id>https://www.gov.uk/x#2024</id><updated>2024-03-21T09:30:00Z</updated><link rel="alternate" href="https://www.gov.uk/x"/>
<title>Notice: Improvement notice</title><summary>Swindon</summary></entry></feed>"""
BOMB = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<rss version="2.0"><channel><item><title>&b;</title><link>/x</link></item></channel></rss>"""


def test_the_entries_of_an_rss_feed_are_plain_text_with_absolute_links_and_utc_times() -> None:
    when = dt.datetime(2017, 2, 23, 9, tzinfo=dt.UTC)
    assert entries(RSS.encode(), "https://example.org/feed.xml") == [
        Entry(
            "Leeds & Kent get £5m",
            "https://example.org/2017/02/leeds",
            when,
            "17",
            "The DfE has awarded £5m.",
        ),
        Entry("No date", "https://example.org/b", None, "https://example.org/b"),
    ]


def test_the_entries_of_an_atom_feed_are_read_alike() -> None:
    when = dt.datetime(2024, 3, 21, 9, 30, tzinfo=dt.UTC)
    assert entries(ATOM.encode()) == [
        Entry(
            "Notice: Improvement notice",
            "https://www.gov.uk/x",
            when,
            "https://www.gov.uk/x#2024",
            "Swindon",
        )
    ]


def test_a_feed_with_a_stray_ampersand_is_read_all_the_same() -> None:
    assert len(entries(RSS.replace("&amp;amp;", "&").encode())) == 2


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html><p>Not found</p></html>",
        b"%PDF-1.7",
        b'{"items": []}',
        BOMB.encode(),
        b"/etc/hostname",
    ],
)
def test_what_is_no_feed_is_an_error(data: bytes) -> None:
    with pytest.raises(PageRedesigned):
        entries(data)


def test_a_feed_without_entries_is_an_error() -> None:
    with pytest.raises(EmptyPage):
        entries(b'<rss version="2.0"><channel><title>News</title></channel></rss>')


@pytest.fixture(scope="module")
def replay(shared: Path) -> Iterator[str]:
    command = [sys.executable, str(shared / "replay/serve.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


@pytest.mark.parametrize(
    "path", ["/press/feed.xml", "/gov/government/organisations/department-for-education.atom"]
)
def test_the_sites_own_feeds_are_read(replay: str, path: str) -> None:
    with urllib.request.urlopen(replay + path, timeout=10) as answer:
        found = entries(answer.read(), replay + path)
    assert len(found) >= 9
    assert all(entry.published and entry.link.startswith("http") for entry in found)


def test_a_feed_of_hundreds_of_thousands_of_entries_is_named() -> None:
    item = b"<item><title>A</title><link>https://x.example/y</link></item>"
    with pytest.raises(DocumentTooSlow, match="5,000 entries"):
        entries(b"<rss version='2.0'><channel>" + item * 300_000 + b"</channel></rss>")


def test_a_character_that_cannot_be_is_a_named_problem_of_the_feed() -> None:
    item = "<item><title>Leeds &#xd800;</title><link>https://example.org/a</link></item>"
    with pytest.raises(PageRedesigned, match="not well formed"):
        entries(f'<rss version="2.0"><channel>{item}</channel></rss>'.encode())
