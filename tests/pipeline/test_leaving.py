"""How a reader stops a message: the headers for mail programs, and the links at its foot."""

from __future__ import annotations

import shutil
from email.message import EmailMessage
from pathlib import Path

import pytest
from office import CONFIG, Office

from syncer.model import Subscription
from syncer.operations import self_service
from syncer.pipeline.notify import preview

ADA = "ada@example.org"
MAILTO = "<mailto:answers@example.org?subject=unsubscribe"
ONE_CLICK = "List-Unsubscribe=One-Click"


def written(
    folder: Path, url: str = "", mail: str = "", more: str = ""
) -> tuple[EmailMessage, str]:
    """The welcome that Ada gets from a service with this address, and its text as one line."""
    config = CONFIG.replace("[mail]", f"[mail]\n{mail}") + f'[web]\nurl = "{url}"\n{more}'
    place = folder / "office"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    with Office(place, config) as office:
        office.follows(ADA, welcomed=False)
        office.notify()
        (welcome,) = office.deliveries(ADA)
        return office.mail(welcome), office.text(welcome)


@pytest.mark.parametrize("url", ["https://syncer.example.org", "http://127.0.0.1:8080"])
def test_with_a_site_a_message_has_its_address_for_one_click_and_a_visible_link(
    tmp_path: Path, url: str
) -> None:
    mail, text = written(tmp_path, url)
    addresses = mail["List-Unsubscribe"].split(", ")
    assert len(addresses) == 1 and addresses[0].startswith(f"<{url}/unsubscribe/")
    assert mail["List-Unsubscribe-Post"] == ONE_CLICK
    assert f"Stop these messages: {addresses[0][1:-1]}" in text
    assert f"Change or pause them: {url}/manage" in text and "reply with" not in text
    html = mail.get_body(("html",))
    assert html is not None and f'href="{addresses[0][1:-1]}"' in html.get_content()


def test_where_an_inbox_is_read_a_message_is_stopped_by_mail_too(tmp_path: Path) -> None:
    mail, _ = written(tmp_path, "https://syncer.example.org", more='[inbox]\nmaildir = "in"\n')
    page, to = mail["List-Unsubscribe"].split(", ")
    assert page.startswith("<https://syncer.example.org/unsubscribe/") and to.startswith(MAILTO)


def test_no_mail_program_is_sent_to_a_site_without_https(tmp_path: Path) -> None:
    mail, text = written(tmp_path, "http://syncer.example.org")
    assert mail["List-Unsubscribe"].startswith(MAILTO) and mail["List-Unsubscribe-Post"] is None
    assert "Stop these messages: http://syncer.example.org/unsubscribe/" in text


def test_without_a_site_a_message_is_stopped_by_mail_or_where_the_operator_says(
    tmp_path: Path,
) -> None:
    mail, text = written(tmp_path)
    assert mail["List-Unsubscribe"].startswith(MAILTO) and "http" not in mail["List-Unsubscribe"]
    assert "reply with the word unsubscribe" in text
    theirs = 'unsubscribe_url = "https://example.org/leave"'
    mail, text = written(tmp_path, mail=theirs)
    assert mail["List-Unsubscribe"].startswith("<https://example.org/leave?token=u.")
    assert mail["List-Unsubscribe-Post"] == ONE_CLICK


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ("", "syncer.localhost"),
        ('from = "Syncer <news@council.example>"', "syncer.council.example"),
        ('list_id = "<ratings.council.example>"', "ratings.council.example"),
    ],
)
def test_a_list_is_named_as_mail_programs_expect_it(
    tmp_path: Path, settings: str, named: str
) -> None:
    mail, _ = written(tmp_path, mail=settings)
    assert mail["List-Id"] == f"<{named}>"
    assert mail["Message-ID"].endswith(f"@{named}>")


def test_confirmation_manage_and_reply_mails_are_of_no_list(tmp_path: Path) -> None:
    config = f'{CONFIG}[web]\nurl = "https://syncer.example.org"\n'
    with Office(tmp_path, config) as office:
        self_service.ask_to_subscribe(office.app, ADA, [Subscription(0, 0)], "form")
        ada = office.follows(ADA)
        self_service.ask_to_manage(office.app, ADA)
        self_service.ask_by_mail(office.app, ada.id, self_service.Action.UNSUBSCRIBE)
        for kind in ("confirm", "manage", "reply"):
            (delivery,) = office.deliveries(ADA, kind)
            mail = office.mail(delivery)
            assert [name for name in mail if name.startswith("List-")] == []
        assert (delivery.sender, mail["Auto-Submitted"]) == ("", "auto-replied")


def test_a_digest_never_shows_the_link_to_ones_own_page(tmp_path: Path) -> None:
    config = f'{CONFIG}[web]\nurl = "https://syncer.example.org"\n'
    with Office(tmp_path, config) as office:
        ada = office.follows(ADA)
        office.happens()
        for message in preview(office.app, ada.id):
            assert b"/manage/" not in message and b"/confirm/" not in message
