"""subscribe, subscribers, unsubscribe, confirm, pause, resume, erase, as typed; and the mail that
comes back."""

from __future__ import annotations

import datetime as dt
import json
import re
import time
import tomllib
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from people import read_well

from syncer.app import App
from syncer.cli import main
from syncer.config import load_config
from syncer.errors import BadToken
from syncer.links import Action
from syncer.operations.replies import requested
from syncer.operations.self_service import Asked, complained
from syncer.store import Store, outbox, people

Invoke = Callable[..., Result]
ADA = "ada@example.org"
DAY = "2026-09-01T10:00+01:00"


@pytest.fixture
def invoke(tmp_path: Path) -> Invoke:
    (tmp_path / "config.toml").write_text(
        '[store]\npath = "s.db"\n[mail]\nreply_to = "answers@example.org"\n'
    )
    with Store(tmp_path / "s.db") as store:
        read_well(store, dt.datetime.fromisoformat(DAY))

    def run(*args: str, stdin: bytes = b"") -> Result:
        return CliRunner().invoke(
            main, ["--config", str(tmp_path / "config.toml"), "--now", DAY, *args], input=stdin
        )

    return run


@pytest.fixture
def asked(invoke: Invoke, tmp_path: Path) -> tuple[str, str]:
    """Ada was asked to confirm: the Message-ID of the mail, and the token in it."""
    assert invoke("subscribe", ADA, "--council", "Leeds").exit_code == 0
    with Store(tmp_path / "s.db") as store:
        (delivery,) = outbox.listing(store)
    text = invoke("outbox", "show", str(delivery.id)).stdout
    found = re.search(r"answers@example.org with this subject:\s+confirm ([\w.-]+)", text)
    assert found, text
    return delivery.message_id, found[1]


def state(invoke: Invoke, address: str = ADA) -> str:
    return str(json.loads(invoke("subscribers", address, "--json").stdout)[0]["state"])


def reply(
    message_id: str = "",
    *,
    subject: str = "Re: Please confirm",
    text: str = "Yes please\n",
    **headers: str,
) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = (
        "somebody@example.org",
        "answers@example.org",
        subject,
    )
    if message_id:
        mail["In-Reply-To"] = message_id
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


# -- subscribe -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ((), "All councils: every change; as it happens"),
        (
            ("--grade", "inadequate"),
            "All councils: every rating, only where it becomes or stops being inadequate; as it happens",
        ),
        (
            ("--council", "Leeds", "--weekly", "mon", "7"),
            "Leeds: every change; weekly, Monday at 07:00",
        ),
        (
            ("--region", "Yorkshire", "--kind", "money", "--minimum", "£1.5m", "--daily", "9"),
            "Yorkshire and the Humber: money, from £1,500,000; daily at 09:00",
        ),
        (
            ("--neighbours-of", "Trafford", "--area", "leadership"),
            "The statistical neighbours of Trafford: every rating, only leadership; as it happens",
        ),
    ],
)
def test_subscribe_says_in_a_sentence_what_was_set_up(
    invoke: Invoke, options: tuple[str, ...], says: str
) -> None:
    result = invoke("subscribe", ADA, *options, "--confirmed")
    assert (result.exit_code, result.stdout) == (0, f"{ADA}: {says} (subscription 1).\n"), (
        result.output
    )
    assert state(invoke) == "active"


def test_an_address_with_a_name_is_answered_with_the_address_alone(invoke: Invoke) -> None:
    result = invoke("subscribe", "José Núñez <jose@example.org>", "--council", "Leeds")
    assert result.exit_code == 2
    assert "Write the address alone: jose@example.org" in result.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--council", "Kingston"), "kingston-upon-hull"),
        (("--council", "Atlantis"), "UnknownCouncil"),
        (("--region", "Wales"), "The regions are"),
        (("--daily", "24"), "not in the range"),
        (("--daily", "7", "--immediately"), "choose one of"),
        (("--minimum", "lots"), "not an amount"),
        (("--kind", "gossip"), "is not one of"),
        (("--grade", "poor"), "is not one of"),
        (("--weekly", "someday", "7"), "is not one of"),
        (("--weekly",), "as in: --weekly monday 7."),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_hint_and_changes_nothing(
    invoke: Invoke, options: tuple[str, ...], said: str
) -> None:
    result = invoke("subscribe", ADA, *options)
    assert result.exit_code == 2 and said in result.stderr and result.stdout == ""
    assert json.loads(invoke("subscribers", "--json").stdout or "[]") == []


def test_an_address_that_is_none_is_refused(invoke: Invoke) -> None:
    assert invoke("subscribe", "not an address").exit_code == 2


def test_the_same_subscription_twice_is_one(invoke: Invoke) -> None:
    first, again = (
        invoke("subscribe", ADA, "--council", name, "--confirmed", "--json")
        for name in ("Leeds", "E08000035")
    )
    assert json.loads(first.stdout)["subscription"] == json.loads(again.stdout)["subscription"] == 1


# -- confirm ---------------------------------------------------------------------------------------


def test_until_it_is_confirmed_an_address_gets_the_question_and_nothing_else(
    invoke: Invoke, asked: tuple[str, str]
) -> None:
    assert state(invoke) == "pending"
    assert "Nobody is to be told anything" in invoke("digest").stderr
    assert invoke("confirm", ADA).exit_code == 0 and state(invoke) == "active"
    assert "Welcome: how Leeds stands" in invoke("digest").stdout


def test_the_token_confirms_and_another_one_does_not(
    invoke: Invoke, asked: tuple[str, str]
) -> None:
    forged = invoke("confirm", asked[1][:-3] + "abc")
    assert (forged.exit_code, "BadToken" in forged.stderr, state(invoke)) == (1, True, "pending")
    assert invoke("confirm", asked[1]).exit_code == 0 and state(invoke) == "active"


@pytest.mark.parametrize(
    "text", ["yes", "Yes please\n\n> Please confirm\n", "> quoted first\nconfirm\n"]
)
def test_the_answer_to_our_mail_confirms_whoever_it_says_it_is_from(
    invoke: Invoke, asked: tuple[str, str], text: str
) -> None:
    result = invoke("confirm", "-", stdin=reply(asked[0], text=text))
    assert (result.exit_code, state(invoke)) == (0, "active"), result.output


def test_a_new_mail_with_the_token_in_its_subject_confirms(
    invoke: Invoke, asked: tuple[str, str]
) -> None:
    assert (
        invoke("confirm", "-", stdin=reply(subject=f"confirm {asked[1]}", text="")).exit_code == 0
        and state(invoke) == "active"
    )


@pytest.mark.parametrize(
    "mail",
    [
        reply("<somebody.else@example.org>"),
        reply(),
        b"",
        b"\xff\xfe not a mail",
        reply(subject="confirm WyJjb25maXJtIiwxXQ.forgedforged"),
    ],
)
def test_a_mail_without_proof_does_nothing(
    invoke: Invoke, asked: tuple[str, str], mail: bytes
) -> None:
    result = invoke("confirm", "-", stdin=mail)
    assert (result.exit_code, state(invoke)) == (1, "pending") and "BadToken" in result.stderr


def test_an_automatic_answer_or_one_without_a_word_of_ours_does_nothing(
    invoke: Invoke, asked: tuple[str, str]
) -> None:
    automatic = reply(asked[0], Auto_Submitted="auto-replied")
    assert (invoke("confirm", "-", stdin=automatic).exit_code, state(invoke)) == (0, "pending")
    other = reply(asked[0], text="Who are you?\n")
    assert (invoke("confirm", "-", stdin=other).exit_code, state(invoke)) == (1, "pending")


def test_an_answer_may_also_stop_the_mail(
    tmp_path: Path, invoke: Invoke, asked: tuple[str, str]
) -> None:
    config = load_config(tmp_path / "config.toml")
    with App(config, dt.datetime.fromisoformat(DAY)) as app:
        leave = requested(app, reply(asked[0], text="Unsubscribe\n"))
        assert isinstance(leave, Asked) and leave.action is Action.UNSUBSCRIBE
        with pytest.raises(BadToken):
            requested(app, reply(asked[0], text="erase me\n"))
    assert invoke("confirm", "-", stdin=reply(asked[0], text="unsubscribe")).exit_code == 0
    assert state(invoke) == "unsubscribed"


# -- The rest --------------------------------------------------------------------------------------


def test_pause_and_resume(invoke: Invoke) -> None:
    invoke("subscribe", ADA, "--confirmed")
    states = [
        (invoke(command, ADA.upper()).exit_code, state(invoke)) for command in ("pause", "resume")
    ]
    assert states == [(0, "paused"), (0, "active")]


@pytest.mark.parametrize("way", ["unsubscribe", "erase"])
def test_the_operator_cannot_bring_back_who_said_no_and_is_told_what_to_do(
    invoke: Invoke, way: str
) -> None:
    invoke("subscribe", ADA, "--confirmed")
    assert invoke(way, ADA).exit_code == 0
    result = invoke("subscribe", ADA, "--confirmed")
    assert (result.exit_code, "SaidNo" in result.stderr) == (2, True)
    assert "the address itself is asked" in result.stderr
    assert invoke("subscribe", ADA).exit_code == 0 and state(invoke) == "pending"
    assert "SaidNo" in invoke("confirm", ADA).stderr and state(invoke) == "pending"


def test_the_person_s_own_answer_lifts_an_earlier_no(invoke: Invoke, tmp_path: Path) -> None:
    invoke("subscribe", ADA, "--confirmed")
    invoke("unsubscribe", ADA)
    invoke("subscribe", ADA)
    with Store(tmp_path / "s.db") as store:
        question = outbox.listing(store)[-1]
    assert invoke("confirm", "-", stdin=reply(question.message_id)).exit_code == 0
    row = json.loads(invoke("subscribers", ADA, "--json").stdout)[0]
    assert (row["state"], row["consent"], row["consent_how"]) == ("active", "2026-09-01", "mail")
    assert row["said_no"] is None


def test_who_complained_is_not_written_to_again_by_the_operator(
    invoke: Invoke, tmp_path: Path
) -> None:
    invoke("subscribe", ADA, "--confirmed")
    with App(load_config(tmp_path / "config.toml"), dt.datetime.fromisoformat(DAY)) as app:
        complained(app, people.find(app.store, ADA).id)
    result = invoke("resume", ADA)
    assert (result.exit_code, state(invoke)) == (2, "paused")
    assert "called a mail of ours unwanted" in result.stderr


def test_a_file_leaves_out_who_said_no_and_names_them(invoke: Invoke, tmp_path: Path) -> None:
    file = tmp_path / "everyone.csv"
    file.write_text(f"address,state,councils\n{ADA},active,leeds\nbob@example.org,active,leeds\n")
    invoke("erase", ADA)
    result = invoke("subscribers", "--import", str(file))
    assert (result.exit_code, f"left out: {ADA}" in result.stderr) == (1, True)
    assert "said no" not in invoke("subscribers").stdout and state(invoke, "bob@example.org")


def test_who_left_is_in_the_file_so_that_they_are_not_written_to_elsewhere(
    invoke: Invoke, tmp_path: Path
) -> None:
    invoke("subscribe", ADA, "--confirmed")
    invoke("unsubscribe", ADA)
    file = tmp_path / "everyone.csv"
    invoke("subscribers", "--export", str(file))
    (tmp_path / "s.db").unlink()
    assert invoke("subscribers", "--import", str(file)).exit_code == 0
    assert state(invoke) == "unsubscribed"
    assert "SaidNo" in invoke("subscribe", ADA, "--confirmed").stderr


def test_a_whole_export_carries_the_no_of_who_was_erased_to_another_store(
    invoke: Invoke, tmp_path: Path
) -> None:
    invoke("subscribe", ADA, "--confirmed")
    invoke("erase", ADA)
    file = tmp_path / "everyone.toml"
    assert invoke("subscribers", "--export", str(file), "--with-secrets").exit_code == 0
    assert ADA not in file.read_text() and file.stat().st_mode & 0o077 == 0
    (tmp_path / "s.db").unlink()
    assert invoke("subscribers", "--import", str(file)).exit_code == 0
    assert "erased" in invoke("subscribe", ADA.upper(), "--confirmed").stderr
    invoke("subscribe", ADA)
    with Store(tmp_path / "s.db") as store:
        question = outbox.listing(store)[-1]
    assert invoke("confirm", "-", stdin=reply(question.message_id)).exit_code == 0
    assert state(invoke) == "active"
    assert json.loads(invoke("subscribers", ADA, "--json").stdout)[0]["said_no"] is None


def test_one_subscription_ends_or_all(invoke: Invoke) -> None:
    for name in ("Leeds", "York"):
        invoke("subscribe", ADA, "--council", name, "--confirmed")
    assert invoke("unsubscribe", ADA, "--subscription", "7").exit_code == 2
    assert (
        "1 left" in invoke("unsubscribe", ADA, "--subscription", "1").stderr
        and state(invoke) == "active"
    )
    assert invoke("unsubscribe", ADA).exit_code == 0 and state(invoke) == "unsubscribed"


def test_who_is_not_there_is_said_not_to_be(invoke: Invoke) -> None:
    invoke("subscribe", ADA, "--confirmed")
    for command in ("unsubscribe", "pause", "resume", "confirm", "subscribers"):
        result = invoke(command, "nobody@example.org")
        assert (result.exit_code, "NoSuchSubscriber" in result.stderr) == (2, True)


def test_erase_says_until_when_backups_still_hold_the_address(
    invoke: Invoke, tmp_path: Path
) -> None:
    invoke("subscribe", ADA, "--confirmed")
    invoke("digest")
    invoke("send")
    result = invoke("erase", ADA)
    assert "1 files named it" in result.stderr and "until 2026-09-16" in result.stderr
    left = [
        path for path in tmp_path.rglob("*") if path.is_file() and ADA.encode() in path.read_bytes()
    ]
    assert left == [] and invoke("subscribers").stdout == ""


@pytest.mark.parametrize("form", ["toml", "csv"])
def test_everyone_goes_into_a_file_and_comes_out_of_it_again(
    invoke: Invoke, tmp_path: Path, form: str
) -> None:
    invoke(
        "subscribe",
        ADA,
        "--council",
        "Leeds",
        "--council",
        "York",
        "--weekly",
        "friday",
        "16",
        "--confirmed",
    )
    invoke("subscribe", "bob@example.org", "--grade", "inadequate")
    file = tmp_path / f"everyone.{form}"
    assert invoke("subscribers", "--export", str(file)).exit_code == 0
    before, text = invoke("subscribers", "--json").stdout, file.read_text(encoding="utf-8")
    (tmp_path / "s.db").unlink()
    result = invoke("subscribers", "--import", str(file))
    assert "2 new subscriptions, 1 asked to confirm" in result.stderr
    assert json.loads(invoke("subscribers", "--json").stdout) == json.loads(before)
    invoke("subscribers", "--export", str(file))
    assert file.read_text(encoding="utf-8") == text


def test_a_file_with_faults_changes_nothing_and_names_them_all(
    invoke: Invoke, tmp_path: Path
) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(
        '[[subscriber]]\naddress = "nonsense"\n[[subscriber]]\naddress = "ada@example.org"\ncolour = "red"\n'
    )
    assert tomllib.loads(file.read_text())
    result = invoke("subscribers", "--import", str(file))
    assert result.exit_code == 2 and "nonsense" in result.stderr and "colour" in result.stderr
    assert invoke("subscribers").stdout == ""


# -- Answers of every kind -------------------------------------------------------------------------


def raw(message_id: str, headers: str, body: str) -> bytes:
    """An answer to our mail, byte by byte."""
    head = f"From: somebody@example.org\r\nIn-Reply-To: {message_id}\r\n{headers}\r\n\r\n"
    return (head + body).encode("utf-8", "surrogateescape")


def html(body: str) -> tuple[str, str]:
    return "Content-Type: text/html; charset=utf-8", f"<html><body>{body}</body></html>"


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Autorespond": "yes"},
        {"X_Autoreply": "yes"},
        {"X_Auto_Reply": "1"},
        {"Precedence": "auto_reply"},
        {"Precedence": "bulk"},
        {"Auto_Submitted": "auto-replied; owner-email=a@b"},
        {"Return_Path": "<>"},
    ],
    ids=str,
)
def test_what_a_machine_wrote_is_ignored_and_is_no_failure(
    invoke: Invoke, asked: tuple[str, str], headers: dict[str, str]
) -> None:
    result = invoke("confirm", "-", stdin=reply(asked[0], text="Yes\n", **headers))
    assert (result.exit_code, state(invoke)) == (0, "pending")
    assert result.stderr.startswith("ignored: a machine wrote this mail")


QUOTED = [
    "<blockquote>stop</blockquote>",
    "<blockquote>a<blockquote>b</blockquote>stop</blockquote>",
    '<div class="gmail_quote"><div>x</div>stop</div>',
    '<div id="divRplyFwdMsg">From: us</div>stop',
    "<hr>stop",
    "<style>stop</style>",
]


@pytest.mark.parametrize("body", QUOTED)
def test_a_word_that_is_only_quoted_is_nobody_s_wish(
    invoke: Invoke, asked: tuple[str, str], body: str
) -> None:
    result = invoke("confirm", "-", stdin=raw(asked[0], *html(body)))
    assert (result.exit_code, state(invoke)) == (1, "pending") and "BadToken" in result.stderr
    own = invoke("confirm", "-", stdin=raw(asked[0], *html(f"<p>Yes please</p>{body}")))
    assert (own.exit_code, state(invoke)) == (0, "active")


@pytest.mark.parametrize("charset", ["x-unknown", "undefined", "rot13", "idna", "utf-7", '"'])
def test_an_answer_in_an_unknown_charset_is_read_as_far_as_it_goes(
    invoke: Invoke, asked: tuple[str, str], charset: str
) -> None:
    mail = raw(asked[0], f"Content-Type: text/plain; charset={charset}", "Yes\n")
    result = invoke("confirm", "-", stdin=mail)
    assert (result.exit_code, state(invoke)) == (0, "active"), result.output


def nested(depth: int) -> tuple[str, str]:
    opened = "".join(
        f'--b{n}\r\nContent-Type: multipart/mixed; boundary="b{n + 1}"\r\n\r\n'
        for n in range(depth)
    )
    return 'Content-Type: multipart/mixed; boundary="b0"', f"{opened}--b{depth}\r\n\r\nYes\r\n"


@pytest.mark.parametrize("depth", [60, 3000])
def test_parts_within_parts_without_end_are_refused_by_name(
    invoke: Invoke, asked: tuple[str, str], depth: int
) -> None:
    result = invoke("confirm", "-", stdin=raw(asked[0], *nested(depth)))
    assert (result.exit_code, state(invoke)) == (1, "pending") and "BadToken" in result.stderr


def test_an_answer_of_a_few_parts_is_read(invoke: Invoke, asked: tuple[str, str]) -> None:
    assert invoke("confirm", "-", stdin=raw(asked[0], *nested(5))).exit_code == 0


@pytest.mark.parametrize("name", ["References", "Subject", "X-Other", "Content-Type", "Received"])
def test_a_header_of_megabytes_costs_no_time(
    invoke: Invoke, asked: tuple[str, str], name: str
) -> None:
    long = "\r\n".join(f" <{n}@example.org>" for n in range(200_000))
    began = time.monotonic()
    result = invoke("confirm", "-", stdin=raw(asked[0], f"{name}:{long}", "Yes\n"))
    assert time.monotonic() - began < 20 and "Traceback" not in result.output
    assert (result.exit_code, state(invoke)) == (0, "active")


def test_a_subscription_that_excludes_itself_is_refused(invoke: Invoke) -> None:
    result = invoke("subscribe", ADA, "--area", "leadership", "--kind", "money")
    assert result.exit_code == 2 and "about ratings, and only money is asked for" in result.stderr
    both = invoke("subscribe", ADA, "--area", "leadership", "--kind", "money", "--kind", "rating")
    assert both.exit_code == 0


def test_payments_are_named_wherever_they_are_wanted(invoke: Invoke) -> None:
    result = invoke("subscribe", ADA, "--kind", "money", "--payments", "--confirmed")
    assert "All councils: money and payment; as it happens" in result.stdout
