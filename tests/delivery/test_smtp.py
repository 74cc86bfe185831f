"""Talking to a mail server: when nothing was sent, when it was, and when nobody knows."""

from __future__ import annotations

import smtplib
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from smtp_server import Call, Drop, RecordingServer, Reply, Stall

from syncer.delivery.transports import open_transport
from syncer.delivery.transports.smtp import Pace, Security, Server, Smtp, as_body
from syncer.errors import (
    AddressRefused,
    ConfigError,
    InDoubt,
    ServerRefused,
    TransportError,
    TransportUnavailable,
)

MESSAGE = b"To: ada@example.org\r\nMessage-ID: <1@syncer>\r\n\r\nLeeds\r\n.hidden\r\n.\r\nend\r\n"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def server() -> Iterator[RecordingServer]:
    with RecordingServer() as running:
        yield running


def plain(
    server: RecordingServer,
    pace: Pace | None = None,
    step_seconds: float = 2,
    session_seconds: float = 10,
) -> Smtp:
    return Smtp(
        Server("127.0.0.1", server.port, Security.NONE), pace, None, step_seconds, session_seconds
    )


class Dots:
    """What the outbox would have written down."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        time.sleep(0.05)  # a commit takes its time
        self.count += 1


def deliver(
    transport: Smtp, to: str = "ada@example.org", message: bytes = MESSAGE, dots: Dots | None = None
) -> str:
    return transport.deliver(message, "syncer@example.org", to, dots or Dots())


def test_a_message_without_a_sender_has_the_null_return_path(server: RecordingServer) -> None:
    with plain(server) as smtp:
        smtp.deliver(MESSAGE, "", "ada@example.org", Dots())
    (received,) = server.received
    assert received.sender == "<>"


def test_the_message_arrives_byte_for_byte_with_its_dots(server: RecordingServer) -> None:
    dots = Dots()
    with plain(server) as smtp:
        assert deliver(smtp, dots=dots) == "250 2.0.0 taken"
    (received,) = server.received
    assert (received.sender, received.recipient, received.message) == (
        "syncer@example.org",
        "ada@example.org",
        MESSAGE,
    )
    assert dots.count == 1


def test_ten_messages_use_one_connection(server: RecordingServer) -> None:
    with plain(server) as smtp:
        for number in range(10):
            deliver(smtp, f"reader{number}@example.org")
    assert (len(server.received), server.connections) == (10, 1)


def test_a_connection_that_was_dropped_between_messages_is_made_anew(
    server: RecordingServer,
) -> None:
    with plain(server) as smtp:
        server.fail("TAKEN", Reply("250 taken, and closing"))
        deliver(smtp)
        assert smtp._smtp and smtp._smtp.sock
        smtp._smtp.sock.shutdown(2)
        deliver(smtp)
    assert (len(server.received), server.connections) == (2, 2)


def test_a_message_after_another_costs_no_round_trip_more_and_one_after_a_failure_begins_afresh(
    server: RecordingServer,
) -> None:
    with plain(server) as smtp:
        deliver(smtp)
        server.fail("MAIL", Reply("421 4.3.2 closing"))
        deliver(smtp)
        server.fail("DATA", Reply("451 4.3.0 later"))
        with pytest.raises(TransportError):
            deliver(smtp)
        deliver(smtp)
    assert (len(server.received), server.connections, server.resets) == (3, 2, 1)


LOST_BEFORE = [
    (moment, fault)
    for moment in ("MAIL", "RCPT", "DATA")
    for fault in (Drop(), Stall(3), Reply("421 4.3.2 closing"))
]
LOST_BEFORE += [("BODY", Drop()), ("BODY", Reply("421 4.3.2 closing"))]
LOST_AFTER = [
    (moment, fault)
    for moment in ("DOT", "TAKEN")
    for fault in (Drop(), Stall(3), Reply("999 what?"), Reply("nonsense"))
]
LOST_AFTER += [("BODY", Stall(3))]  # the dot was sent into the silence


@pytest.mark.parametrize(("moment", "fault"), LOST_BEFORE, ids=str)
def test_a_line_lost_before_the_dot_is_not_sent_and_the_next_message_is(
    server: RecordingServer, moment: str, fault: Drop
) -> None:
    server.fail(moment, fault)
    dots = Dots()
    with plain(server, step_seconds=0.3) as smtp:
        with pytest.raises(TransportError) as caught:
            deliver(smtp, dots=dots)
        assert not caught.value.permanent and not isinstance(
            caught.value, InDoubt | TransportUnavailable
        )
        deliver(smtp, "bob@example.org")
    assert server.recipients() == ["bob@example.org"] and dots.count <= (moment == "BODY")


@pytest.mark.parametrize(("moment", "fault"), LOST_AFTER, ids=str)
def test_a_line_lost_after_the_dot_is_in_doubt_whether_or_not_it_was_taken(
    server: RecordingServer, moment: str, fault: Drop
) -> None:
    server.fail(moment, fault)
    dots = Dots()
    with plain(server, step_seconds=0.3) as smtp:
        with pytest.raises(InDoubt):
            deliver(smtp, dots=dots)
        deliver(smtp, "bob@example.org")
    assert server.recipients()[-1] == "bob@example.org" and dots.count == 1


@dataclass(frozen=True)
class Refusal:
    moment: str
    line: str
    kind: type[TransportError]
    permanent: bool


REFUSALS = [
    Refusal(
        "MAIL", "550 5.1.8 who are you", TransportError, False
    ),  # our own fault, not this reader's
    Refusal("RCPT", "450 4.2.0 greylisted", TransportError, False),
    Refusal("RCPT", "550 5.1.1 nobody here", AddressRefused, True),
    Refusal("RCPT", "550 nobody here", AddressRefused, True),
    Refusal("RCPT", "554 5.7.1 relaying denied", ServerRefused, True),
    Refusal("DATA", "451 4.3.0 later", TransportError, False),
    Refusal("DOT", "452 4.3.1 disk full", TransportError, False),
    Refusal("DOT", "554 5.7.0 looks like spam", TransportError, True),
]


@pytest.mark.parametrize(
    "refusal", REFUSALS, ids=lambda refusal: f"{refusal.moment} {refusal.line[:9]}"
)
def test_a_refusal_says_whether_to_try_again_and_does_not_stop_the_next_message(
    server: RecordingServer, refusal: Refusal
) -> None:
    server.fail(refusal.moment, Reply(refusal.line))
    with plain(server) as smtp:
        with pytest.raises(TransportError) as caught:
            deliver(smtp)
        deliver(smtp, "bob@example.org")
    assert (type(caught.value), caught.value.permanent) == (refusal.kind, refusal.permanent)
    assert refusal.line in str(caught.value)
    assert (server.recipients(), server.connections) == (["bob@example.org"], 1)


@pytest.mark.parametrize(
    "fault",
    [Drop(), Reply("554 no service"), Reply("421 busy"), Stall(2)],
    ids=["drop", "554", "421", "stall"],
)
def test_a_server_that_lets_nobody_in_is_unavailable(server: RecordingServer, fault: Drop) -> None:
    server.fail("CONNECT", fault)
    with (
        pytest.raises(TransportUnavailable, match="mail server 127.0.0.1"),
        plain(server, step_seconds=0.3) as smtp,
    ):
        deliver(smtp)


def test_no_server_at_all_is_unavailable_and_says_what_to_check() -> None:
    with (
        pytest.raises(TransportUnavailable) as caught,
        Smtp(Server("127.0.0.1", 1, Security.NONE)) as smtp,
    ):
        deliver(smtp)
    assert "smtp_host" in caught.value.hint


def test_a_host_name_that_cannot_be_one_is_unavailable() -> None:
    with (
        pytest.raises(TransportUnavailable, match="could not be used"),
        Smtp(Server("mail..example", 25, Security.NONE)) as smtp,
    ):
        deliver(smtp)


def test_a_server_that_drips_bytes_is_cut_off_at_the_deadline(server: RecordingServer) -> None:
    server.fail("MAIL", Stall(2))
    started = time.monotonic()
    with (
        pytest.raises(TransportError, match="before the message was complete"),
        plain(server, step_seconds=30, session_seconds=0.3) as smtp,
    ):
        deliver(smtp)
    assert time.monotonic() - started < 5


def test_a_connection_in_its_second_half_begins_no_message(server: RecordingServer) -> None:
    with plain(server, session_seconds=1) as smtp:
        deliver(smtp)
        time.sleep(0.6)
        deliver(smtp)
        time.sleep(0.6)
        deliver(smtp)
    assert (len(server.received), server.connections) == (3, 3)


def test_what_the_outbox_cannot_write_down_is_not_sent(server: RecordingServer) -> None:
    def refuse() -> None:
        raise OSError("disk full")

    with plain(server) as smtp:
        with pytest.raises(OSError, match="disk full"):
            smtp.deliver(MESSAGE, "syncer@example.org", "ada@example.org", refuse)
        deliver(smtp, "bob@example.org")
    assert server.recipients() == ["bob@example.org"]


# -- protection and login --------------------------------------------------------------------------


def contexts(
    authority: trustme.CA, name: str = "localhost"
) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    ours, theirs = ssl.create_default_context(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.configure_trust(ours)
    authority.issue_cert(name).configure_cert(theirs)
    return ours, theirs


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_both_kinds_of_tls_log_in_and_deliver(authority: trustme.CA, security: Security) -> None:
    ours, theirs = contexts(authority)
    implicit = security is Security.TLS
    with RecordingServer(theirs, implicit_tls=implicit, auth_require_tls=not implicit) as server:
        login = Server("localhost", server.port, security, "syncer", "right")
        with Smtp(login, tls=ours) as smtp:
            deliver(smtp)
            deliver(smtp, "bob@example.org")
    assert (len(server.received), server.connections, len(server.logins)) == (2, 1, 1)


def test_a_wrong_password_is_unavailable_and_is_not_repeated_in_the_error(
    authority: trustme.CA,
) -> None:
    ours, theirs = contexts(authority)
    refused = pytest.raises(TransportUnavailable, match="refused the login of syncer: 535")
    with RecordingServer(theirs) as server, refused as caught:
        deliver(Smtp(Server("localhost", server.port, user="syncer", password="wr0ng"), tls=ours))
    assert "wr0ng" not in str(caught.value) + caught.value.hint


def test_a_server_without_starttls_gets_nothing(server: RecordingServer) -> None:
    with (
        pytest.raises(TransportUnavailable, match="STARTTLS"),
        Smtp(Server("127.0.0.1", server.port)) as smtp,
    ):
        deliver(smtp)
    assert not server.received


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_certificate_for_another_name_is_not_trusted(
    authority: trustme.CA, security: Security
) -> None:
    ours, theirs = contexts(authority, "mail.elsewhere.example")
    refused = pytest.raises(TransportUnavailable, match="could not be trusted")
    with RecordingServer(theirs, implicit_tls=security is Security.TLS) as server, refused:
        deliver(Smtp(Server("localhost", server.port, security, "syncer", "right"), tls=ours))
    assert not server.received and not server.logins


def test_a_server_of_an_authority_of_one_s_own_is_trusted_when_the_settings_name_it(
    authority: trustme.CA, tmp_path: Path
) -> None:
    _, theirs = contexts(authority)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    with RecordingServer(theirs) as server:
        mail = Mail(smtp_host="localhost", smtp_port=server.port, smtp_ca_file=tmp_path / "ca.pem")
        with open_transport(mail) as smtp:
            deliver(smtp)
    assert server.recipients() == ["ada@example.org"]

    (tmp_path / "ca.pem").write_text("no certificate")
    with pytest.raises(ConfigError, match="smtp_ca_file"):
        open_transport(mail)


# -- addresses, pace, bytes ------------------------------------------------------------------------


def test_a_domain_in_other_letters_is_spelled_in_ascii(server: RecordingServer) -> None:
    with plain(server) as smtp:
        deliver(smtp, "ada@bücher.example")
    assert server.recipients() == ["ada@xn--bcher-kva.example"]


def test_a_name_in_other_letters_needs_a_server_that_takes_it() -> None:
    with RecordingServer(enable_SMTPUTF8=False) as server, plain(server) as smtp:
        with pytest.raises(TransportError, match="does not offer SMTPUTF8") as caught:
            deliver(smtp, "ådá@example.org")
        deliver(smtp, "bob@example.org")
    assert caught.value.permanent and server.recipients() == ["bob@example.org"]


def test_a_server_that_takes_them_gets_names_in_other_letters(server: RecordingServer) -> None:
    with plain(server) as smtp:
        deliver(smtp, "ådá@example.org")
        deliver(smtp, "bob@example.org")
    assert server.recipients() == ["ådá@example.org", "bob@example.org"]


def test_the_senders_display_name_stays_out_of_the_envelope(server: RecordingServer) -> None:
    with plain(server) as smtp:
        smtp.deliver(MESSAGE, "syncer <syncer@example.org>", "ada@example.org", Dots())
    assert server.received[0].sender == "syncer@example.org"


def test_an_address_with_a_line_break_never_reaches_the_server(server: RecordingServer) -> None:
    with pytest.raises(TransportError, match="cannot be mailed"), plain(server) as smtp:
        deliver(smtp, "ada@example.org>\r\nRCPT TO:<bob@example.org")
    assert server.connections == 0


def test_no_minute_sees_more_messages_than_allowed(server: RecordingServer) -> None:
    times: list[float] = []
    for transport in [plain(server, Pace(3, minute=0.5))] * 2:
        with transport as smtp:
            for _ in range(4):
                smtp.deliver(
                    MESSAGE,
                    "syncer@example.org",
                    "ada@example.org",
                    lambda: times.append(time.monotonic()),
                )
    assert all(later - earlier >= 0.4 for earlier, later in zip(times, times[3:], strict=False))
    assert times[2] - times[0] < 0.4


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.sampled_from([b".", b"..", b"a", b"\r\n", b"\n", b"\xe2\x86\x92"]), max_size=12))
def test_no_content_can_end_the_message_early(parts: list[bytes]) -> None:
    body = as_body(b"".join(parts))
    assert body.endswith(b"\r\n") and b"\r\n.\r\n" not in b"\r\n" + body
    assert smtplib.CRLF.encode() not in body.replace(b"\r\n", b"")


# -- from the configuration ------------------------------------------------------------------------


@dataclass(frozen=True)
class Mail:
    transport: str = "smtp"
    maildir: Path = Path("mail")
    smtp_host: str = "mail.example.org"
    smtp_port: int = 587
    smtp_security: str = "starttls"
    smtp_user: str = ""
    smtp_password_file: Path | None = None
    smtp_ca_file: Path | None = None
    per_minute: int = 0


def test_the_password_comes_from_a_file_or_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "password").write_text("from file\n")
    mail = Mail(smtp_user="syncer", smtp_password_file=tmp_path / "password")
    assert open_transport(mail).server.password == "from file"  # type: ignore[attr-defined]
    monkeypatch.setenv("SYNCER_SMTP_PASSWORD", "from environment")
    assert open_transport(mail).server.password == "from environment"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("mail", "said"),
    [
        (Mail(transport="pigeon"), "pigeon"),
        (Mail(smtp_security="maybe"), "maybe"),
        (Mail(smtp_user="syncer"), "no password"),
        (Mail(smtp_user="syncer", smtp_password_file=Path("/nowhere")), "cannot be read"),
        (Mail(smtp_user="syncer", smtp_security="none"), "in the clear"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_wrong_with_the_configuration_is_said(mail: Mail, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        open_transport(mail)


def test_the_server_may_hang_up_while_the_client_says_goodbye(server: RecordingServer) -> None:
    server.fail("TAKEN", Call(lambda: None))
    with pytest.raises(InDoubt), plain(server) as smtp:
        deliver(smtp)
    assert len(server.received) == 1
