"""The feeds: Atom by the RFC's own grammar, names that last, words of the digest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import feedparser
import pytest
from lxml import etree
from office import Office

from syncer.model import EventKind
from syncer.operations.publishing import gather
from syncer.site.addresses import Places
from syncer.site.contents import Contents

GRAMMAR = etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))
PLACES = Places(root="https://syncer.example")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Office(tmp_path) as made:
        yield made


def feed(office: Office, address: str = "changes.atom", places: Places = PLACES) -> bytes:
    return Contents(gather(office.app), places)[address]()


def entries(office: Office, address: str = "changes.atom", places: Places = PLACES) -> list[dict]:  # type: ignore[type-arg]
    read = feedparser.parse(feed(office, address, places))
    assert not read.bozo
    return list(read.entries)


def test_every_feed_keeps_to_the_grammar_of_rfc_4287_and_a_feed_reader_takes_it(
    office: Office,
) -> None:
    office.happens(new="inadequate")
    contents = Contents(gather(office.app), PLACES)
    found = [address for address in contents if address.endswith(".atom")]
    assert "changes.atom" in found and "councils/leeds/feed.atom" in found
    for address in found:
        document = contents[address]()
        assert GRAMMAR.validate(etree.fromstring(document)), GRAMMAR.error_log
        assert not feedparser.parse(document).bozo


@pytest.mark.parametrize(
    "broken", [b"<id>", b"<updated>", b"<title>", b' href="https://syncer.example/changes/1/"']
)
def test_the_grammar_refuses_a_feed_in_which_something_is_missing(
    office: Office, broken: bytes
) -> None:
    office.happens()
    document = feed(office)
    assert broken in document
    other = broken.replace(b"<", b"<x").replace(b" href", b" ref")
    text = document.replace(broken, other).replace(
        broken.replace(b"<", b"</"), other.replace(b"<x", b"</x")
    )
    assert not GRAMMAR.validate(etree.fromstring(text))


def test_an_entry_says_what_a_mail_would_and_leads_to_the_lasting_page_of_its_change(
    office: Office,
) -> None:
    number = office.happens(new="inadequate", old="good")
    (entry,) = entries(office, "councils/leeds/feed.atom")
    assert entry["title"] == "Leeds: leadership good → inadequate"
    assert "Leadership: good → inadequate" in entry["summary"]
    assert 'href="https://example.org/page"' in entry["summary"]
    assert entry["link"] == f"https://syncer.example/changes/{number}/"
    assert entry["published"] == entry["updated"] == "2026-01-05T08:00:00Z"


def test_an_entry_keeps_its_name_when_the_site_moves_and_another_store_has_other_names(
    office: Office, tmp_path: Path
) -> None:
    office.happens()
    (here,) = entries(office)
    (moved,) = entries(office, places=Places(root="https://other.example/site"))
    (tmp_path / "other").mkdir()
    with Office(tmp_path / "other") as another:
        another.happens()
        (foreign,) = entries(another)
    assert here["id"] == moved["id"] != foreign["id"]
    assert here["id"].startswith("urn:uuid:") and moved["link"].startswith("https://other.example/")


def test_a_change_that_is_corrected_later_keeps_its_entry_which_says_so(office: Office) -> None:
    record = office.record()
    wrong = office.happens(new="inadequate", record=record)
    (before,) = entries(office)
    office.later(days=2)
    detail = {"was": "inadequate"}
    right = office.happens(
        new="outstanding", record=record, kind=EventKind.CORRECTED, detail=detail
    )
    corrected, after = entries(office)
    assert (after["id"], after["published"]) == (before["id"], before["published"])
    assert after["updated"] == corrected["published"] == "2026-01-07T08:00:00Z"
    assert "Corrected on 7 January 2026." in after["summary"]
    assert f"https://syncer.example/changes/{right}/" in after["summary"]
    assert after["link"] == f"https://syncer.example/changes/{wrong}/"


def test_a_change_of_a_report_that_was_withdrawn_says_so(office: Office) -> None:
    record = office.record()
    office.happens(record=record)
    office.later(days=1)
    office.happens(new="good", old="inadequate", record=record, kind=EventKind.WITHDRAWN)
    _, after = entries(office)
    assert "Withdrawn on 6 January 2026." in after["summary"]


def test_a_feed_holds_the_hundred_newest_changes_and_none_that_is_held(office: Office) -> None:
    for number in range(105):
        office.later(minutes=1)
        office.happens(new=f"grade {number}")
    office.happens(new="held", tellable=False)
    found = entries(office)
    assert len(found) == 100
    assert "grade 104" in found[0]["title"] and "grade 5" in found[-1]["title"]
    assert b"held" not in feed(office)


def test_a_feed_without_a_change_is_as_old_as_its_store_and_stays_the_same(office: Office) -> None:
    before = feed(office, "councils/york/feed.atom")
    office.later(days=3)
    assert feed(office, "councils/york/feed.atom") == before
    assert b"<updated>2026-01-05T08:00:00Z</updated>" in before


def test_what_no_xml_document_may_hold_is_left_out_and_markup_stays_text(office: Office) -> None:
    office.happens(new="<script>alert(1)</script>\x00\x0b\ufffe & more")
    document = etree.fromstring(feed(office))
    assert GRAMMAR.validate(document)
    (title,) = document.xpath("//*[local-name()='entry']/*[local-name()='title']/text()")
    (content,) = document.xpath("//*[local-name()='content']/text()")
    assert "<script>alert(1)</script>" in title
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in content and "<script>" not in content


def test_where_nobody_said_where_the_site_is_a_feed_s_links_are_from_the_feed_on(
    office: Office,
) -> None:
    number = office.happens()
    document = etree.fromstring(feed(office, "councils/leeds/feed.atom", Places()))
    links = document.xpath("//*[local-name()='entry']/*[local-name()='link']/@href")
    assert links == [f"../../changes/{number}/"]


def test_an_older_store_is_given_an_identity_that_stays(office: Office) -> None:
    office.store.run("DELETE FROM meta WHERE key = 'identity'")
    config = office.app.config
    found = set()
    for _ in range(2):
        with type(office.app)(config) as app:
            found.add(app.store.meta("identity"))
    assert len(found) == 1 and found != {""}
    assert str(gather(office.app).identity) in found
