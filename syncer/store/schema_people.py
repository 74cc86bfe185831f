"""People and deliveries, as readable SQL (see schema.py)."""

from __future__ import annotations
