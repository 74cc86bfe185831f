"""Files: where those lie that come with syncer and are not code, how private its own are, and what
to say of a place that cannot be read or written."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
PRIVATE_UMASK = 0o077
"""Whatever is written names people or holds secrets: it is for the account that runs syncer."""

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
OTHERS = stat.S_IRWXG | stat.S_IRWXO
MEGABYTE = 1_000_000


def packaged(name: str, package: Path = PACKAGE) -> Path:
    """Return the file or folder of that name: under `_files` in an installed wheel, else at the top
    of the checkout.

    Raises FileNotFoundError when there is none: the installation is damaged.
    """
    places = (package / "_files" / name, package.parent / name)
    for place in places:
        if place.exists():
            return place
    raise FileNotFoundError(
        f"{name} is neither at {places[0]} nor at {places[1]}: install syncer again"
    )


def others_may_read(path: Path) -> bool:
    """Return whether another account of this machine may read or write the file or folder."""
    mode = path.stat().st_mode
    return bool(mode & OTHERS)


def write_private(path: Path, text: str) -> None:
    """Write a text file that no other account can read, also in the place of one that they could.
    Raises OSError."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        if stat.S_ISREG(os.fstat(handle).st_mode):
            os.fchmod(handle, PRIVATE_FILE)
        file.write(text)


def owner_of(path: Path) -> str:
    """Return the name of the account that a file belongs to; its number where it has no name."""
    number = path.stat().st_uid
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"account {number}"


def described(path: Path) -> str:
    """Return who owns a place, its mode, and the space left: what explains most refusals. Of the
    nearest folder where nothing is there."""
    place = path
    while not os.path.lexists(place) and place != place.parent:
        place = place.parent

    which = "" if place == path else f"{place}: "
    try:
        return f"{which}{_owner_and_space(place)}"
    except OSError as error:
        return f"{place} cannot be examined: {error.strerror}"


def _owner_and_space(place: Path) -> str:
    mode = stat.S_IMODE(place.stat().st_mode)
    free = shutil.disk_usage(place).free / MEGABYTE
    return f"owner {owner_of(place)}, mode {mode:04o}, {free:,.0f} MB free"


def give_to_owner_of_folder(path: Path) -> None:
    """Give what root has just made to the account that the folder belongs to: the service that runs
    under it could not open it otherwise."""
    folder = path.parent.stat()
    if os.geteuid() == 0 and folder.st_uid != 0:
        os.chown(path, folder.st_uid, folder.st_gid)


def force_to_disk(path: Path) -> None:
    """Wait until a file's bytes, or a folder's names, are on the disk: a rename is only safe from a
    power cut when both are."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
