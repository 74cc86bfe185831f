"""The file that everybody may have: what is in it, and what never is."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from office import Office
from records import award, grades, inspection

from syncer.cli import main
from syncer.digest.message_model import ATTRIBUTION
from syncer.errors import StoreError
from syncer.model import Problem, Record, RecordKind, Subscription
from syncer.operations.exporting import export, metadata
from syncer.store import outbox, people, problems, public, records
from syncer.store.public import ACCESS, EXPORTED, Access

ADA, HOOK = "ada.lovelace@example.org", "https://hooks.example.org/services/T0K3N-of-the-channel"
HELD, SILENT = "held-value-8151", "silent-value-8152"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office in which something was read, told to Ada, held, and went wrong."""
    with Office(tmp_path) as office:
        found = [inspection(1, "2024-07-08", grades("good", leavers="good")), award(2, 500)]
        with office.store.writing():
            for record in found:
                records.save_record(office.store, replace(record, id=0), (), (), office.now)
        office.follows(ADA, Subscription(0, 0, councils=("leeds",)))
        office.happens(new="inadequate")
        office.notify()
        office.send()
        yield office


def run(office: Office, *words: str) -> Result:
    config = str(office.folder / "config.toml")
    return CliRunner().invoke(main, ["--config", config, "--now", office.now.isoformat(), *words])


def tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as raw:
        sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        return {row[0] for row in raw.execute(sql)}


def plant(office: Office) -> list[str]:
    """Put what nobody may see wherever a store has room for it; return all of it."""
    store = office.store
    store.set_meta("link_secret", "link-secret-4711")
    person = people.find(store, ADA)
    store.update("subscribers", person.id, {"told": '["told-4712"]'})
    store.insert(
        "subscribers",
        {
            "channel": "webhook",
            "address": HOOK,
            "address_key": HOOK,
            "secret_address": f"{HOOK}-4716",
            "signing_key": "whsec_4717",
            "state": "active",
            "all_quiet": "off",
            "created_at": "",
        },
    )
    failed = Problem("DeliveryFailed", f"{ADA}: 550 no such user 4713", ADA)
    with store.writing():
        problems.note(store, "outbox", [failed], office.now)
    store.run("UPDATE events SET hold_reason = 'hold-reason-4714'")
    for state, value in (("held", HELD), ("silent", SILENT), ("discarded", "thrown-4715")):
        number = office.happens(new=value, tellable=False)
        store.run("UPDATE events SET state = ? WHERE id = ?", (state, number))
    planted = [
        "link-secret-4711",
        "told-4712",
        HOOK,
        "whsec_4717",
        ADA,
        "no such user 4713",
        "hold-reason-4714",
    ]
    return [*planted, HELD, SILENT, "thrown-4715", "operator@example.org", "answers@example.org"]


def written(office: Office) -> list[bytes]:
    """What was written to people: each body as it is stored and as it is read, and its names."""
    found = []
    for row in office.store.rows("SELECT * FROM deliveries"):
        mail = outbox.body(office.store, row["id"])
        names = [row["message_id"], row["subject"], row["sender"], row["recipient"]]
        found += [mail, row["body"], *(name.encode() for name in names if name)]
        found += [line for line in mail.splitlines() if len(line) > 60]
    return [each for each in found if each not in ATTRIBUTION.encode()]


def test_nothing_that_is_private_is_in_a_byte_of_the_file(office: Office, tmp_path: Path) -> None:
    planted = plant(office)
    secrets = [text.encode() for text in planted]
    bodies = written(office)
    assert len(bodies) > 20
    store = (tmp_path / "s.db").read_bytes() + (tmp_path / "s.db-wal").read_bytes()
    assert [secret for secret in secrets[:9] if secret not in store] == [], "it was planted"

    export(office.app, tmp_path / "public.db")
    (tmp_path / "m.json").write_text(json.dumps(metadata("public")), encoding="utf-8")
    data = (tmp_path / "public.db").read_bytes() + (tmp_path / "m.json").read_bytes()
    assert [each for each in (*secrets, *bodies) if each in data] == []
    assert b"Leeds" in data and b"Innovation Programme" in data


def test_the_file_has_the_public_tables_and_no_other(office: Office, tmp_path: Path) -> None:
    exported = export(office.app, tmp_path / "public.db")
    found = tables(tmp_path / "public.db")
    assert found == {table.name for table in EXPORTED} == set(exported.rows)
    assert not found & {name for name, access in ACCESS.items() if access is not Access.PUBLIC}
    assert exported.rows["changes"] == 1 and exported.rows["awards"] == 1
    assert exported.rows["judgements"] == 5 and exported.rows["councils"] > 153


def test_the_file_is_whole_alone_and_may_be_read_by_all(office: Office, tmp_path: Path) -> None:
    os.umask(0o077)
    export(office.app, tmp_path / "public.db")
    assert stat.S_IMODE((tmp_path / "public.db").stat().st_mode) == 0o644
    assert [path.name for path in tmp_path.glob("public*")] == ["public.db"]
    with closing(sqlite3.connect(tmp_path / "public.db")) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert raw.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        strict = raw.execute("SELECT sql FROM sqlite_master WHERE name = 'awards'").fetchone()[0]
    assert "amount INTEGER" in strict and strict.endswith("STRICT")


def test_a_file_that_is_there_is_replaced_only_by_force(office: Office, tmp_path: Path) -> None:
    target = tmp_path / "public.db"
    assert run(office, "export-db", str(target)).exit_code == 0
    refused = run(office, "export-db", str(target))
    assert refused.exit_code == 2 and "--force" in refused.stderr
    done = run(office, "export-db", str(target), "--force", "--json")
    assert json.loads(done.stdout)["rows"]["ratings"] == 153 * 6


@pytest.mark.parametrize("option", ["file", "metadata"])
def test_a_store_or_its_copy_is_never_replaced(office: Office, tmp_path: Path, option: str) -> None:
    copy = tmp_path / "copy.db"
    office.store.backup(copy)
    before = copy.read_bytes()
    words = ["--metadata", str(copy)] if option == "metadata" else []
    target = tmp_path / "public.db" if option == "metadata" else copy
    refused = run(office, "export-db", str(target), "--force", *words)
    assert refused.exit_code == 1 and "would be lost" in refused.stderr
    assert copy.read_bytes() == before and public.is_a_store(copy)
    assert not (tmp_path / "public.db").exists()


@pytest.mark.parametrize("kind", ["link", "locked"])
def test_a_store_is_known_through_a_link_and_while_it_is_locked(
    office: Office, tmp_path: Path, kind: str
) -> None:
    other = tmp_path / "other.db"
    if kind == "link":
        other.symlink_to(tmp_path / "s.db")
    else:
        office.store.backup(other)
    with closing(sqlite3.connect(other)) as holding:
        if kind == "locked":
            holding.execute("PRAGMA locking_mode=EXCLUSIVE")
            holding.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="store of syncer"):
            export(office.app, other)


def test_a_file_that_is_no_database_is_replaced(office: Office, tmp_path: Path) -> None:
    (tmp_path / "public.db").write_text("notes\n" * 400, encoding="utf-8")
    export(office.app, tmp_path / "public.db")
    assert "ratings" in tables(tmp_path / "public.db")


def test_what_cannot_be_written_leaves_what_was_there(office: Office, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot write"):
        export(office.app, tmp_path / "no" / "such" / "public.db")
    export(office.app, tmp_path / "public.db")
    office.store.run("DROP VIEW changes")
    with pytest.raises((StoreError, sqlite3.OperationalError)):
        export(office.app, tmp_path / "public.db")
    assert tables(tmp_path / "public.db") == {table.name for table in EXPORTED}
    assert [path.name for path in tmp_path.glob("public*")] == ["public.db"]


def test_datasette_is_told_the_title_the_licence_and_what_each_column_holds(
    office: Office, tmp_path: Path
) -> None:
    done = run(office, "export-db", str(tmp_path / "o.db"), "--metadata", str(tmp_path / "m.json"))
    assert done.exit_code == 0, done.output
    said = json.loads((tmp_path / "m.json").read_text(encoding="utf-8"))
    assert said["license"] == "Open Government Licence v3.0"
    told = said["databases"]["o"]["tables"]
    assert set(told) == tables(tmp_path / "o.db")
    assert told["payments"]["columns"]["amount"].startswith("whole pounds")
    assert told["payments"]["sort_desc"] == "paid"
    with closing(sqlite3.connect(tmp_path / "o.db")) as raw:
        for name, table in told.items():
            columns = [row[1] for row in raw.execute(f"PRAGMA table_info({name})")]
            assert list(table["columns"]) == columns


def test_a_council_goes_by_its_name_and_is_linked(office: Office, tmp_path: Path) -> None:
    export(office.app, tmp_path / "public.db")
    sql = """SELECT c.name, r.grade FROM ratings r JOIN councils c USING (council)
        WHERE r.area = 'care_leavers' AND r.inspection_id IN (SELECT id FROM inspections)"""
    with closing(sqlite3.connect(tmp_path / "public.db")) as raw:
        assert raw.execute(sql).fetchall() == [("Leeds", "good")]
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []


def test_the_names_of_inspectors_are_left_out(office: Office, tmp_path: Path) -> None:
    record: Record = inspection(9, "2023-07-08")
    named = replace(record.inspection, lead_inspector="Grace Hopper")
    with office.store.writing():
        kept = replace(record, id=0, fields=named, record=RecordKind.INSPECTION)
        records.save_record(office.store, kept, (), (), office.now)
    export(office.app, tmp_path / "public.db")
    assert b"Hopper" not in (tmp_path / "public.db").read_bytes()
