"""`syncer verify` over real reports, files and pages: a line of every kind is confirmed by the bytes
that it rests on, and by no others; nothing on a page steers the terminal."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from gov_world import GovWorld, sheet
from office import Office
from replay import Replay

from syncer.app import App
from syncer.documents.files import text_of
from syncer.documents.reader import DocumentReader
from syncer.fetching.snapshots import Snapshots
from syncer.model import Event, EventKind, Evidence, RecordKind
from syncer.operations.reorganisation import follow_successors
from syncer.operations.verify import check, squeezed
from syncer.register.councils import load_register
from syncer.store import events, overview, records
from syncer.views.cells import CONTROLS


@dataclass(frozen=True)
class Story:
    """What is read of the replay, the first day being the baseline, and what becomes news."""

    source: str
    days: tuple[str, ...]
    records: frozenset[RecordKind]
    events: int


MANY = 15
COUNCILS = ["halton", "leeds", "oxfordshire", "tameside", "tower-hamlets", "york"]
OPTIONS = f"""
[sources.ofsted_reports]
councils = {json.dumps(COUNCILS)}
[sources.govuk_awards]
since = "2016-06-01"
"""
INSPECTION, VISIT, AWARD = RecordKind.INSPECTION, RecordKind.VISIT, RecordKind.AWARD
PAYMENT = RecordKind.PAYMENT
STORIES = {
    "reports": Story(
        "ofsted_reports", ("2023-09-01", "2026-08-20"), frozenset({INSPECTION, VISIT}), 12
    ),
    "statistics": Story(
        "ofsted_statistics", ("2024-08-01", "2024-09-10", "2025-10-01"), frozenset({INSPECTION}), 1
    ),
    "allocations": Story("govuk_awards", ("2023-03-01", "2023-03-10"), frozenset({AWARD}), 41),
    "press": Story("press", ("2017-01-15", "2017-03-01"), frozenset({AWARD}), 1),
    "payments": Story("dfe_spend", ("2011-05-30", "2011-07-01"), frozenset({PAYMENT}), 1),
    "interventions": Story(
        "govuk_interventions",
        ("2023-11-28", "2023-12-01", "2024-03-30", "2025-02-07"),
        frozenset({RecordKind.INTERVENTION}),
        5,
    ),
}


@pytest.fixture(params=STORIES)
def story(request: pytest.FixtureRequest) -> Story:
    return STORIES[request.param]


@pytest.fixture
def replay(story: Story, shared: Path, tmp_path: Path) -> Iterator[Replay]:
    """A store that has lived through the story."""
    with Replay(shared, tmp_path / "replay") as found:
        press = f'press = ["http://127.0.0.1:{found.port}/press/feed.xml"]\n[fetch]'
        text = found.config_path.read_text().replace("[fetch]", press)
        found.configure(text + OPTIONS)
        for day in story.days:
            found.day(day, hour=12)
            found.sync(story.source)
        yield found


def verified(replay: Replay, events: list[Event]) -> list[dict[str, Any]]:
    with App(replay.config, replay.now) as app:
        return [check(event, app.snapshots, app.documents, app.register) for event in events]


def test_every_line_is_confirmed_and_none_with_another_value(replay: Replay, story: Story) -> None:
    events = replay.events()
    assert len(events) >= story.events and {e.record for e in events} == story.records
    events = events[:MANY]
    found = verified(replay, events)
    assert [each for each in found if not each["confirmed"]] == []
    judged = [e for e in events if e.record in (INSPECTION, PAYMENT) and e.evidence]
    others = [replace(e, new="17") for e in judged if story.source != "ofsted_statistics"]
    assert not any(each["confirmed"] for each in verified(replay, others))


def test_the_command_confirms_it_and_prints_its_words(replay: Replay, story: Story) -> None:
    for record in story.records:
        event = next(e for e in replay.events() if e.record is record)
        result = replay.cli("verify", str(event.id))
        assert (result.returncode, result.stderr) == (0, "")
        assert "\n  confirmed: " in result.stdout and event.url in result.stdout


def test_every_passage_quoted_for_a_field_stands_in_the_bytes(replay: Replay) -> None:
    with App(replay.config, replay.now) as app, DocumentReader() as reader:
        rows = app.store.rows("SELECT evidence FROM observations")
        passages = [p for row in rows for p in json.loads(row["evidence"]).values() if p["quote"]]
        texts: dict[str, str] = {}
        for passage in passages:
            sha256, quote = passage["sha256"], passage["quote"]
            if sha256 not in texts:
                texts[sha256] = squeezed(reader.call(text_of, app.snapshots.read(sha256)))
            for cell in quote.split(" | "):
                assert squeezed(cell) in texts[sha256], (cell, passage)
    assert passages


def test_every_item_that_must_improve_stands_in_its_report(shared: Path, tmp_path: Path) -> None:
    with Replay(shared, tmp_path / "replay") as replay:
        replay.configure(replay.config_path.read_text() + OPTIONS)
        replay.day("2026-08-20")
        replay.sync()
        items = 0
        with App(replay.config, replay.now) as app:
            for record in records.records(app.store, kinds=[INSPECTION]):
                data = app.snapshots.read(overview.bytes_of_record(app.store, record.id))
                text = squeezed(app.documents.call(text_of, data))
                for _, item in record.inspection.improvements():
                    items += 1
                    assert squeezed(item) in text, (record.url, item)
    assert items > 30


def test_the_end_of_a_council_is_confirmed_by_the_register(tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        office.store.set_meta("since", dt.datetime(2023, 3, 1, tzinfo=dt.UTC).isoformat())
        office.now = dt.datetime(2023, 3, 31, 9, tzinfo=dt.UTC)
        office.runs("ok")
        office.now += dt.timedelta(days=1)
        assert follow_successors(office.app) == ["cumbria"]
        (event,) = events.after(office.store, 0)
        app = office.app
        for line, confirmed in ((event, True), (replace(event, new="Cumberland Council"), False)):
            found = check(line, app.snapshots, app.documents, app.register)
            assert found["confirmed"] is confirmed and "2023-04-01" in found["reason"]


# -- What a page would do to a terminal ------------------------------------------------------------

IN_CELLS = "\x9b31m\u202e\u2066"
STEERING = f"\x1b]0;owned\x07\x1b[2J{IN_CELLS}"
GIVEN = (
    "<p>The Department for Education has awarded Leeds City Council £5 million from the"
    f" Children's Social Care Innovation Programme for work on families{STEERING}.</p>"
)
HEADER = ("Entity", "Date", "Expense type", "Expense area", "Description", "Supplier", "Amount")
OUTSIDE = f"Grants to local authorities outside aggregate external funding{IN_CELLS}"
ROW = ("DfE", "25/03/2015", "Grants", f"Families{IN_CELLS}", OUTSIDE, "Leeds City Council", 90000)


@pytest.fixture
def steering(tmp_path: Path) -> Iterator[GovWorld]:
    """A world in which an award, a notice and a payment are news; each page holds what steers a
    terminal."""
    title = "DfE and executive agency spend over £25,000: 2015 to 2016"
    with GovWorld(tmp_path, more='[sources.govuk_awards]\nsince = "2020-01-01"\n') as world:
        for day in ("2024-03-01", "2024-03-10"):
            world.at(day)
            path = f"/government/news/{day}"
            notice = f"Improvement notice issued to {{}} City Council: {STEERING}March 2024"
            council = {"2024-03-01": "Bradford", "2024-03-10": "Leeds"}[day]
            body = GIVEN.replace("Leeds", council)
            world.publish(path, f"Money{STEERING}", body)
            world.publish(path + "n", notice.format(council), body, kind="decision")
            data = sheet([HEADER, [str(cell).replace("Leeds", council) for cell in ROW]])
            file = world.file(f"{day}.csv", data, f"File of {day}", tag=day)
            world.publish(path + "s", title, kind="transparency", attachments=[file])
            for source in ("govuk_awards", "govuk_interventions", "dfe_spend"):
                world.sync(source)
        yield world


def test_nothing_that_a_page_says_steers_the_terminal(steering: GovWorld) -> None:
    events = steering.events()
    assert {e.record for e in events} == {AWARD, PAYMENT, RecordKind.INTERVENTION}
    for event in events:
        result = steering.cli("verify", str(event.id))
        assert result.returncode == 0, result.stdout
        assert not CONTROLS.search(result.stdout + result.stderr)
        shown = steering.cli("verify", str(event.id), "--json").stdout
        assert not CONTROLS.search(shown) and json.loads(shown)["confirmed"]


# -- What is no PDF from its first byte on ---------------------------------------------------------


def test_a_report_behind_a_few_other_bytes_is_read_as_one(shared: Path, tmp_path: Path) -> None:
    data = b"\r\n" * 8 + (shared / "replay/world/pdf/2754222.pdf").read_bytes()
    snapshots = Snapshots(tmp_path)
    line = Event(
        INSPECTION,
        EventKind.ADDED,
        ("leeds",),
        "leadership",
        "",
        "requires_improvement",
        published=None,
        effective=None,
        noticed_at=dt.datetime(2024, 3, 1, tzinfo=dt.UTC),
        source="ofsted_reports",
        url="",
        evidence=Evidence(snapshots.keep(data), ""),
    )
    with DocumentReader() as reader:
        assert check(line, snapshots, reader, load_register())["confirmed"]
        assert "Ofsted" in reader.call(text_of, data)
