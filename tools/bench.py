"""Runs every benchmark and writes what it printed into benchmarks/RESULTS.md, with the machine and
the day.

    python tools/bench.py [NAME …]      all, or those of these names, as in: start parse
"""

from __future__ import annotations

import datetime as dt
import os
import platform
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "RESULTS.md"
HEAD = """# Results

What `make bench` printed. Seconds are this machine's; the ratios, each within one run, are what to
compare. Written by tools/bench.py.
"""


def machine() -> str:
    """The processor, the number of cores and the version of Python, in a line."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}"


def main() -> int:
    chosen = sys.argv[1:]
    today = dt.datetime.now(dt.UTC).date()
    parts = [HEAD, f"{today.day} {today:%B %Y}, on {machine()}.\n"]
    failed = False
    for script in sorted((ROOT / "benchmarks").glob("bench_*.py")):
        name = script.stem.removeprefix("bench_")
        if chosen and name not in chosen:
            continue
        print(f"-- {name}", flush=True)
        done = subprocess.run([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
        print(done.stdout, end="", flush=True)
        failed |= done.returncode != 0
        parts.append(f"## {name}\n\n```\n{done.stdout.strip()}\n```\n")

    if not failed and not chosen:
        RESULTS.write_text("\n".join(parts), encoding="utf-8")
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
