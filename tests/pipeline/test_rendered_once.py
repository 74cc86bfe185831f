"""Many are told the same: it is rendered once, and each has the page on which they alone leave."""

from __future__ import annotations

import re
from pathlib import Path

from office import CONFIG, Office

from syncer.digest import samples
from syncer.model import Subscription
from syncer.pipeline.notify.renderings import MOST_KEPT, Renderings

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


def test_no_more_is_kept_than_a_run_needs() -> None:
    renderings, (made, *_) = Renderings(None), samples.digests()
    asked: list[int] = []
    for number in (*range(MOST_KEPT + 1), MOST_KEPT, 0):
        renderings.composed(number, lambda number=number: asked.append(number) or made)  # type: ignore[func-returns-value, misc]
    assert asked == [*range(MOST_KEPT + 1), 0], "the oldest is made again, the newest is not"
