"""A Rind of one's own: the release binary on a data folder that lasts as long as the test."""
import json
import os
import random
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

from support import http

ROOT = Path(__file__).resolve().parents[3]
BINARY = Path(os.environ.get("RIND_BINARY") or ROOT / ".build/release/rind").resolve()

# The promise of `rind serve`; anyone who waits longer has found a bug.
SHUTDOWN_SECONDS = 10


def free_port():
    """A free loopback port below the range from which clients get theirs."""
    while True:
        port = random.SystemRandom().randint(15000, 30000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def clean_environment(home):
    """The environment without this machine's settings of package tools, proxies or Rind."""
    ours = ("PIP_", "UV_", "TWINE_", "POETRY_", "HATCH_", "PDM_", "FLIT_", "RIND_", "PYTHON", "VIRTUAL_ENV")
    env = {k: v for k, v in os.environ.items() if not k.startswith(ours) and "proxy" not in k.lower()}
    home = Path(home)
    home.mkdir(parents=True, exist_ok=True)
    return {**env, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_DATA_HOME": str(home / "share"), "PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "UV_NO_CONFIG": "1", "UV_PYTHON_DOWNLOADS": "never", "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "200", "LC_ALL": "C.UTF-8", "SOURCE_DATE_EPOCH": "1704067200"}


class Index:
    """`rind serve` and the commands beside it."""

    def __init__(self, folder, *options):
        self.folder = Path(folder)
        self.data = self.folder / "data"
        self.port = free_port()
        self.options = list(options)
        self.environment = clean_environment(self.folder / "home")
        self.log = self.folder / "serve.log"
        self.process = None
        # Called in the process of `rind serve` before it is that; None for nothing.
        self.before = None
        self.announcement = None
        self._tokens = {}

    # Life

    def start(self, timeout=30):
        """Returns when the server has said that it answers."""
        argv = [str(BINARY), "serve", "--data", str(self.data), "--port", str(self.port), *self.options]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=log, env=self.environment,
                                            stdin=subprocess.DEVNULL, preexec_fn=self.before)
        os.set_blocking(self.process.stdout.fileno(), False)
        said, deadline = b"", time.monotonic() + timeout
        while b"\n" not in said:
            said += self.process.stdout.read() or b""
            if self.process.poll() is not None:
                raise AssertionError(f"rind serve ended with {self.process.returncode}\n{self.tail()}")
            if time.monotonic() > deadline:
                self.kill()
                raise AssertionError(f"rind serve said no address within {timeout} s: {said!r}\n{self.tail()}")
            time.sleep(0.01)
        self.announcement = said.decode().strip()
        assert str(self.port) in self.announcement, self.announcement
        return self

    def stop(self):
        """Asks it to end, and insists that it does so in time and in peace."""
        if self.process is None:
            return
        process, self.process = self.process, None
        process.send_signal(signal.SIGTERM)
        try:
            status = process.wait(SHUTDOWN_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"still running {SHUTDOWN_SECONDS} s after SIGTERM\n{self.tail()}") from None
        finally:
            process.stdout.close()
        assert status == 0, f"exit status {status} after SIGTERM\n{self.tail()}"

    def kill(self):
        """What a power cut is to a process."""
        if self.process is not None:
            process, self.process = self.process, None
            process.kill()
            process.wait()
            process.stdout.close()

    def tail(self, size=3000):
        return self.log.read_text(errors="replace")[-size:] if self.log.exists() else ""

    # Addresses

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def simple(self):
        return f"{self.url}/simple/"

    @property
    def upload_url(self):
        return f"{self.url}/legacy/"

    # Commands

    def rind(self, *arguments, status=0, input=None, timeout=120, bare=False):
        """Runs a command on this data folder, and insists on its exit status, if one is named. `bare`: one that knows no
        data folder."""
        argv = [str(BINARY), *map(str, arguments), *([] if bare else ["--data", str(self.data)])]
        done = subprocess.run(argv, capture_output=True, text=True, env=self.environment, timeout=timeout,
                              input=input if input is not None else "")
        assert status is None or done.returncode == status, (
            f"`rind {' '.join(map(str, arguments))}` ended with {done.returncode}, not {status}\n"
            f"{done.stdout}{done.stderr}")
        return done

    def token(self, user="ada", *options):
        """A token of `user`, who comes into being when needed."""
        key = (user, *options)
        if (user,) not in self._tokens:
            self.rind("user", "add", user, "--email", f"{user}@example.org")
            self._tokens[(user,)] = self.rind("token", "issue", user).stdout.strip()
        if key not in self._tokens:
            self._tokens[key] = self.rind("token", "issue", user, *options).stdout.strip()
        return self._tokens[key]

    # HTTP

    def get(self, path, **headers):
        return http.get(self.url + path, **headers)

    def page(self, project):
        """The project's page of the Simple API, as JSON."""
        answer = self.get(f"/simple/{project}/", Accept=http.SIMPLE_JSON)
        assert answer.status == 200, answer
        return answer.json

    def files(self, project):
        """What the page lists, by file name."""
        return {f["filename"]: f for f in self.page(project)["files"]}

    def file_url(self, project, filename):
        """The whole address of a file, whatever way the page writes it."""
        from urllib.parse import urljoin
        return urljoin(f"{self.simple}{project}/", self.files(project)[filename]["url"])

    def publish(self, *paths, user="ada"):
        """Uploads files and insists that they are taken."""
        for path in paths:
            answer = http.upload(self.upload_url, self.token(user), path)
            assert answer.status == 200, answer

    def serial(self):
        return self.get("/simple/", Accept=http.SIMPLE_JSON).json["meta"]["_last-serial"]

    def memory(self, field="VmRSS"):
        """Bytes, as the kernel counts them: VmRSS now, VmHWM at most so far."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"{field}:\s+(\d+) kB", status)[1]) * 1024


def parsed(output):
    """What a command printed with --json: one document, or one to a line."""
    try:
        return json.loads(output)
    except ValueError:
        return [json.loads(line) for line in output.splitlines() if line.strip()]
