"""Improvement notices, directions and commissioners: one intervention, whatever becomes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from gov_world import GovWorld
from replay import Replay

from syncer.documents.files import text_of
from syncer.documents.reader import DocumentReader
from syncer.fetching.snapshots import Snapshots
from syncer.operations.verify import squeezed
from syncer.sources._decisions import is_ours

SOURCE = "govuk_interventions"
NOTICE, REVISED = (
    "/government/publications/direction-halton",
    "/government/publications/revised-direction-halton",
)
TEXT = "<p>This direction is about the council's children's services.</p>"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[GovWorld]:
    """A direction of February, known; the clock stands at 1 March 2024."""
    with GovWorld(tmp_path) as found:
        found.publish(
            NOTICE,
            "Direction issued to Halton Borough Council: February 2024",
            TEXT,
            kind="decision",
            on="2024-02-14",
        )
        found.sync(SOURCE)
        yield found


def states(world: GovWorld) -> list[tuple[str, str, str, str]]:
    return [
        (r["councils"][0], r["what"], r["state"], r.get("issued", ""))
        for r in world.records("intervention")
    ]


def test_the_first_read_is_silent_and_a_notice_after_it_is_news(world: GovWorld) -> None:
    assert (states(world), world.told()) == (
        [("halton", "statutory direction", "issued", "2024-02-14")],
        [],
    )
    world.at("2024-03-28")
    world.publish(
        "/government/publications/n",
        "Improvement notice issued to Swindon Borough Council: March 2024",
        TEXT,
        kind="decision",
    )
    world.sync(SOURCE)
    assert world.told() == [("swindon", "added", "state", "", "issued")]
    assert [str(e.effective) for e in world.events()] == ["2024-03-28"]


@pytest.mark.parametrize(
    "text",
    ["<p>Replaces the direction of 14 February 2024.</p>", "<p>See the attached direction.</p>"],
)
def test_a_revised_direction_is_a_state_of_the_one_it_replaces(world: GovWorld, text: str) -> None:
    world.at("2025-02-07")
    world.publish(
        REVISED,
        "Revised direction issued to Halton Borough Council: February 2025",
        text,
        kind="decision",
    )
    world.sync(SOURCE)
    assert states(world) == [("halton", "statutory direction", "revised", "2024-02-14")]
    assert world.told() == [("halton", "changed", "state", "issued", "revised")]
    assert [str(e.effective) for e in world.events()] == ["2025-02-07"]


def test_another_direction_without_a_word_of_the_first_is_another_intervention(
    world: GovWorld,
) -> None:
    world.at("2025-02-07")
    world.publish(
        REVISED, "Direction issued to Halton Borough Council: February 2025", TEXT, kind="decision"
    )
    world.sync(SOURCE)
    assert [issued for *_, issued in states(world)] == ["2024-02-14", "2025-02-07"]


def test_a_revision_is_not_of_what_was_lifted_before(world: GovWorld) -> None:
    world.at("2024-03-10")
    world.edit(NOTICE, major=True, note="The direction was lifted.")
    world.sync(SOURCE)
    world.at("2025-02-07")
    world.publish(
        REVISED,
        "Revised direction issued to Halton Borough Council: February 2025",
        TEXT,
        kind="decision",
    )
    world.sync(SOURCE)
    assert [state for _, _, state, _ in states(world)] == ["lifted", "revised"]


def test_a_change_note_lifts_it_on_the_day_of_the_note(world: GovWorld) -> None:
    world.at("2024-03-10")
    world.edit(NOTICE, major=True, note="This direction no longer applies.")
    world.sync(SOURCE)
    assert [
        (*told, str(e.effective)) for told, e in zip(world.told(), world.events(), strict=True)
    ] == [("halton", "changed", "state", "issued", "lifted", "2024-03-10")]


@pytest.mark.parametrize(
    ("why", "state"),
    [("This notice has been archived.", "lifted"), ("Superseded by another one.", "revised")],
)
def test_a_withdrawn_page_is_an_intervention_that_ended_unless_it_was_replaced(
    world: GovWorld, why: str, state: str
) -> None:
    world.at("2024-03-02")
    world.web.items[NOTICE]["withdrawn_notice"] = {
        "explanation": why,
        "withdrawn_at": "2024-03-02T09:00:00Z",
    }
    world.sync(SOURCE)
    assert world.told() == [("halton", "changed", "state", "issued", state)]
    world.at("2024-03-04")
    assert world.sync(SOURCE).events == 0


def test_a_page_taken_down_without_a_word_is_withdrawn_and_not_lifted(world: GovWorld) -> None:
    world.at("2024-03-02")
    del world.web.items[NOTICE]
    world.web.page("/gov/api/content" + NOTICE, b"", status=410)
    world.sync(SOURCE)
    assert world.told() == [("halton", "withdrawn", "state", "issued", "")]


def test_a_council_that_nobody_knows_is_a_problem_with_the_address(world: GovWorld) -> None:
    world.publish(
        "/government/publications/n",
        "Improvement notice issued to Ambridge Borough Council: March 2024",
        TEXT,
        kind="decision",
    )
    report = world.sync(SOURCE)
    assert [
        (p.name in ("UnknownCouncil", "NotACouncil"), p.url.endswith("/n")) for p in report.problems
    ] == [(True, True)]


@pytest.mark.parametrize(
    ("title", "ours"),
    [
        ("Improvement notice issued to Swindon Borough Council: November 2023", True),
        ("Statutory direction to Birmingham City Council in relation to children's services", True),
        ("SEND improvement notice issued to Devon County Council: May 2022", True),
        ("Commissioner for children's services in Reading: appointment", True),
        ("Direction issued to City of Westminster: March 2024", True),
        ("Direction issued to City of Bristol College: March 2024", False),
        ("Direction to Durham Free School: notice of termination", False),
        ("Academy directions: guidance for councils", False),
        ("Apprenticeship funding: direction of travel", False),
    ],
)
def test_only_interventions_in_a_councils_services_are_ours(title: str, ours: bool) -> None:
    assert is_ours(title) is ours


def test_the_replays_interventions_become_news_on_their_days(shared: Path, tmp_path: Path) -> None:
    with Replay(shared, tmp_path / "replay") as replay:
        for day in (
            "2023-11-01",
            "2023-11-28",
            "2023-12-01",
            "2024-01-26",
            "2024-03-27",
            "2024-03-28",
            "2025-02-07",
        ):
            replay.day(day, hour=12)
            replay.sync(SOURCE)
        found = [(e.councils[0], e.new, str(e.noticed_at.date())) for e in replay.events()]
    assert found == [  # the first that was ever seen, Oxfordshire's, is the baseline
        ("swindon", "issued", "2023-12-01"),
        ("hertfordshire", "issued", "2024-01-26"),
        ("tameside", "issued", "2024-03-27"),
        ("halton", "issued", "2024-03-28"),
        ("halton", "revised", "2025-02-07"),
    ]


@pytest.mark.parametrize("how", ["issued", "note", "withdrawn", "replaced"])
def test_every_passage_that_is_quoted_stands_in_the_bytes(world: GovWorld, how: str) -> None:
    long = "<p>It was issued because of poor services.</p>" * 20
    world.at("2024-03-10")
    world.edit(NOTICE, body=long)
    if how == "note":
        world.edit(NOTICE, major=True, note="The direction was lifted.")
    elif how == "withdrawn":
        world.web.items[NOTICE]["withdrawn_notice"] = {
            "explanation": "<p>It has <b>improved</b>.</p>"
        }
    elif how == "replaced":
        world.edit(NOTICE, body=long + "<p>It replaces the direction of 3 May 2022.</p>")
    world.sync(SOURCE)
    snapshots = Snapshots(world.config.store.path.parent / "snapshots")
    with world.store() as store, DocumentReader() as reader:
        (row,) = store.rows("SELECT evidence FROM observations")
        passages = json.loads(row["evidence"])
        assert {"state", "quote", "title", "service"} <= set(passages)
        for passage in passages.values():
            text = reader.call(text_of, snapshots.read(passage["sha256"]))
            assert passage["quote"] and squeezed(passage["quote"]) in squeezed(text)
