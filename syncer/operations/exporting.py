"""The database as everybody may have it: a new file with the public tables only, and what datasette
needs to explain it."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from syncer import sources
from syncer.app import App
from syncer.digest.message_model import ATTRIBUTION, NOT_THEIRS
from syncer.errors import StoreError
from syncer.files import PRIVATE_FILE, described, force_to_disk
from syncer.store import overview, public
from syncer.store.public import EXPORTED, PublicTable
from syncer.views.workbook import LICENCE

FOR_EVERYBODY = 0o644
"""The file's mode, on purpose: it is made to be served, often by another account, and holds nothing
that is not public. All else that syncer writes is for its own account alone."""

LICENCE_NAME = "Open Government Licence v3.0"
TITLE = "Ofsted ratings and government funding of English councils"
DESCRIPTION = (
    "How England's children's services are judged and funded: inspections, what must improve, "
    "visits, interventions, awards and payments, read from the published pages."
)


@dataclass(frozen=True)
class Exported:
    """What was written: how many rows each table has, and the size of the file."""

    rows: dict[str, int]
    size: int


def export(app: App, target: Path) -> Exported:
    """Write the public tables into a new file, which takes its place when it is whole. Raises
    StoreError, for a target that is a store too: it would be lost."""
    check_is_no_store(target)
    public.save_councils(app.store, app.register)
    try:
        rows = _write_whole(app, target)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(
            f"cannot write {target}: {error} ({described(target)})",
            "Check the folder and the space left on the disk.",
        ) from error

    size = target.stat().st_size
    return Exported(rows, size)


def check_is_no_store(path: Path) -> None:
    """Raise StoreError where a file that would be replaced is a store of syncer or a copy of one,
    or may be one."""
    if not path.exists():
        return

    hint = "Name a file of its own for what everybody may have."
    try:
        is_a_store = public.is_a_store(path)
    except sqlite3.OperationalError as error:
        raise StoreError(f"{path} may be a store of syncer: {error}", hint) from error
    if is_a_store:
        raise StoreError(f"{path} is a store of syncer, and would be lost", hint)


def _write_whole(app: App, target: Path) -> dict[str, int]:
    """Write the file beside its place, and put it there."""
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        _make_private(part)
        rows = public.write(
            app.store,
            part,
            _sources(app),
            list(_about(app)),
        )
        force_to_disk(part)
        part.chmod(FOR_EVERYBODY)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)

    force_to_disk(target.parent)
    return rows


def _make_private(part: Path) -> None:
    handle = os.open(
        part,
        os.O_CREAT | os.O_EXCL | os.O_WRONLY,
        PRIVATE_FILE,
    )
    os.close(handle)


def _sources(app: App) -> list[dict[str, Any]]:
    """Return each source that was ever run, and when it was last read whole."""
    found = []
    for name, run in overview.last_runs(app.store, app.now).items():
        row = {
            "source": name,
            "title": sources.load(name).TITLE,
            "last_read": run["last_good"],
        }
        found.append(row)

    return found


def _about(app: App) -> Iterator[dict[str, str]]:
    """Yield what the file says of itself."""
    moment = app.now.astimezone(dt.UTC)
    said = {
        "title": TITLE,
        "description": DESCRIPTION,
        "as_of": moment.isoformat(timespec="seconds"),
        "licence": f"{LICENCE_NAME}, {LICENCE}",
        "attribution": ATTRIBUTION,
        "note": NOT_THEIRS,
        "personal_data": "none; inspectors, whose names the licence does not cover, are left out",
    }
    for name, value in said.items():
        yield {"name": name, "value": value}


# -- Datasette -------------------------------------------------------------------------------------


def metadata(database: str) -> dict[str, Any]:
    """Return the metadata by which datasette explains the file of that name (without its ending):
    titles, what each table and column holds, its unit, the licence."""
    tables = {table.name: _described(table) for table in EXPORTED}
    return {
        "title": TITLE,
        "description": f"{DESCRIPTION} {NOT_THEIRS}",
        "license": LICENCE_NAME,
        "license_url": LICENCE,
        "source": "Ofsted, Department for Education, MHCLG",
        "databases": {database: {"description": ATTRIBUTION, "tables": tables}},
    }


def _described(table: PublicTable) -> dict[str, Any]:
    said: dict[str, Any] = {
        "title": table.title,
        "description": table.says,
        "columns": {column.name: column.says for column in table.columns},
        "facets": list(table.facets),
    }
    if table.sort:
        said["sort_desc"] = table.sort

    return said
