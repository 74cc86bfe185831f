"""An office without sites: a store, people who follow councils, things that happen when a test says
so, and a clock. Ofsted was read well on its first morning.

office = Office(tmp_path)
office.follows("ada@example.org", Subscription(0, 0, councils=("leeds",)))
event = office.happens(new="inadequate");  office.notify();  office.mails("ada@example.org")
"""

from __future__ import annotations

import datetime as dt
import email
import email.policy
from collections.abc import Mapping
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from syncer.app import App
from syncer.config import load_config
from syncer.model import Area, Change, Event, EventKind, RecordKind, Subscriber, Subscription
from syncer.operations.explain import explain
from syncer.pipeline.notify import notify
from syncer.pipeline.send import send
from syncer.store import Store, events, outbox, people
from syncer.store.fields import detail_of
from syncer.store.outbox import Delivery

BEGAN = dt.datetime(2026, 1, 5, 8, 0, tzinfo=dt.UTC)
CONFIG = """
[store]
path = "s.db"
[mail]
reply_to = "answers@example.org"
[operator]
mail = "operator@example.org"
[sources.govuk_awards]
enabled = false
[sources.govuk_interventions]
enabled = false
"""


class Office:
    """`now` is the clock; it may be moved."""

    def __init__(self, folder: Path, config: str = CONFIG) -> None:
        self.folder = folder
        (folder / "config.toml").write_text(config, encoding="utf-8")
        self.app = App(load_config(folder / "config.toml"), BEGAN)
        self.app.store.run(
            "PRAGMA synchronous=OFF"
        )  # a year of transactions need not wait for the disk
        self.runs("ok")

    @property
    def store(self) -> Store:
        return self.app.store

    @property
    def now(self) -> dt.datetime:
        return self.app.now

    @now.setter
    def now(self, moment: dt.datetime) -> None:
        self.app.now = moment

    def later(self, **time: float) -> None:
        self.now += dt.timedelta(**time)

    # -- people ------------------------------------------------------------------------------------

    def follows(self, address: str, *wanted: Subscription, welcomed: bool = True) -> Subscriber:
        """Someone who has confirmed, follows Leeds (or what is wanted), and has had the welcome
        unless said otherwise."""
        person = people.add(self.store, address, self.now)
        for each in wanted or (Subscription(0, 0, councils=("leeds",)),):
            people.subscribe(self.store, person.id, each, events.last_seq(self.store))
        people.confirm(self.store, person.id, self.now)
        if welcomed:
            self.notify()
            self.send()
        return people.get(self.store, person.id)

    # -- what happens ------------------------------------------------------------------------------

    def record(self, kind: RecordKind = RecordKind.INSPECTION) -> int:
        """A record about Leeds that says nothing, for events to be about."""
        return self.store.insert(
            "records",
            {
                "record": kind,
                "councils": '["leeds"]',
                "fields": "{}",
                "chosen": "{}",
                "url": "",
                "source": "ofsted_reports",
                "first_seen": self.now.isoformat(),
            },
        )

    def happens(
        self,
        new: str = "inadequate",
        old: str = "good",
        *,
        council: str = "leeds",
        area: str = Area.LEADERSHIP,
        record: int = 0,
        kind: EventKind = EventKind.ADDED,
        of: RecordKind = RecordKind.INSPECTION,
        change: Change | None = Change.DECLINED,
        detail: Mapping[str, Any] | None = None,
        tellable: bool = True,
    ) -> int:
        """A new event that may be told; its id."""
        event = Event(
            of,
            kind,
            (council,),
            area,
            old,
            new,
            self.now.date(),
            self.now.date(),
            self.now,
            "ofsted_reports",
            "https://example.org/page",
            record or self.record(of),
            change if of is RecordKind.INSPECTION else None,
            detail=detail_of(of, detail or {}),
        )
        with self.store.writing():
            number = events.add(self.store, event, 0)
            if tellable:
                events.open_event(self.store, number)
        return number

    def runs(self, status: str, *, source: str = "ofsted_reports") -> None:
        """A run of a source that went like this."""
        row = {
            "source": source,
            "started": self.now.isoformat(),
            "finished": self.now.isoformat(),
            "status": status,
        }
        self.store.insert("runs", row | {"complete": int(status == "ok")})

    # -- telling -----------------------------------------------------------------------------------

    def notify(self) -> list[Delivery]:
        return [outbox.show(self.store, number) for number in notify(self.app)]

    def send(self) -> None:
        send(self.app)

    def deliveries(self, address: str, kind: str = "") -> list[Delivery]:
        """Everything written to an address and not taken back, oldest first; of one kind."""
        mine = [
            d
            for d in outbox.listing(self.store)
            if d.recipient == address and d.state != "cancelled" and kind in ("", d.kind)
        ]
        return sorted(mine, key=lambda d: d.id)

    def mail(self, delivery: Delivery) -> EmailMessage:
        found = email.message_from_bytes(
            outbox.body(self.store, delivery.id), policy=email.policy.default
        )
        assert isinstance(found, EmailMessage)
        return found

    def text(self, delivery: Delivery) -> str:
        """The text of a message, as one line."""
        part = self.mail(delivery).get_body(("plain",))
        assert part is not None
        return " ".join(str(part.get_content()).split())

    def why(self, event: int, person: Subscriber) -> str:
        """What `syncer explain` says."""
        found = events.get(self.store, event)
        assert found is not None
        return explain(self.app, found, people.get(self.store, person.id))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.app.__exit__(kind, error, trace)
