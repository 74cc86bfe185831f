"""`restore`: killed at any line there is a store, nobody is told twice, and nobody's number, link
or erasure becomes another's."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from damage import spoil
from office import Office

from syncer.errors import AlreadyRunning, NoSuchSubscriber, StoreError
from syncer.links import Action, sign
from syncer.model import Subscription
from syncer.operations import backups, self_service
from syncer.operations.restoring import Restored, restore
from syncer.store import Store, consents, copies, erasure, events, lock, people, problems, refusals

ANN, BOB, CAROL = "ann@example.org", "bob@example.org", "carol@example.org"


def restored(folder: Path, copy: Path, office: Office) -> Restored:
    """Restore while nobody has the store open."""
    return restore(copy, folder / "s.db", office.now)


def test_the_store_is_the_copy_and_what_was_there_lies_beside_it(tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        office.store.set_meta("read", "before")
        copy = backups.back_up(office.app)
        office.store.set_meta("read", "after")
    done = restored(tmp_path, copy, office)
    assert done.aside and copy.exists()
    with Store(tmp_path / "s.db") as store, Store(done.aside) as before:
        assert (store.meta("read"), before.meta("read")) == ("before", "after")


def test_what_was_told_before_a_restore_is_not_told_again_when_it_is_read_again(
    tmp_path: Path,
) -> None:
    with Office(tmp_path) as office:
        office.follows(ANN)
        copy = backups.back_up(office.app)
        told = office.happens("inadequate")
        office.notify()
        office.send()
    restored(tmp_path, copy, office)
    with Office(tmp_path) as office:
        office.record()
        assert office.happens("inadequate", tellable=False) == 0, "it has its number"
        assert office.notify() == [] and office.deliveries(ANN, "digest")[0].state == "sent"
        assert [e.id for e in events.listing(office.store)] == [told]
        office.happens("good", "inadequate")
        office.later(days=1)
        assert len(office.notify()) == 1, "what is new is told"


def test_steps_that_were_told_one_by_one_are_not_told_again_as_one(tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        office.follows(ANN)
        copy = backups.back_up(office.app)
        for old, new in (("good", "inadequate"), ("inadequate", "outstanding")):
            office.happens(new, old)
            office.notify()
            office.send()
    restored(tmp_path, copy, office)
    with Office(tmp_path) as office:
        assert office.happens("outstanding", "good", tellable=False) == 0


def test_what_waited_for_its_day_is_told_after_the_restore(tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        weekly = Subscription(0, 0, councils=("leeds",), frequency="weekly", weekday="friday")
        office.follows(ANN, weekly)
        office.later(days=1)
        office.notify()
        copy = backups.back_up(office.app)
        office.happens("inadequate")
    restored(tmp_path, copy, office)
    with Office(tmp_path) as office:
        office.later(days=5)
        (digest,) = office.notify()
        assert "inadequate" in office.text(digest)


def test_a_held_line_stays_held_and_a_discarded_one_discarded(tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        copy = backups.back_up(office.app)
        for new, decide in (("inadequate", events.discard), ("outstanding", lambda *_: None)):
            event = events.get(office.store, office.happens(new, tellable=False))
            assert event
            events.hold_event(office.store, event, "too many")
            decide(office.store, event)
    restored(tmp_path, copy, office)
    with Office(tmp_path) as office:
        for new in ("inadequate", "outstanding"):
            assert office.happens(new, tellable=False) == 0
        assert [e.new for e in events.listing(office.store, held=True)] == ["outstanding"]


def test_who_subscribed_after_the_copy_is_kept_under_the_same_number_and_is_named(
    tmp_path: Path,
) -> None:
    with Office(tmp_path) as office:
        office.follows(ANN)
        copy = backups.back_up(office.app)
        bob = office.follows(BOB)
        link = sign(people.secret(office.store), Action.UNSUBSCRIBE, bob.link_key, office.now)
    done = restored(tmp_path, copy, office)
    assert done.carried and done.carried.joined == [BOB]
    with Office(tmp_path) as office:
        carol = office.follows(CAROL)
        self_service.leave(office.app, link)
        assert people.find(office.store, BOB).state == "unsubscribed"
        assert people.get(office.store, carol.id).state == "active"


def test_who_left_or_was_erased_after_the_copy_stays_so(tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        for address in (ANN, BOB, CAROL):
            office.follows(address)
        office.happens()
        office.notify()
        copy = backups.back_up(office.app)
        erasure.erase(office.store, ANN, office.now)
        people.unsubscribe(office.store, people.find(office.store, BOB).id, office.now)
    restored(tmp_path, copy, office)
    with Office(tmp_path) as office:
        assert [d.recipient for d in office.deliveries(BOB) if d.state == "queued"] == []
        assert [p.address for p in people.listing(office.store, ["active"])] == [CAROL]
        assert ANN.encode() not in (tmp_path / "s.db").read_bytes()


def test_who_said_no_and_who_agreed_after_the_copy_stays_known(tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        for address in (ANN, BOB):
            office.follows(address)
        people.unsubscribe(office.store, people.find(office.store, BOB).id, office.now)
        copy = backups.back_up(office.app)
        erasure.erase(office.store, ANN, office.now)
        self_service.ask_to_subscribe(office.app, BOB, [Subscription(0, 0)], "form")
        (question,) = office.deliveries(BOB, "confirm")
        self_service.confirm_answered(office.app, question.id, "mail", "yes")
        office.later(hours=2)
        self_service.ask_to_subscribe(office.app, CAROL, [Subscription(0, 0)], "form")
        (asked,) = office.deliveries(CAROL, "confirm")
    restored(tmp_path, copy, office)
    with Office(tmp_path) as office:
        office.later(hours=2)
        assert refusals.is_refused(office.store, ANN) and not refusals.is_refused(office.store, BOB)
        bob = people.find(office.store, BOB)
        (agreed,) = consents.of_subscriber(office.store, bob.id)
        assert (bob.state, agreed.words) == ("active", "yes")
        self_service.ask_to_subscribe(office.app, CAROL, [Subscription(0, 0)], "form")
        assert len(office.deliveries(CAROL)) == 1
        confirmed = self_service.confirm_answered(office.app, asked.id, "mail", "yes")
        assert confirmed and confirmed.state == "active"


def test_what_the_operator_was_told_is_not_told_again(tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        office.follows(ANN)
        copy = backups.back_up(office.app)
        office.runs("failed")
        office.later(hours=30)
        office.runs("failed")
        from syncer.operations import health

        health.check(office.app)
        office.notify()
        assert len(office.deliveries("operator@example.org")) == 1
    restored(tmp_path, copy, office)
    with Office(tmp_path) as office:
        assert [p["name"] for p in problems.still_open(office.store)] == ["SourceQuiet"]
        assert office.notify() == []


def test_numbers_nobody_can_vouch_for_are_left_out(tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        office.follows(ANN)
        copy = backups.back_up(office.app)
        bob = office.follows(BOB)
        link = sign(people.secret(office.store), Action.UNSUBSCRIBE, bob.link_key, office.now)
    (tmp_path / "s.db").write_bytes(b"not a store" * 1000)
    done = restored(tmp_path, copy, office)
    assert (done.carried, "s.db" in done.trouble) == (None, True)
    with Office(tmp_path) as office:
        carol = office.follows(CAROL)
        self_service.leave(office.app, link)
        assert carol.id > bob.id and people.get(office.store, carol.id).state == "active"


def test_nothing_is_carried_over_from_another_store_and_who_was_in_it_is_named(
    tmp_path: Path,
) -> None:
    with Office(tmp_path) as office:
        office.follows(ANN)
        copy = backups.back_up(office.app, tmp_path / "copy.db")
    (tmp_path / "s.db").unlink()
    with Office(tmp_path) as office:
        office.store.set_meta("since", "2026-02-02T00:00:00+00:00")
        office.follows(BOB)
    done = restored(tmp_path, copy, office)
    assert done.carried and (done.carried.other, done.carried.lost) == (True, [BOB])


def test_feeds_name_changes_as_before_also_after_a_copy_without_an_identity_is_restored(
    tmp_path: Path,
) -> None:
    with Office(tmp_path) as office:
        named = office.store.meta("identity")
        office.store.run("DELETE FROM meta WHERE key = 'identity'")
        copy = backups.back_up(office.app)
        office.store.set_meta("identity", named)
    restored(tmp_path, copy, office)
    with Store(tmp_path / "s.db") as store:
        assert store.meta("identity") == named != ""


def test_of_a_damaged_store_what_can_be_read_is_carried_over(tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        office.follows(ANN)
        copy = backups.back_up(office.app)
        for number in range(300):
            people.add(office.store, f"reader{number}@example.org", office.now)
    spoil(tmp_path / "s.db", "subscribers")
    done = restored(tmp_path, copy, office)
    assert done.carried and done.carried.unread == ["subscribers"]
    assert 200 < len(done.carried.joined) < 300
    with Office(tmp_path) as office:
        assert office.follows(CAROL).id > 301


def test_a_damaged_copy_is_refused_and_the_store_stays(tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        for number in range(200):
            people.add(office.store, f"reader{number}@example.org", office.now)
        copy = backups.back_up(office.app)
    before = (tmp_path / "s.db").read_bytes()
    spoil(copy, "subscribers")
    with pytest.raises(StoreError, match="not a sound copy"):
        restored(tmp_path, copy, office)
    assert (tmp_path / "s.db").read_bytes() == before
    assert not list(tmp_path.glob("s.db.restoring*"))


def test_the_journal_of_a_store_that_is_gone_is_not_taken_for_the_new_one_s(
    tmp_path: Path,
) -> None:
    with Office(tmp_path) as office:
        office.follows(ANN)
        copy = backups.back_up(office.app)
        office.follows(BOB)
        journal = (tmp_path / "s.db-wal").read_bytes()
    (tmp_path / "s.db").unlink()
    (tmp_path / "s.db-wal").write_bytes(journal)
    assert restored(tmp_path, copy, office).aside is None
    with Store(tmp_path / "s.db") as store:
        assert [person.address for person in people.listing(store)] == [ANN]


@pytest.mark.skipif(os.getuid() != 0, reason="only root can restore for another account")
def test_what_root_restores_belongs_to_the_account_of_the_folder(tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        copy = backups.back_up(office.app)
    (tmp_path / "s.db").unlink()
    (tmp_path / "s.db.in-use").unlink()
    os.chown(tmp_path, 65534, 65534)
    restored(tmp_path, copy, office)
    owners = {name: (tmp_path / name).stat().st_uid for name in ("s.db", "s.db.in-use")}
    assert set(owners.values()) == {65534}


def test_it_is_refused_while_a_command_has_the_store_open(tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        copy = backups.back_up(office.app)
        with pytest.raises(AlreadyRunning):
            restored(tmp_path, copy, office)
    assert restored(tmp_path, copy, office).aside


def test_it_is_refused_while_another_program_has_the_store_open(tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        copy = backups.back_up(office.app)
    other = sqlite3.connect(tmp_path / "s.db")
    other.execute("SELECT * FROM meta").fetchall()
    with pytest.raises(AlreadyRunning):
        restored(tmp_path, copy, office)
    other.close()
    assert restored(tmp_path, copy, office).aside


def test_a_command_waits_for_a_restore_and_then_sees_the_new_store(tmp_path: Path) -> None:
    with Office(tmp_path):
        pass
    command = [sys.executable, "-m", "syncer", "--config", str(tmp_path / "config.toml"), "outbox"]
    with lock.exclusive(tmp_path / "s.db"):
        waiting = subprocess.Popen(command, stderr=subprocess.PIPE)
        with pytest.raises(subprocess.TimeoutExpired):
            waiting.wait(2)
    assert waiting.communicate(timeout=30)[1] is not None and waiting.returncode == 0


# -- killed ----------------------------------------------------------------------------------------


def killed(folder: Path, copy: Path, line: int, files: str) -> bool:
    """Restore in a process that kills itself when it has run so many lines of those files; whether
    it did."""
    child = Path(__file__).parents[1] / "cast" / "restore_child.py"
    command = [sys.executable, str(child), str(copy), str(folder / "s.db"), str(line), files]
    code = subprocess.run(command, timeout=120, stdout=subprocess.DEVNULL).returncode
    assert code in (0, -signal.SIGKILL)
    return code != 0


def the_store_is_whole(folder: Path) -> None:
    """There is a store, the old or the new one; who left is gone and who came is there."""
    copies.verify(folder / "s.db")
    with Store(folder / "s.db") as store:
        assert store.meta("read") in ("before", "after")
        assert people.find(store, ANN).state == "unsubscribed"
        assert people.find(store, BOB).state == "active"
        with pytest.raises(NoSuchSubscriber):
            people.find(store, CAROL)


@pytest.fixture
def scene(tmp_path: Path) -> Callable[[], Path]:
    """A store that has gone on since its copy was made; gives the copy."""

    def made() -> Path:
        with Office(tmp_path) as office:
            office.follows(ANN)
            office.follows(CAROL)
            office.store.set_meta("read", "before")
            copy = backups.back_up(office.app, tmp_path / "copy.db")
            office.store.set_meta("read", "after")
            people.unsubscribe(office.store, people.find(office.store, ANN).id, office.now)
            erasure.erase(office.store, CAROL, office.now)
            office.follows(BOB)
        return copy

    return made


def kill_everywhere(scene: Callable[[], Path], folder: Path, files: str, every: int) -> int:
    copy, line, kills = scene(), 1, 0
    while killed(folder, copy, line, files):
        the_store_is_whole(folder)
        line, kills = line + every, kills + 1
        assert kills < 5000
    the_store_is_whole(folder)
    return kills


def test_a_restore_that_is_killed_leaves_the_old_store_or_the_new_one(
    scene: Callable[[], Path], tmp_path: Path
) -> None:
    assert kill_everywhere(scene, tmp_path, "operations/restoring.py", every=7) > 5


@pytest.mark.torture
@pytest.mark.parametrize(
    ("part", "every"),
    [("operations/restoring.py", 1), ("store/carrying.py", 7), ("store/copies.py", 1)],
)  # carrying over runs through its lines again for each row
def test_a_restore_that_is_killed_at_any_line_leaves_the_old_store_or_the_new_one(
    scene: Callable[[], Path], tmp_path: Path, part: str, every: int
) -> None:
    assert kill_everywhere(scene, tmp_path, part, every) > 15
