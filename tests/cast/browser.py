"""Chromium as a test drives it, by the DevTools protocol over a websocket.

with Browser(folder) as browser:
    tab = browser.tab();  tab.go(url);  tab.evaluate("document.title");  tab.requests
    tab.walk_to("button").press_to_go("Enter")
"""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest
from websockets.sync.client import ClientConnection, connect

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)
NAMES = ("chromium", "chromium-browser", "google-chrome")
SECONDS = 120
"""How long an answer of the browser may take."""

KEYS = {"Tab": (9, ""), "Enter": (13, "\r"), " ": (32, " "), "ArrowDown": (40, "")}
MOST_STOPS = 300
"""Of the keyboard on one page."""


def chromium() -> str:
    """The browser's program; the test is skipped, visibly, where there is none."""
    found = [path for path in map(shutil.which, NAMES) if path]
    if not found:
        pytest.skip("needs Chromium (Debian: apt-get install chromium), which is not here")
    return found[0]


class Browser:
    """One process with a profile of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open = ExitStack()
        self._calls = 0
        self._events: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        command = [
            chromium(),
            *FLAGS,
            "--remote-debugging-port=0",
            f"--user-data-dir={self._folder / 'profile'}",
            "about:blank",
        ]
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        connection = connect(self._address(), max_size=None, open_timeout=SECONDS)
        self._socket: ClientConnection = self._open.enter_context(connection)
        return self

    def _address(self) -> str:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if found := re.search(r"DevTools listening on (ws://\S+)", line):
                return found[1]
        raise AssertionError("the browser did not start")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()
        self._process.terminate()
        self._process.wait(30)
        assert self._process.stderr is not None
        self._process.stderr.close()

    def call(self, method: str, session: str = "", **params: Any) -> dict[str, Any]:
        """What the browser answers to a command; the events that come meanwhile are kept."""
        self._calls += 1
        message: dict[str, Any] = {"id": self._calls, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        self._socket.send(json.dumps(message))
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            answer = self._receive()
            if answer.get("id") == self._calls:
                assert "error" not in answer, (method, answer)
                return dict(answer["result"])
        raise AssertionError(f"the browser did not answer {method}")

    def _receive(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self._socket.recv(timeout=SECONDS))
        if "method" in message:
            self._events.append(message)
        return message

    def events(self, method: str, session: str) -> list[dict[str, Any]]:
        """The events of a kind that came for a tab, in order."""
        return [
            dict(event["params"])
            for event in self._events
            if event["method"] == method and event.get("sessionId") == session
        ]

    def wait_for(self, method: str, session: str, count: int) -> None:
        until = time.monotonic() + SECONDS
        while len(self.events(method, session)) < count:
            assert time.monotonic() < until, f"no {method}"
            self._receive()

    def tab(self) -> Tab:
        """An empty tab in a context of its own."""
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context)
        attached = self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        return Tab(self, attached["sessionId"])


class Tab:
    """One page at a time."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser, self._session = browser, session
        for domain in ("Page", "Network", "Runtime"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        return self._browser.call(method, self._session, **params)

    def look(self, width: int = 1200, scheme: str = "light", *, scripts: bool = True) -> Tab:
        """Set how wide the screen is, its colours, and whether pages may run scripts."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=900,
            deviceScaleFactor=1,
            mobile=False,
        )
        self.call(
            "Emulation.setEmulatedMedia",
            features=[{"name": "prefers-color-scheme", "value": scheme}],
        )
        self.call("Emulation.setScriptExecutionDisabled", value=not scripts)
        return self

    def bypass_csp(self) -> Tab:
        """Let what a test injects run, whatever the page's policy says."""
        self.call("Page.setBypassCSP", enabled=True)
        return self

    def go(self, url: str) -> Tab:
        loaded = len(self._browser.events("Page.loadEventFired", self._session))
        answer = self.call("Page.navigate", url=url)
        assert not answer.get("errorText"), (url, answer)
        self._browser.wait_for("Page.loadEventFired", self._session, loaded + 1)
        return self

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression; of a promise, what it comes to."""
        answer = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    # -- By the keyboard ---------------------------------------------------------------------------

    def press(self, key: str) -> Tab:
        """Press a key and let go of it."""
        code, text = KEYS[key]
        stroke: dict[str, Any] = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        down = {"type": "keyDown", "text": text} if text else {"type": "rawKeyDown"}
        self.call("Input.dispatchKeyEvent", **stroke, **down)
        self.call("Input.dispatchKeyEvent", **stroke, type="keyUp")
        return self

    def type(self, text: str) -> Tab:
        self.call("Input.insertText", text=text)
        return self

    def walk_to(self, selector: str) -> Tab:
        """Press Tab until what is meant has the focus."""
        for _ in range(MOST_STOPS):
            if self.evaluate(f"document.activeElement.matches({json.dumps(selector)})"):
                return self
            self.press("Tab")
        raise AssertionError(f"the keyboard does not reach {selector}")

    def press_to_go(self, key: str) -> Tab:
        """Press a key that leads to another page."""
        loaded = len(self._browser.events("Page.loadEventFired", self._session))
        self.press(key)
        self._browser.wait_for("Page.loadEventFired", self._session, loaded + 1)
        return self

    @property
    def requests(self) -> list[str]:
        """Every address that was asked for."""
        seen = self._browser.events("Network.requestWillBeSent", self._session)
        return [str(event["request"]["url"]) for event in seen]

    def photograph(self, file: Path) -> None:
        """The whole page as a picture."""
        answer = self.call("Page.captureScreenshot", captureBeyondViewport=True, format="png")
        file.write_bytes(base64.b64decode(answer["data"]))
