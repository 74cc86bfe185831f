"""jobs, doctor, init, demo, backup and restore, as typed. `run` is in test_daemon.py."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from syncer.cli import main
from syncer.config import load_config
from syncer.daemon import alone
from syncer.demo.server import serve
from syncer.demo.world import BASELINE_DAY, config_for
from syncer.store import Store, people

Invoke = Callable[..., Result]
ADA = "ada@example.org"


@pytest.fixture
def invoke(tmp_path: Path) -> Invoke:
    (tmp_path / "config.toml").write_text('[store]\npath = "s.db"\n')

    def run(*args: str, config: Path | None = None) -> Result:
        path = config or tmp_path / "config.toml"
        return CliRunner().invoke(
            main, ["--config", str(path), "--now", "2026-09-05T11:00+01:00", *args]
        )

    return run


# -- init and jobs ---------------------------------------------------------------------------------


def test_init_writes_a_file_that_runs_as_it_is_and_never_overwrites_one(tmp_path: Path) -> None:
    first = CliRunner().invoke(main, ["init", "--dir", str(tmp_path / "new")])
    target = Path(first.stdout.strip())
    assert (
        first.exit_code == 0
        and "[fetch] contact" in first.stderr
        and load_config(target).enabled_sources()
    )
    target.write_text("# mine\n")
    again = CliRunner().invoke(main, ["init", "--dir", str(tmp_path / "new")])
    assert (again.exit_code, target.read_text()) == (2, "# mine\n")


def test_jobs_lists_the_timetable_with_the_next_run_in_london(invoke: Invoke) -> None:
    rows = {row["job"]: row for row in json.loads(invoke("jobs", "--json").stdout)}
    names = {"backup", "check", "councils", "digests", "inbox", "prune", "send", "sync"}
    assert set(rows) == names
    assert rows["sync"]["next"] == "2026-09-06T09:00:00+00:00", (
        "Saturday 11:00: the next is Sunday at 10"
    )
    assert "Sun 06 Sep 2026 10:00" in invoke("jobs").stdout


def test_a_job_is_done_at_once_by_its_name(invoke: Invoke, tmp_path: Path) -> None:
    assert (
        invoke("jobs", "backup").exit_code == 0
        and (tmp_path / "backups" / "syncer-2026-09-05.db").exists()
    )
    assert (invoke("jobs", "nonsense").exit_code, invoke("jobs", "prune").exit_code) == (2, 0)
    last = {row["job"]: row["last"] for row in json.loads(invoke("jobs", "--json").stdout)}
    assert (last["backup"][:16], last["send"]) == ("2026-09-05T10:00", None)


# -- doctor ----------------------------------------------------------------------------------------


def test_the_doctor_reads_one_page_of_each_kind_and_says_what_it_recognised(
    invoke: Invoke, tmp_path: Path
) -> None:
    with serve(BASELINE_DAY) as sites:
        site = '\n[web]\nurl = "https://syncer.example"\n'
        (tmp_path / "demo.toml").write_text(config_for(sites.reports, sites.files, tmp_path) + site)
        result = invoke("doctor", config=tmp_path / "demo.toml")
    assert result.exit_code == 0, result.output
    assert "all readers are one client" in result.output
    assert "4 rows, 4 stated in all: London Borough of Brent (11 April 2023)" in result.stdout
    assert (
        "London Borough of Brent, URN 80489, 1 reports: Children's services inspection, 11 April 2023"
        in result.stdout
    )
    assert (
        all(
            name in result.stdout for name in ("store", "templates", "register", "clock", "maildir")
        )
        and "PROBLEM" not in result.stdout
    )


def test_the_doctor_names_every_problem_with_what_to_do(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "digest.txt.j2").write_text("{{ d.nothing }}")
    (tmp_path / "maildir").write_text("a file in the place of a folder")
    nowhere = "http://127.0.0.1:9"
    (tmp_path / "bad.toml").write_text(
        f'[sites]\nofsted_reports = "{nowhere}"\ngovuk = "{nowhere}"\n[digest]\ntemplates = "mine"\n'
        "[fetch]\ntries = 1\ndelay_seconds = 1\n"
    )
    result = invoke("doctor", "--json", config=tmp_path / "bad.toml")
    problems = {row["check"]: row for row in json.loads(result.stdout) if not row["ok"]}
    assert (result.exit_code, set(problems)) == (
        1,
        {"contact", "templates", "Ofsted, the list", "GOV.UK, search", "mail"},
    )
    assert (
        all(row["hint"] for row in problems.values())
        and "digest.txt.j2, line 1" in problems["templates"]["says"]
    )


def test_the_doctor_minds_a_sender_and_an_operator_that_real_mail_cannot_have(
    invoke: Invoke, tmp_path: Path
) -> None:
    nowhere = "http://127.0.0.1:9"
    (tmp_path / "real.toml").write_text(
        f'[sites]\nofsted_reports = "{nowhere}"\ngovuk = "{nowhere}"\n[fetch]\ntries = 1\n'
        '[mail]\ntransport = "smtp"\nsmtp_port = 9\n'
    )
    result = invoke("doctor", "--json", config=tmp_path / "real.toml")
    problems = {row["check"]: row for row in json.loads(result.stdout) if not row["ok"]}
    assert "syncer@localhost" in problems["sender"]["says"]
    assert problems["operator"]["says"] == "nobody is told when something goes wrong"


# -- demo ------------------------------------------------------------------------------------------


def test_the_demonstration_shows_the_main_job_offline_and_leaves_everything_else_alone(
    tmp_path: Path,
) -> None:
    home, kept = tmp_path / "home", tmp_path / "kept"
    home.mkdir()
    command, here = (
        [sys.executable, "-m", "syncer", "demo", "--keep", str(kept)],
        str(Path(__file__).parents[2]),
    )
    run = subprocess.run(
        command,
        cwd=home,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": here},
        check=False,
    )
    assert (run.returncode, run.stderr, list(home.iterdir())) == (0, "", [])
    assert "4 inspections stored, 0 changes announced" in run.stdout
    assert (
        "Subject: Trafford: leadership requires improvement → inadequate, and 3 more; also Coventry and Brent"
        in run.stdout
    )
    found = re.search(r"The message: +(\S+)", run.stdout)
    assert found and message_from_bytes(Path(found[1]).read_bytes())["To"] == "director@example.org"
    assert "inadequate" in (kept / "digest.html").read_text(encoding="utf-8")


def test_the_demonstration_serves_its_sample_until_it_is_stopped_and_tidies_up(
    tmp_path: Path,
) -> None:
    shown = subprocess.Popen(
        [sys.executable, "-m", "syncer", "demo", "--serve"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "TMPDIR": str(tmp_path)},
    )
    try:
        assert shown.stdout is not None
        said = []
        for line in shown.stdout:
            said.append(line)
            if "until you press Ctrl-C" in line:
                break
        (link,) = re.findall(r"Report, page 1: (\S+)", "".join(said))[:1]
        with urllib.request.urlopen(link) as answer:
            assert answer.read().startswith(b"%PDF")
        assert list(tmp_path.iterdir())
        shown.send_signal(signal.SIGTERM)
        assert shown.wait(20) == 0
        assert list(tmp_path.iterdir()) == []
    finally:
        shown.kill()
        shown.communicate()


def test_the_demonstration_keeps_out_of_a_folder_that_is_in_use(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("")
    assert CliRunner().invoke(main, ["demo", "--keep", str(tmp_path)]).exit_code == 2


# -- backup and restore ----------------------------------------------------------------------------


def test_a_backup_can_be_restored_and_what_was_there_is_kept(
    invoke: Invoke, tmp_path: Path
) -> None:
    invoke("subscribe", ADA, "--confirmed")
    copy = invoke("backup", str(tmp_path / "copy.db")).stdout.strip()
    invoke("pause", ADA)
    invoke("subscribe", "bob@example.org", "--confirmed")
    result = invoke("restore", copy)
    states = [each["state"] for each in json.loads(invoke("subscribers", "--json").stdout)]
    assert (result.exit_code, states) == (0, ["paused", "active"])
    assert "Subscribed after the copy was made, and kept: bob@example.org" in result.stderr
    (aside,) = tmp_path.glob("s.db.before-restore-2026-09-05-*")
    with Store(aside) as store:
        assert people.find(store, ADA).state == "paused"


def test_nothing_is_restored_while_another_process_works_on_the_store(
    invoke: Invoke, tmp_path: Path
) -> None:
    invoke("subscribe", ADA, "--confirmed")
    copy = invoke("backup", str(tmp_path / "copy.db")).stdout.strip()
    with alone(load_config(tmp_path / "config.toml")):
        refused = invoke("restore", copy)
    assert (refused.exit_code, "AlreadyRunning" in refused.stderr) == (1, True)
    assert invoke("restore", copy).exit_code == 0


def test_what_is_no_copy_of_a_store_is_not_put_in_its_place(invoke: Invoke, tmp_path: Path) -> None:
    invoke("subscribe", ADA, "--confirmed")
    (tmp_path / "text.db").write_text(
        "not a database, and longer than the header of one would be" * 10
    )
    (tmp_path / "empty.db").write_bytes(b"")
    sqlite3.connect(tmp_path / "other.db").executescript("CREATE TABLE t (a)")
    for name in ("text.db", "empty.db", "other.db", "s.db"):
        result = invoke("restore", str(tmp_path / name))
        assert (result.exit_code, "StoreError" in result.stderr) == (1, True), name
    assert json.loads(invoke("subscribers", "--json").stdout)[0]["state"] == "active"
