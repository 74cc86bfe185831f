"""What the first sync of all councils costs, without pauses between requests: `syncer sync` into a
new store, real pages and reports, beside a process that imports the same, asks for the same
addresses and reads each body once, with the same readers.

    python benchmarks/bench_first.py [FOLDER]       FOLDER has replay/serve.py

CPU time with that of children, the server's left out. Both find their modules compiled, as they are
once installed: a first round, which compiles them, is not counted. The last line is a JSON object
with the `ratio`; without the replay it says so and measures nothing. It takes two minutes or so.
"""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from pathlib import Path

from replayed import Replayed, compiled_modules, shared_folder, sites

DAY, ROUNDS = dt.date(2024, 3, 1), 2
TARGET = 1.4


def main() -> None:
    shared = shared_folder()
    if shared is None:
        return

    whole = bare = by_clock = bare_by_clock = 0.0
    with compiled_modules(), tempfile.TemporaryDirectory() as folder, sites(shared, DAY) as site:
        for number in range(1 + ROUNDS):
            replayed = Replayed(Path(folder) / str(number), site)
            cost = replayed.sync(DAY)
            floor = replayed.floor(ask=True)
            if number == 0:
                continue
            whole += cost.cpu
            bare += floor.cpu
            by_clock += cost.wall
            bare_by_clock += floor.wall
        requests, records, _ = replayed.last_counts()

    ratio = whole / bare
    print(
        f"{requests} requests, {records:,} records: {whole / ROUNDS:.1f} s of CPU time "
        f"({by_clock / ROUNDS:.1f} s by the clock), {bare / ROUNDS:.1f} s "
        f"({bare_by_clock / ROUNDS:.1f} s) to ask for the same and read it once: "
        f"{ratio:.2f} ×; at most {TARGET} is asked for"
    )
    print(json.dumps({"ratio": round(ratio, 2)}))


if __name__ == "__main__":
    main()
