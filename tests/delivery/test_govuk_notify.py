"""GOV.UK Notify as a transport: what is asked of it, what its answers mean, and how doubts are
settled. The other side is a stand-in after its API documentation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from govuk_notify import KEY, REPLY_TO, TEMPLATE, Drip, Drop, NotifyServer, Stall, Status, Taken
from people import active, message

from syncer.delivery import outbox
from syncer.delivery.report import SendReport
from syncer.delivery.transports.base import Parcel
from syncer.delivery.transports.govuk_notify import GovukNotify, Service
from syncer.errors import (
    AddressRefused,
    InDoubt,
    LimitReached,
    ServerRefused,
    TransportError,
    TransportUnavailable,
)
from syncer.store import Store, erasure, people
from syncer.store import outbox as deliveries
from syncer.store.outbox import Delivery, State

NOON = dt.datetime(2026, 5, 12, 12, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
UNSUBSCRIBE = "https://syncer.example/unsubscribe/abc"


@pytest.fixture(scope="module")
def running() -> Iterator[NotifyServer]:
    with NotifyServer() as server:
        yield server


class World:
    """A store, the stand-in with nothing in it, and one clock for both."""

    def __init__(self, store: Store, server: NotifyServer) -> None:
        self.store, self.server, self.now = store, server, NOON
        server.__init__()  # type: ignore[misc]
        server.clock = lambda: self.now.timestamp()
        self.notify = GovukNotify(
            Service(server.url, KEY, TEMPLATE), clock=lambda: self.now, seconds=0.3
        )

    def queue(self, to: str = "ada@example.org", number: int = 1) -> int:
        reader = active(self.store, to)
        note = replace(
            message(to, number, subscriber=reader.id),
            other={"subject": f"Leeds {number}", "body": "# Leeds"},
        )
        with self.store.writing():
            return deliveries.queue(self.store, note, self.now)

    def send(self, after: dt.timedelta = dt.timedelta(), in_doubt: str = "resend") -> SendReport:
        self.now += after
        return outbox.send_due(self.store, self.notify, lambda: self.now, in_doubt=in_doubt)

    def delivery(self, number: int = 1) -> Delivery:
        return deliveries.show(self.store, number)


@pytest.fixture
def world(tmp_path: Path, running: NotifyServer) -> Iterator[World]:
    with Store(tmp_path / "syncer.sqlite") as store:
        yield World(store, running)


Forget = Callable[[World], object]


def forget_old_texts(world: World) -> None:
    deliveries.drop_bodies(world.store, world.now + MINUTE)


def forget_the_reader(world: World) -> None:
    erasure.erase(world.store, "ada@example.org", world.now)


# -- what is asked ---------------------------------------------------------------------------------


def test_a_delivery_is_handed_over_under_its_number_with_subject_and_body(world: World) -> None:
    world.queue()
    world.send()
    (taken,) = world.server.taken
    assert (taken.reference, taken.email_address) == ("1", "ada@example.org")
    assert (taken.subject, taken.body) == ("Leeds 1", "# Leeds")
    assert world.delivery().state is State.SENT and world.delivery().remote_id == taken.id


def test_the_one_click_address_and_the_reply_to_address_are_passed_on(world: World) -> None:
    mail = f"Subject: x\r\nList-Unsubscribe: <{UNSUBSCRIBE}>,\r\n <mailto:a@b>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\r\nx"
    service = Service(world.server.url, KEY, TEMPLATE, REPLY_TO)
    GovukNotify(service).hand_over(Parcel(7, "ada@example.org", mail.encode()), lambda: None)
    (taken,) = world.server.taken
    assert (taken.one_click, taken.reply_to) == (UNSUBSCRIBE, REPLY_TO)


def test_a_message_from_before_notify_was_to_send_goes_as_its_text_part(world: World) -> None:
    mail = b"Subject: Leeds\r\nContent-Type: text/plain\r\n\r\nNews\r\n====\r\n\r\n- one\r\n1.5 more\r\n\r\n-- \r\nStop: write to us\r\n"
    world.notify.hand_over(Parcel(7, "ada@example.org", mail), lambda: None)
    (taken,) = world.server.taken
    assert taken.subject == "Leeds"
    assert taken.body == "News\n\n* one\n1\\.5 more\n\n---\n\nStop: write to us\n"


def test_the_check_asks_for_the_template_and_sends_nothing(world: World) -> None:
    assert "has the template" in world.notify.check()
    world.server.template["body"] = "Dear reader"
    with pytest.raises(TransportUnavailable, match=r"no email template with \(\(subject\)\)"):
        world.notify.check()
    assert world.server.taken == []


# -- its errors ------------------------------------------------------------------------------------

ERRORS = [
    (Status(400, "ValidationError", "email_address is not a valid email address"), AddressRefused),
    (
        Status(400, "ValidationError", "one_click_unsubscribe_url is not a valid https url"),
        ServerRefused,
    ),
    (
        Status(400, "BadRequestError", "Can’t send to this recipient using a team-only API key"),
        ServerRefused,
    ),
    (
        Status(
            400, "BadRequestError", "Can’t send to this recipient when service is in trial mode"
        ),
        ServerRefused,
    ),
    (
        Status(400, "BadRequestError", "email_reply_to_id x does not exist in database"),
        ServerRefused,
    ),
    (Status(400, "BadRequestError", "Template not found"), ServerRefused),
    (Status(400, "BadRequestError", "Missing personalisation: body"), ServerRefused),
    (
        Status(401, "AuthError", "Unauthorized: authentication token must be provided"),
        TransportUnavailable,
    ),
    (
        Status(403, "AuthError", "Error: Your system clock must be accurate to within 30 seconds"),
        TransportUnavailable,
    ),
    (Status(403, "AuthError", "Invalid token: API key not found"), TransportUnavailable),
    (Status(404, "NoResultFound", "No result found"), TransportUnavailable),
    (Status(413), TransportError),
    (Status(429, "RateLimitError", "Exceeded rate limit"), LimitReached),
    (Status(429, "TooManyRequestsError", "Exceeded send limits"), LimitReached),
    (Status(500), InDoubt),
    (Status(502), InDoubt),
    (Status(503), InDoubt),
    (Drop(), InDoubt),
    (Stall(0.4), InDoubt),
    (Drip(2), InDoubt),
]


@pytest.mark.parametrize(
    ("fault", "error"), ERRORS, ids=[f"{fault} {error.__name__}" for fault, error in ERRORS]
)
def test_each_error_says_whose_fault_it_is(
    world: World, fault: Status, error: type[TransportError]
) -> None:
    world.server.fail(fault)
    with pytest.raises(TransportError) as raised:
        world.notify.hand_over(
            Parcel(1, "ada@example.org", b"", {"subject": "x", "body": "x"}), lambda: None
        )
    assert type(raised.value) is error


def test_a_wrong_key_and_a_place_where_nobody_listens_stop_the_run(world: World) -> None:
    wrong = KEY[:-1] + "1"
    world.queue()
    for service in (
        Service(world.server.url, wrong, TEMPLATE),
        Service("http://127.0.0.1:1", KEY, TEMPLATE),
    ):
        report = outbox.send_due(world.store, GovukNotify(service), lambda: world.now)
        world.now += MINUTE
        assert isinstance(report.stopped, TransportUnavailable) and report.stopped.hint
    assert (world.delivery().state, world.delivery().attempts, world.delivery().doubts) == (
        State.QUEUED,
        0,
        0,
    )


def test_a_rate_limit_is_waited_for_and_is_no_refusal(world: World) -> None:
    numbers = [world.queue(f"reader{each}@example.org") for each in range(3)]
    world.server.per_minute = 2
    report = world.send()
    assert (report.count(State.SENT), report.problems()) == (2, ())
    assert world.delivery(numbers[2]).refusals == 0
    assert world.send(MINUTE).count(State.SENT) == 1


def test_after_the_daily_limit_everything_waits_for_the_next_day(world: World) -> None:
    for each in range(3):
        world.queue(f"reader{each}@example.org")
    world.server.per_day = 1
    world.send()
    waiting = [world.delivery(number).next_try_at for number in (2, 3)]
    assert waiting == [dt.datetime(2026, 5, 13, tzinfo=dt.UTC)] * 2
    world.server.per_day = 3
    assert world.send(12 * 60 * MINUTE).count(State.SENT) == 2


def test_a_team_only_key_ends_nobody_s_mail(world: World) -> None:
    world.server.team = {"bob@example.org"}
    world.queue("ada@example.org")
    for _ in range(4):
        world.send(5 * 60 * MINUTE)
    assert people.find(world.store, "ada@example.org").state == "active"


def test_no_log_and_no_file_has_the_key_or_an_address(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.queue()
    world.server.fail(
        Status(400, "ValidationError", "email_address ada@example.org is not a valid email address")
    )
    world.send()
    assert "ada@example.org" not in caplog.text and KEY[-36:] not in caplog.text
    assert KEY not in repr(world.notify.service)


# -- doubts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [Taken(), Taken(500), Taken(504), Stall(0.4), Drip(2)])
def test_what_notify_has_after_all_is_sent_and_not_sent_twice(world: World, fault: Taken) -> None:
    world.queue()
    world.server.fail(fault)
    report = world.send()
    assert report.count(State.SENT) == 1 and len(world.server.taken) == 1
    assert report.problems() == ()
    assert world.delivery().remote_id == world.server.taken[0].id


@pytest.mark.parametrize("minutes", [1, 4.9, 14.9])
def test_a_message_that_is_hidden_for_a_while_is_found_when_it_is_asked_for_again(
    world: World, minutes: float
) -> None:
    world.queue()
    world.server.fail(Taken(hidden_for=minutes * 60))
    world.send()
    asked = [
        world.now - NOON
        for _ in range(20)
        if world.delivery().state is not State.SENT and world.send(MINUTE)
    ]
    assert world.delivery().state is State.SENT and len(world.server.taken) == 1
    assert asked


def test_it_is_asked_for_at_once_and_after_1_5_and_15_minutes_then_sent_again(world: World) -> None:
    world.queue()
    world.server.fail(Drop())
    world.send()
    asked_at = []
    for _ in range(16):
        before = len(world.server.asked)
        world.send(MINUTE)
        asked_at += [(world.now - NOON) // MINUTE] * (len(world.server.asked) > before)
    assert asked_at[:3] == [1, 5, 15]
    assert len(world.server.taken) == 1 and world.delivery().state is State.SENT


def test_with_hold_what_notify_does_not_know_waits_for_the_operator(world: World) -> None:
    world.queue()
    world.server.fail(Drop())
    for _ in range(30):
        world.send(MINUTE, in_doubt="hold")
    assert world.delivery().state is State.IN_DOUBT and world.server.taken == []
    assert len(world.server.asked) == 4


def test_what_another_store_sent_under_the_same_number_settles_nothing(world: World) -> None:
    world.notify.hand_over(
        Parcel(1, "somebody@example.org", b"", {"subject": "x", "body": "x"}), lambda: None
    )
    world.queue()
    world.server.fail(Drop())
    world.send()
    assert world.delivery().state is State.IN_DOUBT


# -- what became of it -----------------------------------------------------------------------------


def test_an_address_whose_mail_fails_for_good_three_times_is_written_to_no_more(
    world: World,
) -> None:
    returned = []
    for day in range(3):
        world.queue(number=day + 1)
        world.send()
        world.server.taken[-1].status = "permanent-failure"
        returned += world.send(24 * 60 * MINUTE).returned
    assert people.find(world.store, "ada@example.org").state == "bounced"
    assert [each.reader for each in returned] == ["active", "active", "bounced"]


def test_mail_that_waited_three_days_in_vain_counts_for_nothing(world: World) -> None:
    for day in range(4):
        world.queue(number=day + 1)
        world.send()
        world.server.taken[-1].status = "temporary-failure"
        world.send(24 * 60 * MINUTE)
    assert people.find(world.store, "ada@example.org").state == "active"


def test_what_notify_could_not_send_is_sent_again(world: World) -> None:
    world.queue()
    world.send()
    world.server.taken[0].status = "technical-failure"
    world.send(MINUTE)
    assert world.delivery().state is State.QUEUED
    world.send(MINUTE)
    assert world.delivery().state is State.SENT and len(world.server.taken) == 2


def test_what_notify_could_not_send_is_not_sent_again_to_who_has_left(world: World) -> None:
    world.queue()
    world.send()
    people.unsubscribe(world.store, world.delivery().subscriber, world.now)
    world.server.taken[0].status = "technical-failure"
    world.send(MINUTE)
    assert (
        world.delivery().state is State.SENT
        and world.delivery().remote_status == "technical-failure"
    )


@pytest.mark.parametrize("forget", [forget_old_texts, forget_the_reader])
def test_its_form_of_a_message_is_forgotten_with_the_message(world: World, forget: Forget) -> None:
    world.queue()
    world.send()
    assert world.store.value("SELECT other_body FROM deliveries")
    forget(world)
    assert world.store.value("SELECT other_body FROM deliveries") is None


def test_what_has_arrived_is_asked_about_no_more(world: World) -> None:
    world.queue()
    world.send()
    world.server.taken[0].status = "delivered"
    world.send(MINUTE)
    before = len(world.server.asked)
    world.send(60 * MINUTE)
    assert len(world.server.asked) == before
