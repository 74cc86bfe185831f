"""What asks nobody to act folds to a line; what is inadequate again never does."""

from __future__ import annotations

from dataclasses import replace

from syncer.digest import compose, samples
from syncer.digest.message_model import Group
from syncer.digest.render import message
from syncer.model import EventKind, Grade, InspectionFields, RecordKind

WHO = samples.subscriber()
GOOD, RI, INADEQUATE = Grade.GOOD, Grade.REQUIRES_IMPROVEMENT, Grade.INADEQUATE
MANY = samples.everywhere()


def brief_of(groups: tuple[Group, ...]) -> list[str]:
    return [item.title for group in groups for item in group.items if item.brief]


def test_an_unchanged_inspection_a_visit_without_findings_and_a_reorganisation_are_a_line() -> None:
    visit = next(event for event in samples.week() if event.record is RecordKind.VISIT)
    events = [
        *samples.trafford(),
        *samples.inspected("kent", 301, RI, RI),
        visit,
        samples.council_end(),
    ]
    made = compose(WHO, events, MANY)
    assert [group.heading for group in made.groups] == ["Trafford", "In brief"]
    kent, seen, ended = brief_of(made.groups)
    assert kent == (
        "Kent – leadership, help and protection, children in care, care leavers: requires "
        "improvement as before (inspected 8–19 June 2026, published 3 August 2026)"
    )
    assert " – focused visit, 2–3 July 2024, published 1 August 2024, on planning" in seen
    assert ended.startswith("Leeds – The council ends")
    assert "The council ends" in message(made).text


def test_an_unchanged_inadequate_never_folds() -> None:
    events = [*samples.inspected("kent", 301, INADEQUATE, INADEQUATE), *samples.trafford()]
    made = compose(WHO, events, MANY)
    assert [group.heading for group in made.groups] == ["Trafford", "Kent"]
    assert brief_of(made.groups) == []


def test_a_visit_with_an_area_for_priority_action_never_folds() -> None:
    made = compose(WHO, [samples.visit(), *samples.inspected("kent", 301, GOOD, RI)], MANY)
    assert brief_of(made.groups) == []


def test_a_line_that_corrects_or_takes_back_something_never_folds() -> None:
    gone = [replace(e, kind=EventKind.WITHDRAWN) for e in samples.inspected("kent", 301, RI, RI)]
    assert brief_of(compose(WHO, [*gone, *samples.trafford()], MANY).groups) == []


def test_what_is_the_only_news_is_told_in_full() -> None:
    made = compose(WHO, samples.inspected("kent", 301, GOOD, GOOD), MANY)
    assert brief_of(made.groups) == []
    assert len(made.groups[0].items[0].grades) == 4


def test_whoever_follows_few_councils_still_sees_what_must_improve_where_nothing_changed() -> None:
    events = [*samples.inspected("kent", 301, RI, RI), *samples.trafford()]
    asked = InspectionFields(improve=("The quality of assessments.",))
    few = replace(samples.few("kent", "trafford"), inspections={301: asked})
    for context, seen in ((few, asked.improve), (replace(few, followed=()), ())):
        made = compose(WHO, events, context)
        (item,) = [i for group in made.groups for i in group.items if i.brief]
        assert item.improve == seen
