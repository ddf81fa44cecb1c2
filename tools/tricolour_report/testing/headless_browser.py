"""Headless Chromium for the tests, driven by its DevTools protocol over a pipe.

Purpose: open a page at a given width, run scripts in it, move the pointer, take pictures, and know
what it printed and asked for.
Invariants: one tab; `complaints` holds every console error and exception, `requests` every address
asked for (`data:` holds what it names), of all pages opened. Without Chromium the tests fail.
Ownership: the browser and its profile folder live as long as the `with` block.
"""

import base64
import json
import os
import subprocess
import tempfile
from pathlib import Path

COMMAND = "chromium"
FLAGS = (
    "--headless",
    "--remote-debugging-pipe",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-extensions",
    "--disable-sync",
    "--disable-component-update",
    "--disable-background-networking",
    "--hide-scrollbars",
)


class Browser:
    def __enter__(self) -> "Browser":
        self._profile = tempfile.TemporaryDirectory(
            prefix="tricolour-browser-", ignore_cleanup_errors=True
        )
        reads, self._to = os.pipe()
        self._from, writes = os.pipe()
        # The protocol's pipe is descriptor 3 to the browser and 4 from it.
        self._process = subprocess.Popen(
            [
                "bash",
                "-c",
                f'exec "$@" 3<&{reads} 4>&{writes}',
                "bash",
                COMMAND,
                *FLAGS,
                f"--user-data-dir={self._profile.name}",
                "about:blank",
            ],
            pass_fds=(reads, writes),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(reads)
        os.close(writes)
        self._number, self._rest, self._session = 0, b"", None
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self._events: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)[
            "sessionId"
        ]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        return self

    def __exit__(self, *_) -> None:
        os.close(self._to)  # which ends the browser
        os.close(self._from)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._profile.cleanup()

    def call(self, method: str, **parameters) -> dict:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]

    def _next(self) -> dict:
        """The next message; events are noted on the way."""
        while b"\0" not in self._rest:
            part = os.read(self._from, 1 << 16)
            if not part:
                raise RuntimeError(
                    f"{COMMAND} ended or did not start: exit code {self._process.wait()}"
                )
            self._rest += part
        text, self._rest = self._rest.split(b"\0", 1)
        message = json.loads(text)
        self._note(message.get("method", ""), message.get("params", {}))
        return message

    def _note(self, event: str, what: dict) -> None:
        self._events.append(event)
        if event == "Runtime.exceptionThrown":
            details = what["exceptionDetails"]
            self.complaints.append(details.get("exception", {}).get("description", details["text"]))
        elif event == "Runtime.consoleAPICalled" and what["type"] in ("error", "warning", "assert"):
            self.complaints.append(str(what["args"]))
        elif event == "Log.entryAdded" and what["entry"]["level"] in ("error", "warning"):
            self.complaints.append(what["entry"]["text"])
        elif event == "Network.requestWillBeSent" and not what["request"]["url"].startswith(
            "data:"
        ):
            self.requests.append(what["request"]["url"])

    def width(self, width: int, height: int = 900) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def open(self, page: Path, scripts: bool = True, fragment: str = "") -> None:
        self.call("Emulation.setScriptExecutionDisabled", value=not scripts)
        if fragment:  # from the same page it would be a jump and no load
            self._load("about:blank")
        self._load(page.resolve().as_uri() + fragment)

    def _load(self, address: str) -> None:
        self._loaded("Page.navigate", url=address)

    def reload(self) -> None:
        self._loaded("Page.reload")

    def _loaded(self, method: str, **parameters) -> None:
        """Until the page is loaded and, where it draws itself, drawn."""
        self._events.clear()
        self.call(method, **parameters)
        while "Page.loadEventFired" not in self._events:
            self._next()
        self.run("Promise.resolve(window.drawn).then(() => null)")

    def theme(self, name: str) -> None:
        """What the system prefers, `light` or `dark`."""
        feature = {"name": "prefers-color-scheme", "value": name}
        self.call("Emulation.setEmulatedMedia", media="", features=[feature])

    def run(self, script: str):
        """The value of a JavaScript expression, as JSON."""
        answer = self.call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(
                answer["exceptionDetails"].get("exception", {}).get("description", "an exception")
            )
        return answer["result"].get("value")

    def point(self, x: float, y: float) -> None:
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def click(self, x: float, y: float, times: int = 1) -> None:
        self.point(x, y)
        for count in range(1, times + 1):
            for kind in ("mousePressed", "mouseReleased"):
                self.mouse(kind, x, y, count)

    def mouse(self, kind: str, x: float, y: float, count: int = 1) -> None:
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=count)

    def press(self, *keys: str) -> None:
        for key in keys:
            text = {"Enter": "\r", " ": " "}.get(key, key if len(key) == 1 else "")
            code = {"Enter": 13, "Tab": 9, " ": 32}.get(key, 0)
            what = {"key": key, "windowsVirtualKeyCode": code}
            self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **what)
            self.call("Input.dispatchKeyEvent", type="keyUp", **what)

    def swipe(self, *places: tuple[float, float]) -> None:
        """A finger, from place to place; one place is a tap."""
        for number, (x, y) in enumerate(places):
            kind = "touchMove" if number else "touchStart"
            self.call("Input.dispatchTouchEvent", type=kind, touchPoints=[{"x": x, "y": y}])
        self.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])

    def printed(self) -> bytes:
        """The page on A4, as PDF."""
        size = {"paperWidth": 8.27, "paperHeight": 11.69}
        return base64.b64decode(self.call("Page.printToPDF", **size)["data"])

    def picture(self, path: Path, selector: str | None = None) -> None:
        """The whole page, or one element of it, as PNG."""
        self.call("Page.bringToFront")
        clip = self.run(
            f"(() => {{ const node = document.querySelector({json.dumps(selector or 'html')});"
            " const {x, y, width, height} = node.getBoundingClientRect();"
            " return {x: x + scrollX, y: y + scrollY, width, height, scale: 1}; })()"
        )
        picture = self.call(
            "Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True
        )
        path.write_bytes(base64.b64decode(picture["data"]))
