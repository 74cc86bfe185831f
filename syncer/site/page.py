"""What a page of the site is made of. Frozen, every text ready to be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from syncer.model import nothing


@dataclass(frozen=True)
class Download:
    """The data behind a page: where it lies and what its link says ("CSV")."""

    address: str
    text: str


@dataclass(frozen=True)
class SitePage:
    """One page. `title` is its h1 and, before the name of the site, its title; `template` shows
    `model`, whose keys are its variables; `feed` is the address of what a reader would follow
    here; `trail` the pages above it, as (address, text); `is_private`: no search engine is to know
    it."""

    title: str
    template: str
    model: Mapping[str, Any] = field(default_factory=nothing)
    description: str = ""
    feed: str = ""
    trail: tuple[tuple[str, str], ...] = ()
    downloads: tuple[Download, ...] = ()
    is_private: bool = False


Pages = Iterator[tuple[str, Callable[[], SitePage]]]
"""Addresses, each with what makes the page that lies there."""
