"""Check that every lock can be installed by the lowest Python that pyproject.toml names (`make
check` runs this; no network).

    python tools/locks.py           what is wrong; exit 1 where anything is

What a package asks for is read from the installed one; a pin that is not installed here (those of
an extra, or of another platform) was resolved for the lowest Python by `make lock`, and is counted.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parents[1]
INSTALLED = "requirements-dev.lock"


def lowest_python(root: Path = ROOT) -> str:
    """Return the lowest Python that the project admits, with its patch level: `3.11.0`."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (named,) = SpecifierSet(project["requires-python"])
    numbers = named.version.split(".")
    return ".".join([*numbers, "0"][:3])


def pins(lock: Path) -> list[Requirement]:
    """Return what a lock pins: one requirement a package."""
    lines = lock.read_text(encoding="utf-8").splitlines()
    return [Requirement(line.removesuffix(" \\")) for line in lines if line[:1].isalnum()]


def installed(pin: Requirement) -> tuple[str, str] | None:
    """Return the version of a package that is installed here, and what it says of Python; None
    where it is not installed."""
    try:
        found = metadata(pin.name)
    except PackageNotFoundError:
        return None
    return found["Version"], found.get("Requires-Python") or ""


def faults(lock: Path, lowest: str) -> Iterator[str]:
    """Say of each pin of a lock why the lowest Python could not have it."""
    names: set[str] = set()
    for pin in pins(lock):
        if pin.name in names:
            yield f"{pin.name} is pinned twice: one version has to do for every Python"
        names.add(pin.name)

        found = installed(pin)
        if found is None:
            continue

        version, pythons = found
        if not pin.specifier.contains(version, prereleases=True):
            yield f"{pin.name} is pinned as {pin.specifier}, and {version} is installed"
        elif not SpecifierSet(pythons).contains(lowest):
            yield f"{pin.name} {version} needs Python {pythons}, and {lowest} is promised"


def main() -> int:
    """Print every fault of every lock; 1 where there is one."""
    lowest = lowest_python()
    wrong = False
    for lock in sorted(ROOT.glob("requirements*.lock")):
        for fault in faults(lock, lowest):
            print(f"{lock.name}: {fault}", file=sys.stderr)
            wrong = True

    for pin in pins(ROOT / INSTALLED):
        here = pin.marker is None or pin.marker.evaluate()
        if here and installed(pin) is None:
            print(f"{INSTALLED}: {pin.name} is not installed", file=sys.stderr)
            wrong = True
    return int(wrong)


if __name__ == "__main__":
    raise SystemExit(main())
