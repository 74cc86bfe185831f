"""Copies of the store: sound, daily, pruned; the newest good one is kept whatever its age."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from damage import spoil
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


def test_the_newest_good_copy_is_kept_whatever_its_age(office: Office) -> None:
    for number in range(200):
        people.add(office.store, f"reader{number}@example.org", office.now)
    oldest = backups.back_up(office.app)
    office.later(days=1)
    good = backups.back_up(office.app)
    office.later(days=1)
    spoil(backups.back_up(office.app), "subscribers")
    office.later(days=100)
    gone = backups.prune(office.app)
    assert oldest in gone and [path.name for path in good.parent.iterdir()] == [good.name]


def test_what_a_restore_put_aside_goes_with_the_backups_of_its_day(office: Office) -> None:
    aside = office.folder / f"s.db.before-restore-{office.now:%Y-%m-%d}-101500"
    aside.write_bytes(b"")
    office.later(days=14)
    assert (backups.prune(office.app), aside.exists()) == ([], True)
    office.later(days=1)
    assert backups.prune(office.app) == [aside]


def test_no_half_copy_is_left_where_it_cannot_be_written(office: Office) -> None:
    (office.folder / "backups").write_text("a file in the place of a folder")
    with pytest.raises(StoreError, match="cannot write the backup"):
        backups.back_up(office.app)
