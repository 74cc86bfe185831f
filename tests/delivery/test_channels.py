"""What chats and webhooks are told, over real servers on loopback; which address may be written to,
and what becomes of a message that is refused."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import hashlib
import hmac
import ipaddress
import json
import socket
import ssl
import sys
import time
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path
from threading import Thread

import pytest
import trustme
from click.testing import CliRunner
from office import CONFIG, Office
from receiver import Answer, Drop, Receiver, Stall

from syncer.cli import main
from syncer.delivery.transports import chat, reachable
from syncer.delivery.transports.webhook import Target, Webhook
from syncer.digest import samples
from syncer.digest.chat import short_text
from syncer.errors import BadAddress, HostForbidden, TransportError
from syncer.model import EventKind, Subscription
from syncer.operations import channels as operations
from syncer.operations import health
from syncer.pipeline.send import send
from syncer.store import channels, events, outbox, people, problems
from syncer.store.outbox import State
from syncer.subscriptions.channels import SERVICES, read

ALLOWED = CONFIG + '[webhooks]\nallow_hosts = ["127.0.0.1"]\n[web]\nurl = "https://news.example"\n'
HOOK, ROOM = "hook", "room"
LEEDS = Subscription(0, 0, councils=("leeds",))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Office(tmp_path, ALLOWED) as office:
        yield office


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


def add(office: Office, address: str, label: str, *wanted: Subscription) -> channels.Added:
    """A chat or webhook that follows Leeds, or what is wanted."""
    added = channels.add(office.store, read(address), label, office.now)
    newest = events.last_seq(office.store)
    for each in wanted or (LEEDS,):
        people.subscribe(office.store, added.subscriber.id, each, newest)
    office.notify()
    office.send()
    return added


def hook(office: Office, receiver: Receiver, label: str = HOOK) -> channels.Added:
    return add(office, f"http://127.0.0.1:{receiver.port}/{label}?token=s3cret", label)


def room(office: Office, receiver: Receiver, label: str = ROOM) -> channels.Added:
    return add(office, f"mmost://127.0.0.1:{receiver.port}/token-of-{label}", label)


def states(office: Office, label: str) -> list[str]:
    return [str(each.state) for each in office.deliveries(label)]


# -- What is sent ----------------------------------------------------------------------------------


def test_a_webhook_is_posted_the_changes_as_the_command_prints_them_and_nothing_else(
    office: Office, receiver: Receiver, tmp_path: Path
) -> None:
    hook(office, receiver)
    office.happens()
    office.notify()
    office.send()
    (posted,) = receiver.posted
    (delivery,) = office.deliveries(HOOK)
    config = ["--config", str(tmp_path / "config.toml")]
    listed = CliRunner().invoke(main, [*config, "changes", "--format", "jsonl"]).stdout
    assert posted.path == "/hook?token=s3cret"
    assert posted.json == {
        "delivery": delivery.id,
        "changes": [json.loads(line) for line in listed.splitlines()],
    }
    assert delivery.state is State.SENT and delivery.reply == "127.0.0.1 answered 200"


def test_what_is_posted_is_signed_as_standard_webhooks_has_it(
    office: Office, receiver: Receiver
) -> None:
    added = hook(office, receiver)
    office.happens()
    office.notify()
    office.send()
    (posted,) = receiver.posted
    number, seconds = posted.headers["webhook-id"], posted.headers["webhook-timestamp"]
    key = base64.b64decode(added.new_key.removeprefix("whsec_"))
    signed = f"{number}.{seconds}.".encode() + posted.body
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    assert posted.headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"
    assert posted.headers["idempotency-key"] == number == str(posted.json["delivery"])
    assert abs(int(seconds) - office.now.timestamp()) < 60


def test_a_chat_has_one_short_text_with_a_link(office: Office, receiver: Receiver) -> None:
    room(office, receiver)
    office.happens()
    office.notify()
    office.send()
    (news,) = (posted.json["text"] for posted in receiver.posted)
    assert news.startswith("Leeds: leadership good → inadequate\n")
    assert news.endswith("\n\nhttps://news.example/changes/")


@pytest.mark.parametrize("stopped", [False, True])
def test_what_happens_before_the_first_digest_is_told_and_what_happened_while_it_was_paused_is_not(
    office: Office, receiver: Receiver, stopped: bool
) -> None:
    added = [
        channels.add(
            office.store, read(f"{address}:{receiver.port}/tokentokentoken"), "", office.now
        )
        for address in ("http://127.0.0.1", "mmost://127.0.0.1")
    ]
    for each in added:
        people.subscribe(office.store, each.subscriber.id, LEEDS, 0)
        if stopped:
            people.stop(office.store, each.subscriber.id, "paused", office.now)
    office.happens(new="outstanding")
    for each in added if stopped else ():
        people.resume(office.store, each.subscriber.id, office.now)
    if stopped:
        office.happens(new="requires_improvement")
    news(office)
    text, changes = sorted(
        (each.json for each in receiver.posted), key=lambda each: "changes" in each
    )
    told = {line["new"] for line in changes["changes"]}
    assert told == {"requires_improvement" if stopped else "outstanding", "inadequate"}
    assert "outstanding" not in text["text"] or not stopped


def test_a_correction_reaches_both_and_names_the_line_that_it_corrects(
    office: Office, receiver: Receiver
) -> None:
    hook(office, receiver)
    room(office, receiver)
    record = office.record()
    wrong = office.happens(record=record)
    office.notify()
    office.send()
    office.later(hours=1)
    with office.store.writing():
        right = office.happens(
            "good", "inadequate", record=record, kind=EventKind.CORRECTED, change=None
        )
        office.store.run("UPDATE events SET corrects = ? WHERE id = ?", (wrong, right))
    office.notify()
    office.send()
    posted = [each.json for each in receiver.posted[-2:]]
    (change,) = next(each["changes"] for each in posted if "changes" in each)
    assert (change["kind"], change["corrects"]) == ("corrected", wrong)
    assert next(each["text"] for each in posted if "text" in each).startswith("Correction: Leeds")


def test_a_source_that_cannot_be_read_is_said_in_a_chat_alone(
    office: Office, receiver: Receiver
) -> None:
    hook(office, receiver)
    room(office, receiver)
    for _ in range(5):
        office.later(days=1)
        office.runs("failed")
        office.notify()
        office.send()
    texts = [posted.json["text"] for posted in receiver.posted]
    assert "cannot be read" in texts[-1] and len(texts) == 1


@pytest.mark.parametrize("longest", [1000, 400, 80])
def test_a_text_fits_whatever_is_told_and_says_how_much_more_there_is(longest: int) -> None:
    for made in samples.digests():
        text = short_text(made, longest, "https://news.example/changes/")
        assert 0 < len(text) <= longest
        assert "@" not in text and "<" not in text and "](" not in text
    many = max(samples.digests(), key=lambda each: len(each.groups))
    assert " more\n\nhttps://news.example/changes/" in short_text(
        many, longest, "https://news.example/changes/"
    )


def test_a_team_has_one_card_of_a_thousand_characters_however_much_there_is(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, theirs = trustme.CA(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(theirs)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    with Receiver(theirs) as teams:
        address = f"workflows://localhost:{teams.port}/643e69f83c8944/SIGNATURE"
        add(office, address, "team", Subscription(0, 0))
        for council in list(office.app.register)[:150]:
            office.happens(council=council.slug)
        news(office)
        (posted,) = teams.posted
    (card,) = posted.json["attachments"]
    (block,) = card["content"]["body"]
    assert posted.path.startswith("/workflows/643e69f83c8944/triggers/manual/paths/invoke?")
    assert 500 < len(block["text"]) <= 1000
    assert block["text"].endswith(" more\n\nhttps://news.example/changes/")


@pytest.mark.parametrize(
    "address",
    [
        "workflows://prod-12.uksouth.logic.azure.com:443/643e69f83c8944/SDFA-ASF",
        "slack://T0000EXAM/B0000PLES/ThisOneIsMadeUp000000000",
        "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
        "mmosts://chat.example.org/3ccdr113c9zs3jfjmiyrgjhgfu",
        "rocket://aaaa%2Fbbbb@127.0.0.1/%23room",
        "gchat://workspace/key/token",
        "matrixs://user:pass@matrix.example.org/%23general",
        "zulip://bot-name@org/a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4/general",
        "tgram://123456789:AAEABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg/12315544",
        f"webex://{'a' * 80}",
    ],
)
def test_no_text_is_longer_than_its_service_takes_so_that_none_is_split(address: str) -> None:
    known = read(address)
    assert known.service.longest <= chat.opened(known).body_maxlen
    assert known.host and known.host not in ("t1jj3t3l2", "4174216298", "workspace", "123456789")


# -- What is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "scheme",
    ["json", "jsons", "xml", "form", "forms", "mailto", "mailtos", "syslog", "file", "exec"],
)
def test_only_chats_on_our_list_are_taken(scheme: str) -> None:
    assert scheme not in SERVICES
    with pytest.raises(BadAddress, match="no chat") as refused:
        read(f"{scheme}://s3cret.example.org/s3cret")
    assert "s3cret" not in str(refused.value) + refused.value.hint


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "hook.localhost",
        "0",
        "2130706433",
        "0x7f.1",
        "10.0.0.8",
        "172.16.3.4",
        "192.168.1.1",
        "169.254.169.254",
        "168.63.129.16",
        "100.64.0.1",
        "100.100.100.200",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "::ffff:10.0.0.8",
        "::ffff:127.0.0.1",
        "64:ff9b::a00:8",
        "2002:7f00:1::",
        "fe80::1",
        "fd00:ec2::254",
        "ff02::1",
    ],
)
def test_a_webhook_that_is_not_on_the_public_internet_is_refused(host: str) -> None:
    with pytest.raises(HostForbidden):
        reachable.check_host(host, is_allowed=False)
    reachable.check_host(host, is_allowed=True)


@pytest.mark.parametrize("address", ["8.8.8.8", "2a00:1450:4009:81f::200e", "::ffff:8.8.8.8"])
def test_an_address_of_the_public_internet_is_taken(address: str) -> None:
    assert reachable.is_public(ipaddress.ip_address(address))


def test_a_name_that_leads_home_is_refused_when_it_is_sent(receiver: Receiver) -> None:
    secret = f"https://localhost:{receiver.port}/s3cret"
    webhook = Webhook(Target(HOOK, 1, secret, "whsec_AAAA"), lambda: dt.datetime.now(dt.UTC))
    with pytest.raises(HostForbidden) as refused:
        webhook.deliver(b"[]", "", HOOK, lambda: None)
    assert "s3cret" not in str(refused.value) and receiver.posted == []


@pytest.mark.parametrize("trusted", [True, False])
def test_https_goes_to_the_host_whose_name_is_in_the_certificate(
    trusted: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, theirs = trustme.CA(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost" if trusted else "other.example").configure_cert(theirs)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with Receiver(theirs) as receiver:
        target = Target(HOOK, 1, f"https://localhost:{receiver.port}/x", "whsec_AAAA")
        webhook = Webhook(target, lambda: dt.datetime.now(dt.UTC), ["localhost"])
        if trusted:
            assert webhook.deliver(b"[]", "", HOOK, lambda: None) == "localhost answered 200"
        else:
            with pytest.raises(TransportError, match="certificate"):
                webhook.deliver(b"[]", "", HOOK, lambda: None)


# -- What becomes of it ----------------------------------------------------------------------------


def news(office: Office) -> None:
    office.happens()
    office.notify()
    office.send()


def test_a_webhook_that_is_gone_is_stopped_at_once_and_the_operator_is_told(
    office: Office, receiver: Receiver
) -> None:
    added = hook(office, receiver)
    receiver.answer(410)
    office.happens()
    office.notify()
    found = health.note_sending(office.app, send(office.app))
    assert people.get(office.store, added.subscriber.id).state == "bounced"
    assert [(each.name, each.message) for each in found] == [
        ("DeliveryFailed", "hook: 127.0.0.1 answered 410: gone")
    ]
    news(office)
    assert len(receiver.posted) == 1


@pytest.mark.parametrize(("status", "tries"), [(400, 3), (302, 3), (500, 4), (429, 4)])
def test_a_refusal_is_believed_after_three_and_an_overload_never(
    office: Office, receiver: Receiver, status: int, tries: int
) -> None:
    hook(office, receiver)
    elsewhere = Answer(status, {"Location": "http://127.0.0.1:1/elsewhere"})
    receiver.judge = lambda posted: elsewhere
    news(office)
    for _ in range(3):
        office.later(hours=5)
        office.send()
    assert len(receiver.posted) == tries
    assert states(office, HOOK) == ["failed" if tries == 3 else "queued"]


@pytest.mark.parametrize("by_date", [False, True])
def test_a_webhook_is_asked_again_when_it_wants_with_the_same_key(
    office: Office, receiver: Receiver, by_date: bool
) -> None:
    hook(office, receiver)
    in_an_hour = formatdate(office.now.timestamp() + 3600, usegmt=True)
    receiver.answer(429, Retry_After=in_an_hour if by_date else "3600")
    news(office)
    office.later(minutes=50)
    office.send()
    assert len(receiver.posted) == 1
    office.later(minutes=11)
    office.send()
    first, second = receiver.posted
    assert first.body == second.body and states(office, HOOK) == ["sent"]
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]


def test_a_lost_reply_is_no_doubt_of_a_webhook_and_one_of_a_chat(
    office: Office, receiver: Receiver
) -> None:
    hook(office, receiver)
    room(office, receiver)
    receiver.judge = lambda posted: Drop()
    news(office)
    assert (states(office, HOOK), states(office, ROOM)) == (["queued"], ["in_doubt"])
    receiver.judge = lambda posted: None
    office.later(minutes=16)
    office.send()
    office.send()
    assert (states(office, HOOK), states(office, ROOM)) == (["sent"], ["sent"])
    assert [each.doubts for each in office.deliveries(ROOM)] == [1]
    assert len(receiver.taken) == 2 * 2


@pytest.mark.parametrize(("status", "state"), [(500, "queued"), (404, "queued"), (403, "queued")])
def test_what_a_chat_service_answers_is_known_though_apprise_keeps_it_to_itself(
    office: Office, receiver: Receiver, status: int, state: str
) -> None:
    room(office, receiver)
    receiver.answer(status)
    news(office)
    delivery = office.deliveries(ROOM)[-1]
    assert (delivery.state, delivery.error.partition(":")[0]) == (
        state,
        f"127.0.0.1 answered {status}",
    )
    assert delivery.refusals == (status < 500)


def test_a_chat_that_cannot_be_reached_is_no_doubt(office: Office) -> None:
    with Receiver() as gone:
        room(office, gone)
    news(office)
    delivery = office.deliveries(ROOM)[-1]
    assert delivery.state is State.QUEUED and "could not be reached" in delivery.error


def test_without_the_library_chats_wait_and_the_operator_is_told_until_it_is_there(
    office: Office, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    room(office, receiver)
    office.happens()
    office.notify()
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "apprise", None)  # as Python has it where it is not installed
        found = health.note_sending(office.app, send(office.app))
    assert [problem.name for problem in found] == ["ChatUnavailable"]
    health.note_sending(office.app, send(office.app))  # nothing is due yet
    assert len(problems.still_open(office.store)) == 1
    office.later(minutes=2)
    health.note_sending(office.app, send(office.app))
    assert problems.still_open(office.store) == [] and states(office, ROOM) == ["sent"]


def test_one_that_is_slow_or_down_does_not_hold_up_the_others(
    office: Office, receiver: Receiver
) -> None:
    with Receiver() as gone:
        hook(office, gone, "gone")
    hook(office, receiver)
    room(office, receiver)
    office.follows("ada@example.org")
    office.folder.joinpath("maildir").rename(office.folder / "aside")
    office.folder.joinpath("maildir").write_text("in the way")  # mail cannot be sent
    news(office)
    assert states(office, HOOK) + states(office, ROOM) == ["sent", "sent"]
    assert states(office, "gone") == ["queued"]
    assert office.deliveries("ada@example.org")[-1].state is State.QUEUED


def test_of_an_answer_without_an_end_only_the_status_is_looked_at() -> None:
    def answer_for_ever(line: socket.socket) -> None:
        with line, contextlib.suppress(OSError):
            line.recv(65536)
            line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                line.sendall(b"x" * 65536)

    with socket.create_server(("127.0.0.1", 0)) as server:
        Thread(target=lambda: answer_for_ever(server.accept()[0]), daemon=True).start()
        target = Target(HOOK, 1, f"http://127.0.0.1:{server.getsockname()[1]}/", "whsec_AAAA")
        webhook = Webhook(target, lambda: dt.datetime.now(dt.UTC), ["127.0.0.1"])
        begun = time.monotonic()
        assert webhook.deliver(b"[]", "", HOOK, lambda: None) == "127.0.0.1 answered 200"
    assert time.monotonic() - begun < 5


def test_a_webhook_that_drips_is_cut_off(receiver: Receiver) -> None:
    receiver.fail(Stall(2))
    target = Target(HOOK, 1, f"http://127.0.0.1:{receiver.port}/", "whsec_AAAA")
    webhook = Webhook(target, lambda: dt.datetime.now(dt.UTC), ["127.0.0.1"], whole_seconds=0.2)
    begun = time.monotonic()
    with pytest.raises(TransportError, match="no answer"):
        webhook.deliver(b"[]", "", HOOK, lambda: None)
    assert time.monotonic() - begun < 1.5


def test_the_doctor_tries_both_and_writes_to_neither(office: Office, receiver: Receiver) -> None:
    hook(office, receiver)
    room(office, receiver)
    said = [operations.check(office.app, each) for each in operations.active(office.app)]
    assert said == ["127.0.0.1 can be connected to", "127.0.0.1 can be written to"]
    assert receiver.posted == []
    with Receiver() as gone:
        hook(office, gone, "gone")
    with pytest.raises(TransportError, match="cannot be connected to"):
        operations.check(office.app, people.find(office.store, "gone"))


def test_a_webhook_that_is_down_is_a_problem_of_its_own_and_not_of_mail(
    office: Office, receiver: Receiver
) -> None:
    hook(office, receiver)
    receiver.judge = lambda posted: Drop()
    news(office)
    office.later(hours=2)
    office.runs("ok")
    names = {problem.name for problem in health.check(office.app)}
    assert "ChannelStuck" in names and "OutboxStuck" not in names
    assert health.waiting_too_long(office.app) is None
    assert "s3cret" not in json.dumps(problems.still_open(office.store))


def test_what_is_kept_of_a_delivery_names_no_secret(office: Office, receiver: Receiver) -> None:
    hook(office, receiver)
    room(office, receiver)
    receiver.judge = lambda posted: Drop()
    news(office)
    kept = [
        f"{each} {outbox.body(office.store, each.id)!r}" for each in outbox.listing(office.store)
    ]
    assert len(kept) == 2
    assert not any("s3cret" in each or "token-of" in each for each in kept)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://hooks.example/a", "hooks.example"),
        ("https://hooks.example:443/a", "hooks.example"),
        ("https://hooks.example:8443/a", "hooks.example:8443"),
        ("http://[::1]:8080/a", "[::1]:8080"),
    ],
)
def test_a_webhook_names_its_host_as_a_browser_would(url: str, host: str) -> None:
    webhook = Webhook(Target("a label", 1, url), lambda: dt.datetime(2026, 1, 5, tzinfo=dt.UTC))
    assert webhook._headers("1", b"[]")["Host"] == host
