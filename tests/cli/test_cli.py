"""What the command line promises (DESIGN §10): options, exit codes, data on stdout and everything
else on stderr."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from office import Office
from python_calamine import CalamineWorkbook
from records import award, grades, inspection

from syncer.app import read_now
from syncer.cli import PLACES, main
from syncer.cli.summaries import SUMMARIES
from syncer.fetching.snapshots import Snapshots
from syncer.model import Area, Evidence, Observation, Record, RecordKind
from syncer.pipeline.changes import Run
from syncer.pipeline.intake import open_or_hold, record_page
from syncer.reading import Entry, Page, Reading
from syncer.store import Store, events, pages
from syncer.views import council as council_views
from syncer.views import lists, possibles

ROOT = Path(__file__).parents[2]
Invoke = Callable[..., Result]
FIRST, THEN = dt.datetime(2024, 6, 1, 9, tzinfo=dt.UTC), dt.datetime(2024, 9, 1, 9, tzinfo=dt.UTC)
PAPER = b"<p>The Secretary of State has awarded Leeds and Bradford a shared sum of &pound;500 for safety valves.</p>"
QUOTE = "awarded Leeds and Bradford a shared sum"

OLD = inspection(1, "2021-05-10", grades("requires_improvement"))
NEW = inspection(2, "2024-07-08", grades("good", leavers="outstanding"))
UNREAD = inspection(9, "2024-07-15", council="bradford", unread=True)
JOINT = replace(award(4, 500, period="2024-25"), councils=("leeds", "bradford"))
ODD = award(5, 70, programme="Other")


def observe(record: Record, sha256: str) -> Observation:
    evidence = {
        name: Evidence(sha256, QUOTE, None, "B2")
        for name in ("amount", "leadership")
        if name in record.fields.said()
    }
    return Observation(
        record.source,
        record.councils[0],
        str(record.id),
        record.record,
        record.councils,
        record.fields,
        record.published,
        record.url,
        sha256,
        evidence=evidence,
        unread=record.unread,
    )


def take(
    store: Store,
    source: str,
    now: dt.datetime,
    since: dt.datetime | None,
    sha256: str,
    *records: Record,
    held: bool = False,
) -> None:
    """Take in what a source says on each council's page, as a run does."""
    for page in dict.fromkeys(record.councils[0] for record in records):
        mine = [observe(r, sha256) for r in records if r.councils[0] == page]
        entries = tuple(Entry(o.key, "title", o.published, o.url) for o in mine)
        number = store.insert(
            "runs", {"source": source, "started": now.isoformat(), "complete": 1, "status": "ok"}
        )
        run = Run(number, source, now, since, {})
        with store.writing():
            taken = record_page(
                store,
                run,
                Page(page, "https://example.org/" + page, b"", sha256, page),
                Reading(entries, tuple(mine)),
            )
    with store.writing():
        open_or_hold(store, source, dict.fromkeys(taken.events, "more than usual") if held else {})


@pytest.fixture
def invoke(tmp_path: Path) -> Invoke:
    """Runs a command against a store in which Leeds was inspected again in July 2024."""
    (tmp_path / "config.toml").write_text('[store]\npath = "s.db"\n')
    sha256 = Snapshots(tmp_path / "snapshots").keep(PAPER)
    with Store(tmp_path / "s.db") as store:
        take(store, "ofsted_reports", FIRST, None, sha256, OLD, UNREAD)
        take(store, "ofsted_reports", THEN, FIRST, sha256, OLD, NEW)
        for slug in ("cumberland", "west-northamptonshire"):
            page = Page(slug, "", b"", "", slug)
            pages.save_page(store, "ofsted_reports", page, Reading(), FIRST)
        take(
            store,
            "govuk_awards",
            FIRST,
            None,
            sha256,
            replace(award(8, 9), councils=("leeds",), published=dt.date(2024, 5, 1)),
        )
        take(store, "govuk_awards", THEN, FIRST, sha256, JOINT)

    def run(*args: str, at: str = "2024-09-02") -> Result:
        form = ["--format", "jsonl"] if args[0] == "changes" and "--format" not in args else []
        return CliRunner().invoke(
            main, ["--config", str(tmp_path / "config.toml"), "--now", at, *args, *form]
        )

    return run


def numbers(result: Result) -> set[int]:
    """The ids of the changes printed."""
    return {row["id"] for row in rows(result)}


def rows(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


# -- Every command ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for _, _, names in PLACES for name in names])
def test_every_command_explains_itself_and_takes_the_global_options(name: str) -> None:
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0 and all(
        option in result.stdout for option in ("--config", "--now", "--json")
    )


def test_help_names_every_command() -> None:
    shown = CliRunner().invoke(main, ["--help"]).stdout
    assert all(name in shown for _, _, names in PLACES for name in names)


def test_global_options_stand_before_or_after_the_command(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text("")
    before = CliRunner().invoke(
        main, ["--config", str(file), "--json", "councils", "--council", "Leeds"]
    )
    after = CliRunner().invoke(
        main, ["councils", "--council", "Leeds", "--config", str(file), "--json"]
    )
    assert (
        before.exit_code == 0
        and before.stdout == after.stdout
        and json.loads(before.stdout)[0]["gss"] == "E08000035"
    )


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["ratings", "--nonsense"], "No such option"),
        (["nonsense"], "No such command 'nonsense'."),
        (["ratigns"], "Did you mean 'ratings'?"),
        (["held", "relaese"], "Did you mean 'release'?"),
        (["run", "--now", "2024-09-02"], "takes no --now"),
        (["ratings", "--since", "yesterday"], "not a day"),
        (["ratings", "--council", "Atlantis"], "error: UnknownCouncil"),
        (["ratings", "--council", "Kingston"], "Say which"),
        (["ratings", "--region", "Wales"], "The regions are"),
        (["awards", "--year", "2025"], "not a financial year"),
        (["ratings", "--now", "soon"], "not an ISO time"),
        (["sync", "nonsense"], "ofsted_reports"),
        (["parse", "/no/such"], "does not exist"),
        (["verify", "999"], "no change with the number"),
        (["held", "release", "999"], "no change with the number"),
        (["council", "Leedz"], "Did you mean Leeds"),
    ],
)
def test_bad_usage_is_exit_2_with_a_word_on_stderr(
    invoke: Invoke, args: list[str], said: str
) -> None:
    result = invoke(*args)
    assert (result.exit_code, result.stdout) == (2, "") and said in result.stderr


@pytest.mark.parametrize("args", [["ratigns"], ["ratings", "--since", "x"], ["council", "Leedz"]])
def test_every_error_looks_alike_and_says_what_to_do(invoke: Invoke, args: list[str]) -> None:
    first, *hints = invoke(*args).stderr.splitlines()
    assert first.startswith("error: ")
    assert hints and all(line.startswith("  ") for line in hints)


def test_a_time_without_a_zone_is_london_s_and_a_day_alone_is_its_noon() -> None:
    summer = dt.datetime(2024, 7, 1, 9, 15, tzinfo=dt.UTC)
    assert read_now("2024-07-01T10:15") == read_now("2024-07-01T10:15+01:00") == summer
    assert read_now("2024-07-01") == summer.replace(hour=11, minute=0)
    assert read_now("2024-01-01") == dt.datetime(2024, 1, 1, 12, tzinfo=dt.UTC)


def hear_ctrl_c() -> None:
    """For a child: a shell that puts the tests into the background lets them ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_is_exit_130_and_says_to_run_it_again(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        site = f"http://127.0.0.1:{silent.getsockname()[1]}"
        (tmp_path / "config.toml").write_text(f'[sites]\nofsted_reports = "{site}"\n')
        process = subprocess.Popen(
            [sys.executable, "-m", "syncer", "sync", "ofsted_reports"],
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            preexec_fn=hear_ctrl_c,
        )
        with silent.accept()[0]:
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=20)
    assert (process.returncode, said.strip()) == (130, "stopped; run it again to go on")


def test_ctrl_c_is_heard_where_python_loses_its_exception(tmp_path: Path) -> None:
    """A KeyboardInterrupt that is raised in a finaliser is printed and forgotten by the interpreter."""
    lose_it = (
        "import signal, threading, syncer.cli\n"
        "class Dying:\n"
        "    def __del__(self): signal.raise_signal(signal.SIGINT)\n"
        "import syncer.fetching.watch as watch\n"
        "begin = watch.Watch.begin\n"
        "watch.Watch.begin = lambda self, url: (begin(self, url), url and Dying(), None)[2]\n"
        "syncer.cli.main(['sync', 'ofsted_reports'])\n"
    )
    with socket.create_server(("127.0.0.1", 0)) as silent:
        site = f"http://127.0.0.1:{silent.getsockname()[1]}"
        (tmp_path / "config.toml").write_text(f'[sites]\nofsted_reports = "{site}"\n')
        done = subprocess.run(
            [sys.executable, "-c", lose_it],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            timeout=20,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            preexec_fn=hear_ctrl_c,
        )
    assert "Exception ignored" in done.stderr and done.returncode == 130
    assert done.stderr.strip().endswith("stopped; run it again to go on")


def test_a_terminal_that_is_no_utf_8_gets_lookalikes_and_no_traceback(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "syncer", "demo", "--keep", str(tmp_path / "demo")],
        capture_output=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "latin-1"},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    shown = done.stdout.decode("latin-1")
    assert "   | Subject: Trafford: leadership requires improvement -> inadequate" in shown


def test_a_bad_configuration_is_exit_2_and_names_every_fault(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[stor]\npath = 1\n[fetch]\ntries = "many"\n')
    result = CliRunner().invoke(main, ["ratings", "--config", str(file)])
    assert (
        result.exit_code == 2
        and "stor" in result.stderr
        and "fetch.tries" in result.stderr
        and "Traceback" not in result.stderr
    )


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    command = f"{shlex.quote(sys.executable)} -m syncer councils --format jsonl | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert done.stderr == "" and done.returncode == 0


# -- Lists -----------------------------------------------------------------------------------------


def test_ratings_show_every_open_council_and_count_them(invoke: Invoke) -> None:
    shown = invoke("ratings").stdout
    assert (
        "Cumberland" in shown and "has not been inspected yet" in shown and "Cumbria " not in shown
    )
    assert shown.splitlines()[-1] == (
        "Overall effectiveness: 0 outstanding, 1 good, 0 requires improvement, 0 inadequate, 2 never judged, "
        "150 unknown (153 councils)"
    )


@pytest.mark.parametrize(
    ("option", "grade"),
    [
        ([], "good"),
        (["--as-of", "2024-08-18"], "requires_improvement"),
        (["--known-on", "2024-08-31"], "requires_improvement"),
        (["--known-on", "2024-09-01"], "good"),
        (["--inspected-by", "2024-07-07"], "requires_improvement"),
        (["--as-of", "2020-01-01"], "never_judged"),
    ],
)
def test_ratings_as_of_known_on_and_inspected_by_a_day(
    invoke: Invoke, option: list[str], grade: str
) -> None:
    assert [
        r["overall_effectiveness"]
        for r in rows(invoke("ratings", "--council", "Leeds", "--format", "jsonl", *option))
    ] == [grade]


def test_a_report_that_is_listed_and_not_read_is_unknown_and_unread(invoke: Invoke) -> None:
    assert (
        rows(invoke("ratings", "--council", "Bradford", "--format", "jsonl"))[0]["leadership"]
        == "unknown"
    )
    assert [
        r["unread"]
        for r in rows(invoke("inspections", "--council", "Bradford", "--format", "jsonl"))
    ] == [True]


def test_what_was_not_read_then_is_unknown_then(invoke: Invoke, tmp_path: Path) -> None:
    with Store(tmp_path / "s.db") as store:
        take(
            store,
            "ofsted_reports",
            THEN,
            FIRST,
            "ab",
            inspection(9, "2024-07-15", council="bradford"),
        )
    grades = [
        rows(invoke("ratings", "--council", "Bradford", "--format", "jsonl", "--known-on", day))[0][
            "leadership"
        ]
        for day in ("2024-05-31", "2024-06-01", "2024-09-01")
    ]
    assert grades == ["unknown", "unknown", "good"]


def test_changes_have_one_line_per_area_and_the_codes_of_the_councils(invoke: Invoke) -> None:
    found = rows(invoke("changes", "--council", "E08000035"))
    assert [(r["area"], r["old"], r["new"]) for r in found if r["record"] == "inspection"][:2] == [
        ("overall_effectiveness", "requires_improvement", "good"),
        ("leadership", "requires_improvement", "good"),
    ]
    assert {r["council"] for r in found} == {"E08000035"} and all(
        r["effective"] == "2024-07-19" for r in found[:5]
    )


def test_a_joint_award_is_one_line_per_council(invoke: Invoke) -> None:
    found = [r for r in rows(invoke("changes")) if r["record"] == "award"]
    assert len({r["id"] for r in found}) == 1 and sorted(r["council"] for r in found) == [
        "E08000032",
        "E08000035",
    ]
    assert all(r["joint"] for r in found)


def test_changes_are_filtered_by_the_day_they_were_noticed(invoke: Invoke) -> None:
    assert rows(invoke("changes", "--since", "2024-09-02")) == []
    assert rows(invoke("changes", "--known-on", "2024-08-31")) == []
    assert rows(invoke("changes", "--since", "2024-09-01"))


def test_awards_of_a_year_end_with_a_total_that_is_theirs(invoke: Invoke) -> None:
    assert invoke("awards", "--year", "2024-25").stdout.splitlines()[-1] == "Total: £509 in 2 lines"
    as_json = invoke("awards", "--year", "2024-25", "--json")
    assert (
        sum(r["amount"] for r in json.loads(as_json.stdout)) == 509
        and "Total: £509" in as_json.stderr
    )


def test_out_writes_a_spreadsheet_and_prints_nothing(invoke: Invoke, tmp_path: Path) -> None:
    result = invoke("ratings", "--region", "Yorkshire", "--out", str(tmp_path / "r.xlsx"))
    sheet = CalamineWorkbook.from_path(tmp_path / "r.xlsx").get_sheet_by_index(0).to_python()
    assert result.stdout == "" and sheet[0][0] == "council" and "Leeds" in [row[0] for row in sheet]


def test_a_spreadsheet_goes_through_a_pipe(invoke: Invoke) -> None:
    assert invoke("councils", "--format", "xlsx").stdout_bytes.startswith(b"PK")


def test_an_ended_council_is_listed_by_name_and_with_the_days_it_was_open(invoke: Invoke) -> None:
    shown = [
        r["slug"]
        for r in rows(
            invoke(
                "councils", "--region", "North West", "--as-of", "2020-01-01", "--format", "jsonl"
            )
        )
    ]
    assert "cumbria" in shown and "cumberland" not in shown


# -- A closer look ---------------------------------------------------------------------------------


def test_a_council_s_page_as_text_and_as_json(invoke: Invoke) -> None:
    text, page = (
        invoke("council", "Leeds").stdout,
        json.loads(invoke("council", "Leeds", "--json").stdout),
    )
    assert text.startswith("Leeds City Council") and "Last inspected" in text and "2024-25" in text
    assert page["ratings"]["leadership"]["grade"] == "good"
    assert [i["first_day"] for i in page["inspections"]] == ["2021-05-10", "2024-07-08"]
    assert page["years"][-1] == {
        "year": "2024-25",
        "overall_effectiveness": "good",
        "leadership": "good",
        "inspections": 1,
        "awarded": 9,
        "shared": 500,
        "paid": 0,
    }


def test_a_council_without_a_report_has_not_been_inspected_yet(invoke: Invoke) -> None:
    assert "has not been inspected yet" in invoke("council", "West", "Northamptonshire").stdout


def test_held_lines_are_listed_released_and_then_told(invoke: Invoke, tmp_path: Path) -> None:
    with Store(tmp_path / "s.db") as store:
        take(store, "govuk_awards", THEN, FIRST, "", ODD, held=True)
    held = json.loads(invoke("held", "--json").stdout)
    assert [h["reason"] for h in held] == ["more than usual"] and held[0]["id"] not in numbers(
        invoke("changes")
    )
    assert held[0]["id"] in numbers(invoke("changes", "--held"))
    assert invoke("held", "release", str(held[0]["id"])).exit_code == 0
    assert held[0]["id"] in numbers(invoke("changes"))


def test_many_held_lines_are_decided_by_range_by_council_by_record_or_all_at_once(
    tmp_path: Path,
) -> None:
    with Office(tmp_path) as office:
        inspection = office.record()
        held_numbers = []
        cases = (("leeds", inspection), ("leeds", inspection), ("york", 0)) * 2
        for area, (council, record) in zip(Area, cases, strict=True):
            number = office.happens(council=council, area=area, record=record, tellable=False)
            event = events.get(office.store, number)
            assert event is not None
            events.hold_event(office.store, event, "more than usual")
            held_numbers.append(number)
    first = held_numbers[0]
    config = str(tmp_path / "config.toml")

    def held(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["held", *words, "--config", config])
        return done.exit_code, done.stderr.strip()

    assert held("discard", f"{first}-{first + 1}") == (0, f"discarded: {first}, {first + 1}")
    assert held("discard", "--council", "York")[0] == 0
    assert held("discard", "--noticed", "2020-01-01")[0] == 2
    assert held("discard", "--record", str(inspection)) == (
        0,
        f"discarded: {first + 3}, {first + 4}",
    )
    for wrong in ((), ("5-3",), ("1", "--all"), ("--all",)):
        assert held("discard", *wrong)[0] == 2, wrong


def test_a_discarded_line_is_never_told(invoke: Invoke, tmp_path: Path) -> None:
    with Store(tmp_path / "s.db") as store:
        take(store, "govuk_awards", THEN, FIRST, "", ODD, held=True)
    number = json.loads(invoke("held", "--json").stdout)[0]["id"]
    assert (
        invoke("held", "discard", str(number)).exit_code == 0
        and invoke("held", "release", str(number)).exit_code == 2
    )
    assert number not in numbers(invoke("changes", "--held"))


def number_of(invoke: Invoke, record: RecordKind) -> str:
    return next(str(r["id"]) for r in rows(invoke("changes")) if r["record"] == record)


def test_verify_shows_the_words_a_line_stands_on(invoke: Invoke) -> None:
    result = invoke("verify", number_of(invoke, RecordKind.AWARD))
    assert (
        result.exit_code == 0
        and QUOTE in result.stdout
        and "B2" in result.stdout
        and "confirmed" in result.stdout
    )


def test_verify_says_so_when_the_bytes_are_gone(invoke: Invoke, tmp_path: Path) -> None:
    Snapshots(tmp_path / "snapshots").drop(next(iter(Snapshots(tmp_path / "snapshots"))))
    result = invoke("verify", number_of(invoke, RecordKind.AWARD), "--json")
    assert (
        result.exit_code == 1
        and json.loads(result.stdout)["confirmed"] is False
        and "Syncer never removes snapshots" in result.stdout
    )


def test_conflicts_and_status_say_when_all_is_well(invoke: Invoke) -> None:
    assert json.loads(invoke("conflicts", "--json").stdout) == []
    status = json.loads(invoke("status", "--json").stdout)
    assert (
        status["sources"]["ofsted_reports"]["hours_since_good"] == 26.0
        and status["problems"] == []
        and status["outbox"] == {}
    )


# -- Files -----------------------------------------------------------------------------------------


def test_parse_says_that_a_file_is_no_report_and_opens_no_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.pdf").write_bytes(b"<html><body>Report not found</body></html>")
    result = CliRunner().invoke(main, ["parse", "."])
    line = json.loads(result.stdout)
    assert result.exit_code == 1 and [p.name for p in tmp_path.iterdir()] == ["a.pdf"]
    assert list(line)[:10] == [
        "path",
        "kind",
        "framework",
        "inspection_start",
        "inspection_end",
        "judgements",
        "lead_inspector",
        "improve",
        "recommendations",
        "problems",
    ]
    assert line["kind"] == "not_a_report" and line["problems"][0]["name"]


def test_parse_reads_real_reports(shared: Path) -> None:
    result = CliRunner().invoke(
        main, ["parse", str(shared / "replay" / "world" / "pdf" / "2754222.pdf")]
    )
    line = json.loads(result.stdout)
    assert (result.exit_code, line["kind"], line["framework"], line["inspection_start"]) == (
        0,
        "inspection",
        "sif",
        "2015-06-22",
    )
    assert line["judgements"]["leadership"] == "requires_improvement" and line["problems"] == []


@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.json"])
def test_extract_reads_one_statement_from_text_page_or_content_item(
    name: str, tmp_path: Path
) -> None:
    said = "The Department for Education has awarded Leeds City Council £9.6m from the Children’s Social Care Innovation Programme."
    item = {
        "title": "Money",
        "details": {"body": f"<p>{said}</p>"},
        "first_published_at": "2017-02-22T10:00:00+00:00",
        "links": {},
    }
    forms = {
        "a.txt": said,
        "a.html": f"<html><body><main><h1>Money</h1><p>{said}</p></main></body></html>",
        "a.json": json.dumps(item),
    }
    (tmp_path / name).write_text(forms[name])
    line = rows(CliRunner().invoke(main, ["extract", str(tmp_path)]))[0]
    assert " ".join(line).startswith(
        "path kind councils programme funder amount qualifier amount_text period announced joint quote"
    )
    assert (line["councils"], line["amount"], line["funder"], line["kind"]) == (
        ["E08000035"],
        9_600_000,
        "DfE",
        "award",
    )


# -- sync, against the replay ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def replay(shared: Path) -> Iterator[str]:
    """The port of the sites as they stood on 1 June 2013, before the reports there are today."""
    command = [sys.executable, str(shared / "replay" / "serve.py"), "--as-of", "2013-06-01"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield re.findall(r":(\d+)", server.stdout.readline())[0]
        finally:
            server.terminate()


def test_sync_reports_each_source_and_a_known_problem_is_no_failure(
    replay: str, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        f'[store]\npath = "s.db"\n[fetch]\ndelay_seconds = 0\n[sites]\nofsted_reports = "http://127.0.0.1:{replay}/reports"\n'
        f'ofsted_files = "http://localhost:{replay}/files"\ngovuk = "http://127.0.0.1:{replay}/gov"\n'
        f'govuk_assets = "http://localhost:{replay}/assets"\n'
    )
    args = ["sync", "ofsted_reports", "--json", "--config", str(config), "--now"]
    first, again = (
        CliRunner().invoke(main, [*args, f"2013-06-01T{hour}:00"]) for hour in ("09", "10")
    )
    report = json.loads(first.stdout)["sources"]["ofsted_reports"]
    assert (
        list(report) == ["status", "records", "events", "held", "requests", "problems"]
        and report["events"] == 0
    )
    assert {p["name"] for p in report["problems"]} == {
        "ReportNotFound"
    } and "problem: ReportNotFound" in first.stderr
    assert (first.exit_code, again.exit_code) == (1, 0)


# -- Filters and forms of the lists ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("--since 2024-09-01 --until 2024-09-01", {"2024-09-01"}),
        ("--until 2024-08-31", set()),
        ("--until 2024-09-01 --record award", {"2024-09-01"}),
        ("--record visit", set()),
        ("--kind withdrawn", set()),
        ("--area leadership", {"2024-09-01"}),
    ],
)
def test_changes_are_narrowed_by_when_they_were_noticed_and_what_they_are_of(
    invoke: Invoke, words: str, days: set[str]
) -> None:
    found = rows(invoke("changes", *words.split()))
    assert {row["noticed_at"][:10] for row in found} == days
    for row in found:
        assert "--record" not in words or row["record"] == "award"
        assert "--area" not in words or row["area"] == "leadership"


def test_a_change_is_noticed_on_its_day_in_england(invoke: Invoke, tmp_path: Path) -> None:
    with Store(tmp_path / "s.db") as store:
        store.run("UPDATE events SET noticed_at = '2024-08-31T23:30:00+00:00'")
    assert rows(invoke("changes", "--since", "2024-09-01", "--until", "2024-09-01"))
    assert not rows(invoke("changes", "--until", "2024-08-31"))


@pytest.mark.parametrize(
    ("words", "ids"),
    [("", 3), ("--until 2021-12-31", 1), ("--kind inspection", 3), ("--record visit", 0)],
)
def test_inspections_are_narrowed_by_publication_and_kind(
    invoke: Invoke, words: str, ids: int
) -> None:
    found = json.loads(invoke("inspections", "--json", *words.split()).stdout)
    assert len({row["id"] for row in found}) == ids


@pytest.mark.parametrize("command", ["ratings", "inspections", "awards", "changes", "councils"])
def test_a_workbook_says_when_its_sources_were_read(
    invoke: Invoke, tmp_path: Path, command: str
) -> None:
    assert invoke(command, "--out", str(tmp_path / "a.xlsx"), "--format", "xlsx").exit_code == 0
    book = CalamineWorkbook.from_path(tmp_path / "a.xlsx")
    words = [row[0] for row in book.get_sheet_by_name("about").to_python()]
    assert book.sheet_names == [command, "about"]
    assert ("last read: Ofsted inspection reports" in words) is (command != "councils")


def test_a_csv_for_excel_has_its_byte_order_mark_on_stdout_and_in_a_file(
    invoke: Invoke, tmp_path: Path
) -> None:
    invoke("awards", "--bom", "--out", str(tmp_path / "a.csv"))
    printed = invoke("awards", "--bom", "--format", "csv").stdout_bytes
    assert printed == (tmp_path / "a.csv").read_bytes() and printed.startswith(b"\xef\xbb\xbf")
    refused = invoke("awards", "--bom")
    assert refused.exit_code == 2 and "--format csv" in refused.stderr


@pytest.mark.parametrize("command", ["conflicts", "held", "possible"])
def test_what_sources_disagree_on_and_what_is_held_have_every_form(
    invoke: Invoke, command: str
) -> None:
    printed = invoke(command, "--format", "csv").stdout
    columns = {
        "conflicts": council_views.CONFLICT_COLUMNS,
        "held": lists.HELD_COLUMNS,
        "possible": possibles.COLUMNS,
    }[command]
    header = printed.splitlines()[0].split(",")
    assert header == [column.name for column in columns]


def test_the_help_says_of_each_command_what_the_command_says_itself() -> None:
    ctx = click.Context(main)
    own = {}
    for name in main.list_commands(ctx):
        command = main.get_command(ctx, name)
        assert command is not None
        own[name] = command.get_short_help_str(limit=100)
    assert own == SUMMARIES
