"""Many are told the same: it is rendered once, and each has the page on which they alone leave."""

from __future__ import annotations

import re
from pathlib import Path

from office import CONFIG, Office

from syncer.model import Subscription

SITE = '[web]\nurl = "https://syncer.example"\n'
PAGE = re.compile(r"https://syncer\.example/unsubscribe/([\w.=-]+)")


def test_who_is_told_the_same_has_the_same_message_but_for_the_page_to_leave(
    tmp_path: Path,
) -> None:
    with Office(tmp_path, CONFIG + SITE) as office:
        leeds = Subscription(0, 0, councils=("leeds",))
        both = Subscription(0, 0, councils=("leeds", "york"))
        for name in ("ada", "bob"):
            office.follows(f"{name}@example.org", leeds)
        office.follows("cy@example.org", both)
        office.happens(new="inadequate")
        written = {delivery.recipient: delivery for delivery in office.notify()}
        texts = {name: office.text(delivery) for name, delivery in written.items()}

    pages = {name: PAGE.findall(text) for name, text in texts.items()}
    tokens = {name: set(found) for name, found in pages.items()}
    assert all(len(found) == 1 for found in tokens.values())
    assert len(set.union(*tokens.values())) == len(tokens) == 3
    plain = {name: PAGE.sub("PAGE", text) for name, text in texts.items()}
    assert plain["ada@example.org"] == plain["bob@example.org"] != plain["cy@example.org"]
    assert not re.search("0{20}", "".join(texts.values()))
