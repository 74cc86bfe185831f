"""Nothing is claimed that nobody looked at (DESIGN §6.10): welcomes, silence and digests, through
the command line, on a store that reads real pages."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from small_world import SmallWorld

from syncer.sources.ofsted.council_list import LIST
from syncer.store import outbox

GOOD = {
    "leadership": "good",
    "help_and_protection": "good",
    "children_in_care": "good",
    "care_leavers": "good",
    "overall_effectiveness": "good",
}
RATINGS = ("--kind", "rating", "--kind", "visit")
ADA = "ada@example.org"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    with SmallWorld(tmp_path, "leeds", "york", day="2024-06-03") as world:
        world.report("leeds", "2023-10-02", GOOD)
        yield world


def follows(world: SmallWorld, *more: str) -> None:
    done = world.cli("subscribe", ADA, "--council", "leeds", *RATINGS, "--confirmed", *more)
    assert done.returncode == 0, done.stderr


def written(world: SmallWorld) -> list[tuple[str, str]]:
    """Kind and subject of each message to Ada, oldest first."""
    with world.store() as store:
        mine = [d for d in outbox.listing(store) if d.recipient == ADA]
        return [(d.kind, d.subject) for d in reversed(mine)]


def last_text(world: SmallWorld) -> str:
    with world.store() as store:
        newest = max(d.id for d in outbox.listing(store) if d.recipient == ADA)
        mail = email.message_from_bytes(outbox.body(store, newest), policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    part = mail.get_body(("plain",))
    assert part is not None
    return " ".join(str(part.get_content()).split())


def test_who_comes_before_the_first_sync_is_welcomed_after_it_with_what_was_read(
    world: SmallWorld,
) -> None:
    follows(world)
    assert world.cli("digest").returncode == 0
    assert written(world) == []
    world.sync()
    world.cli("digest")
    assert [kind for kind, _ in written(world)] == ["welcome"]
    text = last_text(world)
    assert "October 2023" in text and "Leadership: good" in text
    assert "not been able to read" not in text and "ot known" not in text


def test_the_welcome_of_a_council_without_reports_invents_none(world: SmallWorld) -> None:
    world.sync()
    done = world.cli("subscribe", ADA, "--council", "york", "--council", "brent", "--confirmed")
    assert done.returncode == 0
    world.cli("digest")
    text = last_text(world)
    assert "York: not inspected yet" in text, "its page was read, and lists none"
    assert "Brent: inspections not known" in text, "nobody reads its page here"
    assert "a newer report is published" not in text


def test_all_is_not_called_quiet_after_weeks_in_which_nobody_looked(world: SmallWorld) -> None:
    world.sync()
    follows(world)
    world.cli("digest")
    world.at("2024-07-12", hour=11)
    assert world.cli("digest").returncode == 0
    assert [kind for kind, _ in written(world)] == ["welcome"]
    world.sync()
    world.cli("digest")
    assert written(world)[1:] == [
        ("all_quiet", "All quiet since 3 June 2024: nothing you follow has changed")
    ]


def test_all_is_called_quiet_only_up_to_the_day_that_was_read(world: SmallWorld) -> None:
    world.sync()
    follows(world)
    world.cli("digest")
    world.at("2024-07-11", hour=15)
    world.sync()
    world.at("2024-07-12", hour=9)
    world.cli("digest")
    said = "All quiet since 3 June 2024: nothing you follow has changed up to 11 July 2024"
    assert written(world)[1:] == [("all_quiet", said)]


def test_where_the_site_was_tried_and_is_down_that_is_what_is_said(world: SmallWorld) -> None:
    world.sync()
    follows(world)
    world.cli("digest")
    world.at("2024-07-12", hour=11)
    world.web.page("/reports" + LIST.format(start=0, rows=100), status=503)
    sync_as_served(world)
    world.cli("digest")
    said = "Nothing new since 3 June 2024, but Ofsted inspection reports cannot be read now"
    assert written(world)[1:] == [("all_quiet", said)]


def test_a_digest_says_of_which_source_it_can_say_nothing_new(world: SmallWorld) -> None:
    world.sync()
    follows(world, "--weekly", "monday", "7")
    world.cli("digest")
    world.report("leeds", "2024-04-22", GOOD | {"leadership": "inadequate"})
    world.at("2024-06-04")
    world.sync()
    world.at("2024-06-10")
    world.cli("digest")
    text = last_text(world)
    assert "As known on" not in text, "nobody has looked lately"
    assert "Ofsted inspection reports: last read on 4 June 2024, 10:40." in text
    assert "What was published there since is not in this message." in text


def test_a_page_that_cannot_be_read_for_three_days_is_told_to_its_council_s_followers(
    world: SmallWorld,
) -> None:
    world.report("york", "2024-04-22", GOOD, published="2024-06-03")
    world.sync()
    follows(world)
    world.cli("digest")
    world.providers["leeds"].page = b"<html><body><h1>Something else</h1></body></html>"
    world.report("leeds", "2024-04-22", GOOD, published="2024-06-04")
    for day in (4, 6, 8):
        world.at(f"2024-06-{day:02}")
        world.sync()
        world.cli("digest")
    dark = [subject for kind, subject in written(world) if kind == "source_dark"]
    assert len(dark) == 1
    assert dark[0].startswith("Ofsted inspection reports: the page of Leeds cannot be read since")
    assert "tell you whatever was published in the meantime" in last_text(world)

    world.report("leeds", "2024-04-22", GOOD, published="2024-06-04")
    world.providers["leeds"].page = b""
    world.at("2024-06-18")
    world.sync()
    world.cli("digest")
    world.cli("digest")
    dark = [subject for kind, subject in written(world) if kind == "source_dark"]
    assert dark[1:] == ["Ofsted inspection reports: the page of Leeds can be read again"]


@pytest.mark.parametrize("what", ["page", pytest.param("file", marks=pytest.mark.torture)])
def test_all_is_not_called_quiet_where_the_followed_council_s_page_or_report_is_unread(
    world: SmallWorld, what: str
) -> None:
    world.sync()
    follows(world)
    world.cli("digest")
    shown = world.report("leeds", "2024-04-22", GOOD, published="2024-06-04")
    shown.data = b"<html>Report not found</html>"
    if what == "page":
        world.providers["leeds"].page = b"<html><body><h1>Sorry</h1></body></html>"
    world.at("2024-07-12", hour=11)
    world.sync()
    world.cli("digest")
    said = "Nothing new since 3 June 2024, but not all of Ofsted inspection reports could be read"
    assert ("all_quiet", said) in written(world)


def test_a_report_that_could_not_be_read_before_does_not_keep_all_quiet_away_for_ever(
    world: SmallWorld,
) -> None:
    world.report("leeds", "2018-03-05", GOOD).data = b"<html>Report not found</html>"
    world.sync()
    follows(world)
    world.cli("digest")
    world.at("2024-07-12", hour=11)
    world.sync()
    world.cli("digest")
    said = "All quiet since 3 June 2024: nothing you follow has changed"
    assert written(world)[1:] == [("all_quiet", said)]
    assert "in what could be read" in last_text(world)


def test_another_council_s_unread_page_leaves_all_quiet(world: SmallWorld) -> None:
    world.sync()
    follows(world)
    world.cli("digest")
    world.providers["york"].page = b"<html><body><h1>Sorry</h1></body></html>"
    world.at("2024-07-12", hour=11)
    world.sync()
    world.cli("digest")
    said = "All quiet since 3 June 2024: nothing you follow has changed"
    assert written(world)[1:] == [("all_quiet", said)]


def sync_as_served(world: SmallWorld) -> None:
    """A sync of what is served now, without putting the pages up again."""
    super(SmallWorld, world).sync()
