"""Documents that hang, crash and grow; our own shortage; being told to stop. The functions read
here are the library's own: they stand for whatever a document may do to its reader."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncer.documents.html import main_text
from syncer.documents.reader import DocumentReader
from syncer.errors import (
    AmbiguousCouncil,
    DocumentError,
    DocumentTooSlow,
    EmptyPage,
    OutOfResources,
    Stopped,
    SyncerError,
)
from syncer.register.councils import load_register

PAGE = b"<p>Leeds City Council</p>"


@pytest.fixture(scope="module")
def reader() -> Iterator[DocumentReader]:
    with DocumentReader(seconds=2) as reader:
        yield reader


def test_a_document_is_read_and_the_child_is_kept(reader: DocumentReader) -> None:
    assert reader.call(main_text, PAGE) == "Leeds City Council"
    child = reader.child_id
    assert reader.call(main_text, PAGE) == "Leeds City Council"
    assert reader.child_id == child


def test_a_large_document_has_the_child_to_itself(reader: DocumentReader) -> None:
    child = reader.child_id
    assert reader.call(len, bytes(2_000_000)) == 2_000_000
    assert reader.child_id != child


def test_bodies_of_any_size_arrive_each_in_its_place_as_they_were(reader: DocumentReader) -> None:
    small, large, other = b"small", bytes(range(256)) * 400, bytearray(b"x" * 70_000)
    child = reader.child_id
    for bodies in ((large, small, large), (small, other, large), (large[:65_535], large[:65_536])):
        answer = reader.call(tuple, bodies)
        assert answer == bodies
        assert [type(each) for each in answer] == [type(each) for each in bodies]
    assert reader.child_id == child


def test_a_document_over_its_time_is_named_and_the_next_is_read(reader: DocumentReader) -> None:
    begun = time.monotonic()
    with pytest.raises(DocumentTooSlow, match="2 seconds"):
        reader.call(exec, "while True: pass")
    assert time.monotonic() - begun < 30
    assert reader.call(main_text, PAGE)


def test_every_document_has_the_whole_time(reader: DocumentReader) -> None:
    child = reader.child_id
    for _ in range(3):
        reader.call(exec, "import time\nwhile time.process_time() % 1 < .9: pass")
    assert reader.child_id == child


def test_a_document_that_needs_too_much_memory_is_named(reader: DocumentReader) -> None:
    with pytest.raises(DocumentTooSlow, match="512 MB"):
        reader.call(bytes, 600_000_000)
    assert reader.call(main_text, PAGE)


def test_a_child_that_neither_works_nor_answers_is_given_up() -> None:
    with DocumentReader(seconds=0.1) as reader:
        os.kill(reader.child_id, signal.SIGSTOP)
        with pytest.raises(DocumentTooSlow, match="No answer within 1 seconds"):
            reader.call(main_text, PAGE)
        reader.seconds = 10
        assert reader.call(main_text, PAGE)


@pytest.mark.parametrize(
    ("number", "meaning"),
    [
        (signal.SIGSEGV, DocumentError),
        (signal.SIGABRT, DocumentTooSlow),
        (signal.SIGKILL, OutOfResources),
    ],
)
def test_a_crash_is_the_documents_and_a_kill_by_the_system_is_ours(
    reader: DocumentReader, number: int, meaning: type[Exception]
) -> None:
    with pytest.raises(meaning):
        reader.call(exec, f"import os; os.kill(os.getpid(), {int(number)})")
    assert reader.call(main_text, PAGE)


def test_named_errors_come_back_whole(reader: DocumentReader) -> None:
    with pytest.raises(EmptyPage, match="no text"):
        reader.call(main_text, b"<p></p>")
    with pytest.raises(AmbiguousCouncil) as caught:
        reader.call(load_register().find, "Kingston")
    assert len(caught.value.slugs) == 2


def test_a_bug_of_ours_comes_back_with_the_childs_trace(reader: DocumentReader) -> None:
    with pytest.raises(KeyError) as caught:
        reader.call(exec, "{}['title']")
    assert "Traceback" in caught.value.__notes__[0]


def test_what_many_calls_share_is_sent_once() -> None:
    register = load_register()
    with DocumentReader(shared=(register,)) as reader:
        (call,) = reader.packed((register.find, ("Leeds",)))
        assert len(call) < 200
        assert reader.call(register.find, "Leeds").slug == "leeds"


def test_nesting_beyond_reason_is_named(reader: DocumentReader) -> None:
    with pytest.raises(DocumentTooSlow, match="nested"):
        reader.call(exec, "def f(): f()\nf()", {})


def test_told_to_stop_it_stops_within_a_second_or_two() -> None:
    stop = threading.Event()
    with DocumentReader(stopping=stop.is_set) as reader:
        child = reader.child_id
        threading.Timer(0.5, stop.set).start()
        begun = time.monotonic()
        with pytest.raises(Stopped):
            reader.call(exec, "while True: pass")
        assert time.monotonic() - begun < 4
        assert not Path(f"/proc/{child}").exists()


# -- What is begun ahead of its result -------------------------------------------------------------

SLOW = "while True: pass"
CRASH = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
CALLS: dict[str, tuple[Callable[..., Any], Any, Any]] = {
    "text": (main_text, PAGE, "Leeds City Council"),
    "large": (bytes.upper, b"a" * 700_000, b"A" * 700_000),
    "alone": (bytes.upper, b"b" * 1_500_000, b"B" * 1_500_000),
    "empty": (main_text, b"<p></p>", EmptyPage),
    "crash": (exec, CRASH, DocumentError),
    "slow": (exec, SLOW, DocumentTooSlow),
}


@settings(max_examples=12, deadline=None)
@given(data=st.data(), names=st.lists(st.sampled_from(sorted(CALLS)), min_size=1, max_size=6))
def test_whatever_is_begun_each_has_its_own_outcome_in_whatever_order_it_is_asked_for(
    data: st.DataObject, names: list[str]
) -> None:
    with DocumentReader(seconds=1) as reader:
        begun = [(name, reader.begin(*CALLS[name][:2])) for name in names]
        for name, each in data.draw(st.permutations(begun)):
            assert _outcome(each.result) == CALLS[name][2]
        assert reader.call(main_text, PAGE) == "Leeds City Council"


def _outcome(function: Callable[[], Any]) -> Any:
    """Return the result, or the class of the error."""
    try:
        return function()
    except SyncerError as error:
        return type(error)


def test_what_is_begun_is_made_before_its_result_is_asked_for(
    reader: DocumentReader, tmp_path: Path
) -> None:
    places = [tmp_path / name for name in ("one", "two")]
    begun = [reader.begin(Path.touch, place) for place in places]
    for _ in range(200):
        if all(place.exists() for place in places):
            break
        time.sleep(0.05)
    assert all(place.exists() for place in places)
    assert [each.result() for each in begun] == [None, None]


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("fatal", ["crash", "slow"])
def test_the_document_that_ended_the_child_is_named_whenever_that_is_noticed(
    fatal: str, backwards: bool
) -> None:
    with DocumentReader(seconds=1) as reader:
        begun = [reader.begin(*CALLS[name][:2]) for name in ("text", fatal)]
        _wait_for_the_end_of(reader.child_id)
        begun += [reader.begin(*CALLS[name][:2]) for name in ("large", "text")]
        asked = begun[::-1] if backwards else begun
        outcomes = {each: _outcome(each.result) for each in asked}
        names = ("text", fatal, "large", "text")
        assert [outcomes[each] for each in begun] == [CALLS[name][2] for name in names]


def test_a_child_that_was_ended_after_its_answers_is_nobodys_fault() -> None:
    with DocumentReader() as reader:
        first = reader.begin(main_text, PAGE)
        assert reader._pipe is not None
        assert reader._pipe.has_message(30)
        os.kill(reader.child_id, signal.SIGKILL)
        _wait_for_the_end_of(reader.child_id)
        second = reader.begin(main_text, PAGE)
        assert first.result() == second.result() == "Leeds City Council"


def _wait_for_the_end_of(child: int) -> None:
    """Wait until a child has ended, without asking for how it did."""
    for _ in range(600):
        state = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0]
        if state == "Z":
            return
        time.sleep(0.05)
    raise AssertionError(f"{child} has not ended")


def test_a_child_that_is_stuck_holds_up_no_beginning() -> None:
    with DocumentReader(seconds=0.1) as reader:
        os.kill(reader.child_id, signal.SIGSTOP)
        begun = [reader.begin(bytes.upper, b"a" * 900_000) for _ in range(8)]
        with pytest.raises(DocumentTooSlow, match="No answer within 1 seconds"):
            begun[0].result()
        reader.seconds = 10
        assert [each.result() for each in begun[1:]] == [b"A" * 900_000] * 7


def test_what_a_closed_reader_had_begun_is_read_when_asked_for(reader: DocumentReader) -> None:
    begun = reader.begin(main_text, PAGE)
    reader.close()
    assert begun.result() == begun.result() == "Leeds City Council"


# -- What this machine lacks -----------------------------------------------------------------------

SHORT = """
import resource, sys
from syncer.documents.reader import DocumentReader
from syncer.documents.html import main_text
from syncer.errors import OutOfResources
kind, limit = getattr(resource, sys.argv[1]), int(sys.argv[2])
resource.setrlimit(kind, (limit, limit))
with DocumentReader() as reader:
    try:
        reader.begin(exec, "x = bytes(400_000_000)").result()
        print("read")
    except OutOfResources as error:
        print("ours:", error)
"""


@pytest.mark.parametrize(
    ("kind", "limit"), [("RLIMIT_NOFILE", 4), ("RLIMIT_AS", 60_000_000), ("RLIMIT_AS", 250_000_000)]
)
def test_what_this_machine_lacks_is_not_the_documents_fault(kind: str, limit: int) -> None:
    command = [sys.executable, "-c", SHORT, kind, str(limit)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.startswith("ours:")


# -- How the child begins --------------------------------------------------------------------------

COPIES = """
import fcntl, json, os, signal, sys, threading
from syncer.documents.html import main_text
from syncer.documents.reader import DocumentReader
from syncer.errors import EmptyPage, SyncerError

def said(function, *arguments):
    try:
        return str(reader.call(function, *arguments))
    except SyncerError as error:
        return error.name

lock = open(sys.argv[1], "w")
fcntl.flock(lock, fcntl.LOCK_EX)
signal.signal(signal.SIGTERM, lambda number, frame: None)
print("once", end=" ")
with DocumentReader(seconds=1) as reader:
    names = [said(main_text, b"<p>Leeds</p>"), said(main_text, b"<p></p>")]
    copy = f"/proc/{reader.child_id}"
    kept = sorted(os.readlink(f"{copy}/fd/{number}")[:6] for number in os.listdir(f"{copy}/fd"))
    command = open(f"{copy}/cmdline").read()
    names += [said(exec, "while True: pass"), said(bytes, 600_000_000)]
    for number in (signal.SIGTERM, signal.SIGSEGV, signal.SIGKILL):
        names.append(said(exec, f"import os; os.kill(os.getpid(), {int(number)})"))
    is_copy = command == open("/proc/self/cmdline").read()

threading.Thread(target=threading.Event().wait, daemon=True).start()
with DocumentReader() as reader:
    names.append(said(main_text, b"<p>Leeds</p>"))
    command = open(f"/proc/{reader.child_id}/cmdline").read()
    is_fresh = "syncer.documents.child" in command
print(json.dumps([names, kept, is_copy, is_fresh]))
"""
ABANDONED = """
import fcntl, os, signal, sys
from syncer.documents.reader import DocumentReader
lock = open(sys.argv[1], "w")
fcntl.flock(lock, fcntl.LOCK_EX)
with DocumentReader() as reader:
    print(reader.child_id, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_child_of_a_process_with_one_thread_is_a_copy_that_holds_nothing_of_it(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-c", COPIES, str(tmp_path / "lock")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    said, _, found = done.stdout.partition(" ")
    assert (said, done.stderr) == ("once", "")
    crashed = ["DocumentError", "DocumentError", "OutOfResources"]
    names = ["Leeds", "EmptyPage", "DocumentTooSlow", "DocumentTooSlow", *crashed, "Leeds"]
    assert json.loads(found) == [names, ["/dev/n"] * 3 + ["socket"], True, True]


def test_a_copy_ends_with_its_process_and_holds_none_of_its_locks(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    done = subprocess.run(
        [sys.executable, "-c", ABANDONED, str(lock)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == -signal.SIGKILL
    with lock.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    child = Path(f"/proc/{done.stdout.strip()}")
    for _ in range(100):
        if not child.exists():
            break
        time.sleep(0.05)
    assert not child.exists()
