"""What a sync costs on a day without news: `syncer sync` of all sources, real pages, beside a
process that imports the same and reads the same bytes once.

    python benchmarks/bench_quiet.py [FOLDER]       FOLDER has replay/serve.py

Both take turns, day by day. CPU time with that of children. Both find their modules compiled, as
they are once installed: the first sync and a floor after it, which compile them, are not counted.
The last line is a JSON object with the `ratio`; without the replay it says so and measures nothing.
"""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from pathlib import Path

from replayed import Replayed, compiled_modules, shared_folder, sites

FIRST, DAYS = dt.date(2024, 3, 1), 8
TARGET = 1.5


def main() -> None:
    shared = shared_folder()
    if shared is None:
        return

    whole = bare = 0.0
    quiet = requests = 0
    with compiled_modules(), tempfile.TemporaryDirectory() as folder, sites(shared, FIRST) as site:
        replayed = Replayed(Path(folder), site)
        replayed.sync(FIRST)
        replayed.floor(ask=False)
        for number in range(1, DAYS + 1):
            day = FIRST + dt.timedelta(days=number)
            replayed.move_to(day)
            cost = replayed.sync(day)
            asked, _, news = replayed.last_counts()
            if news:
                continue
            whole += cost.cpu
            bare += replayed.floor(ask=False).cpu
            quiet += 1
            requests += asked

    ratio = whole / bare
    print(
        f"{quiet} of {DAYS} days without news, {requests / quiet:.0f} requests each: "
        f"{whole / quiet:.2f} s of CPU time a day, {bare / quiet:.2f} s to import the same and "
        f"read the same bytes once: {ratio:.2f} ×; at most {TARGET} is asked for"
    )
    print(json.dumps({"ratio": round(ratio, 2)}))


if __name__ == "__main__":
    main()
