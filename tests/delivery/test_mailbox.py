"""The whole way into the mailbox: sync, digest and send over a stretch of the replay, then every
Maildir is read back. Each person has each line that is theirs once, and nothing else. What is
theirs is worked out apart from the product (tests/cast/expected_lines.py).
"""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import re
from collections import Counter
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from expected_lines import VISITS, Line, lines, walking_days
from replay import Replay

from syncer.app import App
from syncer.model import Frequency, Subscription
from syncer.pipeline.notify import notify
from syncer.pipeline.send import send
from syncer.register.councils import load_register
from syncer.store import events, people

DAYS_OF_2024 = dt.date(2024, 8, 14), dt.date(2024, 8, 21), dt.date(2024, 8, 22)
WEEKS_OF_2026 = dt.date(2026, 5, 15), dt.date(2026, 6, 16), dt.date(2026, 7, 10)
"""Inspections of 2026 have no overall judgement: who asked for it is told every judgement of
theirs."""
LONG = dt.date(2023, 9, 1), dt.date(2025, 3, 1), dt.date(2026, 8, 22)
REGISTER = load_register(None)
LONDON, EAST, SOUTH_WEST = (
    Subscription(0, 0, regions=(name,)) for name in ("London", "East of England", "South West")
)
DECLINES = Subscription(0, 0, directions=("declined",))
MONDAYS = Subscription(
    0, 0, regions=("London",), frequency=Frequency.WEEKLY, weekday="monday", hour=7
)
READERS = {
    "everything@example.org": (Subscription(0, 0),),
    "mondays@example.org": (MONDAYS,),
    "declines@example.org": (DECLINES,),
    "overall@example.org": (Subscription(0, 0, areas=("overall_effectiveness",)),),
    "widens@example.org": (EAST,),
    "twice@example.org": (LONDON, DECLINES),
}
AREAS = {
    "overall": "overall_effectiveness",
    "leadership": "leadership",
    "help and protection": "help_and_protection",
    "children in care": "children_in_care",
    "care leavers": "care_leavers",
    "adoption": "adoption",
}
TITLES = {
    "focused visit": "focused_visit",
    "monitoring visit": "monitoring_visit",
    "area send inspection": "send",
    "joint targeted area inspection": "jtai",
    "joint area child protection inspection": "jtai",
}
DAY = r"published (\d{1,2} \w+ \d{4})"
Told = tuple[dt.date, str, str, str]
"""Published, council's name, area (or kind of visit), the new grade (empty: no longer judged)."""


@pytest.fixture
def replay(shared: Path, tmp_path: Path) -> Iterator[Replay]:
    with Replay(shared, tmp_path / "post") as replay:
        yield replay


def walk(replay: Replay, began: dt.date, widened: dt.date, ended: dt.date) -> None:
    """Begin, subscribe, and live through the days; one reader asks for more on the way. The last
    step is on a Monday after the end."""
    replay.walk([began])
    with App(replay.config, replay.now) as app:
        for address, wanted in READERS.items():
            person = people.add(app.store, address, app.now, all_quiet="off")
            for each in wanted:
                people.subscribe(app.store, person.id, each, events.last_seq(app.store))
            people.confirm(app.store, person.id, app.now)
    post(replay)
    wide = False
    for day in walking_days(replay.shared, began, ended):
        if not wide and day > widened:
            wide = True
            with App(replay.config, replay.now) as app:
                people.subscribe(
                    app.store,
                    people.find(app.store, "widens@example.org").id,
                    SOUTH_WEST,
                    events.last_seq(app.store),
                )
        replay.walk([day])
        post(replay)
    replay.at(ended + dt.timedelta(days=8))
    post(replay)


def post(replay: Replay) -> None:
    with App(replay.config, replay.now) as app:
        notify(app)
        assert send(app).stopped is None


def expected(
    replay: Replay, began: dt.date, widened: dt.date, ended: dt.date
) -> Counter[tuple[str, Told]]:
    found = lines(replay.shared, began, ended)
    judged = {
        (x.council, x.published) for x in found if x.area == "overall_effectiveness" and x.new
    }
    region = {x.council: REGISTER.by_gss(x.council).region for x in found}

    def about_overall(x: Line) -> bool:
        return x.area not in VISITS and (
            x.area == "overall_effectiveness" or (x.council, x.published) not in judged
        )

    def late(x: Line) -> bool:
        return x.published > widened

    theirs: dict[str, Callable[[Line], bool]] = {
        "everything@example.org": lambda x: True,
        "mondays@example.org": lambda x: region[x.council] == "London",
        "declines@example.org": lambda x: x.change == "declined",
        "overall@example.org": about_overall,
        "widens@example.org": lambda x: (
            region[x.council] == "East of England"
            or (late(x) and region[x.council] == "South West")
        ),
        "twice@example.org": lambda x: region[x.council] == "London" or x.change == "declined",
    }
    return Counter(
        (address, as_told(line))
        for address, wants in theirs.items()
        for line in found
        if wants(line)
    )


def as_told(line: Line) -> Told:
    return line.published, REGISTER.by_gss(line.council).name, line.area, line.new.replace("_", " ")


def received(replay: Replay) -> Counter[tuple[str, Told]]:
    """Every line of every digest in the Maildir."""
    found: Counter[tuple[str, Told]] = Counter()
    for path in sorted((replay.config.mail.maildir / "new").iterdir()):
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        part = mail.get_body(("plain",))
        assert part is not None
        if not str(mail["Subject"]).startswith("Welcome"):
            found.update((str(mail["To"]), told) for told in told_in(str(part.get_content())))
    return found


def told_in(text: str) -> Iterator[Told]:
    """The lines of one digest, read as a person reads them: under a council's name and the day of
    publication, and at the end those in brief."""
    full, _, rest = text.replace("\r\n", "\n").partition("\nIn brief\n--------\n\n")
    yield from told_in_full(full)
    for entry in rest.partition("\n\nWhat was read\n")[0].split("\n\n"):
        if entry.startswith("- "):
            yield from told_in_brief(" ".join(entry.split()))


def told_in_full(text: str) -> Iterator[Told]:
    # a title that is wrapped goes on at the margin
    rows = re.sub(r"(?<=\w)(,?)\n(?=\w)", r"\1 ", text).splitlines()
    council, published, theirs = "", dt.date.min, True
    for row, under in zip(rows, [*rows[1:], ""], strict=True):
        if re.fullmatch(r"-{3,}", under):
            council = row.rpartition(" (")[0]
        theirs = theirs and not row.startswith("  The other judgements")
        if day := re.search(DAY, row):
            theirs = True
            published = as_day(day)
            if not row.startswith("Inspected"):
                yield published, council, visit_of(row), ""
        name, _, said = row.strip().partition(": ")
        if row.startswith("  ") and name.lower() in AREAS and theirs:
            new = said.split(" → ")[-1].partition(",")[0].partition(" (")[0].strip()
            yield published, council, AREAS[name.lower()], "" if new == "no longer judged" else new


def told_in_brief(entry: str) -> Iterator[Told]:
    """One line: "- Kent – leadership, care leavers: good as before (inspected …, published …)"."""
    council, _, said = entry.removeprefix("- ").partition(" – ")
    day = re.search(DAY, said)
    assert day, entry
    judged, _, inspected = said.partition(" (inspected ")
    if not inspected:
        yield as_day(day), council, visit_of(said), ""
        return

    for part in judged.split("; "):
        names, _, grade = part.rpartition(": ")
        for name in names.split(", "):
            yield (
                as_day(day),
                council,
                AREAS[name],
                grade.removesuffix(" as before").replace("no longer judged", ""),
            )


def as_day(found: re.Match[str]) -> dt.date:
    return dt.datetime.strptime(found[1], "%d %B %Y").date()


def visit_of(title: str) -> str:
    return TITLES[re.split(r"[:,]", title)[0].strip().lower()]


def differences(replay: Replay, stretch: tuple[dt.date, dt.date, dt.date]) -> list[object]:
    began, widened, ended = stretch
    walk(replay, began, widened, ended)
    wanted, got = expected(replay, began, widened, ended), received(replay)
    assert {address for address, _ in wanted} >= {
        "everything@example.org",
        "mondays@example.org",
        "overall@example.org",
    }
    return [("missed", *x) for x in (wanted - got).elements()] + [
        ("not theirs", *x) for x in (got - wanted).elements()
    ]


@pytest.mark.parametrize("stretch", [DAYS_OF_2024, WEEKS_OF_2026], ids=["2024", "2026"])
def test_every_reader_gets_each_line_of_theirs_once_and_nothing_else(
    replay: Replay, stretch: tuple[dt.date, dt.date, dt.date]
) -> None:
    councils = sorted(
        {
            REGISTER.by_gss(line.council).slug
            for line in lines(replay.shared, stretch[0], stretch[2])
        }
    )
    replay.configure(
        f"{replay.config_path.read_text()}\n[sources.ofsted_reports]\ncouncils = {[*councils, 'leeds', 'york']}\n"
    )
    assert differences(replay, stretch) == []


@pytest.mark.torture
def test_three_years_bring_every_reader_each_line_once_and_nothing_else(replay: Replay) -> None:
    assert differences(replay, LONG) == []
