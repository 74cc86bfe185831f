"""Whatever the disk, the rights or damage refuse is a StoreError that says what to do; never a
traceback."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from damage import spoil
from office import Office

from syncer.errors import StoreError
from syncer.operations import backups
from syncer.store import Store, people

HERE = Path(__file__).resolve().parents[2]
NOBODY = 65534


def typed(
    folder: Path, *args: str, prepare: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[str]:
    """A command, in a process of its own that is first prepared (limits, another account)."""
    return subprocess.run(
        [sys.executable, "-m", "syncer", "--config", str(folder / "config.toml"), *args],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(HERE)},
        preexec_fn=prepare,
        timeout=120,
        check=False,
    )


def named(done: subprocess.CompletedProcess[str]) -> str:
    """What the command said on stderr: one named error and no traceback."""
    assert "Traceback" not in done.stderr and done.returncode == 1, done.stderr
    assert done.stderr.count("StoreError") == 1
    return done.stderr


def test_a_full_disk_is_said_with_the_space_left_and_loses_nothing(tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        office.follows("ada@example.org")
    limit = (tmp_path / "s.db").stat().st_size

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    people_file = tmp_path / "many.csv"
    lines = "".join(f"reader{n}@example.org,active,immediately\n" for n in range(3000))
    people_file.write_text(f"address,state,frequency\n{lines}")
    said = named(typed(tmp_path, "subscribers", "--import", str(people_file), prepare=small))
    assert "MB free" in said and "Free some space" in said
    assert typed(tmp_path, "subscribers", "--import", str(people_file)).returncode == 0


@contextmanager
def as_nobody() -> Iterator[None]:
    """This process has the rights of an account that owns nothing."""
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can act as somebody else")
@pytest.mark.parametrize("mode", [0o644, 0o600])
def test_the_store_of_another_account_is_said_to_be_its_owner_s(mode: int, tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        office.follows("ada@example.org")
    (tmp_path / "s.db").chmod(mode)
    for folder in (tmp_path, *tmp_path.parents):
        if not folder.stat().st_mode & 0o001:
            folder.chmod(0o755)

    def subscribe() -> None:
        with Store(tmp_path / "s.db") as store:
            people.add(store, "bob@example.org", office.now)

    with as_nobody(), pytest.raises(StoreError, match=f"owner root, mode {mode:04o}") as refused:
        subscribe()
    assert "Run syncer as root" in refused.value.hint


def test_a_damaged_store_points_to_the_newest_copy_once(tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        for number in range(200):
            people.add(office.store, f"reader{number}@example.org", office.now)
        copy = backups.back_up(office.app)
    spoil(tmp_path / "s.db", "subscribers")
    assert f"`syncer restore {copy}`" in named(typed(tmp_path, "subscribers"))
    assert "is damaged" in named(typed(tmp_path, "status"))
    doctor = typed(tmp_path, "doctor")
    assert "Traceback" not in doctor.stderr and doctor.returncode == 1
    assert doctor.stdout.count(f"syncer restore {copy}") == 1
    assert typed(tmp_path, "restore", str(copy)).returncode == 0
    assert typed(tmp_path, "subscribers").returncode == 0


@pytest.mark.parametrize("place", ["a folder", "text", "under a file"])
def test_what_is_no_store_is_said_not_to_be_one(place: str, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[store]\npath = "s/s.db"\n')
    if place == "a folder":
        (tmp_path / "s" / "s.db").mkdir(parents=True)
    elif place == "text":
        (tmp_path / "s").mkdir()
        (tmp_path / "s" / "s.db").write_text("not a store, and long enough to be looked at" * 9)
    else:
        (tmp_path / "s").write_text("a file")
    named(typed(tmp_path, "subscribe", "ada@example.org", "--confirmed"))


def test_a_faulty_statement_of_ours_is_not_the_disk_s_fault(tmp_path: Path) -> None:
    with Store(tmp_path / "s.db") as store, pytest.raises(sqlite3.OperationalError):
        store.rows("SELECT nonsense")


def test_a_store_that_another_process_writes_is_said_to_be_busy(tmp_path: Path) -> None:
    with Store(tmp_path / "s.db") as store, Store(tmp_path / "s.db") as other:
        store.run("PRAGMA busy_timeout = 50")
        with other.writing(), pytest.raises(StoreError, match="locked") as refused, store.writing():
            pass
        assert "Another process is writing" in refused.value.hint


# -- no store yet ----------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["ratings", "status", "outbox", "subscribers", "changes"])
def test_a_command_that_reads_makes_no_store(command: str, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[store]\npath = "s.db"\n')
    done = typed(tmp_path, command)
    assert (done.returncode, done.stdout) == (2, "")
    assert "nothing has been read yet" in done.stderr and "`syncer sync`" in done.stderr
    assert not (tmp_path / "s.db").exists()


def test_a_folder_without_configuration_is_said_to_have_none(tmp_path: Path) -> None:
    for command in ("ratings", "sync", "jobs", "run"):
        done = subprocess.run(
            [sys.executable, "-m", "syncer", command],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(HERE)},
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stdout, list(tmp_path.iterdir())) == (2, "", [])
        assert "there is no config.toml here" in done.stderr and "syncer init" in done.stderr


@pytest.mark.parametrize("lost", ["gone", "empty"])
def test_a_store_that_was_lost_is_not_begun_again_beside_its_copies(
    lost: str, tmp_path: Path
) -> None:
    with Office(tmp_path) as office:
        office.follows("ada@example.org")
        copy = backups.back_up(office.app)
    (tmp_path / "s.db").unlink()
    if lost == "empty":
        (tmp_path / "s.db").write_bytes(b"")
    for command in ("subscribers", "sync"):
        assert f"syncer restore {copy}" in named(typed(tmp_path, command))
    shutil.move(tmp_path / "backups", tmp_path / "elsewhere")
    assert typed(tmp_path, "subscribe", "ada@example.org", "--confirmed").returncode == 0
