"""The verifiable log, checked from outside: by Go's own x/mod/sumdb, which has nothing of ours."""
import base64
import contextlib
import hashlib
import html
import json
import random
import re
import shutil
import sqlite3
import subprocess
import threading
import time
import urllib.error
import urllib.request

import pytest

from support import go, http, packages
from support.index import BINARY
from support.mail import MailServer, parts


@pytest.fixture(scope="module")
def checker(tmp_path_factory):
    program, why = go.checker(tmp_path_factory.mktemp("go"))
    if why:
        pytest.skip(why)
    return program


def fetch(url):
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.read(), answer.headers


def size(index):
    try:
        return int(fetch(f"{index.url}/log/checkpoint")[0].split(b"\n")[1])
    except urllib.error.HTTPError:
        return 0


def wait_for(index, url):
    """What is published is in the log within seconds; after a kill, when the lease of the killed one has ended: ten
    seconds, and more on a busy machine."""
    deadline = time.monotonic() + 180
    while True:
        try:
            return fetch(url)
        except urllib.error.HTTPError as error:
            assert error.code == 404 and time.monotonic() < deadline, (error.code, index.tail())
            time.sleep(0.1)


def wait_until(holds):
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def check(checker, index, *older):
    key = index.rind("log", "key", "show").stdout.split()[-1]
    done = subprocess.run([str(checker), f"{index.url}/log", key, *map(str, older)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return int(done.stdout.split()[1])


def test_go_accepts_heads_entries_and_growth_over_a_kill_and_a_new_key(checker, index, tmp_path):
    older = []
    for number in range(4):
        for part in range(3):
            index.publish(packages.wheel(tmp_path, f"demo{number}", f"1.{part}"))
        file = f"demo{number}-1.2-py3-none-any.whl"
        wait_for(index, index.file_url(f"demo{number}", file) + ".tlog-proof")
        assert check(checker, index, *older) >= 7 * (number + 1)
        older.append(tmp_path / f"head{number}")
        older[-1].write_bytes(fetch(f"{index.url}/log/checkpoint")[0])
        if number == 1:
            index.kill()
            index.start()
        if number == 2:
            before = index.rind("log", "key", "show").stdout.split()
            index.rind("log", "key", "rotate")
            assert len(index.rind("log", "key", "show").stdout.split()) == 2
            older = []  # heads before the change have no signature of the new key
            deadline = time.monotonic() + 60
            while fetch(f"{index.url}/log/checkpoint")[0].count("\N{EM DASH}".encode()) < 2:
                assert time.monotonic() < deadline, index.tail()
                time.sleep(0.1)
            index.rind("log", "key", "retire")
            assert index.rind("log", "key", "show").stdout.split() != before
    index.rind("doctor")


def test_what_is_served_says_how_long_it_lasts(index, tmp_path):
    index.publish(packages.wheel(tmp_path, "demo", "1.0"))
    url = index.file_url("demo", "demo-1.0-py3-none-any.whl")
    proof, headers = wait_for(index, url + ".tlog-proof")
    assert headers["content-type"] == "text/plain; charset=utf-8" and headers["cache-control"] == "no-cache"
    lines = proof.decode().split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1" and lines[1].startswith("extra ") and lines[2].startswith("index ")
    entry = json.loads(base64.b64decode(lines[1].removeprefix("extra ")))
    assert entry["act"] == "file.upload" and entry["project"] == "demo"
    assert entry["details"]["sha256"] == hashlib.sha256(fetch(url)[0]).hexdigest()
    assert "ada" not in json.dumps({**entry["details"], "sha256": ""}), entry

    _, headers = fetch(f"{index.url}/log/checkpoint")
    assert headers["content-type"] == "text/plain; charset=utf-8" and headers["cache-control"] == "no-cache"
    width = size(index)
    data, headers = fetch(f"{index.url}/log/tile/0/000.p/{width}")
    assert len(data) == 32 * width and "immutable" in headers["cache-control"]
    assert headers["content-type"] == "application/octet-stream"
    _, headers = fetch(f"{index.url}/log/tile/entries/000.p/{width}")
    assert "immutable" in headers["cache-control"]
    for path in [f"tile/0/000.p/{width + 50}", "tile/0/000", "tile/0/001", "tile/9/000", "tile/0/0"]:
        with pytest.raises(urllib.error.HTTPError) as refused:
            fetch(f"{index.url}/log/{path}")
        assert refused.value.code == 404, path


@pytest.mark.slow
def test_a_kill_at_any_moment_leaves_a_log_that_goes_on(checker, index, tmp_path):
    head = tmp_path / "head"
    for number in range(6):
        for part in range(5):
            index.publish(packages.wheel(tmp_path, "demo", f"{number}.{part}"))
        time.sleep(0.23 * number)
        index.kill()
        index.start()
        if head.exists():
            check(checker, index, head)
        if size(index):
            head.write_bytes(fetch(f"{index.url}/log/checkpoint")[0])
    wait_for(index, index.file_url("demo", "demo-5.4-py3-none-any.whl") + ".tlog-proof")
    # A lease that a killed server held may have outlived all six: then there was no head before this one.
    check(checker, index, *([head] if head.exists() else []))
    index.rind("doctor")


def published(index, folder, name, version):
    index.publish(packages.wheel(folder, name, version))
    wait_for(index, index.file_url(name, f"{name}-{version}-py3-none-any.whl") + ".tlog-proof")


def verified(index, *options, status=0):
    return index.rind("log", "verify", index.url, *options, status=status, bare=True)


class Churn:
    """Two people who publish, and an operator who takes away and brings back, without a pause."""

    def __init__(self, index, folder):
        self.index, self.folder = index, folder
        self.token = index.token()
        self.stop, self.number, self.commands = threading.Event(), 0, []
        self.lock = threading.Lock()

    def publish(self):
        while not self.stop.is_set():
            with self.lock:
                self.number += 1
                number = self.number
            path = packages.wheel(self.folder, f"churn{number % 5}", f"1.{number}")
            try:
                http.upload(self.index.upload_url, self.token, path, timeout=20)
            except (OSError, http.BrokenAnswer):
                time.sleep(0.02)

    def remove(self):
        chance = random.Random(7)
        while not self.stop.is_set():
            name = f"churn{chance.randrange(5)}"
            acts = [("delete", name), ("restore", name),
                    ("delete", name, f"1.{chance.randrange(1, self.number + 2)}"),
                    ("yank", name, f"1.{chance.randrange(1, self.number + 2)}")]
            argv = [str(BINARY), "project", *chance.choice(acts), "--data", str(self.index.data)]
            running = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                       env=self.index.environment)
            self.commands = [running]
            running.wait()

    @contextlib.contextmanager
    def at_work(self):
        self.stop.clear()
        threads = [threading.Thread(target=work) for work in [self.publish, self.publish, self.remove]]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.stop.set()
            for thread in threads:
                thread.join(60)


@pytest.mark.slow
def test_fifty_kills_while_things_are_published_removed_and_brought_back_leave_one_log(checker, index, tmp_path):
    churn, chance, head = Churn(index, tmp_path), random.Random(50), tmp_path / "head"
    published(index, tmp_path, "churn0", "1.0")
    for number in range(50):
        with churn.at_work():
            time.sleep(chance.uniform(0.2, 3))
            # The server and the command beside it, as a power cut would.
            index.kill()
            for command in churn.commands:
                command.kill()
        index.start()
        if number % 10 == 9:
            index.rind("doctor")
            verified(index, *(["--since", head] if head.exists() else []), "--keep", head)
    published(index, tmp_path, "last", "1.0")
    index.rind("doctor")
    said = json.loads(verified(index, "--json").stdout)
    assert said["problems"] == [] and said["files"] > 20, said
    verified(index, "--since", head)
    assert check(checker, index, head) == said["size"]
    acts = [line["action"] for line in json.loads(index.rind("log", "show", "--limit", "100000", "--json").stdout)]
    for act in ["file.upload", "project.delete", "project.restore", "release.delete"]:
        assert act in acts, (act, set(acts))


def test_log_verify_reads_what_is_new_and_finds_rollbacks_forks_and_flipped_bytes(index, tmp_path):
    kept = tmp_path / "kept"
    published(index, tmp_path, "demo", "1.0")
    said = verified(index, "--keep", kept).stdout
    assert "nothing is wrong" in said and "1 files compared" in said
    index.stop()
    old = tmp_path / "old"
    shutil.copytree(index.data, old)
    index.start()
    published(index, tmp_path, "demo", "2.0")
    report = json.loads(verified(index, "--since", kept, "--keep", kept, "--json").stdout)
    assert report["problems"] == [] and 0 < report["read"] < report["size"] and report["files"] == 2, report

    # A byte of a tile, of an entry.
    index.stop()
    for file in sorted((index.data / "log/tile").rglob("*.p/*")):
        good = file.read_bytes()
        file.write_bytes(bytes([good[0] ^ 1]) + good[1:])
        index.start()
        partial = int(file.name) == size(index)
        if partial and "entries" in file.parts:
            said = verified(index, status=1).stderr
            assert "log" in said or "entries" in said or "damaged" in said, said
        if partial:
            assert "is not what the entries say" in index.rind("doctor", status=1).stdout
        index.stop()
        file.write_bytes(good)

    # The index as it was: a rollback. It goes on from there: a fork.
    shutil.rmtree(index.data)
    shutil.copytree(old, index.data)
    index.start()
    assert "rolled back" in verified(index, "--since", kept, status=1).stderr
    for version in ["3.0", "4.0", "5.0"]:
        published(index, tmp_path, "demo", version)
    assert "rewritten" in verified(index, "--since", kept, status=1).stderr
    verified(index)


def by_hand(index, sql, *arguments):
    """Changes the database beside its journal, as somebody who got hold of the machine."""
    index.stop()
    with contextlib.closing(sqlite3.connect(index.data / "index.sqlite")) as database:
        database.execute(sql, arguments)
        database.commit()
    index.start()


def test_log_verify_right_after_changes_of_all_kinds_finds_nothing_wrong(index, tmp_path):
    """It is called at once: the log lags behind by a second."""
    wheels = ["demo-1.0-py3-none-any.whl", "demo-1.0-py2-none-any.whl"]
    for version in ["1.0", "2.0"]:
        index.publish(packages.wheel(tmp_path, "demo", version))
    index.publish(packages.wheel(tmp_path, "demo", "1.0", tag="py2-none-any"))
    index.publish(packages.wheel(tmp_path, "leaf", "1.0"))
    kept = tmp_path / "kept"
    # The first head of all is signed within a second or so.
    wait_for(index, f"{index.url}/log/checkpoint")
    assert "nothing is wrong" in verified(index, "--keep", kept).stdout
    for act in [
        ("delete", "demo", "--file", wheels[0]), ("restore", "demo", "1.0"),
        ("delete", "demo", "1.0"), ("restore", "demo", "1.0"),
        ("yank", "demo", "1.0", "--reason", "wrong"), ("unyank", "demo", "1.0"), ("yank", "demo", "2.0"),
        # Quarantines in one another, lifted in another order.
        ("quarantine", "demo", "--file", wheels[0], "--reason", "a"), ("quarantine", "demo", "1.0", "--reason", "b"),
        ("quarantine", "demo", "--reason", "c"), ("quarantine", "demo", "--file", wheels[0], "--lift"),
        ("quarantine", "demo", "--lift"), ("quarantine", "demo", "1.0", "--lift"),
        ("status", "demo", "deprecated", "--reason", "use leaf"), ("status", "demo", "active"),
        ("delete", "leaf"), ("restore", "leaf"), ("delete", "leaf"),
    ]:
        index.rind("project", *act)
        said = verified(index, "--since", kept, "--keep", kept).stdout
        assert "nothing is wrong" in said, (act, said)
    assert "nothing is wrong" in verified(index).stdout


def test_log_verify_finds_what_is_hidden_shown_and_told_otherwise(index, tmp_path):
    for name in ["demo", "leaf", "tree"]:
        for version in ["1.0", "2.0"]:
            published(index, tmp_path, name, version)
    kept, wait = tmp_path / "kept", ["--wait", "1"]
    verified(index, "--keep", kept)
    hide = "UPDATE project SET removed_at = 1, removed_by = 'operator' WHERE normalized = ?"
    by_hand(index, hide, "demo")
    hidden = verified(index, *wait, status=1)
    assert "demo: there is no such page, and the log has files of it that nobody took away" in hidden.stdout
    assert "both are read again" in hidden.stderr
    # Nothing is new, and it is missed all the same: by what was kept.
    assert "demo: it is not in the list" in verified(index, "--since", kept, *wait, status=1).stdout
    (tmp_path / "kept.state").unlink()
    verified(index, "--since", kept, *wait)
    by_hand(index, "UPDATE project SET removed_at = NULL, removed_by = NULL WHERE normalized = ?", "demo")
    verified(index, "--keep", kept)

    by_hand(index, "UPDATE file SET state = 'quarantined', withheld_reason = 'x' WHERE filename = ?", "leaf-1.0-py3-none-any.whl")
    for options in [[], ["--since", kept]]:
        assert "leaf-1.0-py3-none-any.whl is in the log, and is not listed" in verified(index, *options, *wait, status=1).stdout
    by_hand(index, "UPDATE file SET state = 'published', withheld_reason = NULL WHERE filename = ?", "leaf-1.0-py3-none-any.whl")
    by_hand(index, "UPDATE release SET is_yanked = 1, yank_reason = 'x' WHERE canonical = '2'")
    assert "leaf-2.0-py3-none-any.whl is listed as yanked, and is not by what the log says" in verified(
        index, *wait, status=1).stdout
    by_hand(index, "UPDATE release SET is_yanked = 0, yank_reason = NULL WHERE canonical = '2'")
    by_hand(index, "UPDATE project SET status = 'archived' WHERE normalized = ?", "tree")
    assert "tree: its status is archived, and active by what the log says" in verified(index, *wait, status=1).stdout
    by_hand(index, "UPDATE project SET status = 'active' WHERE normalized = ?", "tree")
    by_hand(index, "UPDATE file SET sha256 = ? WHERE filename = ?", "f" * 64, "tree-1.0-py3-none-any.whl")
    assert "is listed with another digest" in verified(index, *wait, status=1).stdout

def test_a_lock_is_verified_against_the_log_and_offline_afterwards(index, tmp_path):
    for name in ["demo", "leaf"]:
        published(index, tmp_path, name, "1.0")
    digests = {name: index.files(name)[f"{name}-1.0-py3-none-any.whl"]["hashes"]["sha256"] for name in ["demo", "leaf"]}
    policy = tmp_path / "policy"
    policy.write_text(f"log {index.rind('log', 'key', 'show').stdout.strip()}\nquorum none\n")
    lock = tmp_path / "requirements.txt"
    lock.write_text("".join(f"{n}==1.0 --hash=sha256:{d}\n" for n, d in digests.items()))

    def verify(*options, status=0):
        return index.rind("verify", lock, "--policy", policy, *options, status=status, bare=True)

    assert "there is no proof" in verify("--offline", status=1).stdout
    assert verify("--index", index.url).stdout.strip() == "2 files, all in the log."
    pylock = tmp_path / "pylock.toml"
    pylock.write_text('lock-version = "1.0"\n' + "".join(
        f'[[packages]]\nname = "{n}"\nversion = "1.0"\n[[packages.wheels]]\nurl = "{index.file_url(n, f"{n}-1.0-py3-none-any.whl")}"\n'
        f'hashes = {{ sha256 = "{d}" }}\n' for n, d in digests.items()))
    index.rind("verify", pylock, "--policy", policy, bare=True)
    # What is removed is still proven to have been published; the log says what became of it, and no page is asked.
    known = size(index)
    index.rind("project", "delete", "demo", "1.0")
    wait_until(lambda: size(index) > known)
    verify("--offline")
    assert re.search(r"it was removed by entry \d+ of the log, at 2", verify("--index", index.url, status=1).stdout)
    # That is known from then on.
    assert "was removed" in verify("--offline", status=1).stdout
    known = size(index)
    index.rind("project", "restore", "demo", "1.0")
    wait_until(lambda: size(index) > known)
    index.rind("verify", pylock, "--policy", policy, bare=True)
    verify("--index", index.url)
    for what, act in [(["--file", "demo-1.0-py3-none-any.whl"], "quarantined"), ([], "project was quarantined")]:
        known = size(index)
        index.rind("project", "quarantine", "demo", *what, "--reason", "it may do harm")
        wait_until(lambda: size(index) > known)
        assert act in verify("--index", index.url, status=1).stdout
        known = size(index)
        index.rind("project", "quarantine", "demo", *what, "--lift")
        wait_until(lambda: size(index) > known)
        verify("--index", index.url)
    # The same name with other bytes.
    other = tmp_path / "pylock.other.toml"
    other.write_text(pylock.read_text().replace(digests["demo"], "a" * 64))
    said = index.rind("verify", other, "--policy", policy, status=1, bare=True).stdout
    assert f"it has another digest than in the log, where demo-1.0-py3-none-any.whl is sha256:{digests['demo']}" in said
    assert "removed" not in said
    # No witness says how old this is.
    assert "asks no witness" in verify("--index", index.url, "--max-age", "1", status=1).stderr
    index.stop()
    verify("--offline")
    lock.write_text(f"demo==1.1 --hash=sha256:{digests['demo']}\n")
    assert "version 1.0" in verify("--offline", status=1).stdout
    lock.write_text(f"demo==1.0 --hash=sha256:{'0' * 64}\n")
    assert "another digest than the log has for any of the 1 files of version 1.0" in verify("--offline", status=1).stdout
    lock.write_text(f"other==1.0 --hash=sha256:{'0' * 64}\n")
    assert "there is no proof" in verify("--offline", status=1).stdout
    policy.write_text("quorum none\n")
    lock.write_text(f"demo==1.0 --hash=sha256:{digests['demo']}\n")
    assert "another log" in verify("--offline", status=1).stdout
    index.start()


def monitor(index, keep, *options, status=0):
    return index.rind("log", "monitor", "Demo", "leaf", "--index", index.url, "--keep", keep, *options, status=status, bare=True)


def test_a_maintainer_hears_of_each_release_that_they_did_not_make(index, tmp_path):
    keep, own = tmp_path / "head", tmp_path / "SHA256SUMS"
    published(index, tmp_path, "demo", "1.0")
    assert "From now on" in monitor(index, keep).stdout
    assert monitor(index, keep).stdout == ""
    mine = packages.wheel(tmp_path, "demo", "1.1")
    own.write_text(f"{hashlib.sha256(mine.read_bytes()).hexdigest()}  {mine.name}\n")
    index.publish(mine)
    for name, version in [("demo", "2.0"), ("other", "1.0"), ("leaf", "3.0")]:
        published(index, tmp_path, name, version)
    before = keep.read_bytes()

    # Printed, for programs, and mailed; a mail that cannot be sent is sent the next time.
    told = json.loads(monitor(index, tmp_path / "first", "--from-start", "--json").stdout)
    assert [f"{file['project']} {file['version']}" for file in told] == ["demo 1.0", "demo 1.1", "demo 2.0", "leaf 3.0"]
    mail = ["--own", own, "--mail", "ada@example.org", "--mail-from", "monitor@example.org"]
    with MailServer(tmp_path / "mail") as server:
        server.refusals["ada@example.org"] = "451 later"
        monitor(index, keep, *mail, "--smtp", server.address, status=1)
        assert keep.read_bytes() == before and server.mails == []
        del server.refusals["ada@example.org"]
        assert "2 files" in monitor(index, keep, *mail, "--smtp", server.address).stdout
        [message] = server.mails
        assert message["to"] == "ada@example.org" and "2 files of demo, leaf" in message["subject"]
        for text in parts(message):
            assert "demo-2.0-py3-none-any.whl" in text and "leaf-3.0" in text and "demo-1.1" not in text and "other" not in text
        assert monitor(index, keep, *mail, "--smtp", server.address).stdout == "" and len(server.mails) == 1

        # The log as it was: that is worth a mail, one, however often it is seen.
        index.stop()
        old = tmp_path / "old"
        shutil.copytree(index.data, old)
        index.start()
        published(index, tmp_path, "demo", "4.0")
        monitor(index, keep, *mail, "--smtp", server.address)
        index.stop()
        shutil.rmtree(index.data)
        shutil.copytree(old, index.data)
        index.start()
        for _ in range(2):
            assert "rolled back" in monitor(index, keep, *mail, "--smtp", server.address, status=1).stderr
        assert [message["subject"] for message in server.mails[2:]] == [f"The log of {index.url} does not hold"]
    assert "mail server" in monitor(index, keep, "--mail", "ada@example.org", status=2).stderr


def test_a_monitor_that_runs_on_tells_of_what_comes(index, tmp_path):
    published(index, tmp_path, "demo", "1.0")
    command = [str(BINARY), "log", "monitor", "demo", "--index", index.url, "--keep", str(tmp_path / "head"), "--every", "1"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=index.environment)
    try:
        assert "From now on" in running.stdout.readline()
        published(index, tmp_path, "demo", "2.0")
        assert "demo-2.0-py3-none-any.whl" in running.stdout.readline()
    finally:
        running.kill()
        running.wait()
        running.stdout.close()


def test_a_restored_index_signs_nothing_before_somebody_says_how_its_log_goes_on(start_index, tmp_path):
    index = start_index()
    published(index, tmp_path, "demo", "1.0")
    index.rind("log", "verify", index.url, "--keep", tmp_path / "head", bare=True)
    backup = tmp_path / "backup.tar"
    index.rind("backup", backup)
    key = index.rind("log", "key", "show").stdout
    for choice in ["--only-one", "--new-origin"]:
        other = start_index(serve=False)
        assert "rind log resume" in other.rind("restore", backup).stdout
        assert "nothing is signed" in other.rind("doctor").stdout + other.rind("doctor").stderr
        other.start()
        head = fetch(f"{other.url}/log/checkpoint")[0]
        other._tokens = index._tokens
        other.publish(packages.wheel(tmp_path, "demo", "2.0" if choice == "--only-one" else "2.1"))
        deadline = time.monotonic() + 60
        while "rind log resume" not in other.tail():
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert fetch(f"{other.url}/log/checkpoint")[0] == head
        assert b"stands still" in fetch(f"{other.url}/log/")[0]
        other.rind("log", "resume", status=2)
        said = other.rind("log", "resume", choice).stdout
        [file] = [name for name in other.files("demo") if "-2." in name]
        wait_for(other, other.file_url("demo", file) + ".tlog-proof")
        if choice == "--only-one":
            assert other.rind("log", "key", "show").stdout == key
            verified(other, "--since", tmp_path / "head")
        else:
            assert said == other.rind("log", "key", "show").stdout != key
            assert "another log" in verified(other, "--since", tmp_path / "head", status=1).stderr
            verified(other)
        other.rind("doctor")
        assert "does not wait" in other.rind("log", "resume", "--only-one").stdout


def test_a_restored_index_asks_the_witnesses_of_its_log_whether_they_have_seen_more(start_index, tmp_path):
    log, witness = start_index(), start_index()
    published(witness, tmp_path, "other", "1.0")
    published(log, tmp_path, "demo", "1.0")
    key = log.rind("log", "key", "show").stdout.strip()
    other = fetch(f"{witness.url}/log/witness-key")[0].decode().strip()
    (witness.data / "witness.policy").write_text(f"log {key}\nquorum none\n")
    policy = f"log {key}\nwitness sister {other} {witness.url}/log\nquorum sister\n"
    backup = tmp_path / "backup.tar"
    log.rind("backup", backup)
    known = size(log)
    (log.data / "log.policy").write_text(policy)
    published(log, tmp_path, "demo", "2.0")
    wait_for(log, f"{log.url}/log/cosigned-checkpoint")
    # The head of the backup may have been signed first.
    wait_until(lambda: int(fetch(f"{log.url}/log/cosigned-checkpoint")[0].split(b"\n")[1]) > known)
    log.stop()
    restored = start_index(serve=False)
    restored.rind("restore", backup)
    (restored.data / "log.policy").write_text(policy)
    restored.start()
    assert "older" in restored.rind("log", "resume", "--only-one", status=1).stderr
    assert "nothing is signed" in restored.rind("doctor").stdout + restored.rind("doctor").stderr
    restored.rind("log", "resume", "--new-origin")


def test_what_witnesses_have_signed_is_served_while_the_index_is_busy(start_index, tmp_path):
    log, witness = start_index(), start_index()
    published(witness, tmp_path, "other", "1.0")
    published(log, tmp_path, "demo", "1.0")
    key = log.rind("log", "key", "show").stdout.strip()
    other = fetch(f"{witness.url}/log/witness-key")[0].decode().strip()
    (witness.data / "witness.policy").write_text(f"log {key}\nquorum none\n")
    (log.data / "log.policy").write_text(f"log {key}\nwitness sister {other} {witness.url}/log\nquorum sister\n")
    url = log.file_url("demo", "demo-1.0-py3-none-any.whl") + ".tlog-proof"
    seen, deadline, number = set(), time.monotonic() + 90, 0
    while len(seen) < 3:
        assert time.monotonic() < deadline, log.tail()
        number += 1
        log.publish(packages.wheel(tmp_path, "busy", f"1.{number}"))
        try:
            cosigned = fetch(f"{log.url}/log/cosigned-checkpoint")[0].decode()
        except urllib.error.HTTPError:
            continue
        assert other.split("+")[0] in cosigned
        assert other.split("+")[0] in fetch(url)[0].decode()
        seen.add(cosigned.split("\n")[1])
    assert other.split("+")[0] in fetch(f"{log.url}/log/")[0].decode()


def test_people_see_the_log_and_how_each_file_is_checked(index, tmp_path):
    page = fetch(f"{index.url}/log/")[0].decode()
    assert "The log" in page
    published(index, tmp_path, "demo", "1.0")
    name = "demo-1.0-py3-none-any.whl"
    page = fetch(f"{index.url}/log/")[0].decode()
    assert html.escape(index.rind("log", "key", "show").stdout.strip()) in page and f"{name} was published" in page
    assert f"/project/demo/file/{name}/" in fetch(f"{index.url}/project/demo/")[0].decode()
    page, headers = fetch(f"{index.url}/project/demo/file/{name}/")
    assert "default-src 'none'" in headers["content-security-policy"]
    commands = [html.unescape(text) for text in re.findall(r'<code id="check-[a-z]+">(.*?)</code>', page.decode(), re.S)]
    assert len(commands) == 2
    folder = tmp_path / "check"
    folder.mkdir()
    (folder / "rind").symlink_to(BINARY)
    environment = {**index.environment, "PATH": f"{folder}:/usr/bin:/bin"}
    for command in commands:
        done = subprocess.run(["sh", "-ec", command], cwd=folder, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
    assert "1 files, all in the log." in done.stdout
    assert "Since then" not in page.decode()
    # What is removed keeps its page, and says so.
    index.rind("project", "yank", "demo", "1.0")
    index.rind("project", "delete", "demo", "1.0")
    page = fetch(f"{index.url}/project/demo/file/{name}/")[0].decode()
    assert "This file was removed" in page and "sha256sum" in page
    wait_until(lambda: "demo 1.0 was removed" in fetch(f"{index.url}/log/")[0].decode())
    page = fetch(f"{index.url}/project/demo/file/{name}/")[0].decode()
    assert re.search(r"Since then.*demo 1\.0 was yanked.*demo 1\.0 was removed", page, re.S)
    # What nobody gets any more can still be checked: rind verify says what became of it.
    index.rind("project", "restore", "demo", "1.0")
    index.rind("project", "quarantine", "demo", "1.0", "--reason", "it may do harm")
    wait_until(lambda: "demo 1.0 is quarantined" in fetch(f"{index.url}/project/demo/file/{name}/")[0].decode())
    page = fetch(f"{index.url}/project/demo/file/{name}/")[0].decode()
    [command] = [html.unescape(text) for text in re.findall(r'<code id="check-[a-z]+">(.*?)</code>', page, re.S)]
    done = subprocess.run(["sh", "-c", command], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 1 and "it was quarantined by entry" in done.stdout, done.stdout + done.stderr
    for path in ["/project/demo/file/nothing-1.0.tar.gz/", "/project/nothing/file/x-1.0.tar.gz/", f"/project/other/file/{name}/"]:
        with pytest.raises(urllib.error.HTTPError) as refused:
            fetch(index.url + path)
        assert refused.value.code == 404, path


def test_two_indexes_witness_each_other_and_a_policy_asks_for_it(start_index, tmp_path):
    log, witness = start_index(), start_index()
    published(log, tmp_path, "demo", "1.0")
    published(witness, tmp_path, "other", "1.0")
    key = log.rind("log", "key", "show").stdout.strip()
    other = fetch(f"{witness.url}/log/witness-key")[0].decode().strip()
    (witness.data / "witness.policy").write_text(f"log {key}\nquorum none\n")
    (log.data / "log.policy").write_text(f"log {key}\nwitness sister {other} {witness.url}/log\nquorum sister\n")
    lock = tmp_path / "requirements.txt"
    digest = log.files("demo")["demo-1.0-py3-none-any.whl"]["hashes"]["sha256"]
    lock.write_text(f"demo==1.0 --hash=sha256:{digest}\n")
    deadline = time.monotonic() + 60
    while log.rind("verify", lock, "--policy", log.data / "log.policy", "--index", log.url, status=None, bare=True).returncode:
        assert time.monotonic() < deadline, fetch(f"{log.url}/log/checkpoint")[0].decode() + log.tail()
        time.sleep(0.5)
    # It goes on with the next head, and says what it knows to who asks for an older one.
    published(log, tmp_path, "demo", "2.0")
    head, _ = fetch(f"{log.url}/log/checkpoint")
    request = urllib.request.Request(f"{witness.url}/log/add-checkpoint", b"old 0\n\n" + head, method="POST")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=30)
    assert refused.value.code == 409 and refused.value.headers["content-type"] == "text/x.tlog.size"
    assert int(refused.value.read()) > 0
    for body, status in [(b"", 400), (b"old 0\n\nnonsense\n", 400),
                         (b"old 0\n\n" + fetch(f"{witness.url}/log/checkpoint")[0], 404)]:
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(urllib.request.Request(f"{witness.url}/log/add-checkpoint", body), timeout=30)
        assert refused.value.code == status, body
