"""What each key of each list holds, as data (keys.csv): the site's page of the data, and
docs/data.md and docs/changes.md, say the same. `code` stands between grave accents."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def keys_of(name: str) -> Mapping[str, str]:
    """Return what each key of a list holds, in the order of the list."""
    table = files("syncer.views").joinpath("keys.csv")
    lines = table.read_text(encoding="utf-8").splitlines()
    rows = [row for row in csv.DictReader(lines) if row["list"] == name]
    return {row["key"]: row["holds"] for row in rows}
