"""How many requests a second `syncer serve` answers, and in how much memory, beside a bare waitress
that answers with the same bytes from memory in the same run.

    python benchmarks/bench_web.py [CONFIG [NOW]]    your own store; else the demonstration's

Both take turns, so that a busy machine slows both; the ratio is the median of the rounds. `wrk`
asks where it is installed, else a few threads of ours. The pages were made before: what is measured
is what a reader waits for while nothing has changed.
"""

from __future__ import annotations

import http.client
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PAGES = ("/", "/councils/leeds/", "/data/ratings.csv")
ROUNDS, SECONDS, CONNECTIONS, READERS = 3, 2, 16, 4
DEMO_DAY = "2026-08-03T12:00"
BARE = """
import sys, urllib.request, waitress
found = {path: urllib.request.urlopen(sys.argv[1] + path).read() for path in sys.argv[2:]}
def app(environ, start):
    body = found[environ["PATH_INFO"]]
    start("200 OK", [("Content-Type", "text/html"), ("Content-Length", str(len(body)))])
    return [body]
server = waitress.create_server(app, host="127.0.0.1", port=0, threads=4)
print(f"listening on http://127.0.0.1:{server.effective_port}", file=sys.stderr, flush=True)
server.run()
"""


@contextmanager
def running(*command: str) -> Iterator[tuple[str, int]]:
    """A server, as its address and its process."""
    started = subprocess.Popen([sys.executable, *command], stderr=subprocess.PIPE, text=True)
    assert started.stderr is not None
    try:
        lines = (re.search(r"listening on (http://\S+)", line) for line in started.stderr)
        address = next(found[1] for found in lines if found)
        # what it says later is read, or it would wait for a full pipe
        threading.Thread(target=started.stderr.read, daemon=True).start()
        yield address, started.pid
    finally:
        started.terminate()
        started.wait()


def config(folder: Path) -> tuple[str, str]:
    """The configuration to serve, and its clock: the one that was named, or a demonstration's."""
    if len(sys.argv) > 1:
        return sys.argv[1], (sys.argv[2] if len(sys.argv) > 2 else "")
    kept = folder / "demo"
    demo = [sys.executable, "-m", "syncer", "demo", "--keep", str(kept)]
    subprocess.run(demo, check=True, capture_output=True)
    file = kept / "config.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(f'{text}\n[web]\nlisten = "127.0.0.1:0"\n', encoding="utf-8")
    return str(file), DEMO_DAY


def by_wrk(url: str) -> float:
    """Requests a second, as wrk counts them."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", url]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert found and "Non-2xx" not in said, said
    return float(found[1])


def by_threads(url: str) -> float:
    """Requests a second, as some threads of ours count them."""
    host, _, path = url.removeprefix("http://").partition("/")
    until = time.monotonic() + SECONDS
    answered: list[int] = []

    def read() -> None:
        connection = http.client.HTTPConnection(host)
        count = 0
        while time.monotonic() < until:
            connection.request("GET", f"/{path}")
            connection.getresponse().read()
            count += 1
        answered.append(count)

    readers = [threading.Thread(target=read) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    return sum(answered) / SECONDS


def kilobytes(process: int) -> int:
    """How much memory a process has."""
    said = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", said)
    return int(found[1]) if found else 0


def main() -> None:
    """Print a line for each page, and the memory at the end."""
    asked = by_wrk if shutil.which("wrk") else by_threads
    with tempfile.TemporaryDirectory() as folder:
        file, now = config(Path(folder))
        clock = ["--now", now] if now else []
        with running("-m", "syncer", "--config", file, *clock, "serve") as (ours, process):
            began = kilobytes(process)
            with running("-c", BARE, ours, *PAGES) as (bare, _):
                for page in PAGES:
                    rounds = [(asked(ours + page), asked(bare + page)) for _ in range(ROUNDS)]
                    mine = statistics.median(each[0] for each in rounds)
                    ratio = statistics.median(each[0] / each[1] for each in rounds)
                    print(f"{page:20} {mine:6.0f} requests/s, {ratio:.0%} of a bare waitress")
            after = kilobytes(process)
    print(f"memory: {began / 1024:.0f} MB at first, {after / 1024:.0f} MB then ({asked.__name__})")


if __name__ == "__main__":
    main()
