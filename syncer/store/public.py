"""What of a store everybody may have: which of its tables and views are public, what each column
holds, and a new file with nothing else in it.

Every table of the schema is classified here. What is not public never leaves the store: the file is
made from nothing, row by row, from the views that are.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from syncer.model import Council
from syncer.store import Store, day_as_text

Row = Mapping[str, Any]


class Access(StrEnum):
    """Who may have a table: everybody; nobody, because it names people or holds a secret; nobody,
    because it is of use to syncer alone."""

    PUBLIC = "public"
    PRIVATE = "private"
    INTERNAL = "internal"


ACCESS: Mapping[str, Access] = {
    # the register, and the views of migration 6
    **dict.fromkeys(("councils", "inspections", "judgements", "ratings"), Access.PUBLIC),
    **dict.fromkeys(("improvements", "visits", "awards", "payments"), Access.PUBLIC),
    **dict.fromkeys(("interventions", "changes"), Access.PUBLIC),
    # addresses, what their owners want, what was written to them; the secret that signs links
    **dict.fromkeys(("subscribers", "subscriptions", "deliveries"), Access.PRIVATE),
    **dict.fromkeys(("delivery_events", "possible_showings", "meta"), Access.PRIVATE),
    **dict.fromkeys(("confirmations", "consents", "refusals", "asked_mails"), Access.PRIVATE),
    **dict.fromkeys(("inbox_messages", "bounces"), Access.PRIVATE),
    # an error may quote the address to which something could not be sent
    "problems": Access.PRIVATE,
    # how syncer works; what the public views are made of
    **dict.fromkeys(("counters", "runs", "fetches", "pages", "entries"), Access.INTERNAL),
    **dict.fromkeys(("observations", "records", "record_councils", "history"), Access.INTERNAL),
    **dict.fromkeys(("conflicts", "identities", "events", "event_councils"), Access.INTERNAL),
    **dict.fromkeys(("possibles", "framework_absences", "shown_records"), Access.INTERNAL),
    **dict.fromkeys(("job_runs", "likenesses", "_sqlite_migrations"), Access.INTERNAL),
}
"""Every table and view of a store. One that is not here fails a test."""


@dataclass(frozen=True)
class PublicColumn:
    """A column of a public table: its type (of SQLite's STRICT tables), and what it holds."""

    name: str
    type: str
    says: str


@dataclass(frozen=True)
class PublicTable:
    """A table of the file that everybody may have. `key` are the columns of its primary key,
    `of_inspection` the column with the id of an inspection, `facets` what it is usefully grouped
    by, `sort` the column by which the latest comes first."""

    name: str
    title: str
    says: str
    columns: tuple[PublicColumn, ...]
    key: tuple[str, ...] = ("id",)
    of_inspection: str = ""
    facets: tuple[str, ...] = ()
    sort: str = ""


def _text(name: str, says: str) -> PublicColumn:
    return PublicColumn(name, "TEXT", says)


def _number(name: str, says: str) -> PublicColumn:
    return PublicColumn(name, "INTEGER", says)


COUNCIL = (
    _text("council", "the council's slug in `councils`"),
    _text("council_name", "its name"),
    _text("gss", "its GSS code, current or last"),
    _text("region", "its ONS region"),
)
URL = _text("url", "the page for people to look at")
REPORT_URL = _text("report_url", "the report itself")
SOURCE = _text("source", "the source that is believed, in `sources`")
PUBLISHED = _text("published", "ISO day of publication")
ID = _number("id", "its number; it stays")
INSPECTION_ID = _number("inspection_id", "the inspection, in `inspections`")
FIRST_DAY = _text("first_day", "ISO day on which it began")
LAST_DAY = _text("last_day", "ISO day on which it ended")
AREA = _text("area", "what is judged: `overall_effectiveness`, `leadership`, …")
GRADES = (
    _text("overall_effectiveness", "the grade; null where the report gives none"),
    _text("leadership", "the same, of leaders"),
    _text("help_and_protection", "the same, of children who need help and protection"),
    _text("children_in_care", "the same, of children in care"),
    _text("care_leavers", "the same, of care leavers"),
    _text("adoption", "the same, of adoption"),
)
FRAMEWORK = _text("framework", "the rules it was made by: `sif`, `ilacs`, `ilacs_2023`, …")
AMOUNT = _number("amount", "whole pounds; null where no figure is given")
UNREAD = _number("unread", "1 where the report is listed and was not read yet, else 0")

TABLES = (
    PublicTable(
        "councils",
        "Councils",
        "The authorities with children's services: those that are, were, or will be.",
        (
            _text("council", "our own stable slug"),
            _text("name", "its short name"),
            _text("official_name", "its name in law"),
            _text("gss", "its GSS code, current or last"),
            _text("region", "its ONS region"),
            _text("type", "county, unitary, metropolitan district, London borough, …"),
            _text("opened", "ISO day on which it began, where that is known"),
            _text("closed", "ISO day from which it was no more"),
            _text("dfe_code", "its three-digit number at the DfE"),
            _text("trust", "the trust that runs its services"),
        ),
        key=("council",),
        facets=("region", "type"),
    ),
    PublicTable(
        "ratings",
        "Ratings",
        "How each council stands in each area by its latest inspection. Where it has no grade, the "
        "grade says why: never_judged, judged_together (care leavers with children in care), "
        "no_longer_judged, unknown.",
        (
            *COUNCIL,
            AREA,
            _text("grade", "the grade, or why there is none"),
            INSPECTION_ID,
            FIRST_DAY,
            PUBLISHED,
            REPORT_URL,
            URL,
        ),
        key=("council", "area"),
        of_inspection="inspection_id",
        facets=("area", "grade", "region"),
    ),
    PublicTable(
        "inspections",
        "Inspections",
        "Every inspection with judgements, a column for each area.",
        (
            ID,
            *COUNCIL,
            FRAMEWORK,
            FIRST_DAY,
            LAST_DAY,
            PUBLISHED,
            *GRADES,
            _text("length", "`short` or `standard`, where that is known"),
            UNREAD,
            REPORT_URL,
            URL,
            SOURCE,
        ),
        facets=("framework", "region"),
        sort="first_day",
    ),
    PublicTable(
        "judgements",
        "Judgements",
        "Every grade of every inspection, a row each.",
        (
            INSPECTION_ID,
            *COUNCIL,
            AREA,
            _text("grade", "the grade"),
            FRAMEWORK,
            FIRST_DAY,
            LAST_DAY,
            PUBLISHED,
            REPORT_URL,
            URL,
        ),
        key=("inspection_id", "area"),
        of_inspection="inspection_id",
        facets=("area", "grade", "framework"),
    ),
    PublicTable(
        "improvements",
        "What must improve",
        "Every thing that an inspection says must improve, as the report lists it.",
        (
            INSPECTION_ID,
            _number("number", "its place in the report's lists, from 1"),
            *COUNCIL,
            FIRST_DAY,
            PUBLISHED,
            _text("overall_effectiveness", "the overall grade of the inspection"),
            _text("list", "the report's list: `improve`, `immediate_actions`, …"),
            _text("text", "the item, whole"),
            REPORT_URL,
            URL,
        ),
        key=("inspection_id", "number"),
        of_inspection="inspection_id",
        facets=("overall_effectiveness", "list"),
    ),
    PublicTable(
        "visits",
        "Visits",
        "Focused and monitoring visits, joint area inspections, area SEND inspections: no grades.",
        (
            ID,
            *COUNCIL,
            _text("kind", "`focused_visit`, `monitoring_visit`, `jtai`, `send`, …"),
            FIRST_DAY,
            LAST_DAY,
            PUBLISHED,
            _text("theme", "what it looked at"),
            _text("send_outcome", "`positive`, `inconsistent`, `systemic_failings`"),
            _text("priority_actions", "areas for priority action: a JSON list of texts"),
            UNREAD,
            REPORT_URL,
            URL,
            SOURCE,
        ),
        facets=("kind", "send_outcome"),
        sort="first_day",
    ),
    PublicTable(
        "awards",
        "Awards",
        "Money awarded or allocated. A sum for several councils is one row without a council: "
        "nobody says which part is whose, and `councils` names them.",
        (
            ID,
            *COUNCIL,
            _text("councils", "the slugs of all councils it is for: a JSON list"),
            _number("joint", "1 where one sum is for several councils, else 0"),
            _text("kind", "`award`, `allocation`, `partnership`"),
            _text("programme", "the programme"),
            _text("funder", "the department"),
            AMOUNT,
            _text("qualifier", "`exact`, `up_to`, `over`, `about`"),
            _text("amount_text", "the figure as printed"),
            _text("period", "what it is for, as printed"),
            _text("announced", "ISO day of the announcement"),
            _text("determination", "the number of the grant determination or agreement"),
            _number("capital", "1 capital, 0 revenue, null where nobody says"),
            _number("ring_fenced", "1 or 0, null where nobody says"),
            _text("status", "what became of it, where that is said"),
            _text("what", "what it is for, where that is said"),
            PUBLISHED,
            URL,
            SOURCE,
        ),
        facets=("programme", "funder", "kind"),
        sort="announced",
    ),
    PublicTable(
        "payments",
        "Payments",
        "Payments over £25,000 by the DfE to councils. They settle awards: do not add the two.",
        (
            ID,
            *COUNCIL,
            _text("paid", "ISO day of the payment"),
            _number("amount", "whole pounds; negative where money was taken back"),
            _text("area", "the department's expense area"),
            _text("description", "the expense type of the file"),
            _text("transaction_number", "the file's number of the payment"),
            _text("funder", "the department"),
            PUBLISHED,
            URL,
            SOURCE,
        ),
        facets=("area", "region"),
        sort="paid",
    ),
    PublicTable(
        "interventions",
        "Interventions",
        "Improvement notices, directions and commissioners. Older ones than the pages that were "
        "read may be in force too.",
        (
            ID,
            *COUNCIL,
            _text("what", "`improvement notice`, `statutory direction`, `commissioner`, …"),
            _text("service", "`children's services` or `SEND`"),
            _text("state", "`issued`, `revised`, `lifted`, …"),
            _text("since", "ISO day on which it came to that state"),
            _number("in_force", "1 where it is in force, else 0"),
            _text("issued", "ISO day"),
            _text("revised", "ISO day"),
            _text("lifted", "ISO day"),
            _text("title", "the title of the page"),
            _text("funder", "the department"),
            PUBLISHED,
            URL,
            SOURCE,
        ),
        key=("id", "council"),
        facets=("what", "state", "in_force"),
        sort="since",
    ),
    PublicTable(
        "changes",
        "Changes",
        "What changed since this store was begun, as it was noticed: a row for each change and "
        "council.",
        (
            ID,
            *COUNCIL,
            _text("record", "what changed: `inspection`, `visit`, `award`, `intervention`, …"),
            _text("kind", "`added`, `changed`, `corrected`, `withdrawn`"),
            _text("change", "of ratings: `improved`, `declined`, `unchanged`, …"),
            _text("area", "the area judged, or the field that moved"),
            _text("old", "the value before"),
            _text("new", "the value after; amounts are whole pounds"),
            _text("effective", "ISO day from which it holds"),
            PUBLISHED,
            _text("noticed_at", "ISO moment in UTC at which it was read"),
            _text("title", "the title of a notice or direction"),
            _text("programme", "the programme of money"),
            REPORT_URL,
            INSPECTION_ID,
            _number("record_id", "the record's id in its table"),
            _number("joint", "1 where one sum is for several councils: add it once"),
            URL,
            SOURCE,
        ),
        key=("id", "council"),
        facets=("record", "change", "kind"),
        sort="noticed_at",
    ),
)
SOURCES = PublicTable(
    "sources",
    "Sources",
    "When each source was last read whole.",
    (
        _text("source", "its name, as in `source` of the other tables"),
        _text("title", "what it is"),
        _text("last_read", "ISO moment in UTC; null where it never was"),
    ),
    key=("source",),
)
ABOUT = PublicTable(
    "about",
    "About this file",
    "What this file is, when it was made, and under which licence.",
    (_text("name", "what is said"), _text("value", "what it is")),
    key=("name",),
)
EXPORTED = (*TABLES, SOURCES, ABOUT)
"""The tables of an exported file."""


def save_councils(store: Store, councils: Iterable[Council]) -> None:
    """Write the register's councils down, by which the views name them; nothing where they stand
    there already."""
    rows = [_council_row(council) for council in councils]
    known = store.rows("SELECT * FROM councils ORDER BY council")
    if known == sorted(rows, key=lambda row: str(row["council"])):
        return

    with store.writing():
        store.run("DELETE FROM councils")
        for row in rows:
            store.insert("councils", row)


def _council_row(council: Council) -> dict[str, Any]:
    return {
        "council": council.slug,
        "name": council.name,
        "official_name": council.official_name,
        "gss": council.gss,
        "region": council.region,
        "type": council.type,
        "opened": day_as_text(council.opened),
        "closed": day_as_text(council.closed),
        "dfe_code": council.dfe_code,
        "trust": council.trust,
    }


def is_a_store(path: Path) -> bool:
    """Return whether a file is a store of syncer or a copy of one, which names people. Raises
    sqlite3.OperationalError where that cannot be told: it is locked, or may not be read."""
    address = f"{path.resolve().as_uri()}?mode=ro"
    sql = "SELECT count(*) FROM sqlite_master WHERE name IN ('subscribers', 'deliveries')"
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            (found,) = connection.execute(sql).fetchone()
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        return False  # no database at all

    return bool(found)


def write(
    store: Store,
    path: Path,
    sources: Sequence[Row],
    about: Sequence[Row],
) -> dict[str, int]:
    """Write the public tables of a store, as they are at one moment, into a new file; return how
    many rows each has. Raises StoreError, and sqlite3.Error of the file as it is."""
    by_hand = {"sources": sources, "about": about}
    written = {}

    with closing(_new_file(path)) as connection, store.reading():
        connection.execute("BEGIN")
        for table in EXPORTED:
            rows = by_hand.get(table.name)
            if rows is None:
                rows = _rows(store, table)
            _fill(connection, table, rows)
            written[table.name] = len(rows)

        connection.execute("COMMIT")
        connection.execute("ANALYZE")

    return written


def _rows(store: Store, table: PublicTable) -> list[dict[str, Any]]:
    names = ", ".join(column.name for column in table.columns)
    order = ", ".join(table.key)
    return store.rows(f"SELECT {names} FROM {table.name} ORDER BY {order}")


def _new_file(path: Path) -> sqlite3.Connection:
    """Return a connection to a new database: one file without journals, for a reader who may not
    write beside it."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=MEMORY")
    return connection


def _fill(connection: sqlite3.Connection, table: PublicTable, rows: Sequence[Row]) -> None:
    """Make a table and write its rows."""
    for statement in _statements(table):
        connection.execute(statement)

    names = [column.name for column in table.columns]
    marks = ", ".join("?" * len(names))
    values = [tuple(row[name] for name in names) for row in rows]
    connection.executemany(f"INSERT INTO {table.name} VALUES ({marks})", values)


def _statements(table: PublicTable) -> Iterator[str]:
    """Yield what makes a table: itself, and an index for each column it is looked up by."""
    yield f"CREATE TABLE {table.name} ({', '.join(_parts(table))}) STRICT"

    names = [column.name for column in table.columns]
    for name in dict.fromkeys(("council", *table.facets)):
        if name in names and name != table.key[0]:
            yield f"CREATE INDEX {table.name}_by_{name} ON {table.name} ({name})"


def _parts(table: PublicTable) -> Iterator[str]:
    """Yield the columns of a table, its key, and what it refers to."""
    for column in table.columns:
        yield f"{column.name} {column.type}"

    key = ", ".join(table.key)
    yield f"PRIMARY KEY ({key})"
    if COUNCIL[0] in table.columns:
        yield "FOREIGN KEY (council) REFERENCES councils (council)"
    if table.of_inspection:
        yield f"FOREIGN KEY ({table.of_inspection}) REFERENCES inspections (id)"
