"""What counts as a proof, who is answered and how often, when bounces and complaints stop the mail,
and that nothing that was done is done twice."""

from __future__ import annotations

import datetime as dt
import email
import os
import time
from pathlib import Path

import pytest
from mailroom import NOW, SENT, Mailroom, answer

ADA, BOB = "ada@example.org", "bob@example.org"
DAY = dt.timedelta(days=1)
HERE = Path(__file__).parent


@pytest.fixture
def room(tmp_path: Path) -> Mailroom:
    room = Mailroom(tmp_path)
    room.reader(ADA)
    return room


def bounce(mid: str, status: str = "5.1.1", on: dt.datetime = SENT) -> str:
    """A report that Ada's mailbox is not there."""
    mail = (HERE / "mails" / "70-postfix-user-unknown.eml").read_text()
    mail = mail.replace("{{mid}}", mid).replace("{{reader}}", ADA).replace("5.1.1", status)
    return mail.replace(
        "Mon, 23 Nov 2026 07:15:03 +0000 (GMT)", f"{on:%a, %d %b %Y %H:%M:%S +0000}"
    )


# -- proofs, and who is answered -------------------------------------------------------------------


def test_a_message_read_is_listed_with_five_keys_and_moves_to_cur(room: Mailroom) -> None:
    room.put("1.M1.host", answer(room.sent(ADA), ADA, "stop"))
    (told,) = room.read()
    assert list(told) == ["file", "from", "outcome", "why", "subscriber"]
    assert (told["file"], told["from"], told["subscriber"]) == ("1.M1.host", ADA, ADA)
    assert [path.name for path in room.inbox.rglob("*") if path.is_file()] == ["1.M1.host:2,S"]
    assert room.read() == []


def test_our_message_id_from_another_address_does_nothing_but_ask_the_subscriber(
    room: Mailroom,
) -> None:
    room.put("1", answer(room.sent(ADA), BOB, "Please unsubscribe me from this list"))
    (told,) = room.read()
    assert (told["outcome"], room.state(ADA), room.mailed(BOB)) == ("asked", "active", [])
    (mail,) = room.mailed(ADA)
    parsed = email.message_from_bytes(mail)
    assert (parsed["To"], parsed["Auto-Submitted"]) == (ADA, "auto-replied")
    assert not parsed["List-Unsubscribe"] and b"/unsubscribe/" in mail


def test_an_answer_of_ours_has_no_return_path(room: Mailroom) -> None:
    room.put("1", answer("", ADA, "please take me off your list"))
    room.read()
    with room.app() as app:
        senders = app.store.rows("SELECT sender FROM deliveries WHERE kind = 'reply'")
    assert senders == [{"sender": ""}]


def test_at_most_one_such_mail_goes_to_an_address_a_day(room: Mailroom) -> None:
    for number in range(4):
        room.put(str(number), answer("", ADA, "how do I unsubscribe?"))
    assert [told["outcome"] for told in room.read()] == ["asked"] * 4
    assert len(room.mailed(ADA)) == 1
    room.put("later", answer("", ADA, "how do I unsubscribe?"))
    room.read(NOW + DAY + dt.timedelta(minutes=1))
    assert len(room.mailed(ADA)) == 2


@pytest.mark.parametrize(
    ("sender", "words", "outcome", "state"),
    [
        (ADA, "Yes please", "done", "unsubscribed"),
        (ADA, "No, thank you", "ignored", "active"),
        (BOB, "Yes", "asked", "active"),
    ],
)
def test_a_yes_to_the_mail_with_the_link_is_as_good_as_the_link(
    room: Mailroom, sender: str, words: str, outcome: str, state: str
) -> None:
    room.put("1", answer(room.sent(ADA), ADA, "how do I unsubscribe?"))
    room.read()
    (mail,) = room.mailed(ADA)
    asked = email.message_from_bytes(mail)["Message-ID"]
    room.put("2", answer(asked, sender, words))
    assert (room.read()[0]["outcome"], room.state(ADA)) == (outcome, state)


def test_whoever_is_not_subscribed_gets_no_answer(room: Mailroom) -> None:
    mid = room.sent(ADA)
    room.put("1", answer("", BOB, "unsubscribe"))
    room.put("2", answer(mid, ADA, "unsubscribe"))
    room.read()
    room.put("3", answer("", ADA, "Please unsubscribe me"))
    assert [told["outcome"] for told in room.read()] == ["ignored"]
    assert (room.mailed(BOB), room.mailed(ADA)) == ([], [])


def test_a_token_erases_and_words_do_not(room: Mailroom) -> None:
    from syncer.links import Action

    room.put("1", answer(room.sent(ADA), ADA, "erase me please"))
    assert (room.read()[0]["outcome"], room.state(ADA)) == ("asked", "active")
    room.put("2", answer("", ADA, "", subject=f"erase {room.token(ADA, Action.ERASE)}"))
    assert room.read(SENT + DAY)[0]["outcome"] == "done"
    assert room.run("subscribers", ADA).exit_code == 2
    assert [path for path in room.inbox.rglob("*") if path.is_file()] == []


def test_mail_from_ourselves_is_no_answer(room: Mailroom) -> None:
    room.put("1", answer(room.sent(ADA), "syncer <updates@syncer.example>", "stop"))
    assert (room.read()[0]["outcome"], room.state(ADA)) == ("ignored", "active")


# -- bounces and complaints ------------------------------------------------------------------------


def test_hard_bounces_of_three_messages_on_three_days_stop_the_mail(room: Mailroom) -> None:
    for number in range(3):
        day = SENT - (3 - number) * DAY
        assert room.state(ADA) == "active"
        room.put(str(number), bounce(room.sent(ADA, day), on=day))
        room.read(day + dt.timedelta(hours=1))
    assert room.state(ADA) == "bounced"
    assert "AddressBounced" in room.run("problems").stdout


def test_three_in_one_run_count_by_the_days_on_which_they_came_back(room: Mailroom) -> None:
    for number in range(3):
        day = SENT - number * DAY
        room.put(str(number), bounce(room.sent(ADA, day), on=day))
    room.read()
    assert room.state(ADA) == "bounced"


@pytest.mark.parametrize(
    ("days", "status"),
    [((0,), "5.1.1"), ((0, 0, 0, 0), "5.1.1"), ((0, 20, 40), "5.1.1"), ((0, 1, 2), "5.2.2")],
    ids=["one", "on one day", "over 40 days", "soft"],
)
def test_fewer_or_softer_ones_do_not(room: Mailroom, days: tuple[int, ...], status: str) -> None:
    for number, back in enumerate(days):
        day = SENT - back * DAY
        room.put(str(number), bounce(room.sent(ADA, day), status, day))
    room.read()
    assert (room.state(ADA), len(room.bounces(ADA))) == ("active", len(days))


def test_a_report_about_one_message_counts_once_however_often_it_comes(room: Mailroom) -> None:
    mid = room.sent(ADA)
    for number in range(5):
        room.put(str(number), bounce(mid))
        room.read(NOW + number * DAY)
    assert (room.state(ADA), len(room.bounces(ADA))) == ("active", 1)


def test_a_bounce_without_a_message_id_of_ours_counts_for_nothing(room: Mailroom) -> None:
    for number in range(4):
        room.put(str(number), bounce(f"<{number}@elsewhere.example>", on=SENT - number * DAY))
    assert {told["outcome"] for told in room.read()} == {"ignored"}
    assert (room.state(ADA), room.bounces(ADA)) == ("active", [])


def test_a_complaint_pauses_at_once_and_the_operator_is_told(room: Mailroom) -> None:
    mail = (HERE / "mails" / "90-complaint-yahoo.eml").read_text()
    room.put("1", mail.replace("{{mid}}", room.sent(ADA)))
    room.read()
    assert room.state(ADA) == "paused" and "Complaint" in room.run("problems").stdout
    room.run("digest")
    assert b"Complaint" in b"".join(room.mailed("operator@example.org", ("operator",)))


# -- accounting ------------------------------------------------------------------------------------


def test_what_is_not_understood_is_kept_for_the_operator_until_it_is_settled(
    room: Mailroom,
) -> None:
    room.put("1", answer(room.sent(ADA), ADA, "Which report is this from?"))
    shown = room.run("inbox")
    assert shown.exit_code == 0 and "wait for you" in shown.stderr
    assert (
        ADA in room.run("inbox", "kept").stdout and "NotUnderstood" in room.run("problems").stdout
    )
    assert room.run("inbox", "settle", "1").exit_code == 0
    assert "Nothing waits" in room.run("inbox", "kept").output
    assert "NotUnderstood" not in room.run("problems").stdout


def test_a_name_that_is_used_again_is_another_message(room: Mailroom) -> None:
    mid = room.sent(ADA)
    room.put("1", answer(mid, ADA, "pause"))
    room.read()
    room.put("1", answer(mid, ADA, "resume"))
    assert [told["outcome"] for told in room.read()] == ["done"] and room.state(ADA) == "active"


def test_a_run_that_ended_between_the_deed_and_the_move_does_nothing_again(room: Mailroom) -> None:
    path = room.put("1", answer(room.sent(ADA), ADA, "pause"))
    room.read()
    (room.inbox / "cur" / "1:2,S").rename(path)
    room.run("resume", ADA)
    assert (room.read(), room.state(ADA), path.exists()) == ([], "active", False)


def test_a_name_that_is_no_text_stops_nothing(room: Mailroom) -> None:
    path = room.put("plain", answer(room.sent(ADA), ADA, "stop"))
    path.rename(os.fsdecode(os.fsencode(path.parent) + b"/caf\xe9"))
    assert (room.read()[0]["outcome"], room.state(ADA)) == ("done", "unsubscribed")
    assert room.read() == []


def test_a_question_to_a_mail_about_our_question_has_no_return_path(room: Mailroom) -> None:
    room.put("1", answer(room.question(BOB), "carol@example.org", "Yes"))
    assert room.read()[0]["outcome"] == "asked"
    mails = room.mailed(BOB, ("confirm",))
    kinds = [email.message_from_bytes(mail)["Auto-Submitted"] for mail in mails]
    assert sorted(kinds) == ["auto-generated", "auto-replied"]


def test_what_a_mail_program_has_moved_unread_is_read(room: Mailroom) -> None:
    path = room.put("1", answer(room.sent(ADA), ADA, "stop"))
    path.rename(room.inbox / "cur" / "1:2,F")
    assert (room.read()[0]["outcome"], room.state(ADA)) == ("done", "unsubscribed")
    assert (room.inbox / "cur" / "1:2,FS").exists()


def test_without_an_inbox_the_job_does_nothing_and_the_command_says_so(tmp_path: Path) -> None:
    room = Mailroom(tmp_path, inbox="")
    result = room.run("inbox")
    assert (result.exit_code, "[inbox] maildir" in result.stderr) == (2, True)
    assert room.run("jobs", "inbox").exit_code == 0


def test_a_maildir_that_is_not_there_is_a_problem_that_ends(tmp_path: Path) -> None:
    room = Mailroom(tmp_path, inbox='[inbox]\nmaildir = "elsewhere"\n')
    result = room.run("inbox")
    assert (result.exit_code, "InboxUnavailable" in result.stderr) == (1, True)
    assert "InboxUnavailable" in room.run("problems").stdout
    (tmp_path / "elsewhere" / "new").mkdir(parents=True)
    assert room.run("inbox").exit_code == 0
    assert "InboxUnavailable" not in room.run("problems").stdout


# -- hostile mail ----------------------------------------------------------------------------------

HOSTILE = {
    "empty": b"",
    "no header": b"stop",
    "zeros": b"\0" * 3_000_000,
    "of 25 MB": b"From: ada@example.org\n\n" + b"stop " * 5_000_000,
    "comments": b"From: x@example.org\nContent-Type: text/html\n\n" + b"<!" * 200_000,
    "open tags": b"From: x@example.org\nContent-Type: text/html\n\n" + b"<a " * 200_000,
    "deep": b"From: x@example.org\nContent-Type: text/html\n\n" + b"<blockquote>" * 50_000,
    "one line": b"From: x@example.org\n\n" + b"a" * 1_000_000,
    "wrote": b"From: x@example.org\n\n" + b"On 1 @ " * 100_000,
    "parts": b"From: x@example.org\nContent-Type: multipart/mixed; boundary=b\n\n"
    + b"--b\nContent-Type: multipart/mixed; boundary=b\n\n" * 5_000,
    "bounce": b"From: MAILER-DAEMON@example.org\nSubject: failure notice\n\n" + b"<a@b>: " * 60_000,
    "words": b"From: MAILER-DAEMON@example.org\nSubject: failure notice\n\n" + b"exceed " * 60_000,
    "stops": b"From: ada@example.org\n\n" + b"stop un the " * 60_000,
    "sender": b"From: " + b"(" * 5_000 + b"\nTo: x\n\nstop",
    "headers": b"X: y\n" * 300_000 + b"\nstop",
    "charset": b"From: x@example.org\nContent-Type: text/plain; charset=\xff\xfe\n\nstop",
    "encoded": b"From: =?utf-8?q?=FF?=\nSubject: " + b"=?utf-8?b?/w==?= " * 9_000 + b"\n\nstop",
}


def test_hostile_mails_cost_little_and_nothing_but_themselves(room: Mailroom) -> None:
    for name, mail in HOSTILE.items():
        room.put(name, mail)
    room.put("zz", answer(room.sent(ADA), ADA, "stop"))
    began = time.process_time()
    told = {each["file"]: each["outcome"] for each in room.read()}
    assert time.process_time() - began < 8
    assert set(told) == {*HOSTILE, "zz"} and told["zz"] == "done"
    assert {told[name] for name in HOSTILE} <= {"ignored", "not_understood", "asked"}
