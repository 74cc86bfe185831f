"""Fixtures everybody uses."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from real_reports import RealReports

# How long an example takes is the machine's affair: a test must not fail by its speed.
settings.register_profile("syncer", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("syncer")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real reports, pages and expectations beside the checkout; tests that need it
    are skipped where it is not."""
    if not (SHARED / "replay" / "serve.py").exists():
        pytest.skip("needs ../shared (real reports and pages), which is not here")
    return SHARED


@pytest.fixture(scope="session")
def real_reports(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> RealReports:
    own = tmp_path_factory.getbasetemp()
    under_xdist = (
        "PYTEST_XDIST_WORKER" in os.environ
    )  # then each process has a folder in that of the run
    folder = shared / "replay" / "world" / "pdf"
    return RealReports(folder, own.parent if under_xdist else own)
