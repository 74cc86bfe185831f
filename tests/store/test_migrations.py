"""A store is brought up to date whole or not at all, and a copy of it is kept."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from itsdangerous import URLSafeSerializer

from syncer.app import App
from syncer.config import load_config
from syncer.operations import self_service
from syncer.store import Store, copies, people
from syncer.store.schema import STEPS, VERSION

CHILD = Path(__file__).parents[1] / "cast" / "upgrade_child.py"


def old_store(path: Path) -> None:
    """A store as the first syncer left it: the first two migrations, one subscriber."""
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as raw:
        for name in ("first_schema", "people_and_deliveries"):
            raw.executescript(STEPS[name])
        raw.executescript(
            """CREATE TABLE _sqlite_migrations (id INTEGER PRIMARY KEY, migration_set TEXT,
                 name TEXT, applied_at TEXT);
               INSERT INTO _sqlite_migrations (migration_set, name, applied_at)
                 VALUES ('syncer', 'first_schema', ''), ('syncer', 'people_and_deliveries', '');
               INSERT INTO subscribers (channel, address, address_key, state, all_quiet, created_at)
                 VALUES ('email', 'ada@example.org', 'ada@example.org', 'active', 'off', '');
               PRAGMA user_version = 1;"""
        )


def tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as raw:
        return {row[0] for row in raw.execute("SELECT name FROM sqlite_master")}


def upgraded(path: Path, kill_at: int = 0) -> bool:
    """Bring it up to date, with one more migration of three statements than there is; whether the
    process came to its end."""
    command = [sys.executable, str(CHILD), str(path), str(kill_at)]
    code = subprocess.run(command, timeout=60, check=False).returncode
    assert code in (0, -signal.SIGKILL)
    return code == 0


def test_an_old_store_is_brought_up_to_date_and_a_copy_of_it_is_kept(tmp_path: Path) -> None:
    old_store(tmp_path / "s.db")
    before = tables(tmp_path / "s.db")
    assert upgraded(tmp_path / "s.db")
    assert tables(tmp_path / "s.db") >= {"third_a", "third_b", "third_c"}
    (copy,) = (tmp_path / "backups").iterdir()
    assert tables(copy) == before and copy.name.startswith("before-upgrade-")
    copies.verify(copy)


def test_nothing_is_copied_where_nothing_is_to_be_done(tmp_path: Path) -> None:
    Store(tmp_path / "s.db").close()
    Store(tmp_path / "s.db").close()
    assert not (tmp_path / "backups").exists()


@pytest.mark.parametrize("step", [11, pytest.param(1, marks=pytest.mark.torture)])
def test_an_upgrade_that_is_killed_at_any_statement_leaves_the_old_format_or_the_new_one(
    tmp_path: Path, step: int
) -> None:
    old_store(tmp_path / "s.db")
    before, kill_at = tables(tmp_path / "s.db"), 1
    while not upgraded(tmp_path / "s.db", kill_at):
        new = {name for name in tables(tmp_path / "s.db") - before if name.startswith("third")}
        assert new in (set(), {"third_a", "third_b", "third_c"})
        copies.verify(tmp_path / "s.db")
        old_store(tmp_path / "s.db")
        kill_at += step
        assert kill_at < 400
    assert kill_at > 50


def test_a_store_of_a_newer_syncer_is_refused_with_the_way_back(tmp_path: Path) -> None:
    Store(tmp_path / "s.db").close()
    with closing(sqlite3.connect(tmp_path / "s.db")) as raw:
        raw.execute(f"PRAGMA user_version={VERSION + 1}")
    command = [sys.executable, "-c", OPEN, str(tmp_path / "s.db")]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    assert "newer syncer" in said and "before the upgrade" in said


OPEN = """
import pathlib, sys
from syncer.errors import StoreError
from syncer.store import Store
try:
    Store(pathlib.Path(sys.argv[1]))
except StoreError as error:
    print(error, error.hint)
"""


@pytest.mark.torture
def test_a_hundred_upgrades_killed_at_random_statements_lose_nothing(tmp_path: Path) -> None:
    for turn in range(100):
        path = tmp_path / str(turn) / "s.db"
        path.parent.mkdir()
        old_store(path)
        upgraded(path, 1 + turn % 30)
        assert upgraded(path)
        with Store(path) as store:
            assert store.value("SELECT address FROM subscribers") == "ada@example.org"


def test_who_was_asked_before_an_upgrade_may_still_answer_by_the_link_of_before(
    tmp_path: Path,
) -> None:
    old_store(tmp_path / "s.db")
    with closing(sqlite3.connect(tmp_path / "s.db")) as raw:
        raw.execute("UPDATE subscribers SET state = 'pending'")
        raw.commit()
    (tmp_path / "config.toml").write_text('[store]\npath = "s.db"\n', encoding="utf-8")
    with App(load_config(tmp_path / "config.toml")) as app:
        secret = people.secret(app.store)
        token = URLSafeSerializer(secret, salt="syncer.link").dumps(["confirm", 1])
        assert self_service.confirm(app, token, "link", "Yes").state == "active"
        assert self_service.to_confirm(app, token).already
