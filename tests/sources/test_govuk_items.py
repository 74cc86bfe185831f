"""GOV.UK's JSON in forms that it should not have: the page is named, the others are read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from gov_world import DFE, GovWorld
from web import Answer

from syncer.documents.html import text_or_nothing
from syncer.documents.reader import DocumentReader
from syncer.errors import Gone, PageRedesigned
from syncer.sources.govuk.items import Item, read_item, read_results, read_text

BASE, URL = "https://www.gov.uk", "https://www.gov.uk/api/content/x"
PAGE: dict[str, Any] = {
    "base_path": "/government/news/x",
    "title": "Money for Leeds",
    "document_type": "press_release",
    "schema_name": "news_article",
    "public_updated_at": "2024-02-20T09:30:00Z",
    "details": {"body": "<p>The Department for Education has awarded Leeds City Council £5m.</p>"},
    "links": {"organisations": [{"base_path": f"/government/organisations/{DFE}"}]},
}
NEWS = "/government/news/innovation"
GIVEN = "<p>The Department for Education has awarded Leeds City Council {} from the Children's Social Care Innovation Programme.</p>"

MALFORMED = {
    "no JSON": b"<html>",
    "a list": b"[]",
    "deep nesting": b'{"a":' * 100_000,
    "links null": {**PAGE, "links": None},
    "links a list": {**PAGE, "links": []},
    "organisation null": {**PAGE, "links": {"organisations": [None]}},
    "organisation without path": {**PAGE, "links": {"organisations": [{}]}},
    "details a list": {**PAGE, "details": []},
    "details null": {**PAGE, "details": None},
    "no details": {k: v for k, v in PAGE.items() if k != "details"},
    "attachment null": {**PAGE, "details": {"attachments": [None]}},
    "attachment without url": {**PAGE, "details": {"attachments": [{"title": "x"}]}},
    "attachment with an odd address": {**PAGE, "details": {"attachments": [{"url": "http://[x"}]}},
    "attachments a string": {**PAGE, "details": {"attachments": "none"}},
    "body a number": {**PAGE, "details": {"body": 5}},
    "body of nulls": {**PAGE, "details": {"body": [None]}},
    "history of strings": {**PAGE, "details": {"change_history": ["x"]}},
    "title null": {**PAGE, "title": None},
    "title a list": {**PAGE, "title": ["x"]},
    "no path": {**PAGE, "base_path": ""},
    "path a number": {**PAGE, "base_path": 7},
    "year 9999": {**PAGE, "public_updated_at": "9999-12-31T23:59:59-05:00"},
    "year 0001": {**PAGE, "first_published_at": "0001-01-01T00:00:00+05:00"},
    "a moment as number": {**PAGE, "public_updated_at": 1700000000},
    "no moment": {**PAGE, "public_updated_at": None},
    "notice a list": {**PAGE, "withdrawn_notice": ["x"]},
    "redirects empty": {"schema_name": "redirect", "redirects": []},
    "redirects null": {"schema_name": "redirect", "redirects": None},
    "redirect without target": {"schema_name": "redirect", "redirects": [{}]},
}


def as_bytes(answer: Any) -> bytes:
    return answer if isinstance(answer, bytes) else json.dumps(answer).encode()


@pytest.mark.parametrize("answer", MALFORMED.values(), ids=MALFORMED.keys())
def test_an_item_in_another_form_is_named(answer: Any) -> None:
    with pytest.raises(PageRedesigned):
        read_item(as_bytes(answer), BASE, URL, "")


def test_what_is_absent_where_it_may_be_is_no_fault() -> None:
    bare = {k: v for k, v in PAGE.items() if k != "links"} | {
        "withdrawn_notice": {},
        "details": {"attachments": None, "change_history": None},
    }
    item = read_item(as_bytes(bare), BASE, URL, "")
    assert isinstance(item, Item)
    assert (item.funder, item.body, item.attachments, item.withdrawn) == ("", "", (), "")


def test_half_a_character_is_no_reason_to_stop() -> None:
    item = read_item(as_bytes({**PAGE, "title": "\ud800 Leeds"}), BASE, URL, "")
    assert isinstance(item, Item)
    assert item.title.encode() == b"? Leeds"
    raw = as_bytes({**PAGE, "title": "HALF Leeds"}).replace(b"HALF", b"\xed\xa0\x80")
    item = read_item(raw, BASE, URL, "")
    assert isinstance(item, Item)
    assert item.title.encode() == b"? Leeds"


def test_half_a_character_in_utf_16_is_none_either() -> None:
    raw = json.dumps({**PAGE, "title": "\ud800 Leeds"}, ensure_ascii=False)
    item = read_item(raw.encode("utf-16", errors="surrogatepass"), BASE, URL, "")
    assert isinstance(item, Item)
    assert item.title.encode() == b"? Leeds"


@pytest.mark.parametrize("depth", range(900, 1100, 3))
def test_an_answer_nested_too_deep_is_told_by_name(depth: int) -> None:
    nested = b"[" * depth + b"]" * depth
    raw = as_bytes({**PAGE, "title": "\ud800 Leeds"})[:-1] + b', "more": ' + nested + b"}"
    with suppress(PageRedesigned):
        assert isinstance(read_item(raw, BASE, URL, ""), Item)


@pytest.mark.parametrize("details", [None, [], "moved", {"explanation": None}])
def test_a_page_taken_down_is_gone_whatever_stands_beside_it(details: Any) -> None:
    with pytest.raises(Gone):
        read_item(as_bytes({"schema_name": "gone", "details": details}), BASE, URL, "")


SUMMARY = "The Department for Education has awarded York £2m & more."


def test_extract_reads_the_same_text_and_funder_as_sync() -> None:
    page = {**PAGE, "description": SUMMARY}
    item = read_item(as_bytes(page), BASE, URL, "")
    said = read_text(as_bytes({k: v for k, v in page.items() if k != "base_path"}), "a file")
    assert isinstance(item, Item)
    assert (said.funder, said.published, said.title) == (item.funder, item.published, item.title)
    award = "The Department for Education has awarded Leeds City Council £5m."
    assert said.text == text_or_nothing(item.whole) == f"{SUMMARY}\n{award}"


def test_one_odd_row_of_the_search_is_told_and_the_others_are_read(shared: Path) -> None:
    data = (shared / "findings/small/12-one-odd-search-row/search.json").read_bytes()
    results = read_results(data, URL)
    assert [row.path for row in results.rows] == ["/government/publications/a"]
    assert [odd.partition(":")[0] for odd in results.odd] == [
        "/government/organisations/x/about",
        "Something outside",
    ]


# -- through sync ----------------------------------------------------------------------------------


@pytest.fixture
def world(tmp_path: Path) -> Iterator[GovWorld]:
    with GovWorld(tmp_path, more='[sources.govuk_awards]\nsince = "2020-01-01"\n') as found:
        found.publish(NEWS, "Money for Leeds", GIVEN.format("£5 million"), on="2024-02-20")
        yield found


@pytest.mark.parametrize("body", ["<p>It begins in May.</p>", GIVEN.format("£5 million")])
def test_money_that_a_summary_tells_is_told_once(world: GovWorld, body: str) -> None:
    """Whether the body tells it too or not."""
    world.publish(NEWS, "Money for Leeds", body, on="2024-02-20")
    summary = GIVEN.format("£5m").removeprefix("<p>").removesuffix("</p>")
    world.web.items[NEWS]["description"] = summary
    assert world.sync("govuk_awards").problems == []
    (award,) = world.records()
    assert (award["amount"], award["councils"]) == (5_000_000, ["leeds"])


def test_every_malformed_page_is_a_problem_of_that_page_and_the_others_are_read(
    world: GovWorld,
) -> None:
    for number, (name, answer) in enumerate(MALFORMED.items()):
        path = f"/government/news/odd-{number}"
        world.publish(path, f"Grant {name}", on="2024-02-21")
        world.web.script("/gov/api/content" + path, Answer(as_bytes(answer)))
        world.web.hidden.add(path)
    report = world.sync("govuk_awards")
    assert {p.name for p in report.problems} == {"PageRedesigned"}
    assert len(report.problems) == len(MALFORMED)
    assert [r["amount"] for r in world.records()] == [5_000_000]


@pytest.mark.parametrize("day", ["2124-02-20", "2024-03-09"])
def test_a_page_dated_on_a_day_to_come_is_a_problem_until_the_day_is_right(
    world: GovWorld, day: str
) -> None:
    world.sync("govuk_awards")
    path = "/government/news/later"
    world.publish(
        path, "Money for York", GIVEN.format("£9 million").replace("Leeds", "York"), on=day
    )
    world.sync("govuk_awards")
    assert (world.told(), world.open_problems()) == ([], ["ImpossibleDate"])
    world.publish(
        path, "Money for York", GIVEN.format("£9 million").replace("Leeds", "York"), on="2024-03-02"
    )
    world.at("2024-03-04")
    world.sync("govuk_awards")
    assert world.told() == [("york", "added", "amount", "", "9000000")]
    assert world.open_problems() == []


def test_the_documents_are_read_in_the_child_and_come_back_whole() -> None:
    with DocumentReader() as reader:
        item = reader.call(read_item, as_bytes(PAGE), BASE, URL, "abc")
    assert item == read_item(as_bytes(PAGE), BASE, URL, "abc")
