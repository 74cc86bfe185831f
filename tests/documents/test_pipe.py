"""Whole messages between two processes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from syncer.documents.pipe import ROOM_BYTES, pair

MESSAGES = (b"first", b"", bytes(range(256)) * 4000, b"last")


def test_messages_of_any_size_arrive_whole_and_in_their_order() -> None:
    ours, theirs = pair()
    with ours, theirs, ThreadPoolExecutor(1) as other:
        sent = other.submit(ours.send, *MESSAGES)
        assert [theirs.receive() for _ in MESSAGES] == list(MESSAGES)
        sent.result()
        assert not theirs.has_message(0)


def test_what_there_is_no_room_for_goes_while_waiting() -> None:
    ours, theirs = pair()
    large = bytes(5 * ROOM_BYTES)
    with ours, theirs, ThreadPoolExecutor(1) as other:
        ours.send(b"first", large, wait=False)
        ours.send(b"last", wait=False)
        assert not ours.has_message(0)
        arrived = other.submit(lambda: [theirs.receive() for _ in range(3)])
        for _ in range(10_000):
            if arrived.done():
                break
            assert not ours.has_message(0.01)
        assert arrived.result() == [b"first", large, b"last"]


def test_a_message_that_breaks_off_is_none() -> None:
    ours, theirs = pair()
    with theirs:
        with ours:
            ours._end.sendall(bytes((0, 0, 0, 0, 0, 0, 0, 9)) + b"half")
        assert theirs.has_message(0)
        with pytest.raises(EOFError):
            theirs.receive()


def test_nobody_at_the_other_end_is_a_named_error() -> None:
    ours, theirs = pair()
    theirs.close()
    with ours, pytest.raises(ConnectionError):
        ours.send(b"anyone?")
