"""The dead man's switch: a monitor elsewhere is called after each sync that read every source well,
and raises the alarm where no call comes."""

from __future__ import annotations

import logging

from syncer.config import MonitorSection
from syncer.errors import FetchError
from syncer.fetching.ping import ping

log = logging.getLogger(__name__)


def call(monitor: MonitorSection) -> None:
    """Call the address that the operator gave, if any. That it failed is a warning in the log: the
    monitor misses the call anyway."""
    try:
        address = _address(monitor)
        if address:
            ping(address)
    except OSError as error:
        log.warning("[monitor] ping_url_file cannot be read: %s", error.strerror)
    except FetchError as error:
        log.warning("the call of [monitor] ping_url failed: %s", error)


def _address(monitor: MonitorSection) -> str:
    """Return the address; empty where there is none. Raises OSError."""
    if monitor.ping_url_file is not None:
        return monitor.ping_url_file.read_text(encoding="utf-8").strip()
    return monitor.ping_url.value
