"""A real browser, driven over its DevTools protocol: what a person sees and what the console complains about."""
import base64
import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import websocket

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")

# The contrast (WCAG 2.2) of the page's text with its ground.
CONTRAST = """(() => {
    const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255)
        .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b };
    const ground = e => { while (e) { const c = getComputedStyle(e).backgroundColor;
        if (!/, 0\\)$|transparent/.test(c)) return c; e = e.parentElement } return 'rgb(255, 255, 255)' };
    const seen = [...document.querySelectorAll('main p, main a, main h1, main li, main td')]
        .filter(e => e.innerText && e.offsetParent && /^rgb/.test(getComputedStyle(e).color) && /^rgb/.test(ground(e)));
    return Math.min(...seen.map(e => { const a = light(getComputedStyle(e).color), b = light(ground(e));
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) }));
})()"""

KEYS = {"Tab": ("Tab", 9), "Enter": ("Enter", 13), "Escape": ("Escape", 27)}


def installed():
    """The browser's path, or None."""
    return os.environ.get("RIND_BROWSER") or next(filter(None, map(shutil.which, NAMES)), None)


class Page:
    """One page. `complaints` gathers errors of scripts, of the console and of loading."""

    def __init__(self, address, context=None):
        """`address` is the browser's socket; a context has cookies and keys of its own."""
        self.complaints, self._number, self.session, self.context = [], 0, None, None
        self.socket = websocket.create_connection(address, timeout=60)
        if context:
            self.context = self.call("Target.createBrowserContext")["browserContextId"]
        more = {"browserContextId": self.context} if self.context else {}
        page = self.call("Target.createTarget", url="about:blank", **more)["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def close(self):
        if self.context:
            self.session = None
            self.call("Target.disposeBrowserContext", browserContextId=self.context)
        self.socket.close()

    # The protocol

    def call(self, method, **parameters):
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        self.socket.send(json.dumps(message))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == self._number:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]
            self._note(answer)

    def _note(self, event):
        what, facts = event.get("method"), event.get("params", {})
        if what == "Log.entryAdded" and facts["entry"]["level"] in ("error", "warning"):
            self.complaints.append(f"{facts['entry']['source']}: {facts['entry']['text']} {facts['entry'].get('url', '')}")
        elif what == "Runtime.exceptionThrown":
            self.complaints.append(str(facts["exceptionDetails"]))
        elif what == "Runtime.consoleAPICalled" and facts["type"] in ("error", "warning", "assert"):
            self.complaints.append(str(facts["args"]))

    # What a person does

    def script(self, expression):
        """The value of an expression in the page; promises are waited for."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True,
                           userGesture=True)
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def wait(self, expression, seconds=15):
        """Waits until an expression is true, across loads of pages."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                if self.script(f"Boolean({expression})"):
                    return
            except AssertionError:
                pass  # between two pages there is nothing to ask
            assert time.monotonic() < deadline, f"never true: {expression}\nat {self.where}\n{self.text()[:1000]}"
            time.sleep(0.05)

    def open(self, url):
        self.call("Page.navigate", url=url)
        self.wait(f"document.readyState === 'complete' && location.href !== 'about:blank' && location.href.startsWith({url!r}.split('#')[0])")

    @property
    def where(self):
        return self.script("location.pathname + location.search")

    def text(self, selector="body"):
        return self.script(f"document.querySelector({selector!r})?.innerText ?? ''")

    def type(self, text):
        self.call("Input.insertText", text=text)

    def press(self, key, **modifiers):
        name, code = KEYS[key]
        more = {"text": "\r"} if key == "Enter" else {}
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=name, code=name, windowsVirtualKeyCode=code,
                      **(more if kind == "keyDown" else {}), **modifiers)

    def tab_to(self, condition, most=80):
        """Presses Tab until the focused element (`e`) fits; that is all a keyboard can do."""
        for _ in range(most):
            self.press("Tab")
            if self.script(f"(e => Boolean({condition}))(document.activeElement)"):
                return
        raise AssertionError(f"no Tab leads to {condition} on {self.where}")

    def prefer(self, scheme):
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def size(self, width, height, mobile=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile)

    def picture(self, path):
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)["data"]
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(base64.b64decode(data))

    def contrast(self):
        """The least contrast of the page's text with its ground."""
        return self.script(CONTRAST)

    # Forms, and pages that lead to others

    def go(self, url):
        """Asks for a page, wherever that leads."""
        self._leave(lambda: self.call("Page.navigate", url=url))

    def fill(self, **fields):
        """Types into the fields with these ids; `_` stands for `-`."""
        for name, text in fields.items():
            self.script(f"document.getElementById({name.replace('_', '-')!r}).select()")
            self.type(text)

    def submit(self, selector):
        """Sends the form that something stands in, and waits for what comes."""
        self._leave(lambda: self.script(f"document.querySelector({selector!r}).form.requestSubmit()"))

    def follow(self, selector):
        """Presses what leads to another page, and waits for that."""
        self._leave(lambda: self.click(selector))

    def click(self, selector):
        self.script(f"document.querySelector({selector!r}).click()")

    def has(self, selector):
        return self.script(f"document.querySelector({selector!r}) !== null")

    @property
    def path(self):
        return self.script("location.pathname")

    @property
    def error(self):
        """What is said to be wrong."""
        return self.text("#error")

    def _leave(self, act):
        self.script("window.isLeft = true")
        act()
        self.wait("!window.isLeft && document.readyState === 'complete'", 30)


class Browser(Page):
    """One browser with one page."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        argv = [installed(), "--headless=new", "--no-first-run", "--disable-gpu", "--disable-dev-shm-usage",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--remote-debugging-port=0", "--remote-allow-origins=*", f"--user-data-dir={self.folder / 'profile'}",
                "--window-size=1200,900", "about:blank"]
        if os.getuid() == 0:
            argv.insert(1, "--no-sandbox")  # the sandbox does not work for root
        self.log = open(self.folder / "browser.log", "wb")
        self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        super().__init__(self._address())

    def _address(self):
        """The browser writes its port, and the path of its socket, into its profile."""
        note, deadline = self.folder / "profile/DevToolsActivePort", time.monotonic() + 60
        while not (note.exists() and note.read_text().count("\n")):
            assert self.process.poll() is None and time.monotonic() < deadline, (self.folder / "browser.log").read_text()[-2000:]
            time.sleep(0.05)
        port, path = note.read_text().split("\n")[:2]
        self.address = f"ws://127.0.0.1:{port}{path}"
        return self.address

    def another(self):
        """A page that shares nothing with the others: as if somebody else sat at another computer."""
        return Page(self.address, context=True)

    def close(self):
        super().close()
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
