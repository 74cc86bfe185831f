"""`status`, `status --check` and `problems`, as typed."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from office import Office

from syncer.cli import main
from syncer.model import Problem
from syncer.monitoring import heartbeat
from syncer.operations import backups
from syncer.operations.restoring import restore
from syncer.store import Store, erasure, jobs, people, problems

Invoke = Callable[..., Result]
PAGE = "https://reports.ofsted.gov.uk/provider/44/80438"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office in summer, whose daemon runs."""
    with Office(tmp_path) as office:
        office.now = dt.datetime(2026, 7, 6, 9, 0, tzinfo=dt.UTC)
        office.runs("ok")
        heartbeat.beat(tmp_path / "s.db", dt.datetime(2026, 7, 5, 8, 0, tzinfo=dt.UTC))
        yield office


@pytest.fixture
def invoke(office: Office) -> Invoke:
    def run(*args: str, now: str = "2026-07-06T10:30") -> Result:
        config = str(office.folder / "config.toml")
        return CliRunner().invoke(main, ["--config", config, "--now", now, *args])

    return run


def begins(office: Office, *found: Problem, source: str = "ofsted_reports") -> list[int]:
    """The numbers of the problems, that have begun if they had not."""
    with office.store.writing():
        problems.note(office.store, source, found, office.now)
    return [row["id"] for row in problems.still_open(office.store, source)]


def redesigned(number: int = 0, *, is_old: bool = False) -> Problem:
    said = "the headings by which the entries of this page are recognised are not there any more"
    return Problem("PageRedesigned", said, f"{PAGE}{number}", "Run `syncer doctor`.", is_old=is_old)


def test_status_says_whether_the_daemon_runs_and_how_each_job_went_in_london_s_time(
    office: Office, invoke: Invoke
) -> None:
    jobs.began(office.store, "send", office.now)
    jobs.ended(office.store, "send", office.now)
    jobs.began(office.store, "backup", office.now)
    jobs.ended(office.store, "backup", office.now, "StoreError")
    said = invoke("status")
    assert said.exit_code == 0
    assert "As of Mon 06 Jul 2026 10:30 BST" in said.stdout
    assert "Daemon: running since 05 Jul 2026 09:00 BST" in said.stdout
    rows = [line.split() for line in said.stdout.splitlines()]
    assert ["send", *["06", "Jul", "2026", "10:00", "BST", "done"]] in rows
    assert ["backup", *["06", "Jul", "2026", "10:00", "BST", "StoreError"]] in rows


def test_status_fits_a_terminal_and_has_one_card_for_each_kind_of_problem(
    office: Office, invoke: Invoke
) -> None:
    begins(office, *map(redesigned, range(155)))
    lines = invoke("status").stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert [line for line in lines if line.startswith("PageRedesigned")] == [
        "PageRedesigned × 155 in ofsted_reports, since 06 Jul 2026 10:00 BST"
    ]
    assert "  Number 1, 2, 3, 4, 5, 6, 7, 8, …" in lines and "  Run `syncer doctor`." in lines


def test_status_takes_the_format_that_other_lists_take(invoke: Invoke) -> None:
    as_json = invoke("status", "--format", "json")
    assert json.loads(as_json.stdout) == json.loads(invoke("status", "--json").stdout)
    assert invoke("status", "--format", "table").stdout == invoke("status").stdout


def test_status_as_json_has_what_it_had_and_the_daemon_and_the_jobs(
    office: Office, invoke: Invoke
) -> None:
    begins(office, redesigned())
    said = json.loads(invoke("status", "--json").stdout)
    assert said.keys() >= {"now", "sources", "held", "outbox", "problems", "daemon", "jobs"}
    assert said["daemon"]["runs"] is True
    (problem,) = said["problems"]
    assert problem["name"] == "PageRedesigned" and problem["acknowledged_at"] is None


def test_check_is_0_where_nothing_is_open_and_1_until_what_is_open_is_acknowledged(
    office: Office, invoke: Invoke
) -> None:
    begins(office, redesigned(9, is_old=True), source="press")
    assert (invoke("status", "--check").exit_code, invoke("status").exit_code) == (0, 0)
    (number,) = begins(office, redesigned())
    said = invoke("status", "--check")
    assert (said.exit_code, said.stdout) == (1, "open: 1 × PageRedesigned in ofsted_reports\n")
    assert invoke("problems", "ack", str(number), "--reason", "known").exit_code == 0
    said = invoke("status", "--check")
    assert (said.exit_code, said.stdout.count("\n")) == (0, 1)


def test_check_is_2_where_the_daemon_is_dead_a_source_is_quiet_or_mail_cannot_be_sent(
    office: Office, invoke: Invoke
) -> None:
    said = invoke("status", "--check", now="2026-07-07T18:00")
    assert (said.exit_code, said.stdout.startswith("source: Ofsted")) == (2, True)
    begins(office, Problem("TransportUnavailable", "no connection", "o"), source="outbox")
    assert invoke("status", "--check").exit_code == 2
    heartbeat.stop(office.folder / "s.db")
    said = invoke("status", "--check")
    assert said.exit_code == 2 and said.stdout.startswith("daemon: not running; mail: ")


def test_a_problem_is_acknowledged_by_somebody_for_a_reason_until_it_says_something_else(
    office: Office, invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUDO_USER", "lynda")
    (number,) = begins(office, redesigned())
    invoke("problems", "ack", str(number), "--reason", "Ofsted knows")
    begins(office, redesigned())
    (row,) = json.loads(invoke("problems", "--json").stdout)
    assert (row["acknowledged_by"], row["reason"]) == ("lynda", "Ofsted knows")
    assert "by lynda, 06 Jul 2026 10:30 BST: Ofsted knows" in invoke("problems").stdout
    begins(office, Problem("PageRedesigned", "now it is empty", f"{PAGE}0"))
    (row,) = json.loads(invoke("problems", "--json").stdout)
    assert (row["acknowledged_at"], row["reason"]) == (None, "")


def test_an_acknowledged_problem_is_not_mailed_and_one_that_ended_begins_as_a_new_one(
    office: Office, invoke: Invoke
) -> None:
    (number,) = begins(office, redesigned())
    invoke("problems", "ack", str(number), "--reason", "known")
    office.notify()
    assert office.deliveries("operator@example.org") == []
    with office.store.writing():
        problems.end(office.store, "ofsted_reports", [f"{PAGE}0"], office.now)
    (again,) = begins(office, redesigned())
    assert again != number and invoke("status", "--check").exit_code == 1


def test_a_number_that_is_no_open_problem_is_a_usage_error_and_nothing_is_acknowledged(
    office: Office, invoke: Invoke
) -> None:
    (number,) = begins(office, redesigned())
    said = invoke("problems", "ack", str(number), "99", "--reason", "known")
    assert (said.exit_code, "NoSuchProblem" in said.stderr) == (2, True)
    assert invoke("problems", "ack", str(number)).exit_code == 2
    assert invoke("status", "--check").exit_code == 1


def test_old_problems_are_a_line_a_source_and_listed_when_asked_for(
    office: Office, invoke: Invoke
) -> None:
    begins(office, *(redesigned(n, is_old=True) for n in range(7)))
    said = invoke("problems")
    assert said.stdout == "" and "ofsted_reports: 7 old" in said.stderr
    assert len(json.loads(invoke("problems", "--old", "--json").stdout)) == 7
    assert "ofsted_reports: 7 old" in invoke("status").stderr


def test_an_acknowledgement_is_in_backups_and_survives_the_restore_of_an_older_one(
    tmp_path: Path,
) -> None:
    with Office(tmp_path) as office:
        (number,) = begins(office, redesigned())
        copy = backups.back_up(office.app)
        with office.store.writing():
            problems.acknowledge(office.store, number, "lynda", "known", office.now)
        later = backups.back_up(office.app, tmp_path / "later.db")
    restore(copy, tmp_path / "s.db", office.now)
    for path in (tmp_path / "s.db", later):
        with Store(path) as store:
            (row,) = problems.still_open(store)
            assert (row["acked_by"], row["ack_reason"]) == ("lynda", "known")


def test_who_is_erased_is_named_by_no_acknowledgement(office: Office) -> None:
    people.add(office.store, "ada@example.org", office.now)
    (number,) = begins(office, redesigned())
    with office.store.writing():
        problems.acknowledge(office.store, number, "lynda", "ada@example.org knows", office.now)
    erasure.erase(office.store, "ada@example.org", office.now)
    (row,) = problems.still_open(office.store)
    assert "ada" not in row["ack_reason"] and row["acked_by"] == "lynda"
