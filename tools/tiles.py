"""Place each council with children's services on one tile of a map of England, and write the places
into syncer/register/tiles.csv.

python tools/tiles.py COORDINATES.csv

COORDINATES.csv is mySociety's list of UK local authorities (columns gss-code, x, y: metres east and
north on the British National Grid; CC BY 4.0; version 1.7.3 was used). The map is
made in three steps, without chance: the same file gives the same map.

1. Every council stands at its real place, in tiles of 29 km, the side of a square whose area is a
   153rd of England.
2. London's boroughs are spread until they fill as many tiles as they are, and everything else moves
   away from the middle of London by as much as keeps the land between of its size. Then councils
   that are nearer to each other than a tile are pushed apart, a little at a time, as in a Dorling
   cartogram.
3. Each takes the free tile that is nearest. Then tiles are swapped, or moved to a free one, as long
   as that makes the map better: a region has to be in one piece, a council near its place from step
   2, and a region's outline short. Worse maps are accepted for a while, ever more rarely (simulated
   annealing with a fixed seed), so that the first map found is not the last.

At the end five councils are moved by hand (`BY_HAND`).
"""

from __future__ import annotations

import csv
import datetime as dt
import math
import random
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from syncer.register.councils import load_register

FILE = Path(__file__).resolve().parents[1] / "syncer" / "register" / "tiles.csv"
TILE_METRES = 29_000
ROUNDS_OF_PUSHING = 400
PUSH, HOMEWARD = 0.25, 0.004
"""What two places that are too near give each other of what is missing to a tile, and what draws
each back to where it really is, in each round."""

REACH = 12
"""How far, in tiles, a free one is looked for."""

OF_AN_EDGE = 0.5
"""What each side of a tile costs beyond which there is no tile of its region."""
AROUND = ((1, 0), (-1, 0), (0, 1), (0, -1))
STRIDES = [(x, y) for x in range(-3, 4) for y in range(-3, 4) if (x, y) != (0, 0)]
DAY = dt.date(2026, 9, 1)
"""The councils of this day are on the map."""


@dataclass(frozen=True)
class Cooling:
    """One time of swapping: how many swaps are tried, how hot it begins and ends, and what a region
    costs for each piece more than one and for each tile between that and the largest piece. Heat
    and costs are squares of the distance between tiles."""

    steps: int
    hottest: float
    coldest: float
    of_a_piece: float
    of_a_gap: float


COOLINGS = (Cooling(150_000, 2.0, 0.02, 10, 5), Cooling(60_000, 0.5, 0.02, 30, 10))
"""First every council finds about its place; then, with less heat, what still lies apart is joined
to its region."""

BY_HAND = {
    "isles-of-scilly": (2, 0),
    "cornwall": (2, 0),
    "plymouth": (2, 0),
    "kent": (-1, 3),
    "medway": (0, 2),
}
"""Tiles to the east and to the south, for what would lie apart from its region: the far South West,
as far as it really is, and Kent, behind a London that is larger here."""

Place = tuple[float, float]
Tile = tuple[int, int]


@dataclass(frozen=True)
class Board:
    """What the map is made of: where each council would stand, in tiles east and south, and the
    region it is in, both by slug."""

    places: Mapping[str, Place]
    regions: Mapping[str, str]


def main(coordinates: Path) -> None:
    """Make the map, and write it."""
    real = real_places(coordinates)
    board = Board(pushed_apart(with_room_for_london(real)), real.regions)
    tiles = nearest_free(board.places)
    for cooling in COOLINGS:
        tiles = annealed(board, tiles, cooling)
    write(moved_to_the_corner(moved_by_hand(tiles)))


def real_places(file: Path) -> Board:
    """Return where the councils of the day of the map really are."""
    with file.open(encoding="utf-8", newline="") as opened:
        rows = {row["gss-code"]: row for row in csv.DictReader(opened) if row["x"]}

    places: dict[str, Place] = {}
    regions: dict[str, str] = {}
    for council in load_register(None).open_on(DAY):
        codes = (council.gss, *council.old_gss)
        row = next(rows[gss] for gss in codes if gss in rows)
        places[council.slug] = (float(row["x"]) / TILE_METRES, -float(row["y"]) / TILE_METRES)
        regions[council.slug] = council.region
    return Board(places, regions)


# -- Apart -----------------------------------------------------------------------------------------


def with_room_for_london(real: Board) -> dict[str, Place]:
    """Return the places with London as large as its boroughs need, and all else around it."""
    places = real.places
    boroughs = [slug for slug, region in real.regions.items() if region == "London"]
    middle_x = sum(places[slug][0] for slug in boroughs) / len(boroughs)
    middle_y = sum(places[slug][1] for slug in boroughs) / len(boroughs)
    middle = (middle_x, middle_y)
    radius = math.sqrt(len(boroughs) / math.pi)
    widest = max(math.dist(places[slug], middle) for slug in boroughs)

    roomy: dict[str, Place] = {}
    for slug, (x, y) in places.items():
        distance = max(math.dist((x, y), middle), 0.01)
        wanted = math.hypot(distance, radius)
        if slug in boroughs:
            wanted = distance * radius / widest
        stretch = wanted / distance
        roomy[slug] = (middle_x + (x - middle_x) * stretch, middle_y + (y - middle_y) * stretch)
    return roomy


def pushed_apart(places: Mapping[str, Place]) -> dict[str, Place]:
    """Return the places, each at least about a tile from every other."""
    now = dict(places)
    for _ in range(ROUNDS_OF_PUSHING):
        moves = _pushes(now)
        for slug, (east, south) in moves.items():
            x, y = now[slug]
            home_x, home_y = places[slug]
            drawn_x, drawn_y = (home_x - x) * HOMEWARD, (home_y - y) * HOMEWARD
            now[slug] = (x + east + drawn_x, y + south + drawn_y)
    return now


def _pushes(places: Mapping[str, Place]) -> dict[str, Place]:
    """Return how far each is pushed by those that are nearer than a tile."""
    east: dict[str, float] = defaultdict(float)
    south: dict[str, float] = defaultdict(float)
    for one, other in combinations(places, 2):
        apart = _away(places[one], places[other])
        east[one] += apart[0]
        south[one] += apart[1]
        east[other] -= apart[0]
        south[other] -= apart[1]
    return {slug: (east[slug], south[slug]) for slug in places}


def _away(one: Place, other: Place) -> Place:
    """Return the push on one place that another gives: half of what is missing to a tile."""
    x, y = one[0] - other[0], one[1] - other[1]
    distance = math.hypot(x, y)
    if distance >= 1:
        return 0.0, 0.0

    share = (1 - distance) * PUSH / max(distance, 0.01)
    return x * share, y * share


# -- On tiles --------------------------------------------------------------------------------------


def nearest_free(places: Mapping[str, Place]) -> dict[str, Tile]:
    """Return a tile for each place, none for two: from the edge of the land inwards, the nearest
    that is free."""
    middle_x = sum(x for x, _ in places.values()) / len(places)
    middle_y = sum(y for _, y in places.values()) / len(places)
    outermost_first = sorted(
        places, key=lambda slug: (-math.dist(places[slug], (middle_x, middle_y)), slug)
    )

    taken: dict[Tile, str] = {}
    for slug in outermost_first:
        free = [tile for tile in _near(places[slug]) if tile not in taken]
        tile = min(free, key=lambda each: (math.dist(each, places[slug]), each))
        taken[tile] = slug
    return {slug: tile for tile, slug in taken.items()}


def _near(place: Place) -> list[Tile]:
    x, y = round(place[0]), round(place[1])
    span = range(-REACH, REACH + 1)
    return [(x + east, y + south) for east in span for south in span]


# -- Better ----------------------------------------------------------------------------------------


class Map:
    """Which council stands on which tile, and what that costs."""

    def __init__(self, board: Board, tiles: Mapping[str, Tile], cooling: Cooling) -> None:
        self.board = board
        self.cooling = cooling
        self.tiles = dict(tiles)
        self.holders = {tile: slug for slug, tile in tiles.items()}
        self.members: dict[str, list[str]] = defaultdict(list)
        for slug, region in board.regions.items():
            self.members[region].append(slug)

    def cost(self, slugs: Iterable[str]) -> float:
        """Return what these councils cost: how far they are from their places, and how their
        regions lie."""
        own = list(slugs)
        far = sum(math.dist(self.tiles[slug], self.board.places[slug]) ** 2 for slug in own)
        regions = sorted({self.board.regions[slug] for slug in own})
        return far + sum(self._cost_of_region(region) for region in regions)

    def _cost_of_region(self, region: str) -> float:
        own = {self.tiles[slug] for slug in self.members[region]}
        edges = 0
        for tile in own:
            edges += sum(side not in own for side in _sides(tile))
        return self._cost_of_pieces(_pieces(own)) + edges * OF_AN_EDGE

    def _cost_of_pieces(self, pieces: list[list[Tile]]) -> float:
        largest, *others = pieces
        cost = 0.0
        for piece in others:
            gap = min(math.dist(one, other) for one in piece for other in largest)
            cost += self.cooling.of_a_piece + gap * self.cooling.of_a_gap
        return cost

    def swap(self, one: Tile, other: Tile) -> None:
        """Let two tiles change what stands on them; one may be free."""
        first, second = self.holders.pop(one, None), self.holders.pop(other, None)
        for slug, tile in ((first, other), (second, one)):
            if slug is not None:
                self.tiles[slug] = tile
                self.holders[tile] = slug


def _sides(tile: Tile) -> list[Tile]:
    return [(tile[0] + east, tile[1] + south) for east, south in AROUND]


def _pieces(tiles: set[Tile]) -> list[list[Tile]]:
    """Return some tiles by the pieces they are in, the largest first: those with a common side are
    in one."""
    left = set(tiles)
    pieces = []
    while left:
        piece = [left.pop()]
        for tile in piece:
            beside = [side for side in _sides(tile) if side in left]
            left.difference_update(beside)
            piece += beside
        pieces.append(sorted(piece))
    return sorted(pieces, key=lambda piece: (-len(piece), piece))


def annealed(board: Board, tiles: Mapping[str, Tile], cooling: Cooling) -> dict[str, Tile]:
    """Return a better map: what is left when it has cooled down."""
    made = Map(board, tiles, cooling)
    chance = random.Random(0)  # noqa: S311 (a map, no secret)
    slugs = sorted(tiles)
    span = cooling.coldest / cooling.hottest
    for step in range(cooling.steps):
        heat = cooling.hottest * span ** (step / cooling.steps)
        one = made.tiles[chance.choice(slugs)]
        east, south = chance.choice(STRIDES)
        _try(made, one, (one[0] + east, one[1] + south), heat, chance)
    return made.tiles


def _try(made: Map, one: Tile, other: Tile, heat: float, chance: random.Random) -> None:
    """Swap two tiles; take it back where that makes the map worse than the heat allows."""
    touched = [made.holders[tile] for tile in (one, other) if tile in made.holders]
    before = made.cost(touched)
    made.swap(one, other)
    worse = made.cost(touched) - before
    if worse > 0 and chance.random() >= math.exp(-worse / heat):
        made.swap(one, other)


# -- The file --------------------------------------------------------------------------------------


def moved_by_hand(tiles: Mapping[str, Tile]) -> dict[str, Tile]:
    """Return the map after the last moves. Raises ValueError where one would end on another's
    tile."""
    moved = {}
    for slug, (column, row) in tiles.items():
        east, south = BY_HAND.get(slug, (0, 0))
        moved[slug] = (column + east, row + south)
    if len(set(moved.values())) < len(moved):
        raise ValueError(f"a tile is taken twice: look at {BY_HAND}")
    return moved


def moved_to_the_corner(tiles: Mapping[str, Tile]) -> dict[str, Tile]:
    """Return the map with its first column and its first row named 0."""
    west = min(x for x, _ in tiles.values())
    north = min(y for _, y in tiles.values())
    return {slug: (x - west, y - north) for slug, (x, y) in tiles.items()}


def write(tiles: Mapping[str, Tile]) -> None:
    """Write the map, by council."""
    with FILE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("slug", "column", "row"))
        for slug in sorted(tiles):
            writer.writerow((slug, *tiles[slug]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
