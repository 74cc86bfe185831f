"""Readers help themselves: subscribe, confirm, leave, and see and change what they have.

A GET shows and changes nothing: programs follow every link in a mail. A link names one person and
one purpose; there is no cookie and no hidden field, and nothing of a person in a log."""

from __future__ import annotations

import datetime as dt
import json
import logging
import time
import traceback
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from syncer.app import App
from syncer.config import Config
from syncer.errors import AlreadyRunning, BadAddress, BadToken, LinkExpired, StoreError
from syncer.model import Subscriber
from syncer.operations import self_service
from syncer.site.addresses import MANAGE, SUBSCRIBE
from syncer.site.contents import TYPES
from syncer.site.page import SitePage
from syncer.store.addresses import normalised
from syncer.web import pages, words
from syncer.web.clients import counted_as
from syncer.web.limiting import ASKED, POSTS, WRONG_LINKS, Limits, TooMany
from syncer.web.live import LiveSite
from syncer.web.pages import Filler, Notice
from syncer.web.times import Times
from syncer.web.typed import MOST_SETS, Fault, Typed, all_quiet, read, suffixes, typed_in

log = logging.getLogger(__name__)

TRY_AGAIN = 10
"""Seconds after which it may be tried again where the store was busy."""

MOST_IN_LINK = 20
"""Councils that a link may fill in."""

DOWNLOAD = "syncer-what-is-held.json"
NOT_KEPT = "no-store"

NO_ADDRESS = Fault("email", "Enter your email address.")
WRONG_ADDRESS = Fault("email", "Enter an email address like name@example.org.")
WHICH_BUTTON = Fault("", "Choose one of the buttons on this page.")
NOTHING_LEFT = Fault("", "To stop all of them, use the button “Stop all emails”.")
GONE_ALREADY = Fault("", "This address gets no emails. Ask for emails to begin again.")


class Forms:
    """The forms of one site."""

    def __init__(
        self, live: LiveSite, config: Config, clock: Callable[[], dt.datetime], times: Times
    ) -> None:
        self._live = live
        self._config = config
        self._clock = clock
        self._times = times
        self._limits = Limits()

    def add_to(self, app: Flask) -> None:
        """Let an application answer at the addresses of the forms."""
        for rule, show, do in (
            (f"/{SUBSCRIBE}", self._show_subscribe, self._subscribe),
            (f"/{MANAGE}", self._show_manage, self._send_link),
            ("/confirm/<token>", self._show_confirm, self._confirm),
            ("/unsubscribe/<token>", self._show_leave, self._leave),
            (f"/{MANAGE}/<token>", self._show_choices, self._change_choices),
        ):
            _add(app, rule, "GET", self._guarded(show))
            _add(app, rule, "POST", self._guarded(do))

    # -- What goes wrong ---------------------------------------------------------------------------

    def _guarded(self, answer: Callable[..., Response]) -> Callable[..., Response]:
        """Return an answer that says in a page of the site what went wrong."""

        def guarded(**token: str) -> Response:
            try:
                return answer(**token)
            except LinkExpired:
                return self._page(words.OLD_LINK, HTTPStatus.GONE)
            except BadToken:
                return self._wrong_link()
            except TooMany as error:
                return self._later(words.TOO_MANY, HTTPStatus.TOO_MANY_REQUESTS, error.seconds)
            except (StoreError, AlreadyRunning) as error:
                log.warning("a form could not be answered: %s: %s", error.name, error)
                return self._later(words.BUSY, HTTPStatus.SERVICE_UNAVAILABLE, TRY_AGAIN)
            except HTTPException:
                raise
            except Exception as error:
                _log_failure(error)
                return self._page(words.FAILED, HTTPStatus.INTERNAL_SERVER_ERROR)

        return guarded

    def _wrong_link(self) -> Response:
        try:
            self._limits.count(WRONG_LINKS, _client())
        except TooMany as error:
            return self._later(words.TOO_MANY, HTTPStatus.TOO_MANY_REQUESTS, error.seconds)
        return self._page(words.BAD_LINK, HTTPStatus.NOT_FOUND)

    def _later(self, page: SitePage, status: HTTPStatus, seconds: int) -> Response:
        response = self._page(page, status)
        response.headers["Retry-After"] = str(seconds)
        return response

    def _page(self, page: SitePage, status: HTTPStatus = HTTPStatus.OK) -> Response:
        """Return a page that is kept nowhere; one that is for one reader alone is found nowhere
        either."""
        rule = request.url_rule.rule if request.url_rule else ""
        body = self._live.edition().page(rule.removeprefix("/"), page)
        response = Response(body, status, content_type=TYPES[""])
        response.headers["Cache-Control"] = NOT_KEPT
        if page.is_private:
            response.headers["X-Robots-Tag"] = "noindex"
        return response

    def _app(self) -> App:
        return App(self._config, self._clock(), may_begin=False, patience=self._times.store)

    # -- Asking for mails --------------------------------------------------------------------------

    def _show_subscribe(self) -> Response:
        typed = typed_in(request.args.lists())
        with self._app() as app:
            shown = _with_names(app, typed)
            return self._page(pages.subscribe(_filler(app), shown))

    def _subscribe(self) -> Response:
        """Send a mail that asks the address to confirm; the answer is the same for all."""
        began = time.monotonic()
        typed = self._posted()
        with self._app() as app:
            found = read(typed, app)
            address, wrong = _address(typed)
            quiet, unclear = all_quiet(typed)
            faults = (*wrong, *found.faults, *unclear)
            if faults or found.wanted is None:
                page = pages.subscribe(_filler(app), typed, faults)
                return self._page(page, HTTPStatus.UNPROCESSABLE_ENTITY)

            self._limits.count(ASKED, address.casefold())
            self_service.ask_to_subscribe(app, address, [found.wanted], "form", quiet)
        return self._evenly(words.LOOK_INTO_YOUR_MAIL, began)

    def _posted(self) -> Typed:
        """Return what a client has filled in, and count that it did. Raises TooMany."""
        self._limits.count(POSTS, _client())
        return typed_in(request.form.lists())

    def _evenly(self, page: SitePage, began: float) -> Response:
        """Return the page, after as long as it takes for any address."""
        response = self._page(page)
        passed = time.monotonic() - began
        step = self._times.even
        time.sleep(step - passed % step)
        return response

    # -- Confirming --------------------------------------------------------------------------------

    def _show_confirm(self, token: str) -> Response:
        with self._app() as app:
            asked = self_service.to_confirm(app, token)
            if asked.already:
                return self._page(words.CONFIRMED_BEFORE)
            wants = pages.described(asked.wanted, app.register)
            return self._page(pages.confirm(asked.address, wants, words.AGREED))

    def _confirm(self, token: str) -> Response:
        with self._app() as app:
            asked = self_service.to_confirm(app, token)
            if asked.already:
                return self._page(words.CONFIRMED_BEFORE)
            wants = pages.described(asked.wanted, app.register)
            agreed = ". ".join([words.AGREED, *wants])
            self_service.confirm(app, token, "link", agreed)
        return self._page(words.CONFIRMED)

    # -- Leaving -----------------------------------------------------------------------------------

    def _show_leave(self, token: str) -> Response:
        with self._app() as app:
            is_there = self_service.to_leave(app, token) is not None
        return self._page(pages.leave() if is_there else words.LEFT)

    def _leave(self, token: str) -> Response:
        """End the subscription, whatever the body says: a button, or a mail program's
        `List-Unsubscribe=One-Click` (RFC 8058)."""
        with self._app() as app:
            self_service.leave(app, token)
        return self._page(words.LEFT)

    # -- What one has ------------------------------------------------------------------------------

    def _show_manage(self) -> Response:
        return self._page(pages.manage(typed_in(request.args.lists())))

    def _send_link(self) -> Response:
        """Send the link to an address that gets mails; the answer is the same for all."""
        began = time.monotonic()
        typed = self._posted()
        address, faults = _address(typed)
        if faults:
            return self._page(pages.manage(typed, faults), HTTPStatus.UNPROCESSABLE_ENTITY)

        self._limits.count(ASKED, address.casefold())
        with self._app() as app:
            self_service.ask_to_manage(app, address)
            has_address = bool(app.config.web.url)
        return self._evenly(words.LINK_SENT if has_address else words.NO_LINK, began)

    def _show_choices(self, token: str) -> Response:
        with self._app() as app:
            person = self_service.managed(app, token)
            return self._choices(app, person, Notice())

    def _change_choices(self, token: str) -> Response:
        """Do what the button `do` says."""
        with self._app() as app:
            person = self_service.managed(app, token)
            typed = self._posted()
            match request.form.get("do", ""):
                case "download":
                    return _download(self_service.held_about(app, person.id))
                case "erase":
                    self_service.erase(app, person.id)
                    return self._page(words.ERASED)
                case "change":
                    return self._change(app, person, typed, token)
                case "pause" | "resume" | "leave" as button:
                    _BUTTONS[button](app, person.id)
                    return self._done(app, button, token)
            return self._choices(app, person, Notice(faults=(WHICH_BUTTON,)))

    def _change(self, app: App, person: Subscriber, typed: Typed, token: str) -> Response:
        """Let the person have what was chosen, or say what is wrong with it."""
        faults: list[Fault] = []
        wanted = [*person.subscriptions[MOST_SETS:]]  # the page shows no more
        chosen = suffixes(typed)
        for suffix in chosen:
            found = read(typed, app, suffix)
            faults += found.faults
            if found.wanted is not None:
                wanted.append(found.wanted)

        quiet, unclear = all_quiet(typed)
        faults += unclear
        if person.state in pages.GOING:
            faults.append(GONE_ALREADY)
        elif not chosen:
            faults.append(NOTHING_LEFT)
        if faults:
            return self._choices(app, person, Notice(faults=tuple(faults), typed=typed))

        self_service.change(app, person.id, wanted, quiet)
        return self._done(app, "change", token)

    def _done(self, app: App, button: str, token: str) -> Response:
        """Return what the person has now."""
        person = self_service.managed(app, token)
        return self._choices(app, person, Notice(done=words.DONE[button]))

    def _choices(self, app: App, person: Subscriber, notice: Notice) -> Response:
        page = pages.choices(person, _filler(app), app.register, notice)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if notice.faults else HTTPStatus.OK
        return self._page(page, status)


def _add(app: Flask, rule: str, method: str, answer: Callable[..., Response]) -> None:
    """Answer at an address, with and without a slash at its end."""
    for written in (rule, f"{rule}/"):
        name = f"{method} {written}"
        app.add_url_rule(written, name, answer, methods=[method], strict_slashes=True)


_BUTTONS: dict[str, Callable[[App, int], Any]] = {
    "pause": self_service.pause,
    "resume": self_service.resume,
    "leave": self_service.leave_all,
}


def _filler(app: App) -> Filler:
    return Filler(app.register, app.now.date())


def _with_names(app: App, typed: Typed) -> Typed:
    """Return what a link fills in, with the councils by their names: a page of the site that leads
    here has their short ones."""
    named = []
    for value in typed.get("council", ())[:MOST_IN_LINK]:
        found = read({"council": (value,)}, app).wanted
        slug = found.councils[0] if found else ""
        named.append(app.register.by_slug(slug).name if slug else value)
    return {**typed, "council": tuple(named)}


def _client() -> str:
    return counted_as(request.remote_addr or "")


def _address(typed: Typed) -> tuple[str, tuple[Fault, ...]]:
    """Return the address that was typed, or what is wrong with it."""
    values = typed.get("email", ())
    if not values:
        return "", (NO_ADDRESS,)
    try:
        return normalised(values[0]), ()
    except BadAddress:
        return "", (WRONG_ADDRESS,)


def _download(held: dict[str, Any]) -> Response:
    text = json.dumps(held, ensure_ascii=False, indent=2, default=str)
    response = Response(f"{text}\n", content_type=TYPES[".json"])
    response.headers["Cache-Control"] = NOT_KEPT
    response.headers["Content-Disposition"] = f'attachment; filename="{DOWNLOAD}"'
    return response


def _log_failure(error: Exception) -> None:
    """Log where an error of our own arose, by the rule of the address: the address itself has a
    token, and what the error says may have more of a person."""
    rule = request.url_rule.rule if request.url_rule else ""
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("a form could not be answered: %s: %s\n%s", rule, type(error).__name__, where)
