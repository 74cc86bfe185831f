"""What a feed reader can follow: the latest changes of all, a region, a council, a programme, and
interventions. `atom` makes a file of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from syncer.model import Event, FundingFields, RecordKind
from syncer.site import addresses
from syncer.site.facts import Facts

MOST_ENTRIES = 100


@dataclass(frozen=True)
class Feed:
    """One feed: its `address`, the page whose changes it has, its title, and its changes, the
    newest first."""

    address: str
    page: str
    title: str
    events: Sequence[Event]


def feed_at(page: str) -> str:
    """Return where the feed of a page would lie."""
    return (
        addresses.FEED if page in (addresses.HOME, addresses.CHANGES) else addresses.feed_of(page)
    )


def feeds(facts: Facts) -> Iterator[Feed]:
    """Yield every feed of the site."""
    news = _news(facts)
    yield Feed(addresses.FEED, addresses.CHANGES, "All changes", _latest(news))
    yield from _regions(facts, news)
    yield from _councils(facts, news)
    yield from _programmes(facts, news)

    interventions = [event for event in news if event.record is RecordKind.INTERVENTION]
    yield _feed_of(addresses.INTERVENTIONS, "Interventions", interventions)


def _feed_of(page: str, title: str, events: Sequence[Event]) -> Feed:
    return Feed(addresses.feed_of(page), page, title, _latest(events))


def _latest(events: Sequence[Event]) -> Sequence[Event]:
    return events[::-1][:MOST_ENTRIES]


def _news(facts: Facts) -> list[Event]:
    """Return every change but single payments: these are told to those alone who ask for them."""
    return [event for event in facts.events if event.record is not RecordKind.PAYMENT]


def _regions(facts: Facts, news: Iterable[Event]) -> Iterator[Feed]:
    region_of = {council.slug: council.region for council in facts.register}
    by_region: dict[str, list[Event]] = {council.region: [] for council in facts.councils}
    for event in news:
        for region in {region_of[slug] for slug in event.councils if slug in region_of}:
            by_region.setdefault(region, []).append(event)

    for region, events in by_region.items():
        page = addresses.region(addresses.slug_of(region))
        yield _feed_of(page, region, events)


def _councils(facts: Facts, news: Iterable[Event]) -> Iterator[Feed]:
    by_council: dict[str, list[Event]] = defaultdict(list)
    for event in news:
        for slug in event.councils:
            by_council[slug].append(event)

    for council in facts.register:
        page = addresses.council(council.slug)
        yield _feed_of(page, council.name, by_council[council.slug])


def _programmes(facts: Facts, news: Iterable[Event]) -> Iterator[Feed]:
    by_slug: dict[str, list[Event]] = defaultdict(list)
    for event in news:
        said = event.detail.fields
        if isinstance(said, FundingFields) and said.programme:
            slug = addresses.slug_of(said.programme)
            by_slug[slug].append(event)

    for slug, name in facts.programmes.items():
        yield _feed_of(addresses.programme(slug), name, by_slug[slug])
