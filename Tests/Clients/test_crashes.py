"""What was acknowledged is kept, and what was not is not half there: through crashes and a full disk."""
import contextlib
import os
import random
import re
import shutil
import subprocess
import threading
import time
import urllib.parse

import pytest

from support import http, packages
from support.index import Index


class Uploaders:
    """Eight people who publish without a pause, and remember what they were told."""

    def __init__(self, index, folder, token):
        self.index, self.folder, self.token = index, folder, token
        self.acknowledged, self._lock, self._stop, self._next = {}, threading.Lock(), threading.Event(), 0

    def _run(self):
        while not self._stop.is_set():
            with self._lock:
                number, self._next = self._next, self._next + 1
            path = packages.wheel(self.folder, f"crash-{number % 17}", f"1.{number}", payload=os.urandom(30_000))
            try:
                answer = http.upload(self.index.upload_url, self.token, path, timeout=20)
            except (OSError, http.BrokenAnswer):
                time.sleep(0.01)
                continue
            if answer.status == 200:
                with self._lock:
                    self.acknowledged[path.name] = path

    @contextlib.contextmanager
    def at_work(self):
        self._stop.clear()
        threads = [threading.Thread(target=self._run) for _ in range(8)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join(30)


def test_twenty_kills_in_the_middle_of_uploads_lose_nothing(start_index, tmp_path):
    index = start_index()
    chance = random.Random(20)
    uploaders = Uploaders(index, tmp_path / "files", index.token())
    for _ in range(20):
        if index.process is None:
            index.start()
        before = len(uploaders.acknowledged)
        with uploaders.at_work():
            deadline = time.monotonic() + 10
            while len(uploaders.acknowledged) < before + 3 and time.monotonic() < deadline:
                time.sleep(0.01)
            time.sleep(chance.uniform(0, 0.15))
            index.kill()
        assert len(uploaders.acknowledged) > before, index.tail()

    index.rind("doctor")
    index.start()
    listed = {}
    for number in range(17):
        listed.update({name: number for name in index.files(f"crash-{number}")})
    missing = set(uploaders.acknowledged) - set(listed)
    assert not missing
    for name, path in uploaders.acknowledged.items():
        got = http.request("GET", index.file_url(f"crash-{listed[name]}", name))
        assert got.status == 200 and got.body == path.read_bytes(), name
    index.rind("doctor")


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 24 MB that can be made larger; only root has one to give."""
    where = tmp_path / "small"
    where.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", where], capture_output=True, text=True)
    if made.returncode:
        pytest.skip(f"no small file system to be had here: {made.stderr.strip()}")
    yield where
    subprocess.run(["umount", "--lazy", where], check=True)


def sign_in(index, name, password):
    """What a browser sends that has the form."""
    form = http.get(f"http://localhost:{index.port}/account/login/", Accept="text/html")
    token = re.search(r'name="csrf" value="([0-9a-f.]+)"', form.text)[1]
    fields = urllib.parse.urlencode({"username": name, "password": password, "csrf": token})
    return http.request("POST", f"http://localhost:{index.port}/account/login/", fields, {
        "Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html",
        "Cookie": "; ".join(f"{k}={v}" for k, v in form.cookies.items())})


def test_a_full_disk_refuses_uploads_and_goes_on_reading(small_disk, tmp_path):
    index = Index(small_disk)
    index.start()
    try:
        taken, refused = [], None
        for number in range(40):
            path = packages.wheel(tmp_path, f"filling-{number}", "1.0", payload=os.urandom(1_000_000))
            answer = http.upload(index.upload_url, index.token(), path)
            if answer.status != 200:
                refused = answer
                break
            taken.append(path)
        assert refused is not None and refused.status == 507, refused
        assert refused.text.strip() and "disk" in refused.text.lower() + refused.reason.lower(), refused
        assert len(taken) >= 5
        for number, path in enumerate(taken):
            got = http.request("GET", index.file_url(f"filling-{number}", path.name))
            assert got.status == 200 and got.body == path.read_bytes()
        assert index.get("/").status == 200
        assert index.get(f"/simple/filling-{len(taken)}/").status == 404

        # What files leave to the database is no reason to take the server away: all but uploads goes on.
        with open(small_disk / "fill", "wb", buffering=0) as fill:
            while shutil.disk_usage(small_disk).free > 768 * 1024:
                fill.write(b"x" * 4096)
        time.sleep(1.1)
        health = index.get("/healthz")
        assert health.status == 200 and "nearly full: uploads are refused" in health.text, health
        assert sign_in(index, "ada", "wrong").status < 500

        # Not a byte left: whatever has to be written says so in words.
        with contextlib.suppress(OSError), open(small_disk / "fill", "ab", buffering=0) as fill:
            while True:
                fill.write(b"x" * 4096)
        time.sleep(1.1)
        health = index.get("/healthz")
        assert health.status == 503 and "the disk is full" in health.text, health
        answer = http.upload(index.upload_url, index.token(), path)
        assert answer.status == 507 and "disk" in answer.text, answer
        assert index.get("/simple/filling-0/").status == 200
        for _ in range(40):
            answer = sign_in(index, "ada", "wrong")
            assert answer.status < 500 or (answer.status == 503 and "disk" in answer.text), answer
        (small_disk / "fill").unlink()

        # With room again, the same upload is taken.
        subprocess.run(["mount", "-o", "remount,size=48m", small_disk], check=True)
        time.sleep(1.1)
        assert index.get("/healthz").status == 200
        index.publish(path)
        index.rind("doctor")
    finally:
        index.stop()
