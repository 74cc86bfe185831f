"""What it costs to tell many people: 10,000 subscribers, 50 events, matched, rendered and queued in
one run of `notify`.

Prints seconds, peak memory, and, as a figure that holds on any machine, how many times the CPU time
of a subscriber who is told is that of rendering the same digest with nothing around it. The last
line is a JSON object with that `ratio`.
"""

from __future__ import annotations

import datetime as dt
import json
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from syncer.app import App
from syncer.config import load_config
from syncer.digest import compose
from syncer.digest.render import message
from syncer.model import Area, Change, Event, EventKind, Frequency, Grade, RecordKind, Subscription
from syncer.pipeline.notify import notify
from syncer.pipeline.notify.context import DigestContexts
from syncer.register.councils import load_register
from syncer.store import Store, events, outbox, people
from syncer.store.fields import detail_of

SUBSCRIBERS, EVENTS, BARE = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, 50, 200
NOW = dt.datetime(2026, 5, 12, 9, 0, tzinfo=dt.UTC)
GRADES = list(Grade)[:4]
INSPECTION = {"first_day": "2026-03-20", "last_day": "2026-04-01", "framework": "ilacs_2023"}


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


def publish(store: Store) -> None:
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
                    detail=detail_of(RecordKind.INSPECTION, {"inspection": INSPECTION}),
                )
                events.open_event(store, events.add(store, event, 0))


def cpu_of_rendering(app: App, written: Sequence[int]) -> float:
    """The seconds of CPU time that one of these digests takes to be put together and rendered, with
    all that is looked up for it at hand."""
    contexts = DigestContexts(app)
    told = []
    for number in written[:: max(1, len(written) // BARE)]:
        reader = people.get(app.store, outbox.show(app.store, number).subscriber)
        told.append((reader, events.of_delivery(app.store, number), contexts.of(reader)))

    began = time.process_time()
    for reader, lines, context in told:
        message(compose(reader, lines, context))
    return (time.process_time() - began) / len(told)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.toml"
        config.write_text('[store]\npath = "syncer.db"\n')
        with App(load_config(config), NOW) as app:
            subscribe_everyone(app.store)
            publish(app.store)
            began, cpu = time.perf_counter(), time.process_time()
            written = notify(app)
            took, cpu = time.perf_counter() - began, time.process_time() - cpu
            bare = cpu_of_rendering(app, written)
            wrote = len(written)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{SUBSCRIBERS:,} subscribers, {EVENTS} events: {wrote:,} messages in {took:.1f} s, "
        f"peak memory {peak:.0f} MB"
    )
    ratio = cpu / max(wrote, 1) / bare
    print(
        f"{SUBSCRIBERS / took:,.0f} subscribers a second; who is told costs {ratio:.2f} times the "
        f"CPU time of a bare rendering ({1000 * bare:.1f} ms)"
    )
    print(json.dumps({"ratio": round(ratio, 3)}))


if __name__ == "__main__":
    main()
