"""Where each council stands on the tile map of England (tiles.csv, written by tools/tiles.py, which
says how the places were found). A council that opened or ended around that map has no tile."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple


class Tile(NamedTuple):
    """A place on the map: columns from the west and rows from the north, both from 0."""

    column: int
    row: int


@cache
def tiles() -> Mapping[str, Tile]:
    """Return the tile of each council, by its slug."""
    file = files("syncer.register").joinpath("tiles.csv")
    text = file.read_text(encoding="utf-8")
    places = {}
    for row in csv.DictReader(text.splitlines()):
        places[row["slug"]] = Tile(int(row["column"]), int(row["row"]))

    return places
