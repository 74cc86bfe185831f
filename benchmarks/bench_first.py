"""What the first sync of all councils costs, without pauses between requests: `syncer sync` into a
new store, real pages and reports, beside a process that imports the same, asks for the same
addresses and reads each body once, with the same readers.

    python benchmarks/bench_first.py [FOLDER]       FOLDER has replay/serve.py

CPU time with that of children, the server's left out. Both take turns; of five rounds the one with
the middle ratio is shown, since a machine may be half as fast again from one minute to the next.
Both find their modules compiled, as they are once installed: a first round, which compiles them, is
not counted. The last line is a JSON object with the `ratio`; without the replay it says so and
measures nothing. It takes three minutes or so.
"""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from operator import itemgetter
from pathlib import Path

from replayed import Cost, Replayed, compiled_modules, shared_folder, sites

DAY, ROUNDS = dt.date(2024, 3, 1), 5
TARGET = 1.4


def main() -> None:
    shared = shared_folder()
    if shared is None:
        return

    rounds: list[tuple[float, Cost, Cost]] = []
    with compiled_modules(), tempfile.TemporaryDirectory() as folder, sites(shared, DAY) as site:
        for number in range(1 + ROUNDS):
            replayed = Replayed(Path(folder) / str(number), site)
            whole = replayed.sync(DAY)
            bare = replayed.floor(ask=True)
            rounds.append((whole.cpu / bare.cpu, whole, bare))
        requests, records, _ = replayed.last_counts()

    ratio, whole, bare = sorted(rounds[1:], key=itemgetter(0))[ROUNDS // 2]
    print(
        f"{requests} requests, {records:,} records: {whole.cpu:.1f} s of CPU time "
        f"({whole.wall:.1f} s by the clock), {bare.cpu:.1f} s ({bare.wall:.1f} s) to ask for the "
        f"same and read it once: {ratio:.2f} ×; at most {TARGET} is asked for"
    )
    print(json.dumps({"ratio": round(ratio, 2)}))


if __name__ == "__main__":
    main()
