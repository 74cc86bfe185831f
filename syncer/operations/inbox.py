"""Reads the inbox: each message is decided on, and what follows from it is done and written down in
one transaction; then it is marked as read where it lies. Killed anywhere and run again, what was
done is not done twice: the store knows each message by its name and bytes."""

from __future__ import annotations

import hashlib
import logging
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from syncer.app import App
from syncer.errors import ConfigError, InboxUnavailable, StoreError
from syncer.inbox.mailboxes import Arrived, Mailbox, open_mailbox
from syncer.inbox.reading import Mail, read
from syncer.model import Problem
from syncer.operations import replies, stopped_readers
from syncer.operations.replies import Decision
from syncer.store import inbox, people, problems
from syncer.store.inbox import Outcome

NAME = "inbox"
"""Under which what is wrong with it stands among the problems."""
MOST_A_RUN = 5_000
SECONDS_A_RUN = 240.0
"""What is not read then, the next run reads."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Handled:
    """One message that was read. `subscriber` is the address it is about; None where it is about
    nobody."""

    file: str
    sender: str
    outcome: Outcome
    why: str
    subscriber: str | None

    def as_json(self) -> dict[str, Any]:
        """Return it under the keys that other programs rely on."""
        return {
            "file": self.file,
            "from": self.sender,
            "outcome": str(self.outcome),
            "why": self.why,
            "subscriber": self.subscriber,
        }


@dataclass(frozen=True)
class InboxReport:
    """What one run read; `stopped` says why it ended before everything was read, None where it did
    not; `new` are the problems that began."""

    messages: tuple[Handled, ...]
    stopped: InboxUnavailable | None
    new: tuple[Problem, ...]

    def counts(self) -> dict[str, int]:
        """Return how many messages had which outcome."""
        counted = Counter(message.outcome for message in self.messages)
        found = {"messages read": len(self.messages)}
        for outcome in Outcome:
            found[outcome.replace("_", " ")] = counted[outcome]
        return found


def read_inbox(app: App) -> InboxReport:
    """Read what came in since the last run. Raises ConfigError where there is no inbox, or its
    settings cannot be used; a mailbox that cannot be opened is in the report, and a problem."""
    if not app.config.inbox.is_read:
        raise ConfigError(
            "there is no inbox",
            "Set [inbox] maildir, or imap_host, imap_user and imap_password_file.",
        )

    messages: list[Handled] = []
    stopped = None
    try:
        with open_mailbox(app.config.inbox) as mailbox:
            for message in _read_all(app, mailbox):
                messages.append(message)
    except InboxUnavailable as error:
        stopped = error

    new = _note_problems(app, stopped)
    return InboxReport(tuple(messages), stopped, tuple(new))


def _read_all(app: App, mailbox: Mailbox) -> Iterator[Handled]:
    """Deal with each message, and yield what became of it. Raises InboxUnavailable."""
    ends_at = time.monotonic() + SECONDS_A_RUN
    for number, arrived in enumerate(mailbox.arrived()):
        is_enough = number >= MOST_A_RUN or time.monotonic() > ends_at
        if is_enough or app.stopping():
            return

        handled = _deal_with(app, arrived)
        mailbox.finish(arrived)
        if handled is not None:
            yield handled


def _deal_with(app: App, arrived: Arrived) -> Handled | None:
    """Do what follows from a message, once, and write it down; None where that was done before.
    Whatever goes wrong with one message, our own faults included, costs that message alone."""
    digest = hashlib.sha256(arrived.content).hexdigest()
    if inbox.is_known(app.store, arrived.name, digest):
        return None

    mail = read(b"")
    try:
        mail = read(arrived.content)
        return _done(app, arrived, digest, mail, _decision(app, arrived, mail))
    except StoreError:
        raise
    except Exception as error:
        log.exception("a message in the inbox could not be dealt with")
        failed = Decision(Outcome.NOT_UNDERSTOOD, f"it could not be dealt with: {error!r}")
        return _done(app, arrived, digest, mail, failed)


def _decision(app: App, arrived: Arrived, mail: Mail) -> Decision:
    if arrived.fault:
        return Decision(Outcome.NOT_UNDERSTOOD, arrived.fault)
    return replies.decide(app, mail)


def _done(
    app: App, arrived: Arrived, digest: str, mail: Mail, decision: Decision
) -> Handled | None:
    """Act on a decision and write it down, in one transaction; None where another run has."""
    about = _address_of(app, decision.subscriber)
    if decision.act is not None and decision.alone:
        decision.act(app)

    with app.store.writing():
        if inbox.is_known(app.store, arrived.name, digest):
            return None
        if decision.act is not None and not decision.alone:
            decision.act(app)
        inbox.record(
            app.store,
            arrived.name,
            digest,
            decision.outcome,
            decision.why,
            sender=mail.sender(),
            subscriber=decision.subscriber,
            now=app.now,
        )
    return Handled(
        arrived.name,
        mail.sender(),
        decision.outcome,
        decision.why,
        about,
    )


def _address_of(app: App, subscriber: int | None) -> str | None:
    if subscriber is None:
        return None
    return people.get(app.store, subscriber).address or None


# -- What the operator is told ---------------------------------------------------------------------


def settle(app: App, numbers: list[int]) -> int:
    """Note that the operator has seen to messages that were not understood; return how many waited
    for that."""
    with app.store.writing():
        settled = inbox.settle(app.store, numbers, app.now)
        _note(app, _lasting(app))
    return settled


def _note_problems(app: App, stopped: InboxUnavailable | None) -> list[Problem]:
    """Note what began and what ended; return what is new."""
    found = _lasting(app)
    if stopped is not None:
        found.append(Problem(stopped.name, str(stopped), NAME, stopped.hint))
    with app.store.writing():
        return _note(app, found)


def _note(app: App, found: list[Problem]) -> list[Problem]:
    goes_on = {problem.url for problem in found}
    open_before = {row["url"] for row in problems.still_open(app.store, NAME)}
    problems.end(app.store, NAME, open_before - goes_on, app.now)
    return problems.note(app.store, NAME, found, app.now)


def _lasting(app: App) -> list[Problem]:
    """Return what lasts until somebody sees to it: messages that were not understood, readers who
    are written to no more because their mail came back, or because they complained."""
    found = []
    for day, messages in inbox.kept_by_day(app.store).items():
        found.append(_not_understood(day, messages))
    found += stopped_readers.all_of_them(app)
    return found


def _not_understood(day: str, messages: int) -> Problem:
    counted = "1 message" if messages == 1 else f"{messages} messages"
    return Problem(
        "NotUnderstood",
        f"{counted} of {day} in the inbox could not be understood",
        f"inbox:{day}",
        "`syncer inbox kept` lists them; `syncer inbox settle ID` once you have seen to one.",
    )
