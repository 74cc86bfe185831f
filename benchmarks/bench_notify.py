"""What it costs to tell many people: 10,000 subscribers, 50 events, matched, rendered and queued in
one run of `notify`.

Prints seconds, peak memory, and, as a figure that holds on any machine, how many times a message
costs what rendering the same digest with nothing around it costs.
"""

from __future__ import annotations

import datetime as dt
import resource
import sys
import tempfile
import time
from pathlib import Path

from syncer.app import App
from syncer.config import load_config
from syncer.digest import compose
from syncer.digest.render import message
from syncer.model import Area, Change, Event, EventKind, Frequency, Grade, RecordKind, Subscription
from syncer.pipeline.notify import notify
from syncer.pipeline.notify.context import DigestContexts
from syncer.register.councils import load_register
from syncer.store import Store, events, people

SUBSCRIBERS, EVENTS, BARE = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, 50, 200
NOW = dt.datetime(2026, 5, 12, 9, 0, tzinfo=dt.UTC)
GRADES = list(Grade)[:4]


def subscribe_everyone(store: Store) -> None:
    """Each follows one council, every tenth a region, every hundredth all of England; all were
    welcomed yesterday."""
    councils = load_register().open_on(NOW.date())
    with store.writing():
        for n in range(SUBSCRIBERS):
            council = councils[n % len(councils)]
            wanted = Subscription(0, 0, councils=(council.slug,), frequency=Frequency.IMMEDIATELY)
            if n % 100 == 0:
                wanted = Subscription(0, 0)
            elif n % 10 == 0:
                wanted = Subscription(0, 0, regions=(council.region,))
            person = people.add(store, f"person{n}@example.org", NOW)
            people.subscribe(store, person.id, wanted, 0)
            people.confirm(store, person.id, NOW)
            people.note_welcomed(store, person.id, 0, NOW - dt.timedelta(days=1))


def publish(store: Store) -> list[Event]:
    """Ten inspections of ten councils, five judgements each."""
    councils = load_register().open_on(NOW.date())[::15][: EVENTS // 5]
    with store.writing():
        for n, council in enumerate(councils):
            for k, area in enumerate(list(Area)[:5]):
                event = Event(
                    RecordKind.INSPECTION,
                    EventKind.ADDED,
                    (council.slug,),
                    area,
                    GRADES[n % 4],
                    GRADES[(n + k) % 4],
                    NOW.date(),
                    dt.date(2026, 4, 1),
                    NOW,
                    "ofsted_reports",
                    f"https://reports.ofsted.gov.uk/provider/44/{council.provider_ids[0]}",
                    change=Change.UNCHANGED if k == 0 else Change.DECLINED,
                    detail={
                        "inspection": {
                            "first_day": "2026-03-20",
                            "last_day": "2026-04-01",
                            "framework": "ilacs_2023",
                        }
                    },
                )
                events.open_event(store, events.add(store, event, 0))
    return events.after(store, 0)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.toml"
        config.write_text('[store]\npath = "syncer.db"\n')
        with App(load_config(config), NOW) as app:
            subscribe_everyone(app.store)
            told = publish(app.store)
            began = time.perf_counter()
            wrote = len(notify(app))
            took = time.perf_counter() - began
            began = time.perf_counter()
            context = DigestContexts(app).common()
            for n in range(BARE):
                message(compose(people.get(app.store, 1), told[n % 10 * 5 :][:5], context))
            bare = (time.perf_counter() - began) / BARE
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{SUBSCRIBERS:,} subscribers, {EVENTS} events: {wrote:,} messages in {took:.1f} s, "
        f"peak memory {peak:.0f} MB"
    )
    print(
        f"{SUBSCRIBERS / took:,.0f} subscribers a second; a message costs "
        f"{took / max(wrote, 1) / bare:.2f} times its bare rendering"
    )


if __name__ == "__main__":
    main()
