"""Who wants to hear what: coming, being confirmed, stopping, going; files of subscribers; signed
links."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from people import LONG_AGO, active, message

from syncer import links
from syncer.errors import BadAddress, BadToken, NoSuchSubscriber, RosterError
from syncer.links import Action
from syncer.model import Area, Change, Frequency, Grade, Subscription
from syncer.operations import roster
from syncer.register.councils import Register, load_register
from syncer.store import Store, consents, erasure, pages, people, refusals
from syncer.store import outbox as deliveries
from syncer.store.addresses import normalised
from syncer.store.outbox import State
from syncer.subscriptions.schedule import WEEKDAYS

NOW = dt.datetime(2026, 5, 12, 12, 0, tzinfo=dt.UTC)
LEEDS = Subscription(0, 0, councils=("leeds",))
EVERYTHING = Subscription(
    0,
    0,
    ("leeds", "trafford"),
    ("London",),
    ("kent",),
    ("rating", "money"),
    ("leadership",),
    ("declined",),
    ("inadequate",),
    50_000,
    True,
    Frequency.WEEKLY,
    "friday",
    16,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "syncer.sqlite") as opened:
        yield opened


@pytest.fixture(scope="module")
def register() -> Register:
    return load_register()


# -- coming and going ------------------------------------------------------------------------------


def test_a_subscription_comes_back_with_every_field(store: Store) -> None:
    reader = active(store, "ada@example.org", EVERYTHING)
    (kept,) = people.find(store, "ada@example.org").subscriptions
    assert kept == replace(EVERYTHING, id=kept.id, subscriber=reader.id)


@pytest.mark.parametrize("address", ["ada@example.org", " ADA@Example.ORG "])
def test_one_address_is_one_subscriber_in_whatever_letters(store: Store, address: str) -> None:
    first = people.add(store, "Ada@example.org", NOW)
    assert people.add(store, address, NOW).id == first.id == people.find(store, address).id


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "ada@",
        "@example.org",
        "a@b@c.org",
        "ada@exa mple.org",
        "ada@example.org\nBcc: x@y.org",
        "a\r@b.org",
    ],
)
def test_what_is_not_an_address_is_refused(store: Store, address: str) -> None:
    with pytest.raises(BadAddress, match="is not an address"):
        people.add(store, address, NOW)


def test_someone_new_is_pending_until_confirmed_and_confirming_twice_does_nothing(
    store: Store,
) -> None:
    reader = people.add(store, "ada@example.org", NOW)
    assert reader.state == "pending"
    assert (
        people.confirm(store, reader.id, NOW).state
        == people.confirm(store, reader.id, NOW).state
        == "active"
    )


def test_the_same_subscription_twice_is_one_and_keeps_its_mark(store: Store) -> None:
    reader = people.add(store, "ada@example.org", NOW)
    first = people.subscribe(store, reader.id, LEEDS, mark=3)
    assert people.subscribe(store, reader.id, LEEDS, mark=9) == first
    assert len(people.get(store, reader.id).subscriptions) == 1


@pytest.mark.parametrize("state", ["paused", "bounced"])
def test_who_is_stopped_gets_nothing_that_waits_and_on_return_a_new_welcome(
    store: Store, state: str
) -> None:
    reader = active(store, "ada@example.org")
    people.note_welcomed(store, reader.id, 5, NOW)
    deliveries.queue(store, message("ada@example.org", subscriber=reader.id), NOW)
    assert people.stop(store, reader.id, state).state == state
    assert deliveries.show(store, 1).state is State.CANCELLED
    back = people.resume(store, reader.id)
    assert (back.state, back.welcomed, back.subscriptions[0].mark) == ("active", None, 5)


def test_the_last_subscription_takes_its_subscriber_along_and_who_comes_back_is_asked_again(
    store: Store,
) -> None:
    reader = active(store, "ada@example.org")
    second = people.subscribe(store, reader.id, EVERYTHING, mark=0)
    assert people.unsubscribe(store, reader.id, NOW, second.id).state == "active"
    assert people.unsubscribe(store, reader.id, NOW).state == "unsubscribed"
    again = people.add(store, "ada@example.org", NOW)
    assert (again.id, again.state, again.subscriptions) == (reader.id, "pending", ())


def test_who_is_erased_is_nobody_and_may_come_back_as_somebody_new(store: Store) -> None:
    reader = active(store, "ada@example.org")
    assert erasure.erase(store, "ada@example.org", NOW).lines == 1
    with pytest.raises(NoSuchSubscriber):
        people.find(store, "ada@example.org")
    assert people.get(store, reader.id).address == "" and people.listing(store) == []
    assert people.add(store, "ada@example.org", NOW).id != reader.id


def test_a_mark_never_goes_back(store: Store) -> None:
    reader = active(store, "ada@example.org")
    people.move_marks(store, [reader.subscriptions[0].id], 7, NOW)
    people.move_marks(store, [reader.subscriptions[0].id], 4, NOW)
    (kept,) = people.get(store, reader.id).subscriptions
    assert (kept.mark, kept.considered) == (7, NOW)


def test_what_is_explained_once_is_explained_once(store: Store) -> None:
    reader = active(store, "ada@example.org")
    for what in ("overall", "overall", "something else"):
        people.note_explained(store, reader.id, what)
    assert people.explained(store, reader.id) == {"overall", "something else"}


def read_on(store: Store, *days: dt.date) -> None:
    for day in days:
        pages.start_run(store, "ofsted_reports", dt.datetime.combine(day, dt.time(9), dt.UTC))


def test_who_follows_a_council_that_ends_follows_its_successors_and_the_old_one_for_a_while(
    store: Store,
) -> None:
    cumbria = Subscription(0, 0, councils=("cumbria",))
    reader = active(store, "ada@example.org", cumbria)
    for _ in range(2):  # the daily job may run twice
        people.succeed(
            store, "cumbria", ["cumberland", "westmorland-and-furness"], dt.date(2024, 4, 1)
        )
    assert people.get(store, reader.id).subscriptions[0].councils == (
        "cumbria",
        "cumberland",
        "westmorland-and-furness",
    )
    read_on(store, *(dt.date(2024, 4, day) for day in (1, 2, 3)))
    assert people.drop_ended(store, dt.date(2024, 4, 2)) == 0
    assert people.drop_ended(store, dt.date(2024, 4, 3)) == 1
    assert people.get(store, reader.id).subscriptions[0].councils == (
        "cumberland",
        "westmorland-and-furness",
    )


def test_a_filter_on_one_ended_council_never_becomes_a_filter_on_none(store: Store) -> None:
    reader = active(store, "ada@example.org", Subscription(0, 0, councils=("gone",)))
    people.succeed(store, "gone", [], dt.date(2024, 4, 1))
    read_on(store, *(dt.date(2029, 4, day) for day in (1, 2, 3)))
    people.drop_ended(store, dt.date(2030, 1, 1))
    assert people.get(store, reader.id).subscriptions[0].councils == ("gone",)


# -- signed links ----------------------------------------------------------------------------------


@given(st.text(max_size=60))
def test_nobody_can_make_up_a_link(token: str) -> None:
    with pytest.raises(BadToken):
        links.requested("secret", token, NOW)


def test_a_link_of_another_installation_is_refused_and_so_is_a_changed_one() -> None:
    token = links.sign("theirs", Action.ERASE, "k", NOW)
    for wrong in (
        token,
        links.sign("ours", Action.PAUSE, "k", NOW).replace(".", "x."),
        links.sign("ours", Action.PAUSE, "k", NOW)[:-1],
    ):
        with pytest.raises(BadToken):
            links.requested("ours", wrong, NOW)


def test_the_secret_is_made_once_and_survives(store: Store) -> None:
    first = people.secret(store)
    with Store(store.path) as again:
        assert people.secret(again) == first and len(first) > 40


def test_a_mail_without_a_link_says_so() -> None:
    with pytest.raises(BadToken, match="no request in the subject 'Thank you'"):
        links.token_in("Thank you")


# -- files -----------------------------------------------------------------------------------------

FOLLOWS_LEEDS = '[[subscriber.subscription]]\ncouncils = "leeds"\n'
SLUGS = ("leeds", "trafford", "kent", "cornwall")


def some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), max_size=3, unique=True).map(tuple)


subscriptions = st.builds(
    Subscription,
    st.just(0),
    st.just(0),
    some(SLUGS),
    some(("London", "North East")),
    some(SLUGS),
    some(("rating", "money", "payment")),
    some(tuple(Area)),
    some(tuple(Change)),
    some(tuple(Grade)),
    st.integers(0, 10**9),
    st.booleans(),
    st.sampled_from(Frequency),
    st.sampled_from(WEEKDAYS),
    st.integers(0, 23),
)
addresses = st.from_regex(r"[a-z][a-z0-9+]{0,8}@[a-z]{1,8}\.org", fullmatch=True)


@given(
    st.dictionaries(
        addresses, st.lists(subscriptions, min_size=1, max_size=3, unique=True), max_size=4
    ),
    st.data(),
)
def test_what_is_written_to_a_file_is_read_back(
    register: Register, cast: dict[str, list[Subscription]], data: st.DataObject
) -> None:
    states = {
        address: data.draw(st.sampled_from(("pending", "active", "paused", "bounced")))
        for address in cast
    }
    people_ = [
        people.Subscriber(0, address, "email", states[address], "weekly", subscriptions=tuple(own))
        for address, own in cast.items()
    ]
    written = roster.entries(people_)
    assert roster.from_toml(roster.to_toml(written), register) == written
    assert roster.from_csv(roster.to_csv(written), register) == written


def test_a_store_moved_by_file_is_the_same_and_importing_again_adds_nothing(
    store: Store, tmp_path: Path, register: Register
) -> None:
    ada = active(store, "ada@example.org", EVERYTHING)
    consents.record(store, ada.id, "link", "Yes, tell me", NOW)
    people.stop(store, active(store, "bob@example.org").id, "paused")
    people.unsubscribe(store, active(store, "eve@example.org").id, NOW)
    first = people.listing(store, ["active", "paused"])
    text = roster.to_toml(roster.with_consents(store, people.listing(store)))
    with Store(tmp_path / "other.sqlite") as other:
        assert [
            roster.take_in(other, roster.from_toml(text, register), 9, NOW) for _ in range(2)
        ] == [2, 0]
        moved = people.listing(other, ["active", "paused"])
        assert roster.entries(moved) == roster.entries(first)
        (agreed,) = consents.of_subscriber(other, people.find(other, "ada@example.org").id)
        assert (agreed.at, agreed.how, agreed.words) == (NOW, "link", "Yes, tell me")
        assert refusals.is_refused(other, "eve@example.org")
        assert {each.mark for reader in people.listing(other) for each in reader.subscriptions} == {
            9
        }


@pytest.mark.parametrize("state", ["paused", "bounced", "unsubscribed"])
def test_a_file_does_not_bring_back_who_has_stopped_mail(
    store: Store, register: Register, state: str
) -> None:
    reader = active(store, "ada@example.org")
    people.unsubscribe(store, reader.id, NOW) if state == "unsubscribed" else people.stop(
        store, reader.id, state
    )
    for claimed in ("active", "pending"):
        text = f'[[subscriber]]\naddress = "Ada@example.org"\nstate = "{claimed}"\n{FOLLOWS_LEEDS}'
        roster.take_in(store, roster.from_toml(text, register), 0, LONG_AGO)
        assert people.find(store, "ada@example.org").state == state


def test_a_file_does_not_bring_back_who_was_erased(store: Store, register: Register) -> None:
    active(store, "ada@example.org")
    erasure.erase(store, "ada@example.org", NOW)
    text = f'[[subscriber]]\naddress = "ADA@example.org"\nstate = "active"\n{FOLLOWS_LEEDS}'
    entries = roster.from_toml(text, register)
    assert roster.said_no(store, entries) == ["ADA@example.org"]
    assert roster.take_in(store, entries, 0, LONG_AGO) == 0 and people.listing(store) == []


def test_without_a_state_an_address_of_a_file_is_asked_and_with_it_its_writer_vouches(
    store: Store, register: Register
) -> None:
    text = "address,state,councils\nada@example.org,,leeds\nbob@example.org,active,leeds\n"
    roster.take_in(store, roster.from_csv(text, register), 0, NOW)
    ada, bob = people.listing(store)
    assert (ada.state, consents.of_subscriber(store, ada.id)) == ("pending", [])
    (vouched,) = consents.of_subscriber(store, bob.id)
    assert (bob.state, vouched.how, vouched.at) == ("active", "import", NOW)


def test_a_column_of_addresses_alone_follows_nothing_and_is_refused(register: Register) -> None:
    with pytest.raises(RosterError, match="ada@example.org, bob@example.org: nothing says"):
        roster.from_csv("address\nada@example.org\nbob@example.org\n", register)


def test_a_file_may_use_any_name_of_a_council_and_the_beginning_of_a_region(
    register: Register,
) -> None:
    text = "address,councils,regions\nada@example.org,Leeds City Council;Trafford,london\n"
    (entry,) = roster.from_csv(text, register)
    assert (entry.subscription[0].councils, entry.subscription[0].regions) == (
        ("leeds", "trafford"),
        ("London",),
    )


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [("yes", True), ("TRUE", True), ("true", True), ("No", False), ("FALSE", False)],
)
def test_yes_and_no_in_a_cell_are_what_a_spreadsheet_makes_of_them(
    register: Register, cell: str, wanted: bool
) -> None:
    text = f"address,councils,payments,hour\nada@example.org,leeds,{cell},9\n"
    (entry,) = roster.from_csv(text, register)
    assert (entry.subscription[0].payments, entry.subscription[0].hour) == (wanted, 9)

    with pytest.raises(RosterError) as caught:
        roster.from_csv(text.replace(f",{cell},9", ",perhaps,late"), register)
    assert caught.value.faults == (
        "line 2: payments: should be true or false",
        "line 2: hour: should be a whole number from 0 to 23",
    )


def test_no_secret_of_an_entry_is_printed(register: Register) -> None:
    text = (
        "address,channel,secret_address,signing_key,councils\n"
        "hook,webhook,https://hooks.example.org/s3cret,whsec_s3cret,leeds\n"
    )
    with pytest.raises(RosterError) as caught:
        roster.from_csv(text, register)
    assert "s3cret" not in str(caught.value.faults)
    entry = roster.Entry(address="hook", channel="webhook", secret_address="https://e.org/s3cret")
    assert "s3cret" not in repr(entry)


@pytest.mark.parametrize(
    ("cell", "wanted"), [("07", 7), (" 7", 7), ("7 ", 7), ("000", 0), ("23", 23), ("7.0", 7)]
)
def test_a_number_in_a_cell_may_have_spaces_and_noughts_before_it(
    register: Register, cell: str, wanted: int
) -> None:
    text = f"address,councils,hour,minimum_pounds\nada@example.org,leeds,{cell},{cell}\n"
    (entry,) = roster.from_csv(text, register)
    (subscription,) = entry.subscription
    assert (subscription.hour, subscription.minimum_pounds) == (wanted, wanted)


@pytest.mark.parametrize("cell", ["1e1", "-1", "7.5", "seven", "9" * 30, "9" * 5000, str(2**63)])
def test_what_is_no_number_in_a_cell_is_told(register: Register, cell: str) -> None:
    text = f"address,councils,hour,minimum_pounds\nada@example.org,leeds,{cell},{cell}\n"
    with pytest.raises(RosterError) as caught:
        roster.from_csv(text, register)
    assert caught.value.faults == (
        "line 2: hour: should be a whole number from 0 to 23",
        "line 2: minimum_pounds: should be a whole number from 0 to 1,000,000,000,000",
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[subscriber]]\nhour = " + "9" * 5000, "digits"),
        ("x = " + "[" * 3000, "recursion"),
        ("[[subscriber]]\naddress='a@e.org'\nsubscription='x'", "subscription: should be a list"),
        (
            "[[subscriber]]\naddress='a@e.org'\nconsented='0001-01-01T00:00:00+14:00'\n"
            "[[subscriber.subscription]]\ncouncils='leeds'",
            "consented: ",
        ),
        (
            "[[subscriber]]\naddress='a@e.org'\n"
            "[[subscriber.subscription]]\ncouncils='leeds'\nrecords='99999999999999999999 x'",
            "records: ",
        ),
    ],
)
def test_a_toml_file_that_is_odd_is_told_by_name(register: Register, text: str, told: str) -> None:
    with pytest.raises(RosterError) as caught:
        roster.from_toml(text, register)
    assert told in str(caught.value.faults)


def test_a_csv_file_that_is_odd_is_told_by_name(register: Register) -> None:
    for text, told in (
        ("address,councils\nada@example.org,leeds,york\n", "more cells than the first line"),
        ("address,councils\nada@example.org," + "x" * 200_000 + "\n", "field larger than"),
    ):
        with pytest.raises(RosterError) as caught:
            roster.from_csv(text, register)
        assert told in str(caught.value.faults)


def test_every_fault_of_a_toml_file_is_named_at_once(register: Register) -> None:
    text = """
        [[subscriber]]
        address = "not an address"
        [[subscriber]]
        address = "ada@example.org"
        colour = "red"
        [[subscriber.subscription]]
        councils = ["Atlantis"]
        hour = 25
        kinds = ["gossip"]
    """
    with pytest.raises(RosterError) as caught:
        roster.from_toml(text, register)
    said = [
        ("subscriber 1: address", "address"),
        ("subscriber 2: colour", ""),
        ("councils", "Atlantis"),
        ("hour", "23"),
        ("kinds", "gossip"),
    ]
    assert all(
        any(place in fault and word in fault for fault in caught.value.faults)
        for place, word in said
    )
    assert len(caught.value.faults) == 5


@pytest.mark.parametrize(
    "text",
    [
        "address,colour\nada@example.org,red\n",
        "address\nada@example.org,left over\n",
        "councils\nleeds\n",
    ],
)
def test_a_table_with_columns_that_mean_nothing_is_refused(register: Register, text: str) -> None:
    with pytest.raises(RosterError):
        roster.from_csv(text, register)


@pytest.mark.parametrize(
    "text",
    ["subscriber = 3", "[subscriber]\naddress = 'ada@example.org'", "[[subscriber", "[[people]]\n"],
)
def test_what_is_no_file_of_subscribers_is_refused(register: Register, text: str) -> None:
    with pytest.raises(RosterError):
        roster.from_toml(text, register)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("ada4\u2019s@example.org", "right single quotation mark"),
        ("ada\u2013b@example.org", "en dash"),
        ("ada\u20ac@example.org", "euro sign"),
        ("a" * 65 + "@example.org", "65 octets"),
        ("é" * 33 + "@example.org", "66 octets"),
    ],
)
def test_an_address_that_no_mail_server_takes_is_refused_with_the_reason(
    address: str, reason: str
) -> None:
    with pytest.raises(BadAddress, match=reason):
        normalised(address)


@pytest.mark.parametrize(
    "address", ["o'brien+x@example.org", "josé@example.org", "b" * 64 + "@e.org"]
)
def test_an_unusual_address_that_is_right_is_taken(address: str) -> None:
    assert normalised(address) == address
