"""A reader of reports that a marked one ends, as a fault in a library would."""

from __future__ import annotations

import os
import signal

from syncer.documents import report
from syncer.reports.paper import ReportReading

MARK = b"\n% ends its reader"


def read_pdf(data: bytes) -> ReportReading:
    """Read a report, unless it is a marked one."""
    if data.endswith(MARK):
        os.kill(os.getpid(), signal.SIGSEGV)
    return report.read_pdf(data)
