"""Fixtures everybody uses."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real reports, pages and expectations beside the checkout; tests that need it
    are skipped where it is not."""
    if not (SHARED / "replay" / "serve.py").exists():
        pytest.skip("needs ../shared (real reports and pages), which is not here")
    return SHARED
