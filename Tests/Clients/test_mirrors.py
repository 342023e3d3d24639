"""The four readers that stand between people and an index: each can mirror or proxy this one."""
import contextlib
import hashlib
import json
import subprocess
import time

import pytest

from support import http, packages
from support.clients import Installer, program, run
from support.index import clean_environment, free_port


@pytest.fixture(scope="module")
def corpus(shared_index, tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    files = [
        packages.wheel(folder, "Leaf.Name", "1.0"), packages.wheel(folder, "Leaf.Name", "1.1"),
        packages.sdist(folder, "Leaf.Name", "1.1"),
        packages.wheel(folder, "top", "1.0", requires=["leaf-name>=1"], requires_python=">=3.8"),
    ]
    shared_index.publish(*files)
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@contextlib.contextmanager
def serving(argv, home, ready, cwd=None, timeout=60, **variables):
    """Runs a server until the block ends; `ready` is an address that answers when it can work."""
    home.mkdir(parents=True, exist_ok=True)
    log = home / "server.log"
    env = {**clean_environment(home), **{k: str(v) for k, v in variables.items()}}
    with open(log, "wb") as out:
        process = subprocess.Popen([str(a) for a in argv], cwd=cwd or home, env=env, stdin=subprocess.DEVNULL,
                                   stdout=out, stderr=out)
    try:
        deadline = time.monotonic() + timeout
        while True:
            with contextlib.suppress(OSError):
                if http.get(ready).status < 500:
                    break
            assert process.poll() is None and time.monotonic() < deadline, log.read_text(errors="replace")[-2000:]
            time.sleep(0.1)
        yield log
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def install_through(name, address, tmp_path):
    """`top` and what it needs, by pip or uv, through another server."""
    installer = Installer(name, tmp_path / name, address)
    done = installer.install("top")
    assert done, done.output
    assert installer.installed() == {"top": "1.0", "leaf-name": "1.1"}


BANDERSNATCH = """\
[mirror]
directory = {folder}
json = true
release-files = true
cleanup = false
master = {url}
allow-non-https = true
api-method = simple
timeout = 30
global-timeout = 600
workers = 3
hash-index = false
simple-format = ALL
stop-on-error = true
storage-backend = filesystem
verifiers = 3
compare-method = hash
"""


def test_bandersnatch_mirrors_everything(shared_index, corpus, tmp_path):
    configuration = tmp_path / "bandersnatch.conf"
    configuration.write_text(BANDERSNATCH.format(folder=tmp_path / "mirror", url=shared_index.url))

    def mirror():
        done = run([program("bandersnatch"), "--config", configuration, "mirror"], tmp_path / "home")
        assert done, done.output
        return done

    mirror()
    web = tmp_path / "mirror/web"
    mirrored = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in (web / "packages").rglob("*") if p.is_file()}
    assert mirrored == corpus
    page = json.loads((web / "simple/leaf-name/index.v1_json").read_text())
    assert {f["filename"] for f in page["files"]} == {n for n in corpus if n.startswith("leaf")}

    # What is published later arrives with the next run, by its serial.
    late = packages.wheel(tmp_path, "late-comer", "1.0")
    shared_index.publish(late)
    mirror()
    assert [p.name for p in (web / "packages").rglob("late_comer*.whl")] == [late.name]
    assert int((tmp_path / "mirror/status").read_text()) == shared_index.serial()


def devpi_call(base, method, path, body, user=None, password=None):
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if user:
        headers["X-Devpi-Auth"] = http.basic(user, password).removeprefix("Basic ")
    answer = http.request(method, base + path, json.dumps(body), headers)
    assert answer.status in (200, 201), answer
    return answer.json.get("result")


def test_devpi_proxies(shared_index, corpus, tmp_path):
    home, port, owner = tmp_path / "home", free_port(), "root"
    made = run([program("devpi", "devpi-init"), "--serverdir", tmp_path / "devpi", "--no-root-pypi",
                "--root-passwd", "secret"], home)
    assert made, made.output
    base = f"http://127.0.0.1:{port}"
    with serving([program("devpi", "devpi-server"), "--serverdir", tmp_path / "devpi", "--port", port], home,
                 f"{base}/+api"):
        login = devpi_call(base, "POST", "/+login", {"user": owner, "password": "secret"})["password"]
        devpi_call(base, "PUT", f"/{owner}/rind", {"type": "mirror", "mirror_url": shared_index.simple, "volatile": False},
                   owner, login)
        for tool in ("pip", "uv"):
            install_through(tool, f"{base}/{owner}/rind/+simple/", tmp_path)


def test_devpi_pushes(index, tmp_path):
    home, port, token = tmp_path / "home", free_port(), index.token()
    made = run([program("devpi", "devpi-init"), "--serverdir", tmp_path / "devpi", "--no-root-pypi",
                "--root-passwd", "secret"], home)
    assert made, made.output
    base, wheel = f"http://127.0.0.1:{port}", packages.wheel(tmp_path, "pushed", "1.0")
    with serving([program("devpi", "devpi-server"), "--serverdir", tmp_path / "devpi", "--port", port], home,
                 f"{base}/+api"):
        login = devpi_call(base, "POST", "/+login", {"user": "root", "password": "secret"})["password"]
        devpi_call(base, "PUT", "/root/dev", {"type": "stage", "bases": []}, "root", login)
        body, kind = http.form(http.upload_fields(wheel), wheel.name, wheel.read_bytes())
        sign_in = {"X-Devpi-Auth": http.basic("root", login).removeprefix("Basic ")}
        assert http.request("POST", f"{base}/root/dev/", body, {"Content-Type": kind, **sign_in}).status == 200
        # The registration before it is over (410), which devpi takes for a yes; its upload has no protocol version.
        pushed = devpi_call(base, "PUSH", "/root/dev/", {
            "name": "pushed", "version": "1.0", "posturl": index.upload_url, "username": "__token__", "password": token,
            "register_project": True}, "root", login)
    assert [step[:2] for step in pushed] == [[410, "register"], [200, "upload"]], pushed
    assert list(index.files("pushed")) == [wheel.name]


def test_proxpi_proxies(shared_index, corpus, tmp_path):
    home, port = tmp_path / "home", free_port()
    base = f"http://127.0.0.1:{port}"
    with serving([program("proxpi", "gunicorn"), "--preload", "--bind", f"127.0.0.1:{port}", "--threads", "2",
                  "proxpi.server:app"], home, f"{base}/index/", PROXPI_INDEX_URL=shared_index.simple,
                 PROXPI_CACHE_DIR=tmp_path / "cache", PROXPI_DOWNLOAD_TIMEOUT="30"):
        for tool in ("pip", "uv"):
            install_through(tool, f"{base}/index/", tmp_path)


@pytest.mark.parametrize("options", [[], ["--stream-http-resources"]], ids=["redirecting", "streaming"])
def test_simple_repository_server_proxies(shared_index, corpus, tmp_path, options):
    home, port = tmp_path / "home", free_port()
    base = f"http://127.0.0.1:{port}"
    with serving([program("simple-repository", "simple-repository-server"), "--host", "127.0.0.1", "--port", port,
                  *options, shared_index.simple], home, f"{base}/simple/"):
        for tool in ("pip", "uv"):
            install_through(tool, f"{base}/simple/", tmp_path)
