"""Nothing of the people who are told stands anywhere on the site: pages, feeds, files of data."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from office import Office

from syncer.model import Subscription
from syncer.operations.publishing import gather
from syncer.site.addresses import Places
from syncer.site.contents import Contents
from syncer.store import channels, people
from syncer.subscriptions.channels import read

PLANTED = "ada.planted@example.org"


def whole(name: str, content: bytes) -> bytes:
    """What a file says; of a workbook, what its parts say."""
    if not name.endswith(".xlsx"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return b"".join(book.read(part) for part in book.namelist())


def test_no_address_secret_message_or_held_change_stands_on_the_site(tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        wanted = Subscription(0, 0, councils=("leeds",), minimum_pounds=987_654)
        office.follows(PLANTED, wanted, welcomed=False)
        people.add(office.store, "pending.planted@example.org", office.now)
        hook = read("https://hooks.example.org/planted-token")
        channels.add(office.store, hook, "planted label", office.now)
        office.happens(new="inadequate")
        held = office.happens(new="planted_held", tellable=False)
        office.store.run(
            "UPDATE events SET state = 'held', hold_reason = 'planted' WHERE id = ?", (held,)
        )
        office.notify()
        (message,) = office.deliveries(PLANTED)
        secrets = [people.secret(office.store), message.message_id.strip("<>"), "planted"]
        contents = Contents(gather(office.app), Places(root="https://syncer.example"))
        for name, make in contents.items():
            said = whole(name, make())
            assert [each for each in secrets if each.encode() in said] == [], name
    assert len(contents) > 300
