"""What is locked, and what an installed wheel has with it."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from syncer.files import packaged

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def locked(name: str) -> dict[str, str]:
    """Package → version of a lock file."""
    return dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / name).read_text(encoding="utf-8"), re.M))


def wanted(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=\[; ]", line)[0].lower() for line in requirements}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_packages_and_hashes_and_no_place_to_get_them_from(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    known = re.compile(
        r"(?:[\w.-]+==\S+(?: ; .+)? \\|    --hash=sha256:[0-9a-f]{64}(?: \\)?|# The following packages are considered .*|)"
    )
    assert [line for line in lines if not known.fullmatch(line)] == []


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_a_hash(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert text.count("==") == len(re.findall(r"==\S+(?: ; .+)? \\\n    --hash=", text)) > 0


def test_what_the_project_asks_for_is_locked() -> None:
    assert wanted(PROJECT["dependencies"]) <= set(locked("requirements.lock"))
    assert wanted(PROJECT["optional-dependencies"]["dev"]) <= set(locked("requirements-dev.lock"))


def test_both_locks_agree() -> None:
    assert locked("requirements.lock").items() <= locked("requirements-dev.lock").items()


def test_packaged_files_are_found_in_the_checkout_and_in_a_wheel(tmp_path: Path) -> None:
    assert packaged("config.toml") == ROOT / "config.toml"
    inside = tmp_path / "syncer" / "_files" / "config.toml"
    inside.parent.mkdir(parents=True)
    inside.touch()
    assert packaged("config.toml", tmp_path / "syncer") == inside
    with pytest.raises(FileNotFoundError, match="install syncer again"):
        packaged("nothing.toml", tmp_path / "syncer")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(folder),
        str(ROOT),
    ]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return next(folder.glob("*.whl"))


def test_a_wheel_has_all_that_syncer_needs_and_no_tests(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {
        "syncer/__init__.py",
        "syncer/register/councils.csv",
        "jobs/__init__.py",
        "syncer/_files/config.toml",
    } <= names
    assert any(name.startswith("syncer/_files/templates/") for name in names)
    assert not [name for name in names if name.startswith(("tests", "benchmarks"))]


def test_a_wheel_works_outside_the_checkout(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    script = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'installed')!r})\n"
        "from syncer.config import load_config\nprint(load_config().store.path)\n"
        "from syncer.files import packaged\nprint(packaged('config.toml'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert done.stdout.split() == [
        str(tmp_path / "syncer.db"),
        str(tmp_path / "installed/syncer/_files/config.toml"),
    ]
