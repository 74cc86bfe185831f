"""Killed anywhere while the inbox is read, and run again: what was asked for is done once."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from mailroom import NOW, Mailroom, answer

from syncer.store import Store

CAST = Path(__file__).parents[1] / "cast"
WORDS = ("stop", "pause", "how do I unsubscribe?", "delete my data", "Which report?", "stop")


def _filled(folder: Path, readers: int) -> Mailroom:
    """An inbox with an answer of each reader, of each kind in turn."""
    room = Mailroom(folder)
    for number in range(readers):
        reader = f"reader{number}@example.org"
        room.reader(reader)
        room.put(f"{number:03}", answer(room.sent(reader), reader, WORDS[number % len(WORDS)]))
    return room


def _killed(room: Mailroom, step: int) -> int:
    words = [CAST / "inbox_child.py", room.config, NOW.isoformat(), step]
    return subprocess.run([sys.executable, *map(str, words)], timeout=60).returncode


def _check_done_once(room: Mailroom, readers: int) -> None:
    with Store(room.folder / "s.db") as store:
        rows = store.rows("SELECT file, outcome FROM inbox_messages ORDER BY file")
        mails = store.rows("SELECT recipient FROM deliveries WHERE kind = 'reply'")
    assert [row["file"] for row in rows] == [f"{number:03}" for number in range(readers)]
    asked = [row["file"] for row in rows if row["outcome"] == "asked"]
    assert len(mails) == len({mail["recipient"] for mail in mails}) == len(asked) > 0
    states = {"stop": "unsubscribed", "pause": "paused"}
    for number in range(readers):
        expected = states.get(WORDS[number % len(WORDS)], "active")
        assert room.state(f"reader{number}@example.org") == expected
    assert list((room.inbox / "new").iterdir()) == []


def test_killed_between_the_deed_and_the_move_it_does_nothing_again(tmp_path: Path) -> None:
    room = _filled(tmp_path, 3)
    assert _killed(room, step=6) == -9  # opened and renamed: the third message is done, not moved
    assert len(list((room.inbox / "new").iterdir())) == 1
    assert room.read() == []
    _check_done_once(room, 3)


@pytest.mark.torture
def test_killed_at_every_step_and_at_any_moment(tmp_path: Path) -> None:
    readers, kills = 18, 0
    (tmp_path / "steps").mkdir()
    room = _filled(tmp_path / "steps", readers)
    for run in range(3 * readers):
        # before the next message is opened, or after it was dealt with and before it is moved
        if _killed(room, step=3 + run % 2) == 0:
            break
        kills += 1
    _check_done_once(room, readers)

    (tmp_path / "moments").mkdir()
    room = _filled(tmp_path / "moments", readers)
    for seed in range(15):
        words = [CAST / "inbox_child.py", room.config, NOW.isoformat(), 10_000]
        child = subprocess.Popen([sys.executable, *map(str, words)])
        time.sleep(random.Random(seed).uniform(0.5, 2.5))
        child.kill()
        kills += child.wait() != 0
    assert room.run("inbox").exit_code == 0
    _check_done_once(room, readers)
    print(f"{kills} kills")
