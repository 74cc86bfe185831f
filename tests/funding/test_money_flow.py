"""Money from the sources to the reader: the five documents this began from, the payments, and three
years of GOV.UK."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gov_world import GovWorld
from replay import Replay

from syncer.model import Record, RecordKind
from syncer.records.payment_links import Linking, link
from syncer.store import records as record_store
from syncer.store.fields import fields_of

INNOVATION = "Children's Social Care Innovation Programme"
MORE = """
[sources.govuk_awards]
since = "2010-01-01"
[sources.govuk_interventions]
since = "2010-01-01"
[sources.press]
enabled = true
[sources.council_papers]
enabled = true
files = ["papers"]
"""
NEWSROOM = """<html><head><title>Leeds wins funding</title><meta property="article:published_time" content="2017-02-22"></head><body>
<article><h1>Leeds wins funding</h1><p>The Department for Education has awarded Leeds City Council £9.59m over three years from the
Children's Social Care Innovation Programme.</p></article></body></html>"""


def configured(shared: Path, folder: Path) -> Replay:
    """The replay with every source of money; the two council papers lie in a folder beside the
    configuration."""
    replay = Replay(shared, folder)
    (folder / "papers").mkdir(parents=True)
    for number in ("02", "03"):
        (folder / "papers" / f"{number}.txt").write_bytes(
            (shared / "awards" / f"{number}.txt").read_bytes()
        )
    return replay


def turn_on(replay: Replay) -> None:
    text = replay.config_path.read_text()
    replay.configure(
        text.replace(
            "[fetch]", f'press = ["http://127.0.0.1:{replay.port}/press/feed.xml"]\n[fetch]'
        )
        + MORE
    )


def leeds(bench: Replay, *kinds: RecordKind) -> list[Record]:
    with bench.store() as store:
        return record_store.records(store, kinds=list(kinds), councils=["leeds"])


@pytest.fixture(scope="module")
def replay(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    """What a reader of the five documents had read by July 2021."""
    with configured(shared, tmp_path_factory.mktemp("money") / "five") as found:
        turn_on(found)
        for day, sources in (
            ("2015-03-24", ["press"]),
            ("2016-12-20", ["dfe_spend"]),
            ("2017-02-24", ["govuk_awards", "press"]),
            ("2017-03-23", ["council_papers"]),
            ("2021-07-01", ["council_papers"]),
        ):
            found.day(day)
            for source in sources:
                found.sync(source)
        yield found


def as_told(award: Record) -> tuple[Any, ...]:
    said = award.funding
    return (
        award.councils,
        said.kind,
        said.programme,
        said.amount,
        said.qualifier,
        str(said.announced),
    )


def test_the_five_documents_tell_of_five_grants_to_leeds_and_contradict_each_other_in_nothing(
    replay: Replay,
) -> None:
    assert [as_told(award) for award in leeds(replay, RecordKind.AWARD)] == [
        (("leeds",), "award", f"{INNOVATION} round 1", 5000000, "exact", "2015-03-23"),
        (("leeds",), "award", "Partners in Practice", 9600000, "exact", "2017-02-23"),
        (
            ("leeds", "wakefield"),
            "award",
            "Social work teaching partnerships",
            1500000,
            "over",
            "2017-03-22",
        ),
        (
            ("leeds",),
            "award",
            "Strengthening Families, Protecting Children",
            505200,
            "up_to",
            "2021-06-28",
        ),
        (
            ("leeds",),
            "partnership",
            "Strengthening Families, Protecting Children",
            None,
            None,
            "2021-06-28",
        ),
    ]
    with replay.store() as store:
        assert [c for c in record_store.conflicts(store) if "leeds" in c["councils"]] == []


def test_one_award_told_in_two_documents_is_told_to_people_once(replay: Replay) -> None:
    told = [
        (e.area, str(e.kind), e.new, e.source)
        for e in replay.events()
        if "leeds" in e.councils and e.record is RecordKind.AWARD
    ]
    assert told == [("amount", "added", "9600000", "press")]


def test_the_payments_of_2015_are_inferred_to_be_part_of_the_first_award(replay: Replay) -> None:
    awards = leeds(replay, RecordKind.AWARD)
    found = link(awards, leeds(replay, RecordKind.PAYMENT)).links
    assert {each.award for each in found} == {awards[0].id}
    assert [(each.pounds, each.whole) for each in found] == [
        (1673500, False),
        (836633, False),
        (1216633, False),
    ]


def test_every_figure_leads_to_the_bytes_and_the_words_it_was_read_from(replay: Replay) -> None:
    for award in leeds(replay, RecordKind.AWARD):
        with replay.store() as store:
            evidence = record_store.evidence_of(store, award.chosen["quote"], "quote")
        assert evidence is not None
        assert evidence.quote
        assert any((replay.folder / "store" / "snapshots").rglob(f"{evidence.sha256[2:]}.*"))


def test_the_newsrooms_sharper_figure_replaces_the_rounded_one_without_an_event(
    replay: Replay, tmp_path: Path
) -> None:
    copy = replay.fork(tmp_path / "copy")
    copy.at("2021-07-02")
    copy.configure(copy.config_path.read_text())
    (copy.folder / "papers" / "newsroom.html").write_text(NEWSROOM)
    assert copy.sync("council_papers").events == 0
    names = ("Partners in Practice", f"{INNOVATION} round 2")
    assert [
        a.funding.amount for a in leeds(copy, RecordKind.AWARD) if a.funding.programme in names
    ] == [9590000]


# -- Payments and what they settle -----------------------------------------------------------------

PAID = (
    "paid_25-03-2015",
    "paid_22-04-2015",
    "paid_25-06-2015",
    "paid_23-09-2015",
    "paid_16-12-2015",
)


def payments(row: dict[str, str]) -> list[Record]:
    """The payments of one council, as the monthly files would give them."""
    days = [(dt.datetime.strptime(name[5:], "%d-%m-%Y").date(), int(row[name])) for name in PAID]
    return [payment(n, day, pounds) for n, (day, pounds) in enumerate(days, 100) if pounds]


def payment(
    number: int, day: dt.date, pounds: int, area: str = "Families Group", transaction: str = ""
) -> Record:
    fields = {
        "kind": "payment",
        "amount": pounds,
        "paid": day.isoformat(),
        "area": area,
        "funder": "DfE",
        "transaction": transaction or None,
    }
    return Record(
        number,
        RecordKind.PAYMENT,
        ("leeds",),
        fields_of(RecordKind.PAYMENT, fields),
        day,
        "",
        "dfe_spend",
        dt.datetime.now(dt.UTC),
    )


def award(
    number: int, pounds: int, low: int, high: int | None, announced: str = "2015-03-23", **more: Any
) -> Record:
    fields = {
        "kind": "award",
        "amount": pounds,
        "low": low,
        "announced": announced,
        "funder": "DfE",
        **more,
    }
    fields |= {"high": high} if high else {}
    said = fields_of(RecordKind.AWARD, fields)
    return Record(
        number, RecordKind.AWARD, ("leeds",), said, None, "", "press", dt.datetime.now(dt.UTC)
    )


def settled(linking: Linking) -> dict[int, int]:
    sums = Counter[int]()
    for each in linking.links:
        sums[each.award] += each.pounds
    return dict(sums)


def test_two_determinations_paid_together_are_told_apart_by_their_instalments(shared: Path) -> None:
    with (shared / "awards" / "innovation_instalments_2015.csv").open(encoding="utf-8") as file:
        row = next(r for r in csv.DictReader(file) if r["supplier_as_printed"].startswith("LEEDS"))
    first, second = (
        award(1, 5000000, 4500000, 5500000),
        award(2, 760000, 755000, 765000, "2015-07-10"),
    )
    found = link([second, first], payments(row))
    assert {number: round(pounds, -1) for number, pounds in settled(found).items()} == {
        1: 5020030,
        2: 760000,
    }
    assert {each.whole for each in found.links} == {True}


def test_the_instalments_of_2015_are_split_as_they_were_determined(shared: Path) -> None:
    with (shared / "awards" / "innovation_instalments_2015.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    right = 0
    for row in rows:
        sums = [
            int(row["first_determination_CSDSD61_2014_paid"]),
            int(row["second_determination_CSDSD04_2015_paid"]),
        ]
        awards = [award(n, pounds, pounds, pounds) for n, pounds in enumerate(sums, 1) if pounds]
        right += settled(link(awards, payments(row))) == {a.id: a.funding.amount for a in awards}
    assert right >= 50, (
        f"{right} of {len(rows)}: a first grant paid once and a second in two equal parts look like one"
    )


def test_a_payment_that_was_taken_back_in_a_later_month_settles_nothing() -> None:
    found = link(
        [award(1, 100000, 100000, 100000)],
        [
            payment(10, dt.date(2015, 4, 1), 100000),
            payment(11, dt.date(2015, 6, 1), -100000),
            payment(12, dt.date(2015, 7, 1), 100000),
        ],
    )
    assert (found.reversed, [(each.payment, each.whole) for each in found.links]) == (
        frozenset((10, 11)),
        [(12, True)],
    )


def test_of_two_equal_payments_the_one_whose_number_is_taken_back_settles_nothing() -> None:
    found = link(
        [award(1, 100000, 100000, 100000)],
        [
            payment(10, dt.date(2015, 4, 1), 100000, transaction="4001"),
            payment(11, dt.date(2015, 4, 8), 100000, transaction="4002"),
            payment(12, dt.date(2015, 6, 1), -100000, transaction="4001"),
        ],
    )
    assert (found.reversed, [each.payment for each in found.links]) == (frozenset((10, 12)), [11])


@pytest.mark.parametrize("more", [{"announced": "2019-01-01"}, {"funder": "MHCLG"}])
def test_what_was_paid_outside_the_window_or_by_another_settles_nothing(
    more: dict[str, str],
) -> None:
    assert (
        link(
            [award(1, 100000, 100000, 100000, **more)], [payment(10, dt.date(2015, 4, 1), 100000)]
        ).links
        == ()
    )


# -- Confirmed by the funder -----------------------------------------------------------------------


def feed(items: list[str]) -> bytes:
    return f"<rss version='2.0'><channel><title>x</title>{''.join(items)}</channel></rss>".encode()


def test_first_told_by_the_press_then_by_the_funder_is_one_line_confirmed(tmp_path: Path) -> None:
    given = "<p>The Department for Education has awarded Leeds City Council {} under the Safety Valve programme.</p>"
    with GovWorld(tmp_path, more=MORE) as world:
        world.sync("govuk_awards")
        items = [
            f"<item><title>{title}</title><link>{world.web.url(path)}</link><pubDate>{day} Mar 2024 09:00:00 GMT</pubDate></item>"
            for title, path, day in (
                ("Old", "/press/old", "Fri, 01"),
                ("Leeds wins", "/press/1", "Sat, 02"),
            )
        ]
        page = (
            f"<html><body><article><h1>Leeds wins</h1>{given.format('£5m')}</article></body></html>"
        )
        world.web.page(
            "/press/old",
            b"<html><body><article><h1>Old</h1><p>Nothing happened at all today.</p></article></body></html>",
        )
        world.web.page("/press/feed.xml", feed(items[:1]))
        world.publish("/government/news/other", "Other", "<p>Nothing.</p>")
        world.sync("press")
        world.sync("govuk_awards")
        world.at("2024-03-02", 12)
        world.web.page("/press/feed.xml", feed(items))
        world.web.page("/press/1", page.encode())
        world.sync("press")
        world.at("2024-03-05")
        world.publish("/government/news/leeds", "Funding for Leeds", given.format("£5.02 million"))
        world.sync("govuk_awards")
        assert world.told() == [
            ("leeds", "added", "amount", "", "5000000"),
            ("leeds", "changed", "confirmed", "5000000", "5020000"),
        ]
        assert [e.corrects for e in world.events()] == [0, 1]
        assert [(r["amount"], r["source"]) for r in world.records()] == [(5020000, "govuk_awards")]


# -- Three years of GOV.UK -------------------------------------------------------------------------


def test_money_and_interventions_of_three_years_are_told_on_their_days(
    shared: Path, tmp_path: Path
) -> None:
    with configured(shared, tmp_path / "years") as replay:
        turn_on(replay)
        for day in (
            "2024-03-01",
            "2024-03-21",
            "2024-03-25",
            "2024-11-18",
            "2025-02-10",
            "2025-05-14",
            "2025-09-11",
        ):
            replay.day(day, hour=12)
            for source in ("press", "govuk_awards", "govuk_interventions"):
                replay.sync(source)
        told = Counter(
            (
                str(e.noticed_at.date()),
                str(e.record),
                e.new if e.record is RecordKind.INTERVENTION else "",
            )
            for e in replay.events()
        )
        assert replay.open_problems() == []
    assert told["2024-03-21", "award", ""] == 4, "Devon, Bracknell Forest, Bristol, Wiltshire"
    assert told["2024-03-21", "intervention", "issued"] == 5, "payments suspended"
    assert told["2025-02-10", "intervention", "revised"] == 1
