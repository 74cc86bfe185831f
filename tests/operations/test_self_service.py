"""What a person may do by themselves: by links that are good for one thing and one person, and by
nothing else."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count, pairwise
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer
from office import BEGAN, CONFIG, Office

from syncer import links
from syncer.app import App
from syncer.errors import BadToken, LinkExpired, NoSuchSubscriber
from syncer.links import Action
from syncer.model import Problem, Subscriber, Subscription
from syncer.operations import self_service
from syncer.store import (
    Store,
    asked,
    confirmations,
    consents,
    erasure,
    held,
    people,
    problems,
    refusals,
)
from syncer.store.bounces import record_bounce

URL = "https://syncer.example.org"
LEEDS = Subscription(0, 0, councils=("leeds",))
YORK = Subscription(0, 0, councils=("york",))
WORDS = "Yes, tell me"
NUMBERS = count(1)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One office with a site for all tests; each has people of its own."""
    folder: Path = tmp_path_factory.mktemp("self")
    with Office(folder, f'{CONFIG}[web]\nurl = "{URL}"\n') as office:
        yield office


@pytest.fixture
def ada(office: Office) -> str:
    """An address that nobody has asked for yet; a day after the test before."""
    office.later(days=1)
    return f"ada{next(NUMBERS)}@example.org"


def token_to(office: Office, address: str, action: Action = Action.CONFIRM) -> str:
    """The token in the last mail to this address, which must have one for the action."""
    mail = office.deliveries(address)[-1]
    found = re.findall(rf"{URL}/{action}/([\w.-]+)", office.text(mail))
    assert found, office.text(mail)
    return str(found[0])


def comes(office: Office, address: str, *wanted: Subscription) -> Subscriber:
    """Somebody who has asked by the form and confirmed."""
    self_service.ask_to_subscribe(office.app, address, wanted or (LEEDS,), "form")
    return self_service.confirm(office.app, token_to(office, address), "link", WORDS)


def councils(person: Subscriber) -> list[str]:
    return [each.councils[0] for each in person.subscriptions]


# -- coming ----------------------------------------------------------------------------------------


def test_an_address_is_told_nothing_until_it_has_confirmed_and_then_it_is_kept_that_it_did(
    office: Office, ada: str
) -> None:
    self_service.ask_to_subscribe(office.app, ada, [LEEDS], "form", "weekly")
    before = people.find(office.store, ada)
    assert (before.state, before.subscriptions) == ("pending", ())
    token = token_to(office, ada)
    seen = self_service.to_confirm(office.app, token)
    assert (seen.address, seen.wanted[0].councils, seen.already) == (ada, ("leeds",), False)
    person = self_service.confirm(office.app, token, "link", WORDS)
    assert (person.state, councils(person), person.all_quiet) == ("active", ["leeds"], "weekly")
    (consent,) = consents.of_subscriber(office.store, person.id)
    assert (consent.at, consent.how, consent.words) == (office.now, "link", WORDS)


def test_who_is_subscribed_gets_no_more_by_the_form_before_they_confirm_it(
    office: Office, ada: str
) -> None:
    person = comes(office, ada)
    office.later(hours=2)
    self_service.ask_to_subscribe(office.app, ada, [YORK], "form", "off")
    assert people.get(office.store, person.id).subscriptions == person.subscriptions
    more = self_service.confirm(office.app, token_to(office, ada), "link", WORDS)
    assert (councils(more), more.all_quiet) == (["leeds", "york"], "off")


def test_nobody_gets_more_than_one_confirmation_an_hour_whoever_asks(
    office: Office, ada: str
) -> None:
    for minutes in (0, 10, 49, 2, 30):
        office.later(minutes=minutes)
        for spelling in (ada, ada.upper(), f" {ada}"):
            self_service.ask_to_subscribe(office.app, spelling, [YORK], "form")
    assert len(office.deliveries(ada)) == 2


def test_a_confirmation_is_good_once_and_for_seven_days(office: Office, ada: str) -> None:
    person = comes(office, ada)
    token = token_to(office, ada)
    self_service.leave_all(office.app, person.id)
    assert self_service.to_confirm(office.app, token).already
    assert self_service.confirm(office.app, token, "link", WORDS).state == "unsubscribed"
    office.later(days=7, seconds=1)
    with pytest.raises(LinkExpired):
        self_service.confirm(office.app, token, "link", WORDS)


def test_who_leaves_is_not_brought_back_by_a_question_of_before(office: Office, ada: str) -> None:
    person = comes(office, ada)
    office.later(hours=2)
    self_service.ask_to_subscribe(office.app, ada, [YORK], "form")
    older = token_to(office, ada)
    self_service.leave_all(office.app, person.id)
    with pytest.raises(BadToken):
        self_service.confirm(office.app, older, "link", WORDS)
    assert people.get(office.store, person.id).state == "unsubscribed"


def test_what_never_was_confirmed_is_forgotten_after_a_week_and_is_no_refusal(
    office: Office, ada: str
) -> None:
    self_service.ask_to_subscribe(office.app, ada, [LEEDS], "form")
    for days, left in ((7, "pending"), (2, "erased")):
        office.later(days=days)
        before = office.now - dt.timedelta(days=8)
        number = people.find(office.store, ada).id
        erasure.forget_unconfirmed(office.store, before, office.now)
        assert people.get(office.store, number).state == left
    assert not refusals.is_refused(office.store, ada)
    assert confirmations.of_subscriber(office.store, number) == []
    assert office.deliveries(ada) == []


# -- going -----------------------------------------------------------------------------------------


def leave_token(office: Office, person: Subscriber) -> str:
    secret = people.secret(office.store)
    return links.sign(secret, Action.UNSUBSCRIBE, person.link_key, office.now)


def test_a_link_to_leave_is_good_as_long_as_the_subscription_and_does_nothing_after_it(
    office: Office, ada: str
) -> None:
    person = comes(office, ada)
    token = leave_token(office, person)
    office.later(days=400)
    leaving = self_service.to_leave(office.app, token)
    assert leaving and leaving.id == person.id
    for _ in range(2):
        self_service.leave(office.app, token)
        assert self_service.to_leave(office.app, token) is None
    assert people.get(office.store, person.id).state == "unsubscribed"
    back = comes(office, ada, YORK)
    self_service.leave(office.app, token)
    assert people.get(office.store, back.id).state == "active"


def test_links_of_mails_from_before_there_were_keys_still_end_a_subscription(
    office: Office, ada: str
) -> None:
    person = comes(office, ada)
    key = f"n{person.id}"
    office.store.update("subscribers", person.id, {"link_key": key})
    secret = people.secret(office.store)
    old = URLSafeSerializer(secret, salt="syncer.link").dumps(["unsubscribe", person.id])
    self_service.leave(office.app, old)
    assert people.get(office.store, person.id).state == "unsubscribed"
    office.later(hours=2)
    comes(office, ada)
    self_service.leave(office.app, old)
    assert people.find(office.store, ada).state == "active"


# -- one's own page --------------------------------------------------------------------------------


def test_only_who_is_subscribed_is_sent_the_link_to_their_page_and_once_an_hour(
    office: Office, ada: str
) -> None:
    self_service.ask_to_manage(office.app, ada)
    assert office.deliveries(ada) == []
    office.later(hours=2)
    person = comes(office, ada)
    for _ in range(3):
        self_service.ask_to_manage(office.app, ada.upper())
    assert [mail.kind for mail in office.deliveries(ada)] == ["confirm", "manage"]
    token = token_to(office, ada, Action.MANAGE)
    assert self_service.managed(office.app, token).id == person.id
    office.later(hours=1, seconds=1)
    with pytest.raises(LinkExpired):
        self_service.managed(office.app, token)


def test_a_change_keeps_the_place_of_what_stays(office: Office, ada: str) -> None:
    person = comes(office, ada, LEEDS, YORK)
    office.happens()
    kept = person.subscriptions[1]
    kent = Subscription(0, 0, councils=("kent",))
    changed = self_service.change(office.app, person.id, [YORK, kent])
    assert (councils(changed), changed.subscriptions[0]) == (["york", "kent"], kept)
    assert changed.subscriptions[1].mark == kept.mark + 1
    with pytest.raises(ValueError, match="leaving"):
        self_service.change(office.app, person.id, [])


def test_who_pauses_gets_nothing_until_they_resume(office: Office, ada: str) -> None:
    person = comes(office, ada)
    assert self_service.pause(office.app, person.id).state == "paused"
    office.happens()
    assert [mail for mail in office.notify() if mail.recipient == ada] == []
    assert self_service.resume(office.app, person.id).state == "active"
    assert self_service.leave_all(office.app, person.id).state == "unsubscribed"
    assert self_service.resume(office.app, person.id).state == "unsubscribed"
    with pytest.raises(NoSuchSubscriber):
        self_service.change(office.app, person.id, [YORK])


def test_a_person_is_shown_all_that_is_kept_about_them_and_nothing_of_others(
    office: Office, ada: str
) -> None:
    other = comes(office, f"other.{ada}", YORK)
    person = comes(office, ada)
    office.notify()
    found = self_service.held_about(office.app, person.id)
    text = json.dumps(found)
    assert found["person"]["address"] == ada and found["said_no"] is None
    assert found["subscriptions"][0]["councils"] == ("leeds",)
    assert found["consents"][0]["words"] == WORDS
    assert [mail["kind"] for mail in found["messages"]] == ["confirm", "welcome"]
    assert "Message-ID" in found["messages"][1]["message"]
    assert other.address not in text and other.link_key not in text and "york" not in text


def test_every_table_that_names_a_person_is_in_what_they_are_shown(office: Office) -> None:
    sql = """SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
        WHERE m.type = 'table' AND c.name = 'subscriber'"""
    named = {row["name"] for row in office.store.rows(sql)}
    assert named == set(held.SHOWN_AS)


def test_of_what_came_back_and_what_was_said_of_them_a_person_sees_their_own(
    office: Office, ada: str
) -> None:
    for address in (f"other.{ada}", ada):
        person = comes(office, address)
        delivery = office.deliveries(address)[0].id
        record_bounce(office.store, delivery, True, "5.1.1", f"no {address} here", office.now)
        problem = Problem("DeliveryFailed", f"{address}: 550", f"send:{address}")
        with office.store.writing():
            problems.note(office.store, "send", [problem], office.now)
    office.notify()
    found = self_service.held_about(office.app, person.id)
    assert [each["words"] for each in found["bounces"]] == [f"no {ada} here"]
    assert [each["message"] for each in found["problems"]] == [f"{ada}: 550"]
    assert len(found["named_to_operator"]) == 1 and "other." not in json.dumps(found)
    assert set(held.SHOWN_AS.values()) <= set(found)


def test_who_is_erased_is_known_by_a_keyed_hash_alone(office: Office, ada: str) -> None:
    person = comes(office, ada)
    self_service.erase(office.app, person.id)
    left = people.get(office.store, person.id)
    assert (left.state, left.address, left.link_key) == ("erased", "", "")
    assert consents.of_subscriber(office.store, person.id) == []
    refusal = refusals.of(office.store, ada.upper())
    assert refusal and refusal.how == "erased"
    office.later(hours=2)
    again = comes(office, ada)
    assert again.id != person.id and not refusals.is_refused(office.store, ada)


# -- by mail ---------------------------------------------------------------------------------------


def test_an_unclear_mail_is_answered_once_a_day_with_the_link_for_it(
    office: Office, ada: str
) -> None:
    person = comes(office, ada)
    sent = [
        self_service.ask_by_mail(office.app, person.id, Action.UNSUBSCRIBE),
        self_service.ask_by_mail(office.app, person.id, Action.PAUSE),
    ]
    assert sent == [True, False]
    self_service.leave(office.app, token_to(office, ada, Action.UNSUBSCRIBE))
    assert people.get(office.store, person.id).state == "unsubscribed"


def test_who_seems_to_agree_by_mail_is_asked_again_and_who_was_asked_nothing_is_not(
    office: Office, ada: str
) -> None:
    self_service.ask_to_subscribe(office.app, ada, [YORK], "form")
    asked_for = people.find(office.store, ada)
    assert self_service.ask_by_mail(office.app, asked_for.id, Action.CONFIRM)
    first, again = office.deliveries(ada)
    assert "York" in office.text(again) and "An email from this address" in office.text(again)
    person = self_service.confirm(office.app, token_to(office, ada), "link", WORDS)
    office.later(days=2)
    office.store.run("DELETE FROM confirmations WHERE confirmed_at IS NULL")
    assert not self_service.ask_by_mail(office.app, person.id, Action.CONFIRM)


def test_a_confirmation_that_is_pressed_four_times_at_once_is_one(office: Office, ada: str) -> None:
    self_service.ask_to_subscribe(office.app, ada, [LEEDS], "form")
    token = token_to(office, ada)

    def press(_: int) -> int:
        with App(office.app.config, office.now) as app:
            return self_service.confirm(app, token, "link", WORDS).id

    with ThreadPoolExecutor(4) as pool:
        (number,) = set(pool.map(press, range(4)))
    assert len(consents.of_subscriber(office.store, number)) == 1
    assert len(people.get(office.store, number).subscriptions) == 1


def test_a_complaint_stops_mail_at_once_and_only_the_person_can_lift_it(
    office: Office, ada: str
) -> None:
    person = comes(office, ada)
    assert self_service.complained(office.app, person.id).state == "paused"
    refusal = refusals.of(office.store, ada)
    assert refusal and refusal.how == "complaint"
    self_service.resume(office.app, person.id)
    assert not refusals.is_refused(office.store, ada)


# -- tokens ----------------------------------------------------------------------------------------

ACTIONS = st.sampled_from(list(Action))
KEYS = st.text("abcXYZ019_-", min_size=1, max_size=20)
AGES = st.timedeltas(dt.timedelta(minutes=-30), dt.timedelta(days=30))


@given(ACTIONS, ACTIONS, KEYS, AGES)
def test_a_token_is_for_one_purpose_and_for_its_time(
    made: Action, asked: Action, key: str, age: dt.timedelta
) -> None:
    token = links.sign("secret", made, key, BEGAN)
    lasts = links.LASTS.get(made, dt.timedelta.max)
    whole_seconds = dt.timedelta(seconds=int(age.total_seconds()))
    now = BEGAN + whole_seconds
    if made in links.LASTS and not -links.CLOCK_SLACK <= whole_seconds <= lasts:
        with pytest.raises(LinkExpired):
            links.read("secret", token, made, now)
    elif made is not asked:
        with pytest.raises(BadToken):
            links.read("secret", token, asked, now)
    else:
        assert links.read("secret", token, asked, now) == key


@given(ACTIONS, st.data())
def test_a_token_with_one_sign_changed_is_none(action: Action, data: st.DataObject) -> None:
    token = links.sign("secret", action, "key", BEGAN)
    # the last sign of Base64 has bits that mean nothing
    place = data.draw(st.integers(0, len(token) - 2))
    sign = data.draw(st.sampled_from("abcXYZ019._-"))
    changed = token[:place] + sign + token[place + 1 :]
    assume(changed != token)
    with pytest.raises(BadToken):
        links.requested("secret", changed, BEGAN)


# -- who said no -----------------------------------------------------------------------------------


def test_a_no_taken_in_from_another_store_holds_and_is_lifted_by_the_person_alone(
    office: Office, ada: str, tmp_path: Path
) -> None:
    here = comes(office, f"here.{ada}")
    with Store(tmp_path / "theirs.db") as theirs:
        for address in (ada, here.address):
            refusals.refuse(theirs, address, "erased", BEGAN)
        known = refusals.everyone(theirs)
    assert [refusals.take_in(office.store, known) for _ in range(2)] == [1, 0]
    assert refusals.is_refused(office.store, ada.upper())
    assert not refusals.is_refused(office.store, here.address)
    office.later(hours=2)
    comes(office, ada)
    assert not refusals.is_refused(office.store, ada)


LOCAL = st.text("abcDEF019+._-", min_size=1, max_size=12).filter(
    lambda text: ".." not in text and text[0] != "." and text[-1] != "."
)
SPELLINGS = (str.upper, str.lower, str.title, lambda text: f" {text}\t")


@settings(max_examples=40)
@given(LOCAL, st.sampled_from(("example.org", "Bücher.example")), st.data())
def test_a_no_is_known_in_every_spelling_of_the_address_and_of_no_other(
    office: Office, local: str, domain: str, data: st.DataObject
) -> None:
    address = f"{local}@{domain}"
    refusals.refuse(office.store, address, "erased", office.now)
    spelled = data.draw(st.sampled_from(SPELLINGS))(address)
    assert refusals.is_refused(office.store, spelled)
    assert not refusals.is_refused(office.store, f"x{address}")
    refusals.lift(office.store, spelled)
    assert not refusals.is_refused(office.store, address)


def test_the_hash_of_an_address_is_another_in_each_store(office: Office, tmp_path: Path) -> None:
    with Store(tmp_path / "other.db") as other:
        hashes = {refusals.hashed(store, "ada@example.org") for store in (office.store, other)}
        assert len(hashes) == 2 and all(len(each) == 64 for each in hashes)


def test_who_left_before_there_were_refusals_has_said_no_too(tmp_path: Path) -> None:
    with Store(tmp_path / "s.db") as store:
        person = people.add(store, "ada@example.org", BEGAN)
        store.update("subscribers", person.id, {"state": "unsubscribed"})
        store.run("DELETE FROM refusals")
        store.run("DELETE FROM meta WHERE key = 'refusal_key'")
        assert refusals.is_refused(store, "ada@example.org")


MINUTES = st.lists(st.integers(0, 90), min_size=1, max_size=12)


@settings(max_examples=25)
@given(MINUTES, st.sampled_from(("confirm", "manage", "reply")))
def test_whatever_is_asked_nobody_is_sent_more_than_is_allowed(
    office: Office, pauses: list[int], kind: str
) -> None:
    address, sent = f"limits{next(NUMBERS)}@example.org", []
    for pause in pauses:
        office.later(minutes=pause)
        with office.store.writing():
            if asked.may_ask(office.store, address, kind, office.now):
                sent.append(office.now)
    least = asked.AT_MOST_ONE_IN[kind]
    gaps = [later - earlier for earlier, later in pairwise(sent)]
    assert sent and all(gap >= least for gap in gaps)
