"""The log says what each run did, each problem once when it begins and once when it ends, and
nobody's address (DESIGN §6.7, §7.10)."""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from office import Office

from jobs import check, digests, send
from syncer.model import Problem
from syncer.monitoring import log, watched
from syncer.store import problems

ADDRESSES = (
    "ada@example.org",
    "o'brien+news@example.org",
    '"Ada L"@example.org',
    "josé@exämple.org",
    "ada%40example.org",
)
PAGE = "https://reports.ofsted.gov.uk/provider/44/80438"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Office(tmp_path) as office:
        yield office


def logged(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The lines so far, without time, level and logger."""
    lines = capsys.readouterr().err.splitlines()
    return [line.partition("watched: ")[2] for line in lines]


def redesigned(office: Office, *pages: str) -> None:
    found = [Problem("PageRedesigned", "the headings are gone", page) for page in pages]
    with office.store.writing():
        problems.note(office.store, "ofsted_reports", found, office.now)


def test_a_run_says_in_one_line_what_it_did_and_an_empty_minute_says_nothing(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    office.follows("ada@example.org", welcomed=False)
    with log.written("plain"):
        for _ in range(3):
            watched.run(office.app, "digests", digests)
            watched.run(office.app, "send", send)
    assert logged(capsys) == ["digests: 1 message written", "send: 1 message sent"]


def test_a_problem_is_a_line_when_it_begins_and_a_line_when_it_ends_whoever_found_it(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    redesigned(office, PAGE)
    with log.written("plain"):
        watched.run(office.app, "check", check)
        redesigned(office, PAGE)
        watched.run(office.app, "check", check)
        with office.store.writing():
            problems.end(office.store, "ofsted_reports", [PAGE], office.now)
        watched.run(office.app, "check", check)
        watched.run(office.app, "check", check)
    assert logged(capsys) == [
        f"problem began: PageRedesigned: ofsted_reports: {PAGE}: the headings are gone",
        f"problem ended: PageRedesigned: ofsted_reports: {PAGE}: the headings are gone",
    ]


def test_a_redesign_of_a_whole_site_is_one_line_and_what_stops_the_work_is_an_error(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    redesigned(office, *(f"{PAGE}{number}" for number in range(155)))
    office.later(hours=30)
    office.runs("failed")
    with caplog.at_level(logging.INFO):
        watched.run(office.app, "check", check)
    said = [(each.levelname, each.message.split(":")[1].strip()) for each in caplog.records]
    assert said == [
        ("ERROR", "SourceQuiet"),
        ("WARNING", "PageRedesigned"),
        ("INFO", "1 problem begun"),
    ]
    assert "155 addresses" in caplog.text


@pytest.mark.parametrize("form", ["plain", "json"])
def test_no_address_of_a_subscriber_is_in_the_log(
    office: Office, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = [Problem("DeliveryFailed", f"{each}: 550 no", f"outbox {each}") for each in ADDRESSES]
    with office.store.writing():
        problems.note(office.store, "outbox", found, office.now)
    with log.written(form):
        watched.run(office.app, "check", check)
        for each in ADDRESSES:
            try:
                raise ValueError(f"bad <{each}>")
            except ValueError:
                logging.exception("cannot write to %s", each)
    text = capsys.readouterr().err
    assert text.count(log.HIDDEN) >= 3 * len(ADDRESSES)
    assert not [piece for piece in ("ada", "brien", "Ada L", "josé", "ex") if f"{piece}@" in text]
    assert not any(each in text or json.dumps(each)[1:-1] in text for each in ADDRESSES)


def test_the_address_of_a_page_is_in_the_log_as_it_is() -> None:
    for text in (PAGE, "https://www.gov.uk/a?b=c&d=e", "12:30, a@ b", "up 5 @ 3"):
        assert log.without_addresses(text) == text


def test_each_line_as_json_has_its_fields_and_a_time_with_its_zone(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    redesigned(office, PAGE)
    with log.written("json"):
        watched.run(office.app, "check", check)
    (line,) = capsys.readouterr().err.splitlines()
    said = json.loads(line)
    assert (said["level"], said["name"], said["source"], said["address"]) == (
        "WARNING",
        "PageRedesigned",
        "ofsted_reports",
        PAGE,
    )
    assert dt.datetime.fromisoformat(said["time"]).utcoffset() is not None


def test_a_job_that_fails_is_kept_with_the_name_of_its_error_and_raises_it(office: Office) -> None:
    class Broken:
        def run(self, app: object) -> dict[str, int]:
            raise KeyError("a mistake of ours")

    from syncer.store import jobs

    watched.run(office.app, "send", send)
    with pytest.raises(KeyError):
        watched.run(office.app, "send", Broken())
    row = jobs.last_runs(office.store)["send"]
    assert row["error"] == "KeyError" and row["finished"] and row["succeeded"]
