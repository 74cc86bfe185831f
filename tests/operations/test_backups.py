"""Copies of the store: sound, daily, pruned; and put back only when they are what they should
be."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from office import Office

from syncer.errors import StoreError
from syncer.operations import backups
from syncer.store import Store, people


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Office(tmp_path) as office:
        yield office


def test_a_copy_made_while_others_write_is_whole(office: Office) -> None:
    stop = threading.Event()

    def write() -> None:
        with Store(office.app.config.store.path) as store:
            for number in range(10_000):
                if stop.is_set():
                    return
                with store.writing():
                    store.set_meta("a", str(number))
                    store.set_meta("b", str(number))

    writer = threading.Thread(target=write)
    writer.start()
    copies = [backups.back_up(office.app, office.folder / f"{n}.db") for n in range(3)]
    stop.set()
    writer.join()
    for path in copies:
        with Store(path) as copy:
            assert copy.meta("a") == copy.meta("b")


def test_there_is_one_copy_a_day_and_old_ones_go(office: Office) -> None:
    for _ in range(20):
        backups.back_up(office.app)
        backups.back_up(office.app)
        office.later(days=1)
    mine = office.folder / "backups" / "keep-me.db"
    mine.write_bytes(b"")
    gone = backups.prune(office.app)
    left = sorted(path.name for path in (office.folder / "backups").glob("syncer-*.db"))
    assert (len(gone), len(left), left[0], mine.exists()) == (6, 14, "syncer-2026-01-11.db", True)


def test_no_half_copy_is_left_where_it_cannot_be_written(office: Office) -> None:
    (office.folder / "backups").write_text("a file in the place of a folder")
    with pytest.raises(StoreError, match="cannot write the backup"):
        backups.back_up(office.app)


def test_a_restored_store_is_the_copy_and_has_no_journal_of_the_other(tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        office.follows("ada@example.org")
        copy = backups.back_up(office.app)
        office.follows("bob@example.org")
    aside = backups.restore(copy, tmp_path / "s.db")
    with Store(tmp_path / "s.db") as store, Store(aside or tmp_path) as before:
        assert [len(people.listing(each)) for each in (store, before)] == [1, 2]
    assert copy.exists()


def test_who_was_erased_and_what_was_sent_after_the_copy_stays_so(tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        office.follows("ada@example.org")
        office.follows("bob@example.org")
        office.happens()
        office.notify()
        copy = backups.back_up(office.app)
        office.send()
        people.erase(office.store, "ada@example.org", office.now)
    backups.restore(copy, tmp_path / "s.db")
    with Store(tmp_path / "s.db") as store:
        assert [each.address for each in people.listing(store)] == ["bob@example.org"]
        waiting = store.rows("SELECT recipient FROM deliveries WHERE state = 'queued'")
        assert waiting == [], "bob's was sent, and ada's went with her"


def test_a_store_too_broken_to_open_is_restored_all_the_same(tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        office.follows("ada@example.org")
        copy = backups.back_up(office.app)
    (tmp_path / "s.db").write_bytes(b"not a store")
    assert backups.restore(copy, tmp_path / "s.db") is not None
    with Store(tmp_path / "s.db") as store:
        assert len(people.listing(store)) == 1


def test_a_damaged_copy_is_refused_and_the_store_stays(office: Office) -> None:
    for number in range(200):
        people.add(office.store, f"reader{number}@example.org", office.now)
    copy = backups.back_up(office.app)
    data = bytearray(copy.read_bytes())
    data[8192:40960] = b"\xff" * (40960 - 8192)
    copy.write_bytes(data)
    with pytest.raises(StoreError, match="not a sound copy"):
        backups.restore(copy, office.app.config.store.path)
    assert sqlite3.connect(office.app.config.store.path).execute(
        "SELECT count(*) FROM subscribers"
    ).fetchone() == (200,)
