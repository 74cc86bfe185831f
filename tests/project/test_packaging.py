"""What is locked, and what an installed wheel has with it."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

from syncer.files import packaged
from tools.locks import faults, lowest_python

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted(path.name for path in ROOT.glob("requirements*.lock"))
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]


def locked(name: str) -> dict[str, str]:
    """Package → version of a lock file."""
    return dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / name).read_text(encoding="utf-8"), re.M))


def wanted(requirements: list[str]) -> set[str]:
    """The names as a lock writes them: a dot is a hyphen there."""
    return {re.split(r"[<>=\[; ]", line)[0].lower().replace(".", "-") for line in requirements}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_packages_and_hashes_and_no_place_to_get_them_from(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    known = re.compile(r"[\w.-]+==\S+(?: ; .+)? \\|    --hash=sha256:[0-9a-f]{64}(?: \\)?|")
    assert [line for line in lines if not known.fullmatch(line)] == []


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_a_hash(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    pinned = re.findall(r"^[\w.-]+==", text, re.M)
    assert len(pinned) == len(re.findall(r"==\S+(?: ; .+)? \\\n    --hash=", text)) > 0


def test_what_the_project_asks_for_is_locked_and_so_is_what_builds_it() -> None:
    service = [*PROJECT["dependencies"], *PYPROJECT["build-system"]["requires"]]
    assert wanted(service) <= set(locked("requirements.lock"))
    for extra, packages in PROJECT["optional-dependencies"].items():
        assert wanted(packages) <= set(locked(f"requirements-{extra}.lock")), extra


def test_there_is_one_lock_a_purpose_and_they_agree() -> None:
    extras = {f"requirements-{extra}.lock" for extra in PROJECT["optional-dependencies"]}
    assert set(LOCKS) == {"requirements.lock", *extras}
    service = locked("requirements.lock").items()
    assert all(service <= locked(name).items() for name in LOCKS)


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_admits_the_lowest_python_that_is_promised(name: str) -> None:
    wrong = [fault for fault in faults(ROOT / name, lowest_python()) if "promised" in fault]
    assert (lowest_python(), wrong) == ("3.11.0", [])


def test_a_pin_that_the_lowest_python_cannot_have_is_named(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text(f"pytest=={version('pytest')} \\\n    --hash=sha256:00\n")
    assert list(faults(lock, "3.11.0")) == []
    (fault,) = faults(lock, "3.2.5")
    assert fault.startswith("pytest ") and fault.endswith(", and 3.2.5 is promised")
    lock.write_text(lock.read_text() + "pytest==1.0 ; python_version < '3.12' \\\n")
    assert "pinned twice" in " ".join(faults(lock, "3.11.0"))


@pytest.mark.parametrize("target", ["demo", "test"])
def test_make_says_at_once_that_a_python_is_too_old(tmp_path: Path, target: str) -> None:
    for name in ("Makefile", "pyproject.toml", *LOCKS):
        shutil.copy(ROOT / name, tmp_path)
    old = tmp_path / "old-python"
    old.write_text(
        f"#!/bin/sh\nexec {shlex.quote(sys.executable)} -c"
        " 'import sys; sys.version_info = (3, 10, 2); exec(sys.argv.pop())' \"$2\"\n"
    )
    old.chmod(0o755)
    done = subprocess.run(
        ["make", target, f"PYTHON={old}"], cwd=tmp_path, capture_output=True, text=True
    )
    assert (done.returncode, (tmp_path / ".venv").exists()) == (2, False)
    assert "Python 3.11 or newer is needed; this is 3.10.2." in done.stderr


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
