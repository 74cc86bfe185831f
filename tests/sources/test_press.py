"""The sector press: the article and nothing around it, and what a site does to its pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from gov_world import GovWorld

ARTICLE = """<html><body><nav>Councils get £99m</nav><article><h1>{title}</h1><p>{text}</p></article>
<aside>Most read: York gets £7m</aside>
<section id="comments"><h2>2 comments</h2><p>Kent council was given £3 million by the DfE!</p></section>
<p class="ad">{number}</p></body></html>"""
GIVEN = (
    "The Department for Education has awarded {} City Council £{} under the Safety Valve programme."
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[GovWorld]:
    """A feed with one article of February, read on 1 March 2024."""
    with GovWorld(tmp_path) as found:
        write(found, "old", "Old", GIVEN.format("York", "2 million"))
        serve(found, ("old", "Old", "Tue, 20 Feb 2024"))
        found.sync("press")
        yield found


def write(world: GovWorld, name: str, title: str, text: str, number: int = 1) -> None:
    world.web.page(f"/press/{name}", ARTICLE.format(title=title, text=text, number=number).encode())


def serve(world: GovWorld, *entries: tuple[str, str, str], host: str = "127.0.0.1") -> None:
    items = "".join(
        f"<item><title>{title}</title><link>{world.web.url(f'/press/{name}', host=host)}</link>"
        f"<pubDate>{day} 09:00:00 GMT</pubDate></item>"
        for name, title, day in entries
    )
    world.web.page(
        "/press/feed.xml",
        f"<rss version='2.0'><channel><title>x</title>{items}</channel></rss>".encode(),
    )


def test_only_the_article_is_read_and_not_its_comments_or_its_surroundings(world: GovWorld) -> None:
    assert [(r["councils"], r["amount"]) for r in world.records()] == [(["york"], 2000000)]
    assert world.told() == []


def test_a_new_article_is_news(world: GovWorld) -> None:
    world.at("2024-03-05")
    write(world, "new", "New", GIVEN.format("Leeds", "5 million"))
    serve(world, ("new", "New", "Tue, 05 Mar 2024"), ("old", "Old", "Tue, 20 Feb 2024"))
    world.sync("press")
    assert world.told() == [("leeds", "added", "amount", "", "5000000")]


def test_other_advertisements_around_the_same_words_are_the_same_article(world: GovWorld) -> None:
    (before,) = world.records()
    write(world, "old", "Old", GIVEN.format("York", "2 million"), number=2)
    world.at("2024-03-12")
    world.sync("press")
    with world.store() as store:
        hashes = store.rows("SELECT sha256 FROM observations")
        asked = store.value(
            "SELECT count(DISTINCT sha256) FROM fetches WHERE url LIKE '%/press/old'"
        )
    assert (len(hashes), asked, world.records(), world.told()) == (1, 2, [before], [])


def test_a_corrected_figure_in_an_article_is_a_change_and_one_taken_down_is_withdrawn(
    world: GovWorld,
) -> None:
    write(world, "old", "Old", GIVEN.format("York", "3 million"))
    world.at("2024-03-12")
    world.sync("press")
    world.web.page("/press/old", b"", status=410)
    world.at("2024-03-20")
    world.sync("press")
    assert world.told() == [
        ("york", "changed", "amount", "2000000", "3000000"),
        ("york", "withdrawn", "amount", "3000000", ""),
    ]


def test_an_article_on_a_host_that_is_not_configured_is_never_asked_for(world: GovWorld) -> None:
    world.at("2024-03-05")
    serve(world, ("new", "New", "Tue, 05 Mar 2024"), host="127.0.0.2")
    assert [p.name for p in world.sync("press").problems] == ["HostNotConfigured"]
    assert world.web.asked("/press/new") == []


def test_a_feed_that_is_none_is_a_problem_until_it_is_one_again(world: GovWorld) -> None:
    world.web.page("/press/feed.xml", b"<html><body>Down for maintenance</body></html>")
    assert [p.name for p in world.sync("press").problems] == ["PageRedesigned"]
    serve(world, ("old", "Old", "Tue, 20 Feb 2024"))
    world.sync("press")
    assert world.open_problems() == []


def test_an_article_that_fails_does_not_keep_the_others_from_being_read(world: GovWorld) -> None:
    world.at("2024-03-05")
    write(world, "new", "New", GIVEN.format("Leeds", "5 million"))
    world.web.page("/press/bad", b"", status=500)
    serve(world, ("bad", "Bad", "Tue, 05 Mar 2024"), ("new", "New", "Tue, 05 Mar 2024"))
    assert ([p.name for p in world.sync("press").problems], len(world.told())) == (
        ["Unreachable"],
        1,
    )
    write(world, "bad", "Bad", "Nothing of money.")
    world.at("2024-03-05", 12)
    world.sync("press")
    assert world.open_problems() == []


def test_an_article_that_ends_in_the_middle_is_told_when_it_is_whole(world: GovWorld) -> None:
    world.at("2024-03-05")
    write(world, "new", "New", GIVEN.format("Leeds", "5 million"))
    whole = world.web.next_answer("/press/new").body
    world.web.page("/press/new", whole[: whole.index(b"million")])
    serve(world, ("new", "New", "Tue, 05 Mar 2024"))
    world.sync("press")
    assert (world.open_problems(), world.told()) == (["PageCutShort"], [])
    world.web.page("/press/new", whole)
    world.at("2024-03-06")
    world.sync("press")
    assert (world.open_problems(), len(world.told())) == ([], 1)


def test_an_article_dated_on_a_day_to_come_is_a_problem_and_no_award(
    world: GovWorld, shared: Path
) -> None:
    case = shared / "findings/small/14-article-dated-in-the-future"
    feed = (case / "feed.xml").read_text(encoding="utf-8")
    world.web.page("/press/new", (case / "new.html").read_bytes())
    world.web.page("/press/feed.xml", feed.replace("PORT", str(world.web.port)).encode())
    world.at("2024-03-07")
    world.sync("press")
    (found,) = [p for p in world.problems() if p["name"] == "ImpossibleDate"]
    assert "2124-03-06" in found["message"]
    assert not [r for r in world.records() if str(r["published"]).startswith("2124")]
