"""How long a command takes to start: the CPU time of `--help` and of `status` on a small store,
less that of `python -c pass` in the same run.

The last line is a JSON object with the seconds.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from syncer.app import App
from syncer.config import load_config

ROUNDS = 9
KEPT = "PYTHONPYCACHEPREFIX"
TARGETS = {"--help": 0.12, "status": 0.20}


def cpu_of(*command: str, compiled: str) -> float:
    """The least CPU seconds that a command took in so many runs: what else runs here only adds. It
    is compiled already, into this folder, as what pip installs is."""
    environment = {**os.environ, KEPT: compiled}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    took = []
    for _ in range(ROUNDS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        quiet = subprocess.DEVNULL
        subprocess.run(command, stdout=quiet, stderr=quiet, check=False, env=environment)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        took.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(took)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.toml"
        config.write_text('[store]\npath = "syncer.db"\n', encoding="utf-8")
        syncer = (sys.executable, "-m", "syncer", "--config", str(config))
        with App(load_config(config)) as app:
            assert app.store, "opening it makes it"
        compiled = str(Path(folder) / "compiled")
        floor = cpu_of(sys.executable, "-c", "pass", compiled=compiled)
        more = {word: cpu_of(*syncer, word, compiled=compiled) - floor for word in TARGETS}

    for word, seconds in more.items():
        print(
            f"{word}: {seconds:.3f} s of CPU time more than `python -c pass` ({floor:.3f} s); "
            f"at most {TARGETS[word]:.2f} are asked for"
        )
    print(json.dumps({"ratio": {word: round(seconds, 3) for word, seconds in more.items()}}))


if __name__ == "__main__":
    main()
