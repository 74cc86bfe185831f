"""What the operator and a file may say in a person's place: that they have agreed, unless they said
no. A no is lifted by the person's own confirmation alone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from syncer.app import App
from syncer.errors import SaidNo
from syncer.model import Subscriber
from syncer.store import Store, consents, people, refusals
from syncer.store.consents import Consent
from syncer.store.refusals import Refusal

IN_WORDS = {
    "unsubscribed": "has left",
    "erased": "has asked to be erased",
    "complaint": "has called a mail of ours unwanted",
}
RESUMES_ALONE = (
    "Only they can resume: by an answer to one of our mails, or on their page of the site."
)


@dataclass(frozen=True)
class Standing:
    """How somebody stands to our mail: when and how they agreed last, and when and how they said
    no; None where they did not."""

    agreed: Consent | None
    refused: Refusal | None


def standing(store: Store, person: Subscriber) -> Standing:
    """Return how somebody stands to our mail."""
    agreed = consents.of_subscriber(store, person.id)
    is_mail = person.channel == people.CHANNEL
    refused = refusals.of(store, person.address) if is_mail else None
    return Standing(agreed[-1] if agreed else None, refused)


def check_no_refusal(store: Store, person: Subscriber, hint: str = "") -> None:
    """Raise SaidNo where somebody said no, and has not agreed since."""
    refused = standing(store, person).refused
    if refused is None:
        return

    day = refused.since[:10]
    words = IN_WORDS.get(refused.how, refused.how)
    raise SaidNo(f"{person.address} {words}, on {day}", hint)


def vouch(app: App, person: Subscriber, words: str) -> Subscriber:
    """Note that an address has agreed, as the operator says in these words. Without effect unless
    it is pending. Raises SaidNo."""
    check_no_refusal(app.store, person)
    if person.state != "pending":
        return person

    with app.store.writing():
        consents.record(app.store, person.id, "operator", words, app.now)
        return people.confirm(app.store, person.id, app.now)


def resume(app: App, person: Subscriber) -> Subscriber:
    """Write again to somebody who was stopped, as the operator says. Raises SaidNo for one who has
    called a mail of ours unwanted."""
    check_no_refusal(app.store, person, RESUMES_ALONE)
    return people.resume(app.store, person.id, app.now)


def may_be_imported(store: Store, channel: str, address: str) -> bool:
    """Return whether a file may add this address: not where it said no."""
    return channel != people.CHANNEL or not refusals.is_refused(store, address)


def vouch_by_file(store: Store, person: Subscriber, said: Consent | None, now: dt.datetime) -> None:
    """Note that an address has agreed, as a file says: when, how and to which words, or that
    whoever wrote the file vouches for it. Call inside `writing()`."""
    given = said or Consent(now, "import", "state = active in a file: its writer vouches")
    consents.record(store, person.id, given.how, given.words, given.at)
    people.confirm(store, person.id, now)
