"""By configuration and command line: from what happens to what GOV.UK Notify was given."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from govuk_notify import KEY, TEMPLATE, NotifyServer, Status
from notify_reader import read
from office import CONFIG, Office

from syncer.cli import main
from syncer.config import load_config
from syncer.delivery.transports import open_transport
from syncer.errors import ConfigError
from syncer.model import EventKind, Subscription
from syncer.operations import self_service

ADA = "ada@example.org"
DAY = "2026-01-05T08:30+00:00"
Invoke = Callable[..., Result]


@pytest.fixture
def server() -> Iterator[NotifyServer]:
    with NotifyServer() as running:
        yield running


def by_notify(server: NotifyServer, folder: Path) -> str:
    """The office's settings, with Notify to send; the key lies in a private file."""
    key = folder / "notify-key"
    key.write_text(f"{KEY}\n")
    key.chmod(0o600)
    section = f'[govuk_notify]\ntemplate_id = "{TEMPLATE}"\nkey_file = "notify-key"\nbase_url = "{server.url}"\n'
    return CONFIG.replace("[mail]\n", f'{section}[mail]\ntransport = "govuk_notify"\n')


@pytest.fixture
def office(tmp_path: Path, server: NotifyServer) -> Iterator[Office]:
    with Office(tmp_path, by_notify(server, tmp_path)) as office:
        yield office


@pytest.fixture
def invoke(tmp_path: Path) -> Invoke:
    def run(*args: str) -> Result:
        return CliRunner().invoke(
            main, ["--config", str(tmp_path / "config.toml"), "--now", DAY, *args]
        )

    return run


def test_a_digest_goes_to_notify_in_its_markdown_and_the_outbox_says_so(
    office: Office, server: NotifyServer, invoke: Invoke
) -> None:
    office.follows(ADA)
    office.happens()
    office.notify()
    sent = invoke("send")
    listed = json.loads(invoke("outbox", "--json").stdout)
    assert sent.exit_code == 0 and {line["state"] for line in listed} == {"sent"}
    digest = server.taken[-1]
    assert f"GOV.UK Notify: taken, {digest.id}" in invoke("outbox", "show", "2").stdout
    assert digest.subject == "Leeds: leadership good → inadequate"
    assert {block.kind for block in read(digest.body)} == {"heading", "point", "text", "rule"}
    assert [each.reference for each in server.taken] == ["1", "2"]


def test_a_correction_is_a_message_of_its_own_that_names_the_first(
    office: Office, server: NotifyServer
) -> None:
    office.follows(ADA)
    wrong = office.happens()
    office.notify()
    office.send()
    record = office.store.value("SELECT record_id FROM events WHERE id = ?", (wrong,))
    office.happens(
        new="good", old="inadequate", record=record, kind=EventKind.CORRECTED, change=None
    )
    office.store.run(
        "UPDATE events SET corrects = ? WHERE id = (SELECT max(id) FROM events)", (wrong,)
    )
    office.notify()
    office.send()
    shown = [block.shown for block in read(server.taken[-1].body)]
    assert any("we wrote to you: “Leeds: leadership good → inadequate”" in text for text in shown)


def test_the_link_that_stops_it_is_passed_on_and_stands_in_the_message(
    tmp_path: Path, server: NotifyServer
) -> None:
    site = '[web]\nurl = "https://syncer.example"\n'
    with Office(tmp_path, site + by_notify(server, tmp_path)) as office:
        office.follows(ADA)
        office.happens()
        office.notify()
        office.send()
    for taken in server.taken:
        links = {link for block in read(taken.body) for link in block.links}
        assert taken.one_click and taken.one_click.startswith("https://syncer.example/unsubscribe/")
        assert taken.one_click in links
    assert "https://syncer.example/changes/1" in links


def test_the_mail_that_asks_whether_one_agrees_has_its_link_and_no_way_to_stop(
    tmp_path: Path, server: NotifyServer
) -> None:
    site = '[web]\nurl = "https://syncer.example"\n'
    with Office(tmp_path, site + by_notify(server, tmp_path)) as office:
        wanted = Subscription(0, 0, councils=("leeds",))
        self_service.ask_to_subscribe(office.app, ADA, [wanted], "form")
        office.send()
    (taken,) = server.taken
    (link,) = [link for block in read(taken.body) for link in block.links]
    assert link.startswith("https://syncer.example/confirm/") and taken.one_click is None


def test_what_waits_when_notify_takes_over_goes_as_its_text(
    tmp_path: Path, server: NotifyServer, invoke: Invoke
) -> None:
    with Office(tmp_path) as office:
        office.follows(ADA)
        office.happens()
        office.notify()
    (tmp_path / "config.toml").write_text(by_notify(server, tmp_path))
    assert invoke("send").exit_code == 0
    (digest,) = server.taken
    shown = [block.shown for block in read(digest.body)]
    assert "Leadership: good → inadequate, declined" in shown
    assert {block.kind for block in read(digest.body)} <= {"point", "text", "rule"}


def test_a_test_mail_goes_by_notify_as_the_office_is_set_up(
    office: Office, server: NotifyServer, invoke: Invoke
) -> None:
    config = office.app.config
    assert "has the template" in open_transport(config.mail, config.govuk_notify).check()
    sent = invoke("test-mail", ADA)
    assert sent.exit_code == 0 and sent.stdout.startswith("govuk_notify: taken as ")
    server.fail(Status(403, "AuthError", "Invalid token: API key not found"))
    refused = invoke("test-mail", ADA)
    assert refused.exit_code == 1 and "key_file" in refused.stderr


def test_a_daily_limit_is_told_to_the_operator_and_is_no_refusal(
    office: Office, server: NotifyServer, invoke: Invoke
) -> None:
    office.follows(ADA, welcomed=False)
    office.notify()
    server.per_day = 0
    result = invoke("send")
    assert result.exit_code == 1 and "LimitReached" in result.stderr
    server.per_day = 1
    CliRunner().invoke(
        main,
        ["--config", str(office.folder / "config.toml"), "--now", "2026-01-06T00:00+00:00", "send"],
    )
    assert len(server.taken) == 1


def test_the_operator_is_told_of_a_reader_whose_mail_failed_for_good_until_it_begins_again(
    office: Office, server: NotifyServer, invoke: Invoke
) -> None:
    office.follows(ADA)
    for _ in range(3):
        office.happens()
        office.notify()
        office.send()
        server.taken[-1].status = "permanent-failure"
        office.later(days=1)
    run = partial(CliRunner().invoke, main)
    at = ["--config", str(office.folder / "config.toml"), "--now", office.now.isoformat()]
    told = run([*at, "send"])
    assert told.exit_code == 1 and "AddressBounced" in told.stderr
    assert run([*at, "send"]).exit_code == 0 and "AddressBounced" in run([*at, "problems"]).stdout
    assert run([*at, "resume", ADA]).exit_code == 0 and run([*at, "send"]).exit_code == 0
    assert "AddressBounced" not in run([*at, "problems"]).stdout


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("http://127.0.0.1", "http://notify.example"), "plain http is for this machine only"),
        (('key_file = "notify-key"\n', ""), "needs key_file"),
        ((TEMPLATE, "my template"), "is not an id"),
    ],
)
def test_a_wrong_setting_is_said_when_it_is_read(
    tmp_path: Path, server: NotifyServer, change: tuple[str, str], said: str
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(by_notify(server, tmp_path).replace(*change))
    with pytest.raises(ConfigError, match=said):
        load_config(file)


def test_the_section_and_the_transport_have_a_short_name_too(
    tmp_path: Path, server: NotifyServer
) -> None:
    file = tmp_path / "config.toml"
    text = (
        by_notify(server, tmp_path)
        .replace('"govuk_notify"', '"notify"')
        .replace("[govuk_notify]", "[notify]")
    )
    file.write_text(text)
    config = load_config(file)
    assert (config.mail.transport, config.govuk_notify.template_id) == ("govuk_notify", TEMPLATE)


def test_a_key_file_without_a_key_is_exit_2_and_is_not_shown(
    office: Office, invoke: Invoke
) -> None:
    (office.folder / "notify-key").write_text("hunter2")
    result = invoke("send")
    assert result.exit_code == 2 and "hunter2" not in result.output
