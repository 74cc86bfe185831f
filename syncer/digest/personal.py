"""The messages that somebody has sent to themselves: the question whether they agree, the link to
see and change what they are told, and the answer to a mail that was not clear. They are about no
subscription, so nothing in them ends one. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from syncer.digest import about, items, wording
from syncer.digest.message_model import NOT_THEIRS, Digest, DigestContext, MailKind
from syncer.links import Action
from syncer.model import Subscription
from syncer.subscriptions.match import describe

NOT_YOU = "If it was not you, do nothing: nothing changes."


@dataclass(frozen=True)
class Way:
    """How a link is followed: its web address or, where there is none, the mail to write: to whom,
    and with which subject."""

    link: str = ""
    to: str = ""
    subject: str = ""

    def lines(self, write: str = "Or write") -> tuple[str, ...]:
        """Return how to do it by mail. The subject stands on a line of its own: whoever copies it
        copies all of it."""
        if not self.subject:
            return ()
        return (f"{write} to {self.to} with this subject:", self.subject)


BY_REPLY = Way()


# -- do you agree? ---------------------------------------------------------------------------------


def confirm(
    wanted: Sequence[Subscription],
    context: DigestContext,
    way: Way = BY_REPLY,
    asked_by: str = "form",
) -> Digest:
    """Return the message that asks the owner of the address whether they want to be told this.
    `asked_by`: form, operator, import or inbox."""
    how = "Open the link to confirm; it is good for 7 days."
    if not way.link:
        how = "Reply with the word yes to confirm, within 7 days."
    return Digest(
        kind=MailKind.CONFIRM,
        subject="Please confirm that you want to be told",
        heading="Please confirm",
        preheader=how,
        intro=(
            _who_asks(context, asked_by),
            *_wishes(wanted, context),
            how,
            "If you do not want this, do nothing: then nothing changes, and an address that never "
            "agrees is forgotten after a week.",
        ),
        action=items.safe_link(way.link),
        action_says="Yes, tell me",
        notes=way.lines(),
        about=about.run_by(context),
        attribution="",
        disclaimer=NOT_THEIRS,
    )


def _who_asks(context: DigestContext, asked_by: str) -> str:
    """Return who asked us to write to this address."""
    runs_it = wording.capital(context.run_by.name or "whoever runs this service")
    match asked_by:
        case "operator" | "import":
            return f"{runs_it} would like to write to this address about:"
        case "inbox":
            return "An email from this address asked us to write to it about:"
    return "We were asked on our site, we hope by you, to write to this address about:"


def _wishes(wanted: Sequence[Subscription], context: DigestContext) -> Iterator[str]:
    for each in wanted:
        yield f"{describe(each, context.register)}."


# -- the link to one's own page --------------------------------------------------------------------


def manage(context: DigestContext, link: str) -> Digest:
    """Return the message with the link to what is kept about its reader."""
    return Digest(
        kind=MailKind.MANAGE,
        subject="Your link to see and change what you are told",
        heading="See and change what you are told",
        preheader="The link is good for one hour.",
        intro=(
            "With this link you can see and change what you follow, pause, leave, download what "
            "is kept about you, or have it erased. It is good for one hour.",
            "It is yours alone: whoever has it can do all of this. Do not pass it on.",
            NOT_YOU,
        ),
        action=items.safe_link(link),
        action_says="See and change",
        about=about.run_by(context),
        attribution="",
        disclaimer=NOT_THEIRS,
    )


# -- the answer to a mail --------------------------------------------------------------------------

ASKED = {
    Action.CONFIRM: ("Do you want to be told?", "Yes, tell me"),
    Action.UNSUBSCRIBE: ("Do you want to stop these emails?", "Stop these emails"),
    Action.MANAGE: ("Do you want to change what you are told?", "See and change"),
    Action.PAUSE: ("Do you want to pause these emails?", "Pause these emails"),
    Action.RESUME: ("Do you want these emails again?", "Write to me again"),
    Action.ERASE: ("Do you want to be erased?", "Erase me"),
}
"""What is asked, and what the button says."""


def reply(action: Action, context: DigestContext, way: Way, *, on_own_page: bool = False) -> Digest:
    """Return the answer to a mail that seems to ask for this, and is not acted on by itself.
    `on_own_page`: the link leads to a page where it can be done, besides other things."""
    question, button = ASKED[action]
    how = "Open the link to do it." if way.link else "Write the email below to do it."
    if on_own_page:
        how = "Open the link and do it there; the link is good for one hour."
    return Digest(
        kind=MailKind.REPLY,
        subject=question,
        heading=question,
        preheader=how,
        intro=(
            "We had an email from this address and were not sure what it asks for.",
            f"If this is it: {how[0].lower()}{how[1:]}",
            NOT_YOU,
        ),
        action=items.safe_link(way.link),
        action_says=button,
        notes=way.lines("Or write" if way.link else "Write"),
        about=about.run_by(context),
        attribution="",
        disclaimer=NOT_THEIRS,
    )
