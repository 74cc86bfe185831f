"""How often Python looks for garbage: seldom, in every process of ours."""

from __future__ import annotations

import atexit
import gc

NEW_OBJECTS = 10_000
"""So many more objects than before, and the garbage collector looks through them. What is imported
makes tens of thousands that stay; with Python's 700 a quarter of the time that `status` takes goes
by in looking through them, most of it at the very end."""


def collect_seldom() -> None:
    """Collect garbage more seldom, and none at the end, when the memory is given back anyway."""
    gc.set_threshold(NEW_OBJECTS)
    atexit.register(gc.freeze)
