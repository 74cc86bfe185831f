"""A page that revises or ends an intervention which another page issued, where several can be
meant: a named problem, and nothing is taken from it until one is determined. Called inside one
transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from syncer.errors import UnclearIntervention
from syncer.model import Observation, Problem, RecordKind
from syncer.reading import Page, Reading
from syncer.records.identity import group
from syncer.records.references import Thing, meant, refers_back
from syncer.store import Store
from syncer.store import records as record_store


def without_undetermined(store: Store, page: Page, reading: Reading) -> Reading:
    """Return what a page says without the revisions and ends of which it is not known what they
    are of, with a problem for each."""
    kept: list[Observation] = []
    problems = list(reading.problems)

    for said in reading.observations:
        things = _meant(store, said) if refers_back(said) else []
        if len(things) > 1:
            problems.append(_undetermined(page, said, things))
        else:
            kept.append(said)
    return replace(reading, observations=tuple(kept), problems=tuple(problems))


def _meant(store: Store, said: Observation) -> list[Thing]:
    """Return the interventions that an observation can mean; only the one that it is known to be
    of, if it was taken in before."""
    around = record_store.around(store, said.councils, [RecordKind.INTERVENTION])
    if _is_known(said, around.observations, around.belongs):
        return []

    groups = group(around.observations, around.belongs)
    return meant(said, [members.observations for members in groups])


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
