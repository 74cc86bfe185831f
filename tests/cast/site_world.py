"""A site of a small world in which everything happened once: inspections under three frameworks, a
visit, awards, a table of allocations, a notice; most councils of the register were never read.

build(folder)                      # a store, its config.toml and clock
with served(folder / "site"): …    # a published site at an address of this machine
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from gov_world import MHCLG, GovWorld, allocations
from records import grades
from replay import Bench, Replay
from small_world import Shown, SmallWorld, inspection_pdf

COUNCILS = ("leeds", "york", "halton", "swindon", "brent")
NEWS_DAY = "2026-07-20"
REPLAY_DAY = "2026-08-22"
SOURCES = (
    "ofsted_reports",
    "ofsted_statistics",
    "govuk_awards",
    "govuk_interventions",
    "dfe_spend",
)
GIVEN = (
    "<p>The Department for Education has awarded {} City Council {} from the Children's Social "
    "Care Innovation Programme.</p>"
)


def build(folder: Path) -> Bench:
    """The store, and the clock at the day of its last news."""
    with SmallWorld(folder, *COUNCILS) as world:
        world.first_read()
        world.report("leeds", "2024-03-04", grades("inadequate"))
        world.report("york", "2024-03-11", grades("outstanding", "good"))
        world.at("2024-05-02")
        world.sync()
        world.report("brent", "2026-05-11", grades(None, "requires_improvement"))
        visit = Shown("50990001", world.now.date(), inspection_pdf("york", "2024-03-11", {}))
        visit.title = "Focused visit"
        world.providers["york"].entries.insert(0, visit)
        world.at(NEWS_DAY)
        world.sync()
    with GovWorld(folder, more='[sources.govuk_awards]\nsince = "2020-01-01"\n') as gov:
        _money(gov)
        return gov


def _money(gov: GovWorld) -> None:
    """Money and a notice: a table that was always there, and what came after the first read."""
    gov.at("2026-06-01")
    table = allocations("2025-26", Leeds=100000, York=200000, Brent=300000, Kent=400000)
    gov.publish(
        "/government/publications/supporting-families",
        "Supporting Families programme allocations 2025 to 2026",
        table.decode(),
        kind="guidance",
        by=MHCLG,
        on="2026-05-10",
    )
    gov.sync("govuk_awards")
    gov.sync("govuk_interventions")
    gov.at(NEWS_DAY)
    gov.publish("/government/news/york", "Money", GIVEN.format("York", "up to £9.6 million"))
    gov.publish(
        "/government/publications/notice",
        "Improvement notice issued to Swindon Borough Council: July 2026",
        "<p>This notice is about the council's children's services.</p>",
        kind="decision",
    )
    gov.sync("govuk_awards")
    gov.sync("govuk_interventions")


def published(world: Bench) -> tuple[Path, str]:
    """The site of a world as files, and what it came to: seconds, files, bytes."""
    site = world.folder / "site"
    began = time.monotonic()
    done = world.cli("--json", "publish", str(site), "--base-url", "https://syncer.example")
    seconds = time.monotonic() - began
    assert done.returncode == 0, done.stderr
    return site, f"site written in {seconds:.0f} s: {json.loads(done.stdout)}"


def replayed(shared: Path, folder: Path) -> Bench:
    """The replay read on 22 August 2026, and first in June, so that there is news."""
    with Replay(shared, folder) as replay:
        for day in ("2026-06-01", REPLAY_DAY):
            replay.day(day)
            for source in SOURCES:
                replay.sync(source)
        return replay


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address at which a folder can be looked at, without a slash at its end."""
    handler = partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def one_of_each_kind(site: Path) -> list[str]:
    """The address of one page of each kind, the largest: kinds differ by their folder and depth."""
    largest: dict[tuple[str, int], Path] = {}
    for page in sorted(site.rglob("index.html")):
        parts = page.relative_to(site).parts
        kind = (parts[0] if len(parts) > 1 else "", len(parts))
        if kind not in largest or page.stat().st_size > largest[kind].stat().st_size:
            largest[kind] = page
    return [address(site, page) for page in largest.values()]


def address(site: Path, page: Path) -> str:
    """Where a file's page lies below the root of the site."""
    return page.relative_to(site).as_posix().removesuffix("index.html")
