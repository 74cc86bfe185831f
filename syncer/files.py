"""Where the files lie that come with syncer and are not code: `config.toml` and `templates/`."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def packaged(name: str, package: Path = PACKAGE) -> Path:
    """The file or folder of that name: under `_files` in an installed wheel, else at the top of the
    checkout.

    Raises FileNotFoundError when there is none: the installation is damaged.
    """
    places = (package / "_files" / name, package.parent / name)
    for place in places:
        if place.exists():
            return place
    raise FileNotFoundError(
        f"{name} is neither at {places[0]} nor at {places[1]}: install syncer again"
    )
