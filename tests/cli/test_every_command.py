"""Every command that reads, over what real pages made: none ends in a traceback, each says
something. A command that is not among these or those that write is a test to be written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from replay import Replay

from syncer.cli import main

COUNCILS = ("barking-and-dagenham", "kent", "leeds", "halton", "tameside", "stoke-on-trent")
ADA = "ada@example.org"
LISTS = (
    "ratings",
    "inspections",
    "awards",
    "changes",
    "councils",
    "counts",
    "improve",
    "interventions",
)
READING = {
    "ratings": ["", "--as-of 2024-01-01", "--known-on 2024-04-01", "--region Yorkshire"],
    "inspections": ["", "--since 2024-01-01", "--council leeds", "--kind send --record visit"],
    "awards": ["", "--council leeds", "--kind payment --kind award --until 2024-06-01"],
    "changes": ["", "--council halton", "--record intervention --kind added --area leadership"],
    "councils": [""],
    "counts": ["", "--area leadership --step month --region Yorkshire", "--until 1800-01-01"],
    "improve": ["children", "--grade inadequate children"],
    "interventions": ["", "--in-force --kind notice", "--council halton --as-of 2024-06-01"],
    "council": list(COUNCILS),
    "conflicts": [""],
    "held": [""],
    "possible": [""],
    "verify": ["1", "2", "3"],
    "subscribers": [""],
    "outbox": ["", "show 1", "show 2"],
    "explain": ["1", ADA, f"1 {ADA}"],
    "digest": [f"--to {ADA} --preview"],
    "jobs": [""],
    "status": [""],
    "problems": ["--old"],
}
WRITING = {
    "sync",
    "subscribe",
    "unsubscribe",
    "confirm",
    "pause",
    "resume",
    "erase",
    "send",
    "test-mail",
    "run",
    "doctor",
    "init",
    "publish",
    "backup",
    "restore",
    "export-db",
    "serve",
    "demo",
    "inbox",
}
OF_FILES = {"parse", "extract"}


@pytest.fixture(scope="module")
def store(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    """Half a year of six councils and of what GOV.UK said, a reader, and her mail."""
    with Replay(shared, tmp_path_factory.mktemp("commands") / "store") as replay:
        chosen = json.dumps(COUNCILS)
        replay.configure(
            replay.config_path.read_text() + f"[sources.ofsted_reports]\ncouncils = {chosen}\n"
        )
        replay.day("2024-03-01")
        _said(replay, "sync ofsted_reports govuk_interventions govuk_awards")
        _said(replay, f"subscribe {ADA} --council leeds --council halton --confirmed")
        _said(replay, "digest")
        replay.day("2025-02-01")
        _said(replay, "sync ofsted_reports govuk_interventions govuk_awards")
        _said(replay, "digest")
        _said(replay, "send")
        yield replay


def _run(replay: Replay, line: str) -> Result:
    words = ["--config", str(replay.config_path), "--now", replay.now.isoformat()]
    return CliRunner().invoke(main, [*words, *line.split()])


def _said(replay: Replay, line: str) -> str:
    result = _run(replay, line)
    raised = result.exc_info and not isinstance(result.exception, SystemExit | None)
    assert not raised and result.exit_code in (0, 1), (
        f"{line}: {result.exception!r} {result.output}"
    )
    return result.stdout


def test_every_command_is_among_those_that_are_tried() -> None:
    assert isinstance(main, click.Group)
    assert set(main.list_commands(click.Context(main))) == WRITING | OF_FILES | set(READING)


@pytest.mark.parametrize("name", READING)
def test_a_command_over_real_pages_shows_something_and_the_same_as_json(
    store: Replay, name: str
) -> None:
    for words in READING[name]:
        assert _run(store, f"{name} {words}").output.strip(), words
        _said(store, f"{name} {words}")
        if name not in ("digest", "explain", "verify"):
            json.loads(_said(store, f"{name} {words} --json"))


@pytest.mark.parametrize("name", LISTS)
def test_a_list_has_as_many_rows_in_every_form(store: Replay, name: str, tmp_path: Path) -> None:
    words = READING[name][0]
    listed = json.loads(_said(store, f"{name} {words} --json"))
    rows = listed if isinstance(listed, list) else next(iter(listed.values()))
    lines = _said(store, f"{name} {words} --format jsonl").splitlines()
    _said(store, f"{name} {words} --out {tmp_path}/list.xlsx")
    assert rows and len(lines) == len(rows)
    assert (tmp_path / "list.xlsx").read_bytes().startswith(b"PK")


@pytest.mark.parametrize(
    "line",
    [
        "verify {}",
        "held release {}",
        "held discard {}",
        "possible accept {}",
        "possible reject {}",
        "outbox show {}",
        "outbox resend {}",
        "explain {}",
        f"unsubscribe {ADA} --subscription {{}}",
    ],
)
@pytest.mark.parametrize("number", ["987654", "99999999999999999999", "1" * 5000])
def test_a_number_that_nothing_has_is_an_error_with_a_name(
    store: Replay, line: str, number: str
) -> None:
    result = _run(store, line.format(number))
    assert (result.exit_code, type(result.exception)) == (2, SystemExit)
    assert number[:20] in result.stderr.replace(",", "")
