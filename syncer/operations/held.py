"""All that is kept about one person, for them to see (UK GDPR, article 15)."""

from __future__ import annotations

from typing import Any

from syncer.app import App
from syncer.model import Subscriber
from syncer.store import as_text, confirmations, consents, held, refusals
from syncer.store.wanted import WANTED
from syncer.subscriptions.match import describe

BACKUPS = (
    "Copies of the store are made every night, and each is kept for this many days; what is "
    "erased here ends in them with the last of them."
)


def held_by(app: App, person: Subscriber) -> dict[str, Any]:
    """Return all that is kept about somebody, as JSON values."""
    store = app.store
    return {
        "person": dict(held.person(store, person.id)),
        "subscriptions": _subscriptions(app, person),
        "consents": _consents(app, person),
        "asked_to_confirm": _questions(app, person),
        "said_no": _refusal(app, person),
        "mails_asked_for": held.asked_for(store, refusals.hashed(store, person.address)),
        "messages": held.messages(store, person.id),
        **held.by_number(store, person.id),
        "problems": held.problems(store, person.address),
        "named_to_operator": held.named_to_operator(store, person.address),
        "backups": {"days": app.config.keep.backups_days, "note": BACKUPS},
    }


def _subscriptions(app: App, person: Subscriber) -> list[dict[str, Any]]:
    found = []
    for each in person.subscriptions:
        row: dict[str, Any] = {"wants": describe(each, app.register)}
        for name in WANTED:
            row[name] = getattr(each, name)
        found.append(row)
    return found


def _consents(app: App, person: Subscriber) -> list[dict[str, str]]:
    found = []
    for each in consents.of_subscriber(app.store, person.id):
        row = {"at": as_text(each.at), "how": each.how, "words": each.words}
        found.append(row)
    return found


def _questions(app: App, person: Subscriber) -> list[dict[str, Any]]:
    found = []
    for each in confirmations.of_subscriber(app.store, person.id):
        answered = each.confirmed_at
        row = {
            "asked_at": as_text(each.asked_at),
            "asked_by": each.asked_by,
            "wanted": [describe(wanted, app.register) for wanted in each.wanted],
            "confirmed_at": as_text(answered) if answered else None,
        }
        found.append(row)
    return found


def _refusal(app: App, person: Subscriber) -> dict[str, str] | None:
    known = refusals.of(app.store, person.address)
    return {"since": known.since, "how": known.how} if known else None
