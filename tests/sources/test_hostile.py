"""A hostile site: mutated pages of every kind. Each is read, or is a named problem, within its
budget; and nothing false is told."""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from gov_world import GovWorld
from hostile import mutated, mutated_json
from replay import Replay

from syncer.documents import feed, html, sheets
from syncer.documents.reader import DocumentReader
from syncer.documents.report import read_pdf
from syncer.errors import DocumentError, DocumentTooSlow, SyncerError
from syncer.register.councils import load_register
from syncer.sources import _payments, council_papers, press
from syncer.sources._documents import read_document
from syncer.sources.govuk.items import Item, read_item, read_results
from syncer.sources.ofsted import outcomes
from syncer.sources.ofsted.pages import read_list, read_provider

FEW, MANY = 20, 300
A_PAGE, A_SYNC = 0.5, 20.0
"""Seconds for one small page, and for a sync to begin; many times what an idle machine takes."""
REGISTER = load_register()
BASE = "https://www.gov.uk"
NOTES: dict[str, Any] = {
    "published": dt.date(2024, 3, 1),
    "title": "Family Hubs grant allocations",
    "funder": "DfE",
    "type": "guidance",
    "url": BASE + "/x",
}


def read_page_of_govuk(data: bytes) -> object:
    item = read_item(data, BASE, BASE + "/x", "")
    if isinstance(item, Item):
        return read_document(item.whole.encode(), {**NOTES, "title": item.title}, REGISTER)
    return item


def table(name: str) -> Callable[[bytes], object]:
    return lambda data: read_document(data, {**NOTES, "url": BASE + name, "etag": ""}, REGISTER)


def read_csv(data: bytes) -> object:
    return _payments.read_payments(data, "a.csv", REGISTER), table("/a.csv")(data)


def read_ods(data: bytes) -> object:
    return sheets.rows(data), outcomes.read(data, "a.ods", REGISTER, "key", "link")


def read_article(data: bytes) -> object:
    return press._said(data), press._statements(data, NOTES, REGISTER), html.tables(data)


def read_paper(data: bytes) -> object:
    return council_papers._title_and_day(data), council_papers._statements(data, NOTES, REGISTER)


READERS: dict[str, Callable[[bytes], object]] = {
    "list": read_list,
    "provider": read_provider,
    "content": read_page_of_govuk,
    "search": lambda data: read_results(data, BASE),
    "feed": feed.entries,
    "article": read_article,
    "csv": read_csv,
    "ods": read_ods,
    "xlsx": table("/a.xlsx"),
    "pdf": read_pdf,
    "paper": read_paper,
}


def outcome(kind: str, page: bytes) -> str:
    """Read a page, in the child; return what was raised that has no name."""
    try:
        READERS[kind](page)
    except (SyncerError, RecursionError, MemoryError):
        return ""  # named already, or by the reader that called
    except Exception as error:
        return repr(error)[:300]
    return ""


@pytest.fixture(scope="module")
def seeds(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[bytes]]:
    """Real pages of each kind."""
    world = shared / "replay/world"
    with Replay(shared, tmp_path_factory.mktemp("replay")) as replay:
        replay.day("2024-07-20")
        at = f"http://127.0.0.1:{replay.port}"
        listed = "/reports/search?level_1_types=3&level_2_types%5B%5D=12&start=0&rows=100"
        search = "/gov/api/search.json?count=100&filter_organisations=department-for-education"
        served = {
            "list": [at + listed],
            "provider": [f"{at}/reports/provider/44/{number}" for number in (80523, 80560)],
            "search": [at + search],
            "feed": [at + "/press/feed.xml"],
        }
        pages = {kind: [_fetched(url) for url in urls] for kind, urls in served.items()}
    items = json.loads((world / "govuk/items.json").read_text(encoding="utf-8"))
    pages["content"] = [json.dumps(each["item"]).encode() for each in items[:12]]
    pages["article"] = pages["paper"] = [
        f"<html><body><article><h1>News</h1>{path.read_text(encoding='utf-8')}</article>".encode()
        for path in sorted((shared / "awards").glob("1*.txt"))[:6]
    ]
    pages["csv"] = [p.read_bytes()[:40_000] for p in sorted(world.glob("govuk/assets/*.csv"))[:3]]
    pages["ods"] = [p.read_bytes() for p in sorted((shared / "ofsted").glob("*.ods"))[:1]]
    pages["xlsx"] = [(shared / "findings/small/13-hidden-sheet/hidden.xlsx").read_bytes()]
    pages["pdf"] = [p.read_bytes() for p in sorted(world.glob("pdf/*.pdf"))[:4]]
    return pages.__getitem__


def _fetched(url: str) -> bytes:
    with urllib.request.urlopen(url) as answer:
        data: bytes = answer.read()
    return data


def walk(kind: str, seeds: list[bytes], times: int) -> None:
    """Read so many mutated pages of a kind, in the child that reads every document."""
    pages = [
        page
        for number, seed in enumerate(seeds)
        for page in mutated(seed, -(-times // len(seeds)), seed=number)
    ]
    with DocumentReader() as reader:
        reader.call(exec, f"import sys; sys.path[:0] = {sys.path!r}")
        for number, page in enumerate(pages):
            try:
                unnamed = reader.call(outcome, kind, page)
            except DocumentTooSlow as error:
                pytest.fail(f"{kind} {number}: {error}")
            except DocumentError:
                reader.call(exec, f"import sys; sys.path[:0] = {sys.path!r}")
                continue
            assert not unnamed, (kind, number, unnamed)


@pytest.mark.parametrize("kind", READERS)
def test_a_mutated_page_is_read_or_named(kind: str, seeds: Callable[[str], list[bytes]]) -> None:
    walk(kind, seeds(kind), FEW)


@pytest.mark.torture
@pytest.mark.parametrize("kind", READERS)
def test_hundreds_of_mutated_pages_are_read_or_named(
    kind: str, seeds: Callable[[str], list[bytes]]
) -> None:
    walk(kind, seeds(kind), MANY)


# -- through sync ----------------------------------------------------------------------------------


PROGRAMMES = ("Children's Social Care Innovation Programme", "Staying Close")
GIVEN = "<p>The Department for Education has awarded {council} £5 million from the {programme}.</p>"
NOTICE = "<p>This notice sets out the action that {council} has to take.</p>"
NAMED = {"PageRedesigned", "ImpossibleDate", "Unreachable", "HostNotConfigured", "HttpRefused"}
OPEN = sorted(REGISTER.open_on(dt.date(2024, 2, 20)), key=lambda council: council.slug)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[GovWorld]:
    since = 'since = "2020-01-01"\n'
    more = f"[sources.govuk_awards]\n{since}[sources.govuk_interventions]\n{since}"
    with GovWorld(tmp_path, more=more) as found:
        yield found


def publish_awards(world: GovWorld, times: int) -> None:
    """Put up so many announcements, each of an award of its own."""
    for number, (programme, council) in enumerate(list(product(PROGRAMMES, OPEN))[:times]):
        path = f"/government/news/{number}"
        body = GIVEN.format(council=council.official_name, programme=programme)
        world.publish(path, f"Money for {council.official_name}", body, on="2024-02-20")


def publish_notices(world: GovWorld, times: int) -> None:
    """Put up so many notices, each an intervention of its own."""
    things = ("Improvement notice", "Direction")
    for number, (thing, council) in enumerate(list(product(things, OPEN))[:times]):
        path = f"/government/publications/{number}"
        title = f"{thing} issued to {council.official_name}: February 2024"
        body = NOTICE.format(council=council.official_name)
        world.publish(path, title, body, kind="decision", on="2024-02-20")


PUBLISHERS = {"govuk_awards": publish_awards, "govuk_interventions": publish_notices}


def nothing_false_is_told(world: GovWorld, source: str, times: int) -> None:
    """Read as many known pages as that in one sync, each malformed in its own way; then as they
    were."""
    PUBLISHERS[source](world, times)
    world.sync(source)
    known = world.records("award") + world.records("intervention")
    assert len(known) == times
    seconds = time.monotonic()
    for number, (path, item) in enumerate(world.web.items.items()):
        broken = json.dumps(next(mutated_json(item, 1, seed=number)))
        world.web.page("/gov/api/content" + path, broken.encode())
    world.web.hidden.update(world.web.items)
    world.at("2024-03-20")
    report = world.sync(source, full=True)
    assert [p for p in report.problems if p.name not in NAMED] == []
    assert world.told() == []
    assert time.monotonic() - seconds < A_PAGE * times + A_SYNC
    world.web.hidden.clear()
    world.at("2024-04-20")
    world.sync(source, full=True)
    kept = world.records("award") + world.records("intervention")
    assert world.told() == [] and [r["id"] for r in kept] == [r["id"] for r in known]


@pytest.mark.parametrize("source", PUBLISHERS)
def test_malformed_pages_tell_nobody_anything(source: str, world: GovWorld) -> None:
    nothing_false_is_told(world, source, FEW)


@pytest.mark.torture
@pytest.mark.parametrize("source", PUBLISHERS)
def test_hundreds_of_malformed_pages_tell_nobody_anything(source: str, world: GovWorld) -> None:
    nothing_false_is_told(world, source, MANY)
