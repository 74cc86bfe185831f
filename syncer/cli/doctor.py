"""`doctor`: everything that has to be right, tried once, and what to do about what is not."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import click

from syncer.cli import Settings, pass_settings
from syncer.cli.output import print_json, say
from syncer.errors import PageRedesigned, SyncerError
from syncer.views.cells import harmless

if TYPE_CHECKING:
    from pathlib import Path

    from syncer.app import App
    from syncer.sources.ofsted.pages import ListPage, ProviderPage

NO_GOVUK = frozenset({"ofsted_reports", "press", "council_papers"})
"""Sources that ask GOV.UK for nothing."""

NEWEST_OF_DFE = {
    "filter_organisations": "department-for-education",
    "order": "-public_timestamp",
    "count": "1",
    "fields": "title,link,public_timestamp",
}


MOST_SHOWN = 5
"""Files that are named in one line."""

MOST_NAMED = 3
"""Councils, or reports, that are named of a page."""


@dataclass(frozen=True)
class Finding:
    """One thing tried: `ok`, or what to do about it."""

    check: str
    ok: bool
    says: str
    hint: str = ""


ALL_ONE_CLIENT = (
    "Another server speaks https for it: to the limits of its forms all readers are one client "
    "until [web] trusted_proxies names that server."
)
NO_LINKS = "Mails have no links to its forms until [web] url says how readers reach it."
SITES_NOT_TRIED = Finding("sites", False, "not tried: the store has to be mended first")
"""What is asked of a site is kept in the store, and would fail in the store's words."""


@click.command()
@pass_settings
def doctor(settings: Settings) -> int:
    """Try everything once: configuration, store, templates, one page of each kind, the mail server.
    Sends no mail."""
    findings = []
    for finding in _examine(settings):
        findings.append(finding)
        if not settings.json:
            _print_finding(finding)

    if settings.json:
        print_json([vars(finding) for finding in findings])
    all_right = all(finding.ok for finding in findings)
    return 0 if all_right else 1


def _print_finding(finding: Finding) -> None:
    if finding.ok:
        mark = click.style("ok     ", fg="green")
    else:
        mark = click.style("PROBLEM", fg="red")

    says = harmless(finding.says)
    click.echo(f"{mark}  {finding.check}: {says}")
    if finding.hint:
        say(f"         {finding.hint}")


def _examine(settings: Settings) -> Iterator[Finding]:
    """Try everything, in the order in which it depends on each other. Raises ConfigError."""
    with settings.app(may_begin=True) as app:
        yield Finding("configuration", True, f"read; the store is {app.config.store.path}")
        store = _tried("store", lambda: _store(app))
        yield store
        yield from _examine_this_machine(app)
        yield from _examine_sites(app) if store.ok else [SITES_NOT_TRIED]
        yield from _sender(app)
        yield _tried("mail", lambda: _mail(app))
        if app.config.inbox.is_read:
            yield _tried("inbox", lambda: _inbox(app))
        yield from _channels(app) if store.ok else ()


def _channels(app: App) -> Iterator[Finding]:
    """Try each chat and webhook that is told anything, and the operator's own; write to none."""
    from syncer.monitoring import alarm
    from syncer.operations import channels

    for person in channels.active(app):
        name = f"{person.channel} {channels.shown(person)}"
        yield _tried(name, partial(channels.check, app, person))
    if alarm.is_set(app):
        yield _tried("the operator's channel", lambda: alarm.check(app))


def _examine_this_machine(app: App) -> Iterator[Finding]:
    yield _contact(app)
    yield from _operator(app)
    yield _private(app)
    yield from _web(app)
    yield _tried("clock", lambda: _clock(app))
    yield from _templates(app)
    yield _tried("register", lambda: _register(app))


def _web(app: App) -> Iterator[Finding]:
    """Yield how readers reach the site, and what they would miss; nothing where there is none."""
    web = app.config.web
    if web.url:
        is_behind_another = web.url.startswith("https:") and not web.trusted_proxies
        yield Finding("site", True, web.url, ALL_ONE_CLIENT if is_behind_another else "")
    elif web.enabled:
        yield Finding("site", True, f"at {web.listen} alone", NO_LINKS)


def _examine_sites(app: App) -> Iterator[Finding]:
    enabled = app.config.enabled_sources()
    if "ofsted_reports" in enabled:
        yield from _ofsted(app)
    if set(enabled) - NO_GOVUK:
        yield _tried("GOV.UK, search", lambda: _govuk(app))

    yield from _examine_feeds(app)


def _examine_feeds(app: App) -> Iterator[Finding]:
    """Try each address of the press and of council papers."""
    sites = app.config.sites
    for address in (*sites.press, *sites.council_papers):
        yield _tried(address, partial(_first_read, app, address))


def _first_read(app: App, address: str) -> str:
    """Return how many bytes an address answers with."""
    answer = app.client.get(address)
    return f"{len(answer.data):,} bytes"


def _operator(app: App) -> Iterator[Finding]:
    """Yield who is told when something goes wrong; nothing where nobody is mailed yet."""
    operator = app.config.operator
    if operator.mail:
        yield Finding("operator", True, operator.mail)
    elif app.config.mail.transport != "maildir":
        hint = "Write under [operator] mail who is told when something cannot be read or sent."
        yield Finding("operator", False, "nobody is told when something goes wrong", hint)


def _sender(app: App) -> Iterator[Finding]:
    """Yield what is wrong with the address from which real mail would leave."""
    from syncer.store import outbox

    mail = app.config.mail
    sender = parseaddr(mail.sender)[1]
    if mail.transport == "smtp" and sender.endswith(("@localhost", ".localhost")):
        hint = "Write under [mail] from an address that your readers can answer."
        said = f"mail would leave as {sender}, which is this machine's alone"
        yield Finding("sender", False, said, hint)

    old = sorted(outbox.other_senders(app.store, sender))
    if old and mail.transport != "maildir":
        said = f"messages wait that were written as {', '.join(old)}, and will leave as that"
        hint = f"`syncer outbox` shows them; who reads them would answer there, not to {sender}."
        yield Finding("sender", False, said, hint)


def _tried(check: str, attempt: Callable[[], str]) -> Finding:
    """Return what came of it; a named error is a finding too."""
    try:
        return Finding(check, True, attempt())
    except SyncerError as error:
        return Finding(check, False, f"{error.name}: {error}", error.hint)


def _contact(app: App) -> Finding:
    if app.config.fetch.contact_is_placeholder:
        hint = (
            "Write an address where a site's owner can reach you under [fetch] contact; it stands "
            "in the User-Agent."
        )
        return Finding("contact", False, "[fetch] contact is still the placeholder", hint)
    return Finding("contact", True, app.config.fetch.contact)


def _store(app: App) -> str:
    from syncer.store import copies

    path = app.config.store.path
    with app.store.writing():
        now = app.now.isoformat(timespec="seconds")
        app.store.set_meta("doctor", now)

    copies.verify(path)
    size = path.stat().st_size
    return f"opens, can be written and is sound ({size:,} bytes)"


def _private(app: App) -> Finding:
    """Look whether anything that names people, or is a secret, can be read by other accounts."""
    from syncer.operations.privacy import exposed

    found = exposed(app.config)
    if not found:
        return Finding("privacy", True, "store, copies, mail and secrets are this account's alone")
    return _exposed(found)


def _exposed(found: Sequence[Path]) -> Finding:
    """Return the finding that other accounts can read these paths."""
    shown = " ".join(str(path) for path in found[:MOST_SHOWN])
    more = ""
    if len(found) > MOST_SHOWN:
        more = f" and {len(found) - MOST_SHOWN} more"
    return Finding(
        "privacy",
        False,
        f"other accounts of this machine may read or write: {shown}{more}",
        f"Take that from them: chmod -R go= {shown}",
    )


def _clock(app: App) -> str:
    from syncer.timetable import LONDON

    return f"{app.now.astimezone(LONDON):%A %d %B %Y %H:%M} in London"


def _templates(app: App) -> Iterator[Finding]:
    from syncer.digest.render import check_templates

    problems = check_templates(app.config.digest.templates)
    for problem in problems:
        yield Finding("templates", False, problem.message, problem.hint)
    if not problems:
        yield Finding("templates", True, "every template shows every sample")


def _register(app: App) -> str:
    from syncer.timetable import LONDON

    today = app.now.astimezone(LONDON).date()
    current = app.register.open_on(today)
    return f"{len(current)} councils today, {len(app.register)} in all"


def _ofsted(app: App) -> Iterator[Finding]:
    """Read one page of the list, and the first provider page on it: what is recognised there, and
    the signs that disagree."""
    first = ""

    def the_list() -> str:
        nonlocal first
        page = _first_list_page(app)
        first = page.rows[0].provider_id
        return _list_in_words(page)

    yield _tried("Ofsted, the list", the_list)
    if first:
        base = app.config.sites.ofsted_reports[0]
        url = f"{base}/provider/44/{first}"
        yield _tried("Ofsted, a council's page", lambda: _provider_in_words(app, url))


def _first_list_page(app: App) -> ListPage:
    from syncer.sources.ofsted.council_list import LIST
    from syncer.sources.ofsted.pages import read_list

    base = app.config.sites.ofsted_reports[0]
    address = base + LIST.format(start=0, rows=100)
    return read_list(app.client.get(address).data)


def _list_in_words(page: ListPage) -> str:
    _check_not_odd(page.oddities)
    total = "no" if page.total is None else page.total
    named = ", ".join(_rows_in_words(page))
    return f"{len(page.rows)} rows, {total} stated in all: {named} …"


def _rows_in_words(page: ListPage) -> Iterator[str]:
    """Yield the first councils of the list, with the day of their latest report."""
    for row in page.rows[:MOST_NAMED]:
        yield f"{row.name} ({_day(row.latest)})"


def _provider_in_words(app: App, url: str) -> str:
    from syncer.sources.ofsted.pages import read_provider

    page = read_provider(app.client.get(url).data)
    _check_not_odd(page.oddities)
    number = page.provider_id or "not shown"
    reports = "; ".join(_reports_in_words(page))
    return f"{page.heading}, URN {number}, {len(page.entries)} reports: {reports} …"


def _reports_in_words(page: ProviderPage) -> Iterator[str]:
    """Yield the first reports of a council's page, with their days."""
    for entry in page.entries[:MOST_NAMED]:
        yield f"{entry.title}, {_day(entry.published)}"


def _day(day: dt.date | None) -> str:
    if day is None:
        return "no report yet"
    return f"{day.day} {day:%B %Y}"


def _check_not_odd(oddities: tuple[str, ...]) -> None:
    """Raise PageRedesigned where signs disagree: the page can still be read, and somebody should
    look."""
    if oddities:
        raise PageRedesigned(f"can be read, but looks different: {'; '.join(oddities)}")


def _govuk(app: App) -> str:
    """Return how many pages of the DfE a search finds, and the newest. Raises PageRedesigned."""
    site = app.config.sites.govuk[0]
    url = f"{site}/api/search.json?{urlencode(NEWEST_OF_DFE)}"
    answer = app.client.get(url)
    try:
        return _search_in_words(answer.data)
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise PageRedesigned(f"{url} answers in another form ({error!r})") from error


def _search_in_words(answer: bytes) -> str:
    found = json.loads(answer)
    total = int(found["total"])
    newest = found["results"][0]
    day = str(newest["public_timestamp"])[:10]
    return f"{total:,} pages of the DfE; the newest: {newest['title']} ({day})"


def _inbox(app: App) -> str:
    """Return that the mailbox of answers can be opened. Nothing in it is read or marked."""
    from syncer.inbox.mailboxes import open_mailbox

    with open_mailbox(app.config.inbox):
        place = app.config.inbox.maildir or app.config.inbox.imap_host
        return f"answers are read from {place}"


def _mail(app: App) -> str:
    from syncer.delivery.transports import open_transport

    with open_transport(app.config.mail, app.config.govuk_notify) as transport:
        return f"{transport.name}: {transport.check()}"
