"""A digest that would be too long: some clients cut a message off after about 100 KB. Pure."""

from __future__ import annotations

from dataclasses import replace

from syncer.digest.message_model import Digest, Item


def briefer(digest: Digest, items_in_full: int) -> Digest:
    """Return the same digest with only the first so many items in full, and of the rest their
    summaries and links."""
    left = items_in_full
    groups = []
    for group in digest.groups:
        full = group.items[:left]
        rest = tuple(_brief(item) for item in group.items[left:])
        groups.append(replace(group, items=(*full, *rest)))
        left -= len(full)
    return replace(digest, groups=tuple(groups))


def _brief(item: Item) -> Item:
    """Return its words and links, without facts, quotes and context; the judgements stay, in the
    summary."""
    seen = tuple(replace(shown, quote="", where="") for shown in item.evidence if shown.link)
    return Item(
        item.kind,
        item.summary,
        item.summary,
        item.tag,
        item.brief,
        actions=item.actions,
        evidence=seen[:1],
    )
