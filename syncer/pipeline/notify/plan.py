"""Who is owed what: which lines, a welcome, word of a source that cannot be read, or of silence
(DESIGN §6.2, §6.8, §7)? Pure: the same facts give the same plan, and nothing is opened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from syncer.model import (
    Event,
    EventDetail,
    EventKind,
    Frequency,
    Observation,
    Subscriber,
    Subscription,
)
from syncer.pipeline.notify.readings import (
    EndedOutage,
    SourceReading,
    awaited,
    depended_on,
    ended_outages,
    may_speak_of_silence,
    pages_followed,
)
from syncer.records.diff import CONFIRMED
from syncer.register.councils import Register
from syncer.subscriptions.match import by_missing_overall, wants
from syncer.subscriptions.schedule import due
from syncer.timetable import LONDON

NO_OVERALL = "no overall judgement"
"""What is explained once to those who asked for the overall judgement (DESIGN §6.13)."""
QUIET_AFTER = {"monthly": dt.timedelta(days=30), "weekly": dt.timedelta(days=7)}
QUIET_HOURS = range(7, 20)
"""London hours in which a message that says nothing new may be written."""


@dataclass(frozen=True)
class News:
    """What is the same for every subscriber: the events since the lowest mark of anybody, the
    number of the last one (`last`), how each source of news was read, and which pages of single
    councils cannot be read."""

    now: dt.datetime
    register: Register
    events: tuple[Event, ...] = ()
    last: int = 0
    readings: tuple[SourceReading, ...] = ()
    failing_pages: tuple[SourceReading, ...] = ()
    sync_under_way: bool = False
    _matching: dict[Subscription, tuple[Event, ...]] = field(
        default_factory=dict, compare=False, repr=False
    )
    """What was found to match, by what is asked for: many ask for the same."""

    def matching(self, subscription: Subscription) -> tuple[Event, ...]:
        """Return the events that pass its filters, whatever its mark."""
        asked = asked_for(subscription)
        if asked not in self._matching:
            found = [event for event in self.events if wants(asked, event, self.register)]
            self._matching[asked] = tuple(found)
        return self._matching[asked]

    def corrections(self) -> Mapping[int, Event]:
        """Return, for each event that proved wrong, the one that says what is right."""
        right = {}
        for event in self.events:
            if event.kind is EventKind.CORRECTED:
                right[event.corrects] = event
        return right


@dataclass(frozen=True)
class History:
    """What one subscriber has had: the events that need no line any more, those of which a line has
    left or will leave (`has`), what was explained once, and when anything was last written."""

    handled: frozenset[int] = frozenset()
    has: frozenset[int] = frozenset()
    explained: frozenset[str] = frozenset()
    last_written: dt.datetime | None = None


@dataclass(frozen=True)
class Plan:
    """What is to be written for one subscriber. `lines` are the events of a digest, `replaced`
    those that proved wrong before they were told, with the event that is right instead;
    `considered` are the subscriptions whose mark moves to the last event, `begun` those that start
    with their first slot after now; `stale` and `over` are the outages whose beginning and end are
    told; `quiet_since` is the day of the last message, where an "all
    quiet" is due."""

    welcome: bool = False
    awaits: tuple[SourceReading, ...] = ()
    lines: tuple[Event, ...] = ()
    explain_no_overall: bool = False
    replaced: Mapping[int, int] = field(default_factory=dict)
    considered: tuple[int, ...] = ()
    begun: tuple[int, ...] = ()
    stale: tuple[SourceReading, ...] = ()
    over: tuple[EndedOutage, ...] = ()
    quiet_since: dt.datetime | None = None


def asked_for(subscription: Subscription) -> Subscription:
    """Return what it asks for, whoever asks and however much they have been told."""
    return replace(subscription, id=0, subscriber=0, mark=0, considered=None)


def candidates(news: News, subscriptions: Iterable[Subscription]) -> list[Event]:
    """Return the events above the marks of these subscriptions that match them."""
    found: dict[int, Event] = {}
    for subscription in subscriptions:
        for event in news.matching(subscription):
            number = event.seq or 0
            if subscription.mark < number:
                found[number] = event
    return [found[number] for number in sorted(found)]


def plan(news: News, subscriber: Subscriber, history: History, *, everything: bool = False) -> Plan:
    """Return what this subscriber is owed now (`everything`: also what is not due yet)."""
    if subscriber.state != "active" or not subscriber.subscriptions:
        return Plan()

    readings = depended_on(subscriber, news.readings)
    if subscriber.welcomed is not None:
        return _plan_for_reader(news, subscriber, history, readings, everything)

    waits_for = awaited(
        readings,
        news.now,
        sync_under_way=news.sync_under_way,
    )
    return Plan(welcome=not waits_for, awaits=waits_for)


def _plan_for_reader(
    news: News,
    subscriber: Subscriber,
    history: History,
    readings: Sequence[SourceReading],
    everything: bool,
) -> Plan:
    begun: list[Subscription] = []
    ready = list(subscriber.subscriptions)
    if not everything:
        begun = _not_begun(subscriber.subscriptions)
        ready = _due(news, subscriber.subscriptions, begun)

    wanted = candidates(news, ready)
    lines, replaced = owed(news, wanted, history)
    pages = pages_followed(subscriber, news.failing_pages, news.register)

    quiet_since = None
    if not lines:
        quiet_since = _quiet_since(news, subscriber, history, readings)

    return Plan(
        lines=tuple(lines),
        explain_no_overall=_needs_explaining(subscriber, lines, history),
        replaced=replaced,
        considered=tuple(s.id for s in ready if _moves(news, s)),
        begun=tuple(s.id for s in begun),
        stale=_newly_stale(news, (*readings, *pages), history),
        over=ended_outages(history.explained, readings, news.failing_pages, news.register),
        quiet_since=quiet_since,
    )


def _due(
    news: News, subscriptions: Iterable[Subscription], begun: Sequence[Subscription]
) -> list[Subscription]:
    found = []
    for subscription in subscriptions:
        if subscription in begun:
            continue
        if due(subscription, news.now, subscription.considered):
            found.append(subscription)
    return found


def _not_begun(subscriptions: Iterable[Subscription]) -> list[Subscription]:
    """Those that were added to what a person has, and begin with their first slot, not at once."""
    return [
        s
        for s in subscriptions
        if s.considered is None and s.frequency is not Frequency.IMMEDIATELY
    ]


def _moves(news: News, subscription: Subscription) -> bool:
    """Whether there is anything to note: of a slot it is noted that it has passed."""
    if subscription.frequency is not Frequency.IMMEDIATELY:
        return True
    return subscription.mark < news.last


def owed(
    news: News, wanted: Sequence[Event], history: History
) -> tuple[list[Event], dict[int, int]]:
    """Return which of the wanted events are told, and which proved wrong before they were. Nothing
    known to be wrong is told, unless what is right is told too: then the two fold to one line."""
    waiting = {event.id for event in wanted} - history.handled

    replaced: dict[int, int] = {}
    for wrong, right in news.corrections().items():
        if wrong in waiting and not _folds(wrong, right, wanted, waiting):
            replaced[wrong] = right.id

    lines = []
    for event in wanted:
        if event.id not in waiting or event.id in replaced:
            continue
        confirms = event.area == CONFIRMED
        if not confirms or event.corrects in waiting | history.has:
            lines.append(event)

    return lines, replaced


def _folds(wrong: int, right: Event, wanted: Iterable[Event], waiting: set[int]) -> bool:
    """Whether what is right is told at the same time, and about the same councils."""
    if right.id not in waiting:
        return False
    about = [event.councils for event in wanted if event.id == wrong]
    return right.councils in about


def _needs_explaining(subscriber: Subscriber, lines: Iterable[Event], history: History) -> bool:
    if NO_OVERALL in history.explained:
        return False
    for event in lines:
        for subscription in subscriber.subscriptions:
            if by_missing_overall(subscription, event):
                return True
    return False


def _newly_stale(
    news: News, readings: Iterable[SourceReading], history: History
) -> tuple[SourceReading, ...]:
    """The sources whose outage this person has not been told of, and the pages of sources that are
    read otherwise."""
    stale = [reading for reading in readings if reading.is_stale(news.now)]
    sources = {reading.name for reading in stale if not reading.council}

    found = []
    for reading in stale:
        if reading.council and reading.name in sources:
            continue
        marks = {reading.stale_mark, reading.former_mark}
        if marks.isdisjoint(history.explained):
            found.append(reading)
    return tuple(found)


def _quiet_since(
    news: News, subscriber: Subscriber, history: History, readings: Sequence[SourceReading]
) -> dt.datetime | None:
    """By day, when nothing at all was written to this person for a month (or a week, as they wish),
    nothing waits for its day, and somebody looked."""
    pause = QUIET_AFTER.get(subscriber.all_quiet)
    last = history.last_written
    if pause is None or last is None:
        return None
    if news.now - last < pause:
        return None

    by_day = news.now.astimezone(LONDON).hour in QUIET_HOURS
    if not by_day or not may_speak_of_silence(readings, news.now):
        return None

    wanted = candidates(news, subscriber.subscriptions)
    waiting, _ = owed(news, wanted, history)
    return None if waiting else last


# -- Corrections -----------------------------------------------------------------------------------


def lines_after(
    news: News, subscriber: Subscriber, lines: Iterable[Event], correction: Event
) -> tuple[list[Event], list[Event]]:
    """Return the lines that a waiting message is to have once one of them proved wrong, and those
    of them that are new. The wrong one stays where it folds with what is right."""
    right = []
    if _is_wanted(news, subscriber, correction):
        right.append(correction)

    kept = []
    for event in lines:
        folds = bool(right) and event.councils == correction.councils
        if event.id != correction.corrects or folds:
            kept.append(event)

    return [*kept, *right], right


def _is_wanted(news: News, subscriber: Subscriber, event: Event) -> bool:
    """Whether any subscription asks for the event, wherever its mark is."""
    for subscription in subscriber.subscriptions:
        if wants(subscription, event, news.register):
            return True
    return False


def says_the_same(first: Event | None, correction: Event) -> bool:
    """Return whether what is right now is what was told at first."""
    if first is None:
        return False
    told = (first.new, first.councils)
    right = (correction.new, correction.councils)
    return told == right


def also_mentioned(
    news: News, subscriber: Subscriber, unshown: Iterable[Observation]
) -> list[Observation]:
    """Return what pages seem to say of money that this subscriber follows. It closes a digest that
    is written anyway, and never causes one."""
    return [each for each in unshown if _would_be_wanted(news, subscriber, each)]


def _would_be_wanted(news: News, subscriber: Subscriber, said: Observation) -> bool:
    """Whether a subscription asks for the line that this would be, were it told."""
    amount = said.funding.amount
    would_be = Event(
        record=said.record,
        kind=EventKind.ADDED,
        councils=said.councils,
        area="amount",
        old="",
        new="" if amount is None else str(amount),
        published=said.published,
        effective=None,
        noticed_at=news.now,
        source=said.source,
        url=said.url,
        detail=EventDetail(fields=said.fields),
    )
    return _is_wanted(news, subscriber, would_be)
