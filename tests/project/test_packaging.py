"""The unit confines the daemon as far as it says, and the image is built by the book."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
UNIT = PACKAGING / "syncer.service"
MOST_EXPOSED = 2.5
HADOLINT = Path(sys.executable).with_name("hadolint")


def test_the_unit_leaves_the_daemon_hardly_anything_to_do_harm_with() -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("needs systemd-analyze, which is not here")
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(UNIT)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout
    exposed = re.search(r"Overall exposure level for syncer\.service: ([\d.]+)", said)
    assert exposed is not None, said
    assert float(exposed[1]) <= MOST_EXPOSED


def test_the_unit_names_the_folders_and_the_user_that_the_other_files_make() -> None:
    unit = UNIT.read_text(encoding="utf-8")
    user = (PACKAGING / "sysusers.d" / "syncer.conf").read_text(encoding="utf-8")
    folders = (PACKAGING / "tmpfiles.d" / "syncer.conf").read_text(encoding="utf-8")
    assert "User=syncer" in unit and re.search(r"^u syncer ", user, re.M)
    for folder in ("/var/lib/syncer", "/etc/syncer"):
        assert re.search(rf"^d {folder} ", folders, re.M)
    for line in ("Type=notify", "WatchdogSec=120", "RestartPreventExitStatus=2", "UMask=0077"):
        assert line in unit.splitlines()


def test_the_image_is_built_by_the_book() -> None:
    command = [str(HADOLINT), str(PACKAGING / "Dockerfile")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_has_all_that_the_wheel_is_built_from() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (PACKAGING / "Dockerfile").read_text(), re.M)
    names = {name for line in copied for name in line.split()}
    kept = {
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"
    }
    assert names == kept
    assert all((ROOT / name).exists() for name in names)
