"""What somebody asks to be told, as typed → a subscription: the same for the command line and the
form on the web."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from syncer.app import App
from syncer.errors import Contradiction, NotFollowed
from syncer.model import FollowedRecord, FundingFields, Record, RecordKind, Subscription
from syncer.records.interventions import in_force
from syncer.register.programmes import load_programmes
from syncer.store import records
from syncer.subscriptions.match import KINDS, contradiction

WITH_AN_END = (RecordKind.AWARD, RecordKind.INTERVENTION)


def wanted(app: App, asked: Mapping[str, Any]) -> Subscription:
    """Return the subscription that is asked for. `asked` has fields of Subscription, and names them
    as people do: councils and regions by any name or code, programmes by any alias, `records` by
    their numbers. Raises CouncilError, ConfigError (for a region), UnknownProgramme, NotFollowed,
    and Contradiction for one that excludes itself."""
    fields = dict(asked)
    for name in ("councils", "neighbours_of", "but"):
        fields[name] = _slugs(app, fields.get(name, ()))
    fields["regions"] = _regions(app, fields.get("regions", ()))
    fields["programmes"] = _programmes(fields.get("programmes", ()))

    found = [followed(app, number) for number in fields.get("records", ())]
    fields["records"] = tuple(_named(app, record) for record in found)
    made = _narrowed(Subscription(0, 0, **fields), found)
    reason = contradiction(made)
    if reason:
        raise Contradiction(f"nothing could match: {reason}")
    return made


def followed(app: App, number: int) -> Record:
    """Return the notice or award that has this number. Raises NotFollowed for any other record, and
    for a notice that has ended."""
    record = records.shown(app.store, number)
    if record is None or record.record not in WITH_AN_END:
        raise NotFollowed(f"{number} is the number of no notice and of no award")
    if record.record is RecordKind.INTERVENTION and not in_force(record):
        title = title_of(app, record)
        raise NotFollowed(f"{number} has ended already: {title}", "Follow the council instead.")
    return record


def title_of(app: App, record: Record) -> str:
    """Return what a record of money or an intervention is called where it stands alone."""
    said = record.fields
    assert isinstance(said, FundingFields)
    titled = getattr(said, "title", None)
    if titled:
        return str(titled)

    names = [app.register.by_slug(slug).name for slug in record.councils]
    what = said.programme or said.what or "award"
    return f"{what}: {', '.join(names)}".replace("_", " ")


def _named(app: App, record: Record) -> FollowedRecord:
    title = title_of(app, record)
    return FollowedRecord(record.id, " ".join(title.split()))


def _narrowed(asked: Subscription, found: Iterable[Record]) -> Subscription:
    """Return it with the councils and kinds of the records that are followed, where none are named:
    so that a welcome shows how these stand, and nothing else."""
    slugs: list[str] = []
    kinds: list[str] = []
    for record in found:
        slugs += record.councils
        kinds.append(KINDS[record.record])
    if not slugs:
        return asked

    names_places = asked.councils or asked.regions or asked.neighbours_of
    places = asked.councils if names_places else tuple(dict.fromkeys(slugs))
    return replace(
        asked,
        councils=places,
        kinds=asked.kinds or tuple(dict.fromkeys(kinds)),
    )


def _slugs(app: App, names: Iterable[str]) -> tuple[str, ...]:
    """Return the slugs of the councils named, each once. Raises CouncilError."""
    today = app.now.date()
    slugs = [app.register.find(name, today).slug for name in names]
    return tuple(dict.fromkeys(slugs))


def _regions(app: App, names: Iterable[str]) -> tuple[str, ...]:
    """Return the regions named, each once, in full. Raises ConfigError."""
    regions = []
    for name in names:
        first, *_ = app.register.region(name)
        regions.append(first.region)

    return tuple(dict.fromkeys(regions))


def _programmes(names: Iterable[str]) -> tuple[str, ...]:
    """Return the programmes named, each once, as the register has them. Raises
    UnknownProgramme."""
    known = load_programmes()
    programmes = [known.find(name).name for name in names]
    return tuple(dict.fromkeys(programmes))
