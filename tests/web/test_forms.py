"""Readers help themselves, by HTTP and with a real mail server: the walk, and what must not work."""

from __future__ import annotations

import json
import logging
import re
import socket
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import lxml.html
import pytest
import requests
from office import CONFIG, Office
from processes import address_of, process
from readers import SECONDS, Readers, free_port, links_in

from syncer import links
from syncer.config import load_config
from syncer.links import Action
from syncer.model import Frequency, RecordKind
from syncer.operations.publishing import gather
from syncer.site.addresses import Places
from syncer.site.contents import Contents
from syncer.store import people
from syncer.web.server import WebServer
from syncer.web.times import Times

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
OTHER_SECRET = "of-another-installation"  # noqa: S105 (a test's)


@pytest.fixture(scope="module")
def readers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Readers]:
    """One site for all; each test has addresses of its own."""
    with Readers(tmp_path_factory.mktemp("site")) as made:
        made.office.happens(new="inadequate")
        yield made


def text(answer: requests.Response) -> str:
    main = lxml.html.document_fromstring(answer.content).get_element_by_id("main")
    return " ".join(str(main.text_content()).split())


def happens(readers: Readers, new: str) -> None:
    """Something happens in Leeds, is written down and sent."""
    readers.office.later(hours=3)
    readers.office.happens(new=new)
    readers.office.notify()
    readers.office.send()


# -- The walk --------------------------------------------------------------------------------------


def test_somebody_subscribes_confirms_is_told_and_leaves_by_one_click(readers: Readers) -> None:
    ada = "ada@example.org"
    asked = readers.post("/subscribe", email=ada, council="E08000035", frequency="immediately")
    assert asked.status_code == 200 and "Check your inbox" in text(asked)
    (question,) = readers.mails(ada)
    assert question["List-Unsubscribe"] is None and question["List-Unsubscribe-Post"] is None

    link = readers.link(ada, "confirm")
    shown = text(readers.get(link))
    assert ada in shown and "Leeds: every change; as it happens" in shown
    assert readers.person(ada).state == "pending"
    assert "You will get these emails" in text(readers.post(link))
    assert readers.person(ada).state == "active"

    happens(readers, "good")
    happens(readers, "outstanding")
    mails = readers.mails(ada)
    assert len(mails) >= 3
    leave = readers.link(ada, "unsubscribe")
    assert mails[-1]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"<{leave}>" in mails[-1]["List-Unsubscribe"]
    assert any(leave in link for link in links_in(mails[-1])[1:])
    left = readers.post(leave, **ONE_CLICK)
    assert left.status_code == 200 and "You get no more mails" in text(left)
    assert readers.person(ada).state == "unsubscribed"
    happens(readers, "inadequate")
    assert len(readers.mails(ada)) == len(mails)


def test_one_click_works_as_a_mail_program_sends_it_and_again_it_changes_nothing(
    readers: Readers,
) -> None:
    readers.joins("bea@example.org")
    happens(readers, "good")
    leave = readers.link("bea@example.org", "unsubscribe")
    assert "Stop your emails" in text(readers.get(leave))
    multipart = {name: (None, value) for name, value in ONE_CLICK.items()}
    done = readers.ask("POST", leave, files=multipart)
    assert (done.status_code, "Set-Cookie" in done.headers, "Location" in done.headers) == (
        200,
        False,
        False,
    )
    before = readers.dump()
    for answer in (readers.post(leave, **ONE_CLICK), readers.get(leave), readers.post(leave)):
        assert answer.status_code == 200 and "You get no more mails" in text(answer)
    assert readers.dump() == before


def test_after_a_new_subscription_old_links_do_nothing(readers: Readers) -> None:
    readers.joins("cid@example.org")
    happens(readers, "good")
    old, manage = readers.link("cid@example.org", "unsubscribe"), readers.manages("cid@example.org")
    readers.post(old)
    readers.office.later(hours=2)
    readers.joins("cid@example.org")
    before = readers.dump()
    assert readers.post(old, **ONE_CLICK).status_code == 200
    assert readers.post(manage, do="erase").status_code in (404, 410)
    assert readers.dump() == before
    assert readers.person("cid@example.org").state == "active"


def test_somebody_sees_and_changes_what_they_have(readers: Readers) -> None:
    dan = "dan@example.org"
    readers.joins(dan)
    page = readers.manages(dan)
    assert "Leeds: every change; as it happens" in text(readers.get(page))

    changed = readers.post(
        page,
        do="change",
        council=["York", "leeds"],
        kind="rating",
        frequency="weekly",
        day="fri",
        all_quiet="off",
    )
    assert "Your choices are saved" in text(changed)
    (wanted,) = readers.person(dan).subscriptions
    assert wanted.councils == ("york", "leeds") and wanted.kinds == ("rating",)
    assert (wanted.frequency, wanted.weekday, wanted.hour) == (Frequency.WEEKLY, "friday", 7)
    assert readers.person(dan).all_quiet == "off"

    wrong = readers.post(page, do="change", council="Atlantis")
    assert wrong.status_code == 422 and "No council goes by" in text(wrong)
    assert "To stop all of them" not in text(wrong)
    none = readers.post(page, do="change", council="York", stop="yes")
    assert none.status_code == 422 and "To stop all of them" in text(none)
    assert readers.post(page, do="fly").status_code == 422
    assert readers.person(dan).subscriptions == (wanted,)


def test_somebody_pauses_resumes_and_leaves(readers: Readers) -> None:
    eve = "eve@example.org"
    readers.joins(eve)
    page = readers.manages(eve)
    for button, state in (
        ("pause", "paused"),
        ("resume", "active"),
        ("leave", "unsubscribed"),
    ):
        done = readers.post(page, do=button)
        assert (done.status_code, readers.person(eve).state) == (200, state)


def test_several_subscriptions_are_changed_together_and_one_is_stopped(readers: Readers) -> None:
    fay = "fay@example.org"
    readers.joins(fay)
    readers.office.later(hours=2)
    readers.joins(fay, council="york", frequency="daily", hour="9")
    page = readers.manages(fay)
    shown = lxml.html.document_fromstring(readers.get(page).content)
    (form,) = [form for form in shown.forms if "council.2" in form.fields]
    fields = dict(form.form_values())
    fields.update({"do": "change", "council": "Halton", "stop.2": "yes"})
    assert readers.post(page, **fields).status_code == 200
    assert [each.councils for each in readers.person(fay).subscriptions] == [("halton",)]


def test_somebody_downloads_all_that_is_held_and_is_erased(readers: Readers) -> None:
    gil = "gil@example.org"
    number = readers.joins(gil).id
    page = readers.manages(gil)
    got = readers.post(page, do="download")
    assert got.headers["Content-Type"] == "application/json"
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert gil in json.dumps(got.json()) and "leeds" in json.dumps(got.json())
    assert "Yes, send me these emails" in json.dumps(got.json())  # the words that were agreed to

    assert "You have been erased" in text(readers.post(page, do="erase"))
    assert people.get(readers.office.store, number).state == "erased"
    assert not any(gil in line for line in readers.dump())
    assert readers.get(page).status_code == 404


# -- What must not work ----------------------------------------------------------------------------


def test_programs_that_follow_every_link_in_every_mail_change_nothing(readers: Readers) -> None:
    readers.joins("hal@example.org")
    happens(readers, "good")
    readers.manages("hal@example.org")
    readers.post("/subscribe", email="pending@example.org", council="york")
    mails = [mail for who in ("hal", "pending") for mail in readers.mails(f"{who}@example.org")]
    followed = {link for mail in mails for link in links_in(mail) if "127.0.0.1" in link}
    assert {"confirm", "unsubscribe", "manage"} <= {link.split("/")[3] for link in followed}
    before = readers.dump()
    for link in followed:
        for method in ("GET", "HEAD"):
            assert readers.ask(method, link).status_code in (200, 404), link
    assert readers.dump() == before


def forged(readers: Readers, address: str) -> Iterator[tuple[str, str]]:
    """Tokens that are not for this: signed elsewhere, cut, changed, or made for something else."""
    store, now = readers.office.store, readers.office.now
    key = str(store.value("SELECT link_key FROM subscribers WHERE address = ?", (address,)))
    secret = people.secret(store)
    for action in (Action.CONFIRM, Action.UNSUBSCRIBE, Action.MANAGE):
        good = links.sign(secret, action, key, now)
        yield action, links.sign(OTHER_SECRET, action, key, now)
        yield action, good[:-1]
        yield action, f"{good}A"
        yield action, "x"
        for other in Action:
            if other is not action:
                yield action, links.sign(secret, other, key, now)
    yield Action.CONFIRM, links.sign(secret, Action.CONFIRM, key, now)


def test_forged_and_foreign_links_change_nothing(readers: Readers) -> None:
    readers.joins("ivy@example.org")
    before = readers.dump()
    for action, token in forged(readers, "ivy@example.org"):
        place = f"/{action}/{token}"
        asked = [readers.get(place), readers.post(place, do="erase"), readers.post(place)]
        assert [answer.status_code for answer in asked] == [404] * 3, (action, token)
    assert readers.dump() == before


def test_links_that_are_too_old_change_nothing(readers: Readers) -> None:
    readers.joins("jan@example.org")
    page = readers.manages("jan@example.org")
    readers.post("/subscribe", email="kim@example.org", council="york")
    confirm = readers.link("kim@example.org", "confirm")
    readers.office.later(minutes=61)
    before = readers.dump()
    assert readers.get(page).status_code == readers.post(page, do="erase").status_code == 410
    readers.office.later(days=7)
    old = readers.post(confirm)
    assert old.status_code == 410 and "too old" in text(old)
    assert readers.dump() == before


def test_a_confirmation_is_good_once(readers: Readers) -> None:
    readers.joins("lee@example.org")
    link = readers.link("lee@example.org", "confirm")
    readers.post(readers.manages("lee@example.org"), do="leave")
    before = readers.dump()
    for answer in (readers.get(link), readers.post(link)):
        assert answer.status_code == 200 and "confirmed already" in text(answer)
    assert readers.dump() == before


def test_whether_an_address_is_known_is_seen_neither_in_the_answer_nor_in_its_time(
    readers: Readers,
) -> None:
    readers.joins("max@example.org")
    readers.office.later(hours=2)
    for place, fields in (("/manage", {}), ("/subscribe", {"council": "york"})):
        answers, seconds = [], []
        for address in ("max@example.org", "nobody@example.org"):
            began = time.monotonic()
            answers.append(readers.post(place, email=address, **fields))
            seconds.append(time.monotonic() - began)
        known, unknown = answers
        assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
        assert known.headers.keys() == unknown.headers.keys()
        assert min(seconds) >= 0.05
    assert [mail["To"] for mail in readers.mails("nobody@example.org")] == ["nobody@example.org"]


def test_no_link_is_promised_while_nobody_has_said_at_which_address_the_site_is(
    tmp_path: Path,
) -> None:
    listen = f'[web]\nlisten = "127.0.0.1:{free_port()}"\n'
    with Office(tmp_path, CONFIG + listen) as office:
        times = Times(look_every=0, even=0.05)
        server = WebServer(load_config(tmp_path / "config.toml"), lambda: office.now, times)
        try:
            fields = {"email": "max@example.org"}
            answer = requests.post(f"{server.url}/manage", data=fields, timeout=SECONDS)
        finally:
            server.stop()
    assert "No link can be sent" in text(answer)
    assert "on its way" not in text(answer)


def test_a_thousand_posts_from_one_client_are_limited_and_nobody_is_asked_twice_an_hour(
    readers: Readers,
) -> None:
    before = len(readers.mails("ned@example.org"))
    statuses = [
        readers.post("/subscribe", client="203.0.113.9", email="ned@example.org", council="leeds")
        for _ in range(1_000)
    ]
    limited = [answer for answer in statuses if answer.status_code == 429]
    assert len(limited) >= 940 and {answer.status_code for answer in statuses} == {200, 429}
    assert all(0 < int(answer.headers["Retry-After"]) <= 3600 for answer in limited)
    for client in range(20):
        readers.post("/subscribe", client=f"203.0.113.{client}", email="Ned@example.org")
    assert len(readers.mails("ned@example.org")) == before + 1


def test_wrong_links_are_limited_too_and_right_ones_never(readers: Readers) -> None:
    readers.joins("oda@example.org")
    happens(readers, "good")
    leave = readers.link("oda@example.org", "unsubscribe")
    asked = [readers.ask("GET", f"/unsubscribe/{n}", "203.0.113.77").status_code for n in range(40)]
    assert asked == [404] * 30 + [429] * 10
    assert readers.ask("POST", leave, "203.0.113.77", data=ONE_CLICK).status_code == 200
    assert readers.person("oda@example.org").state == "unsubscribed"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"email": ""}, "Enter your email address"),
        ({"email": "nonsense"}, "like name@example.org"),
        ({"email": "slack://token@channel"}, "like name@example.org"),
        ({"council": "Atlantis"}, "No council goes by 'Atlantis'"),
        ({"council": "Kingston"}, "may be"),
        ({"neighbours_of": "Atlantis"}, "No council goes by"),
        ({"region": "Mars"}, "There is no one region"),
        ({"kind": "gossip"}, "“gossip” is not one of the choices"),
        ({"area": "finance"}, "“finance” is not one of the choices"),
        ({"direction": "sideways"}, "“sideways” is not one of the choices"),
        ({"frequency": "hourly"}, "“hourly” is not one of the choices"),
        ({"day": "someday", "frequency": "weekly"}, "not a day of the week"),
        ({"hour": "24", "frequency": "daily"}, "not an hour"),
        ({"all_quiet": "hourly"}, "“hourly” is not one of the choices"),
        ({"programme": "Robin Hood"}, "No funding programme is called 'Robin Hood'"),
        ({"record": "99999"}, "99999 is the number of no notice and of no award"),
        ({"minimum": "much"}, "is not a sum like £250,000"),
        ({"kind": "visit", "programme": "Supporting Families"}, "Nothing could match"),
        ({"kind": "money", "area": "leadership"}, "Nothing could match"),
        ({"council": ["leeds"] * 300}, "200 are the most"),
    ],
)
def test_what_is_wrong_is_said_beside_the_form_which_keeps_what_was_typed(
    readers: Readers, fields: dict[str, Any], said: str
) -> None:
    whole = {"email": "pia@example.org", "council": ["York", "Sandwell"], "hour": "9"} | fields
    before = readers.dump()
    answer = readers.post("/subscribe", **whole)
    assert answer.status_code == 422 and said in text(answer)
    page = lxml.html.document_fromstring(answer.content)
    for name in ("email", "hour"):
        if name not in fields:
            assert page.xpath(f"//input[@name='{name}']/@value | //option[@selected]/@value")
    if "council" not in fields:
        assert page.xpath("//input[@name='council']/@value")[:2] == ["York", "Sandwell"]
    ids = set(page.xpath("//@id"))
    assert {link.removeprefix("#") for link in page.xpath("//*[@role='alert']//@href")} <= ids
    assert readers.dump() == before


def test_names_and_codes_are_those_of_the_command_line(readers: Readers) -> None:
    named = ["E08000035", "York City Council", "kingston-upon-hull", "Bracknell Forest"]
    quin = readers.joins(
        "quin@example.org",
        council=named,
        region=["london", "Yorkshire"],
        neighbours_of="Trafford",
        kind=["inspection", "money"],
        direction="declined",
        frequency="daily",
        hour="18:00",
    )
    (wanted,) = quin.subscriptions
    assert wanted.councils == ("leeds", "york", "kingston-upon-hull", "bracknell-forest")
    assert wanted.regions == ("London", "Yorkshire and the Humber")
    assert (wanted.neighbours_of, wanted.directions) == (("trafford",), ("declined",))
    assert (wanted.frequency, wanted.hour) == (Frequency.DAILY, 18)


def test_all_that_the_command_line_offers_can_be_asked_for(readers: Readers) -> None:
    vic = readers.joins(
        "vic@example.org",
        council=[],
        region="London",
        but="Brent",
        programme="supporting families",
        minimum="£1.5m",
        payments="yes",
        all_quiet="weekly",
    )
    (wanted,) = vic.subscriptions
    assert (wanted.but, wanted.programmes) == (("brent",), ("Supporting Families",))
    assert (wanted.minimum_pounds, wanted.payments, vic.all_quiet) == (1_500_000, True, "weekly")
    page = lxml.html.document_fromstring(readers.get(readers.manages("vic@example.org")).content)
    (form,) = [form for form in page.forms if "programme" in form.fields]
    before = readers.person("vic@example.org")
    readers.post(readers.manages("vic@example.org"), do="change", **of_form(form))
    after = readers.person("vic@example.org")
    assert after == before  # the page shows what they have, and saving it changes nothing


def of_form(form: Any) -> dict[str, list[str]]:
    """What a browser sends."""
    fields: dict[str, list[str]] = {}
    for name, value in form.form_values():
        fields.setdefault(name, []).append(value)
    return fields


def test_an_award_is_followed_until_it_ends_from_the_page_of_its_change(readers: Readers) -> None:
    change = readers.office.happens("900000", "", area="amount", of=RecordKind.AWARD)
    page = readers.get(f"/changes/{change}").text
    (number,) = re.findall(r'href="/subscribe\?record=(\d+)">Follow this award by email', page)
    form = lxml.html.document_fromstring(readers.get(f"/subscribe?record={number}").content)
    assert form.get_element_by_id("record").value == number
    xan = readers.joins("xan@example.org", council=[], record=number)
    assert [each.record for each in xan.subscriptions[0].records] == [int(number)]
    assert "Follow this" not in readers.get("/changes/1").text


# -- Headers, sizes, times -------------------------------------------------------------------------


def test_a_personal_page_is_kept_nowhere_and_protects_whoever_reads_it(readers: Readers) -> None:
    readers.joins("ray@example.org")
    for place in ("/subscribe", "/manage", "/confirm/x", readers.manages("ray@example.org")):
        answer = readers.get(place)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "form-action 'self'" in answer.headers["Content-Security-Policy"]
        assert "Set-Cookie" not in answer.headers and "ETag" not in answer.headers
        assert b'type="hidden"' not in answer.content
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert b'<meta name="robots" content="noindex">' in answer.content
    assert readers.ask("POST", "/subscribe", headers={"Host": "evil.example"}).status_code == 400


def test_more_than_64_kilobytes_are_refused_and_as_many_are_not(readers: Readers) -> None:
    start = "email=nonsense&more="
    for size, status in ((65_536, 422), (65_537, 413), (3_000_000, 413)):
        body = start + "x" * (size - len(start))
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        assert readers.ask("POST", "/subscribe", data=body, headers=form).status_code == status


def test_a_request_that_comes_drop_by_drop_is_ended(tmp_path: Path) -> None:
    times = Times(look_every=0, request=0.3)
    with Readers(tmp_path, times) as slow:
        host, port = slow.server.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=SECONDS) as line:
            head = (
                f"POST /subscribe HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: 5000\r\n\r\n"
            )
            line.sendall(head.encode())
            began = time.monotonic()
            line.settimeout(0.05)
            while time.monotonic() - began < 10:
                try:
                    line.sendall(b"x")
                    if line.recv(1) == b"":
                        break
                except TimeoutError:
                    continue
                except ConnectionError:
                    break
            assert time.monotonic() - began < 5


def test_while_the_store_is_busy_it_is_said_when_to_come_back_and_nothing_is_lost(
    tmp_path: Path,
) -> None:
    with Readers(tmp_path, Times(look_every=0, store=0.1, even=0.01)) as busy:
        busy.joins("sue@example.org")
        leave = links.sign(
            people.secret(busy.office.store),
            Action.UNSUBSCRIBE,
            str(busy.office.store.value("SELECT link_key FROM subscribers")),
            busy.office.now,
        )
        other = sqlite3.connect(tmp_path / "s.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        for place in ("/subscribe", f"/unsubscribe/{leave}"):
            answer = busy.post(place, email="tom@example.org", council="york")
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
            assert "nothing was changed" in text(answer)
        assert busy.get("/subscribe").status_code == 200
        other.execute("ROLLBACK")
        other.close()
        assert busy.post("/subscribe", email="tom@example.org", council="york").status_code == 200
        assert busy.post(f"/unsubscribe/{leave}").status_code == 200
        assert len(busy.mails("tom@example.org")) == 1


def test_no_address_and_no_token_is_in_a_log_even_when_something_breaks(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with Readers(tmp_path, Times(look_every=0, even=0.01)) as broken:
        broken.joins("una@example.org")
        page = broken.manages("una@example.org")
        broken.get(page[:-2])
        broken.office.store.run("ALTER TABLE subscribers RENAME TO gone")
        failed = broken.get(page)
    assert failed.status_code == 500 and "went wrong" in failed.text
    ours = [record for record in caplog.records if record.name.startswith("syncer")]
    logged = "\n".join(logging.Formatter().format(record) for record in ours)
    assert "/manage/<token>" in logged and "syncer/web/forms.py" in logged
    assert page.rpartition("/")[2][:-4] not in logged and "una@example" not in logged


def test_the_command_goes_by_its_own_clock_tokens_included(tmp_path: Path) -> None:
    with Readers(tmp_path) as made:  # in January 2026
        made.post("/subscribe", email="wim@example.org", council="leeds")
        path = urlsplit(made.link("wim@example.org", "confirm")).path
    with process(tmp_path, "--now", "2026-01-11", "serve") as started:
        assert requests.get(address_of(started) + path, timeout=SECONDS).status_code == 200


def test_pages_of_a_folder_lead_to_the_forms_of_the_site_that_has_them(readers: Readers) -> None:
    known = gather(readers.office.app)
    for places, link in (
        (Places(), ""),
        (Places(root="https://a.example"), ""),
        (Places(forms="https://b.example"), "https://b.example/subscribe?council=leeds"),
        (Places(live=True), "/subscribe?council=leeds"),
    ):
        page = Contents(known, places)["councils/leeds/"]().decode()
        assert re.findall(r'href="([^"]+)">Follow this council', page) == ([link] if link else [])
        assert ("Manage or stop your emails" in page) == bool(link)


def test_a_council_s_page_leads_to_the_form_with_its_name_filled_in(readers: Readers) -> None:
    page = readers.get("/councils/leeds").text
    (link,) = re.findall(r'href="([^"]+)">Follow this council', page)
    assert link == "/subscribe?council=leeds"
    form = lxml.html.document_fromstring(readers.get(link).content)
    assert form.get_element_by_id("council").value == "Leeds"
    for place in ("/", "/councils/leeds", "/subscribe"):
        assert 'href="/manage">Manage or stop your emails' in readers.get(place).text
