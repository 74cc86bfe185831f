"""What this machine lacks is said to be ours: no file is blamed, nothing waits for another day, and
nobody misses the news (DESIGN §6.11)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from records import grades
from small_world import SmallWorld

from syncer.model import Area

CHILD = Path(__file__).parents[1] / "cast" / "short_child.py"
BETTER = grades("outstanding", leavers="good")


def sync_short_of(world: SmallWorld, what: str, spare: int) -> None:
    """Sync in a process that may take only so much more: files, or megabytes of memory."""
    world.publish()
    words = [what, str(spare), str(world.config_path), world.now.isoformat()]
    subprocess.run(
        [sys.executable, str(CHILD), *words], timeout=300, check=True, capture_output=True
    )


@pytest.mark.parametrize(("what", "spare"), [("files", 1), ("files", 3), ("memory", 6)])
def test_a_shortage_is_named_as_ours_and_the_news_is_told_on_the_same_day(
    tmp_path: Path, what: str, spare: int
) -> None:
    with SmallWorld(tmp_path, "leeds") as world:
        world.report("leeds", "2021-05-10", grades("good"))
        world.sync()
        world.report("leeds", "2024-01-22", BETTER)
        world.at("2024-03-04")
        sync_short_of(world, what, spare)
        assert (set(world.open_problems()), world.told()) == ({"OutOfResources"}, [])
        world.at("2024-03-04", hour=11)
        assert world.sync().events == len(BETTER) and world.open_problems() == []
        assert ("leeds", Area.OVERALL, "good", "outstanding") in world.told()
