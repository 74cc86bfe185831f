"""The delivery state machine: claimed, sent, refused, lost, in doubt; and who was told what."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from people import active, message, tellable_event

from syncer.delivery import attempt, erasing, outbox
from syncer.delivery.transports import Capabilities
from syncer.delivery.transports.maildir import Maildir
from syncer.errors import (
    AddressRefused,
    ClaimLost,
    InDoubt,
    NoSuchDelivery,
    TransportError,
    TransportUnavailable,
)
from syncer.store import Store, people, receipts
from syncer.store import outbox as deliveries
from syncer.store.outbox import Message, State

NOON = dt.datetime(2026, 5, 12, 12, 0, tzinfo=dt.UTC)
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "syncer.sqlite") as opened:
        yield opened


class Clock:
    """Time that passes only when told to."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> dt.datetime:
        return self.now

    def advance(self, time: dt.timedelta) -> None:
        self.now += time


@pytest.fixture
def clock() -> Clock:
    return Clock()


class Post:
    """A transport that does as it is told: `will` is taken from the front, then everything is
    accepted."""

    name = "post"

    def __init__(self, *will: Exception, capabilities: Capabilities | None = None) -> None:
        self.capabilities = capabilities or Capabilities(reports_end_of_data=True, repeatable=False)
        self.will = list(will)
        self.accepted: list[tuple[str, bytes]] = []
        self.before: Callable[[], object] = lambda: None

    def deliver(
        self, message: bytes, sender: str, recipient: str, before_end_of_data: Callable[[], None]
    ) -> str:
        self.before()
        error = self.will.pop(0) if self.will else None
        if error and not isinstance(error, InDoubt):
            raise error
        before_end_of_data()
        if error:
            raise error
        self.accepted.append((recipient, message))
        return "250 ok"

    def __enter__(self) -> Post:
        return self

    def __exit__(self, *ignored: object) -> None:
        return None


class Killed(BaseException):
    """As near to SIGKILL as one process can come to itself."""


def killer(point: str) -> Callable[[str], None]:
    def kill(name: str) -> None:
        if name == point:
            raise Killed

    return kill


def queue(store: Store, *recipients: str) -> list[int]:
    with store.writing():
        return [
            deliveries.queue(store, message(recipient), NOON)
            for recipient in recipients or ("ada@example.org",)
        ]


def states(store: Store) -> list[State]:
    return [delivery.state for delivery in reversed(deliveries.listing(store))]


# -- one run ---------------------------------------------------------------------------------------


def test_what_waits_is_sent_once_in_order(store: Store, clock: Clock) -> None:
    queue(store, "ada@example.org", "bob@example.org")
    post = Post()
    report = outbox.send_due(store, post, clock)
    assert outbox.send_due(store, post, clock).outcomes == ()
    assert [recipient for recipient, _ in post.accepted] == ["ada@example.org", "bob@example.org"]
    assert report.count(State.SENT) == 2 and deliveries.show(store, 1).reply == "250 ok"


def test_a_refused_address_does_not_stop_the_others(store: Store, clock: Clock) -> None:
    queue(store, "gone@example.org", "ada@example.org")
    post = Post(AddressRefused("gone@example.org not accepted: 550 5.1.1"))
    outbox.send_due(store, post, clock)
    assert states(store) == [State.QUEUED, State.SENT]


def test_a_temporary_refusal_is_tried_again_after_growing_pauses_and_never_given_up(
    store: Store, clock: Clock
) -> None:
    queue(store)
    pauses = []
    for _ in range(7):
        outbox.send_due(store, Post(TransportError("451 later")), clock)
        pauses.append(deliveries.show(store, 1).next_try_at - clock())
        clock.now = deliveries.show(store, 1).next_try_at
    assert [pause // MINUTE for pause in pauses] == [1, 5, 15, 60, 240, 240, 240]
    outbox.send_due(store, Post(), clock)
    assert states(store) == [State.SENT]


def test_a_lasting_refusal_ends_after_three_and_shows_the_address(
    store: Store, clock: Clock
) -> None:
    reader = active(store, "gone@example.org")
    queue(store, "gone@example.org")
    store.run("UPDATE deliveries SET subscriber = ?", (reader.id,))
    for _ in range(3):
        report = outbox.send_due(
            store, Post(AddressRefused("gone@example.org not accepted: 550 5.1.1 nobody")), clock
        )
        clock.advance(5 * HOUR)
    assert states(store) == [State.FAILED]
    assert (
        "gone@example.org" in report.problems()[0].message
        and "5.1.1" in report.problems()[0].message
    )
    assert people.get(store, reader.id).state == "bounced"


def test_a_message_refused_for_its_content_does_not_stop_its_reader(
    store: Store, clock: Clock
) -> None:
    reader = active(store, "ada@example.org")
    queue(store)
    store.run("UPDATE deliveries SET subscriber = ?", (reader.id,))
    for _ in range(3):
        outbox.send_due(store, Post(TransportError("554 spam", permanent=True)), clock)
        clock.advance(5 * HOUR)
    assert (states(store), people.get(store, reader.id).state) == ([State.FAILED], "active")


def test_a_server_that_is_down_stops_the_run_and_costs_nobody_an_attempt(
    store: Store, clock: Clock
) -> None:
    queue(store, "ada@example.org", "bob@example.org")
    report = outbox.send_due(store, Post(TransportUnavailable("no connection")), clock)
    assert report.problems()[0].name == "TransportUnavailable"
    assert [delivery.attempts for delivery in deliveries.listing(store)] == [0, 0]
    clock.advance(MINUTE)
    assert outbox.send_due(store, Post(), clock).count(State.SENT) == 2


# -- doubt -----------------------------------------------------------------------------------------


def test_a_line_lost_after_the_dot_is_sent_again_with_the_same_bytes_after_a_quarter_of_an_hour(
    store: Store, clock: Clock
) -> None:
    queue(store)
    post = Post(InDoubt("lost"))
    assert outbox.send_due(store, post, clock).count(State.IN_DOUBT) == 1
    clock.advance(14 * MINUTE)
    assert outbox.send_due(store, post, clock).outcomes == ()
    clock.advance(MINUTE)
    outbox.send_due(store, post, clock)
    assert post.accepted == [("ada@example.org", message("ada@example.org").body)] and states(
        store
    ) == [State.SENT]


def test_with_hold_a_doubt_waits_for_the_operator_who_may_send_it_again_or_settle_it(
    store: Store, clock: Clock
) -> None:
    queue(store, "ada@example.org", "bob@example.org")
    outbox.send_due(store, Post(InDoubt("lost"), InDoubt("lost")), clock, in_doubt="hold")
    clock.advance(100 * HOUR)
    assert outbox.send_due(store, Post(), clock, in_doubt="hold").outcomes == ()
    deliveries.resend(store, 1, clock())
    deliveries.say_it_arrived(store, 2, clock())
    assert outbox.send_due(store, Post(), clock, in_doubt="hold").count(State.SENT) == 1
    assert states(store) == [State.SENT, State.SENT]


def test_a_server_that_hangs_up_on_every_dot_does_not_flood_the_reader(
    store: Store, clock: Clock
) -> None:
    queue(store)
    tries = 0
    for _ in range(24 * 4):
        tries += len(outbox.send_due(store, Post(InDoubt("lost")), clock).outcomes)
        clock.advance(15 * MINUTE)
    assert tries == 5


# -- claims ----------------------------------------------------------------------------------------


def test_two_runs_never_hold_the_same_delivery(store: Store, tmp_path: Path) -> None:
    queue(store, "ada@example.org", "bob@example.org")
    with Store(store.path) as other:
        mine, theirs = (
            deliveries.claim(store, "mine", NOON),
            deliveries.claim(other, "theirs", NOON),
        )
    assert mine and theirs and mine.delivery.id != theirs.delivery.id
    assert deliveries.claim(store, "mine", NOON) is None


@pytest.mark.parametrize(
    ("past_the_dot", "becomes"), [(False, State.QUEUED), (True, State.IN_DOUBT)]
)
def test_a_claim_whose_owner_died_ends_after_ten_minutes(
    store: Store, past_the_dot: bool, becomes: State
) -> None:
    queue(store)
    claim = deliveries.claim(store, "dead", NOON)
    assert claim
    if past_the_dot:
        deliveries.record_ends_of_data(store, [claim], NOON)
    outbox.recover(store, NOON + 10 * MINUTE)
    assert states(store) == [claim.delivery.state if not past_the_dot else State.END_OF_DATA]
    outbox.recover(store, NOON + 11 * MINUTE, "hold")
    assert states(store) == [becomes]


def test_who_comes_back_after_his_claim_has_ended_cannot_send(store: Store, clock: Clock) -> None:
    queue(store)
    slow = deliveries.claim(store, "slow", NOON)
    clock.advance(11 * MINUTE)
    post = Post()
    outbox.send_due(store, post, clock)
    assert slow and len(post.accepted) == 1
    lost = deliveries.record_ends_of_data(store, [slow], clock())
    assert isinstance(lost[slow.delivery.id], ClaimLost)


def test_a_late_reply_settles_the_doubt_that_its_ended_claim_made(store: Store) -> None:
    queue(store)
    slow = deliveries.claim(store, "slow", NOON)
    assert slow
    deliveries.record_ends_of_data(store, [slow], NOON)
    outbox.recover(store, NOON + 11 * MINUTE)
    assert states(store) == [State.IN_DOUBT]
    deliveries.record_sent(store, slow, NOON + 12 * MINUTE, "250 at last")
    assert states(store) == [State.SENT]


def test_a_delivery_taken_back_while_it_is_being_prepared_is_not_sent(
    store: Store, clock: Clock
) -> None:
    reader = active(store, "ada@example.org")
    queue(store)
    store.run("UPDATE deliveries SET subscriber = ?", (reader.id,))
    post = Post()
    post.before = lambda: people.stop(store, reader.id, "paused")
    assert outbox.send_due(store, post, clock).outcomes == ()
    assert post.accepted == [] and states(store) == [State.CANCELLED]


@pytest.mark.parametrize(
    ("ends", "becomes"), [([], State.SENT), ([InDoubt("lost")], State.CANCELLED)]
)
def test_who_leaves_while_the_reply_is_awaited_gets_that_message_and_no_second_copy(
    store: Store, clock: Clock, ends: list[Exception], becomes: State
) -> None:
    reader = active(store, "ada@example.org")
    with store.writing():
        deliveries.queue(store, message("ada@example.org", subscriber=reader.id), NOON)

    def leave(point: str) -> None:
        if point == "end of data recorded":
            people.unsubscribe(store, reader.id, NOON)

    outbox.send_due(store, Post(*ends), clock, checkpoint=leave)
    clock.advance(HOUR)
    assert outbox.send_due(store, Post(), clock).outcomes == () and states(store) == [becomes]


def test_a_transport_that_cannot_report_the_dot_is_in_doubt_from_the_start(
    store: Store, clock: Clock
) -> None:
    queue(store)
    seen = []
    post = Post(capabilities=Capabilities(reports_end_of_data=False, repeatable=False))
    post.before = lambda: seen.append(states(store))
    outbox.send_due(store, post, clock)
    assert seen == [[State.END_OF_DATA]] and states(store) == [State.SENT]


def test_a_kill_at_any_point_of_a_maildir_delivery_makes_one_file(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    queue(store, *(f"reader{number}@example.org" for number in range(len(attempt.CHECKPOINTS))))
    for point in attempt.CHECKPOINTS:
        with pytest.raises(Killed):
            outbox.send_due(store, Maildir(tmp_path / "mail"), clock, checkpoint=killer(point))
    clock.advance(11 * MINUTE)
    outbox.send_due(store, Maildir(tmp_path / "mail"), clock)
    assert set(states(store)) == {State.SENT} and len(
        list((tmp_path / "mail/new").iterdir())
    ) == len(attempt.CHECKPOINTS)


MISFORTUNES = [
    TransportError("451 later"),
    TransportError("554 spam", permanent=True),
    TransportUnavailable("down"),
    InDoubt("lost"),
    None,
    *attempt.CHECKPOINTS,
]


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(MISFORTUNES), st.sampled_from([1, 11, 20, 300])), max_size=12
    )
)
def test_whatever_happens_every_message_arrives_and_only_doubt_brings_it_twice(
    story: list[tuple[Exception | str | None, int]],
) -> None:
    clock, post = Clock(), Post()
    with TemporaryDirectory() as folder, Store(Path(folder) / "syncer.sqlite") as store:
        queue(store, "ada@example.org", "bob@example.org")
        for misfortune, minutes in story:
            post.will = [misfortune] if isinstance(misfortune, Exception) else []
            with suppress(Killed):
                outbox.send_due(store, post, clock, refusals=99, checkpoint=killer(str(misfortune)))
            clock.advance(minutes * MINUTE)
        post.will = []  # a misfortune that no send has met is over
        for _ in range(3):  # the longest pause is a day
            clock.advance(25 * HOUR)
            outbox.send_due(store, post, clock, refusals=99)
        copies = Counter(recipient for recipient, _ in post.accepted)
        for line in deliveries.listing(store):
            assert line.state is State.SENT and 1 <= copies[line.recipient] <= 1 + line.doubts


def test_only_the_dot_waits_for_the_disk_and_afterwards_everything_does_again(
    store: Store, clock: Clock
) -> None:
    queue(store)
    levels = [store.value("PRAGMA synchronous")]
    outbox.send_due(
        store,
        Post(),
        clock,
        checkpoint=lambda name: levels.append(store.value("PRAGMA synchronous")),
    )
    assert levels == [2, 1, 1, 1, 1, 1] and store.value("PRAGMA synchronous") == 2


# -- who was told what -----------------------------------------------------------------------------


def test_an_event_is_told_to_a_reader_once_whatever_is_tried(store: Store) -> None:
    reader, event = active(store, "ada@example.org"), tellable_event(store)
    with store.writing():
        deliveries.queue(
            store, message("ada@example.org", subscriber=reader.id, told=(event,)), NOON
        )
    with pytest.raises(sqlite3.IntegrityError), store.writing():
        deliveries.queue(
            store, message("ada@example.org", 2, subscriber=reader.id, told=(event,)), NOON
        )
    assert len(deliveries.listing(store)) == 1


def test_explain_knows_what_became_of_every_event(store: Store, clock: Clock) -> None:
    reader = active(store, "ada@example.org")
    told, folded, vanished, new = (tellable_event(store) for _ in range(4))
    with store.writing():
        note = message(
            "ada@example.org",
            subscriber=reader.id,
            told=(told,),
            folded={folded: told, vanished: 0},
        )
        deliveries.queue(store, note, NOON)
    assert receipts.account(store, told, reader.id).sentence == "waits in delivery 1"
    outbox.send_due(store, Post(), clock)
    said = [
        receipts.account(store, event, reader.id).sentence
        for event in (told, folded, vanished, new)
    ]
    assert said[0] == "was told in delivery 1, sent 2026-05-12T12:00:00+00:00"
    assert (
        said[1].startswith(f"was folded into event {told}, and that was told")
        and "cancelled out" in said[2]
    )
    assert said[3] == "has not been handled"


def test_a_wrong_line_that_still_waits_is_replaced(store: Store, clock: Clock) -> None:
    reader, wrong, right = (
        active(store, "ada@example.org"),
        tellable_event(store),
        tellable_event(store),
    )
    with store.writing():
        number = deliveries.queue(
            store, message("ada@example.org", subscriber=reader.id, told=(wrong,)), NOON
        )
    (waiting,) = deliveries.waiting_for(store, wrong)
    better = message("ada@example.org", 2, subscriber=reader.id, told=(right,))
    assert waiting.id == number and deliveries.replace_waiting(store, number, better, NOON)
    post = Post()
    outbox.send_due(store, post, clock)
    assert post.accepted == [("ada@example.org", better.body)]
    assert (
        receipts.account(store, wrong, reader.id).how == "replaced"
        and receipts.account(store, right, reader.id).how == "told"
    )


def test_what_may_have_arrived_is_not_rewritten_but_corrected(store: Store, clock: Clock) -> None:
    reader, wrong = active(store, "ada@example.org"), tellable_event(store)
    with store.writing():
        deliveries.queue(
            store, message("ada@example.org", subscriber=reader.id, told=(wrong,)), NOON
        )
    outbox.send_due(store, Post(InDoubt("lost")), clock)
    clock.advance(15 * MINUTE)
    outbox.recover(store, clock())
    assert states(store) == [State.QUEUED] and not deliveries.waiting_for(store, wrong)
    assert not deliveries.replace_waiting(
        store, 1, message("ada@example.org", 2), NOON
    ) and not deliveries.cancel_waiting(store, 1)
    (receipt,) = receipts.receipts_of(store, wrong)
    assert receipt.message_id == message("ada@example.org").message_id


def test_a_message_with_nothing_right_left_is_taken_back(store: Store, clock: Clock) -> None:
    reader, wrong = active(store, "ada@example.org"), tellable_event(store)
    with store.writing():
        number = deliveries.queue(
            store, message("ada@example.org", subscriber=reader.id, told=(wrong,)), NOON
        )
    assert deliveries.cancel_waiting(store, number)
    assert outbox.send_due(store, Post(), clock).outcomes == ()
    assert receipts.account(store, wrong, reader.id).sentence.startswith(
        "proved wrong while it waited"
    )


# -- what the operator does ------------------------------------------------------------------------


def test_bodies_are_dropped_when_they_are_old_and_their_lines_stay(
    store: Store, clock: Clock
) -> None:
    queue(store, "ada@example.org", "bob@example.org")
    outbox.send_due(store, Post(TransportError("later")), clock)
    assert deliveries.drop_bodies(store, NOON + HOUR) == 1
    assert deliveries.body(store, 1) == message("ada@example.org").body  # it still waits
    with pytest.raises(NoSuchDelivery, match="not kept any more"):
        deliveries.body(store, 2)
    assert deliveries.show(store, 2).subject == "Leeds: good → outstanding"


def test_what_was_sent_cannot_be_sent_again_and_what_failed_can(store: Store, clock: Clock) -> None:
    queue(store, "ada@example.org", "bob@example.org")
    outbox.send_due(store, Post(TransportError("no", permanent=True)), clock, refusals=1)
    with pytest.raises(NoSuchDelivery, match="is sent: it cannot be sent again"):
        deliveries.resend(store, 2, clock())
    deliveries.resend(store, 1, clock())
    assert outbox.send_due(store, Post(), clock).count(State.SENT) == 1


def test_what_has_proved_wrong_or_whose_reader_has_left_is_not_sent_again(
    store: Store, clock: Clock
) -> None:
    ada, bob, wrong = (
        active(store, "ada@example.org"),
        active(store, "bob@example.org"),
        tellable_event(store),
    )
    with store.writing():
        deliveries.queue(store, message("ada@example.org", subscriber=ada.id, told=(wrong,)), NOON)
        deliveries.queue(store, message("bob@example.org", subscriber=bob.id), NOON)
    outbox.send_due(store, Post(*[TransportError("no", permanent=True)] * 2), clock, refusals=1)
    store.run("UPDATE events SET corrects = ? WHERE id = ?", (wrong, tellable_event(store)))
    people.stop(store, bob.id, "paused")
    for number, said in ((1, "proved wrong since"), (2, "is paused")):
        with pytest.raises(NoSuchDelivery, match=said):
            deliveries.resend(store, number, clock())


def test_what_has_waited_too_long_is_listed(store: Store, clock: Clock) -> None:
    queue(store, "ada@example.org", "bob@example.org")
    outbox.send_due(store, Post(TransportError("later")), clock)
    late = deliveries.overdue(store, NOON + 25 * HOUR, HOUR)
    assert [delivery.recipient for delivery in late] == ["ada@example.org"]
    ahead = deliveries.overdue(store, NOON - 365 * 24 * HOUR, HOUR)
    assert [delivery.recipient for delivery in ahead] == ["ada@example.org"], "its clock was ahead"
    assert deliveries.counts(store) == {State.QUEUED: 1, State.SENT: 1}


def test_erasing_reaches_the_store_its_file_the_outbox_and_the_maildir(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    reader, event, maildir = (
        active(store, "ada@example.org"),
        tellable_event(store),
        Maildir(tmp_path / "mail"),
    )
    with store.writing():
        deliveries.queue(
            store, message("Ada@example.org", subscriber=reader.id, told=(event,)), NOON
        )
    outbox.send_due(store, maildir, clock)
    queue(store, "ADA@example.org")
    erasure = erasing.erase(store, maildir, "ada@example.org", NOON, backups_days=30)
    assert (erasure.files, erasure.backups_until) == (1, dt.date(2026, 6, 12))
    assert (
        states(store) == [State.SENT, State.CANCELLED]
        and outbox.send_due(store, Post(), clock).outcomes == ()
    )
    for file in tmp_path.rglob("*"):
        assert file.is_dir() or b"ada@example.org" not in file.read_bytes().lower(), file


def test_a_message_without_a_place_in_the_outbox_is_an_error_with_a_name(store: Store) -> None:
    with pytest.raises(NoSuchDelivery, match="no delivery 7"):
        deliveries.show(store, 7)


def test_the_whole_message_is_in_the_store_before_anyone_is_talked_to(store: Store) -> None:
    note = Message(
        "digest",
        "<7@syncer>",
        "syncer@example.org",
        "ada@example.org",
        "s",
        b"From: x\r\n\r\n" + bytes(range(256)),
    )
    with store.writing():
        number = deliveries.queue(store, note, NOON)
    assert deliveries.body(store, number) == note.body
