"""A page that revises or ends an intervention which another page issued, where several can be
meant: a named problem, and nothing is taken from it until one is determined. And prose that only
retells what was published as a decision: nothing is taken from that either. Called inside one
transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from syncer.errors import UnclearIntervention
from syncer.model import Observation, Problem, RecordKind
from syncer.reading import Page, Reading
from syncer.records.grouping import group
from syncer.records.references import Thing, is_retold, meant, refers_back
from syncer.store import Store
from syncer.store import records as record_store


def without_undetermined(store: Store, page: Page, reading: Reading) -> Reading:
    """Return what a page says without the revisions and ends of which it is not known what they
    are of, with a problem for each, and without interventions that it only retells."""
    kept: list[Observation] = []
    problems = list(reading.problems)

    for said in reading.observations:
        others = _others(store, said)
        things = meant(said, others) if refers_back(said) else []
        if len(things) > 1:
            problems.append(_undetermined(page, said, things))
        elif not is_retold(said, others):
            kept.append(said)
    return replace(reading, observations=tuple(kept), problems=tuple(problems))


def _others(store: Store, said: Observation) -> list[Thing]:
    """Return the interventions that are known of its councils; none where it was taken in
    before, and is known to be of one."""
    if said.record is not RecordKind.INTERVENTION:
        return []

    around = record_store.around_councils(store, said.councils, [RecordKind.INTERVENTION])
    if _is_known(said, around.observations, around.belongs):
        return []

    groups = group(around.observations, around.belongs)
    return [members.observations for members in groups]


def _is_known(
    said: Observation, observations: Iterable[Observation], belongs: Mapping[int, int]
) -> bool:
    place = (said.source, said.page, said.key)
    for other in observations:
        if (other.source, other.page, other.key) == place and other.id in belongs:
            return True
    return False


def _undetermined(page: Page, said: Observation, things: Iterable[Thing]) -> Problem:
    days = []
    for thing in things:
        issued = [other.intervention.issued for other in thing if other.intervention.issued]
        days.append(str(min(issued, default="an unknown day")))

    title = said.intervention.title or said.intervention.quote or page.link
    could_be = " or ".join(sorted(days))
    error = UnclearIntervention(f"{title}: it can mean what was issued on {could_be}")
    return Problem(
        error.name,
        str(error),
        page.link,
        error.hint,
        said.councils[0],
    )
