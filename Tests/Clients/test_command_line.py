"""The command line: what scripts and tired people rely on."""
import gzip
import hashlib
import io
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import tarfile
import time
import zipfile

import pytest

from support import http, packages
from support.clients import Installer
from support.index import BINARY, Index, clean_environment, free_port, parsed

COMMANDS = ["serve", "user", "user add", "token", "token issue", "token list", "token revoke", "project",
            "project yank", "project unyank", "project role", "project role add", "project reserve", "project proposals",
            "project propose-return", "project decide-return", "project erase", "project confirm-erasure",
            "project release-name", "project withdraw-proposal", "import", "classifiers", "classifiers import",
            "classifiers list", "mail",
            "mail test", "mail list", "mail retry", "log",
            "log show", "doctor", "backup", "restore", "passwords", "passwords import", "downloads", "downloads ingest",
            "downloads import", "downloads list", "downloads show"]

# What a terminal could take for a command, or for another line: C0, DEL, C1, controls of writing direction.
STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069]")
EVIL = "\x1b[2J\x1b]0;x\x07\x1b[31mred\x9b31m\x7f\u202eevil\u2066\r\nrind: forged"


@pytest.fixture
def offline(start_index):
    """A data folder that nobody serves."""
    return start_index(serve=False)


def run(*arguments, home, **more):
    return subprocess.run([str(BINARY), *map(str, arguments)], capture_output=True, text=True, timeout=60,
                          env=clean_environment(home), input="", **more)


def one_line(text):
    """The only line of an error; it ends like a sentence or names what to do."""
    lines = text.strip().splitlines()
    assert len(lines) == 1, text
    return lines[0]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example(command, tmp_path):
    done = run(*command.split(), "--help", home=tmp_path)
    assert done.returncode == 0
    assert re.search(r"Example:\s+rind ", done.stdout), done.stdout
    assert not done.stderr


@pytest.mark.parametrize("arguments", [
    ["nonsense"], ["serve", "--nonsense"], ["user", "add"], ["token", "issue"], ["project", "yank", "demo"],
    ["project", "role", "add", "demo", "ada", "emperor"], ["user", "add", "ada", "--email", "no address"],
    ["import"], ["import", ".", "--dates", "soon"], ["restore"], ["passwords", "import"],
    ["downloads", "ingest"], ["downloads", "ingest", "--cap", "0", "x"], ["downloads", "import", "x", "--day", "soon"],
], ids=" ".join)
def test_wrong_usage_is_status_2(arguments, tmp_path):
    done = run(*arguments, home=tmp_path, cwd=tmp_path)
    assert done.returncode == 2, done
    assert not done.stdout
    assert done.stderr.strip()
    assert not (tmp_path / "rind-data").exists()


@pytest.mark.parametrize("arguments", [
    ["token", "issue", "nobody"], ["project", "yank", "nothing", "1.0"], ["project", "role", "add", "nothing", "ada", "owner"],
    ["token", "revoke", "999999"],
], ids=" ".join)
def test_what_cannot_be_done_is_status_1_and_one_line(arguments, offline):
    offline.rind("user", "add", "ada", "--email", "ada@example.org")
    done = offline.rind(*arguments, status=1)
    assert not done.stdout
    assert one_line(done.stderr)


def test_a_user_is_added_once(offline):
    offline.rind("user", "add", "ada", "--email", "ada@example.org")
    assert one_line(offline.rind("user", "add", "ada", "--email", "other@example.org", status=1).stderr)


def test_without_a_password_a_link_is_printed_that_sets_one(offline):
    done = offline.rind("user", "add", "ada", "--email", "ada@example.org")
    assert re.search(r"https?://\S+", done.stdout), done.stdout


def test_a_password_is_read_from_a_file_or_standard_input(offline, tmp_path):
    offline.rind("user", "add", "ada", "--email", "ada@example.org", "--password-file", "-",
                 input="a long and winding passphrase\n")
    secret = tmp_path / "password"
    secret.write_text("another long and winding passphrase\n")
    offline.rind("user", "add", "grace", "--email", "grace@example.org", "--password-file", secret)
    for weak, words in (("password1", "easy to guess"), ("eve-eve-eve", "easy to guess"), ("x1!", "8")):
        refused = offline.rind("user", "add", "eve", "--email", "eve@example.org", "--password-file", "-",
                               input=weak + "\n", status=1)
        assert words in one_line(refused.stderr)
    missing = offline.rind("user", "add", "eve", "--email", "eve@example.org", "--password-file", tmp_path / "none",
                           status=1)
    assert one_line(missing.stderr)


def test_a_token_is_printed_alone(offline):
    offline.rind("user", "add", "ada", "--email", "ada@example.org")
    done = offline.rind("token", "issue", "ada", "--label", "laptop", "--expires", "90d")
    assert re.fullmatch(r"rind-[A-Za-z0-9_-]+\n", done.stdout), done.stdout
    [listed] = parsed(offline.rind("token", "list", "ada", "--json").stdout)
    assert listed["label"] == "laptop"
    assert done.stdout.strip() not in json.dumps(listed)


def test_the_log_says_who_did_what(index, tmp_path):
    index.publish(packages.wheel(tmp_path, "logged", "1.0"))
    index.rind("project", "yank", "logged", "1.0", "--reason", "because")
    entries = parsed(index.rind("log", "show", "--json").stdout)
    actions = [e["action"] for e in entries]
    assert "user.add" in actions and "token.issue" in actions and "project.create" in actions
    assert actions[-1] == "release.yank"
    serials = [e["serial"] for e in entries]
    assert serials == sorted(set(serials))
    uploads = [e for e in entries if e["action"] in ("project.create", "file.upload", "release.create")]
    assert all("ada" in e["actor"] for e in uploads)


def test_foreign_text_never_steers_the_terminal(start_index, tmp_path):
    """Everything that strangers can write into an index, shown by every command that shows it."""
    index = start_index()
    index.publish(packages.wheel(tmp_path, "steered", "1.0"))
    index.rind("user", "add", "bob", "--email", "bob@example.org")
    index.rind("project", "yank", "steered", "1.0", "--reason", f"because {EVIL}")
    index.rind("project", "status", "steered", "deprecated", "--reason", f"old {EVIL}")
    index.rind("token", "issue", "ada", "--label", f"laptop {EVIL}")
    index.rind("critical", "designate", "steered")
    index.rind("critical", "lift", "steered", "--reason", f"done {EVIL}")
    database = sqlite3.connect(index.data / "index.sqlite", timeout=10)
    with database:
        database.execute("UPDATE file SET uploader = ?", (f"ada {EVIL}",))
        database.execute("INSERT INTO outbox (kind, about, title, sealed_payload, state, queued_at, due_at, attempts, reply) "
                         "VALUES ('mail', 'a@example.org', ?, x'00', 'given-up', 0, 0, 1, ?)",
                         (f"hello {EVIL}", f"550 {EVIL}"))
        database.execute("INSERT INTO authenticator_root (label, certificate) VALUES (?, x'00')", (f"root {EVIL}",))
    database.close()
    folder = tmp_path / "hostile"
    folder.mkdir()
    (folder / "x\x1b[31m\u202e-1.0.tar.gz").write_text("x")
    (folder / "y\nrind: forged-1.0.tar.gz").write_text("x")
    log = folder / "access\x1b[31m.log"
    log.write_text(f'nonsense {EVIL}\n1.2.3.4 - - [x] "GET /\x1b[31m HTTP/1.1" 200 1 "-" "\x9b\x1b[2J"\n')

    shows = [["log", "show"], ["log", "show", "--project", "steered"], ["project", "list"],
             ["project", "role", "list", "steered"], ["token", "list", "ada"], ["user", "list"],
             ["mail", "list", "--all"], ["critical", "list", "--lifted"], ["critical", "explain", "steered"],
             ["authenticators", "list"], ["doctor"], ["downloads", "list"], ["giveaway", "list"],
             ["import", str(folder), "--owner", "ada"], ["downloads", "ingest", str(log)],
             ["project", "delete", "steered", "--file", f"no {EVIL}"], ["token", "revoke", f"no {EVIL}"],
             ["restore", str(folder / f"no {EVIL}.tar")], ["passwords", "import", f"no {EVIL}"],
             ["user", "password-link", f"no {EVIL}"]]
    shown = ""
    for arguments in shows:
        for more in ([], ["--json"]):
            done = index.rind(*arguments, *more, status=None)
            text = done.stdout + done.stderr
            assert not STEERING.search(text), (arguments, more, STEERING.search(text), text[:2000])
            assert not re.search("^rind: forged", text, re.M), (arguments, more, text[:2000])
            shown += text
    # It is shown, not left out.
    for word in ("because ", "laptop ", "hello ", "550 ", "root "):
        assert f"{word}\\u{{1b}}[2J" in shown, word
    assert "\\u001b[2J" in shown
    http.raw(("127.0.0.1", index.port), b"GET /x\x1b[31m%0a2026 error rind: forged HTTP/1.1\r\nHost: a\r\n\r\n")
    assert not STEERING.search(index.log.read_text())


def test_what_a_command_changes_the_server_serves_at_once(index, tmp_path):
    index.publish(packages.wheel(tmp_path, "swift-change", "1.0"))
    assert not index.files("swift-change")["swift_change-1.0-py3-none-any.whl"].get("yanked")
    index.rind("project", "yank", "swift-change", "1.0", "--reason", "broken")
    assert wait(lambda: index.files("swift-change")["swift_change-1.0-py3-none-any.whl"].get("yanked") == "broken")
    index.rind("project", "unyank", "swift-change", "1.0")
    assert wait(lambda: not index.files("swift-change")["swift_change-1.0-py3-none-any.whl"].get("yanked"))


def wait(condition, seconds=5):
    """Whether something becomes true soon."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_a_role_lets_somebody_publish(index, tmp_path):
    index.publish(packages.wheel(tmp_path, "shared-work", "1.0"))
    token = index.token("grace")
    second = packages.wheel(tmp_path, "shared-work", "1.1")
    assert http.upload(index.upload_url, token, second).status == 403
    index.rind("project", "role", "add", "shared-work", "grace", "maintainer")
    answer = http.upload(index.upload_url, token, second)
    assert answer.status == 200, answer


def test_a_reserved_name_cannot_be_taken(index, tmp_path):
    index.rind("project", "reserve", "our-company")
    answer = http.upload(index.upload_url, index.token(), packages.wheel(tmp_path, "our.company", "1.0"))
    assert answer.status == 400, answer
    assert "isn't allowed" in answer.text


# Serving

def test_serve_says_one_line_and_answers_then(start_index):
    index = start_index()
    assert index.url in index.announcement
    assert index.get("/healthz").status == 200
    index.process.send_signal(signal.SIGINT)
    assert index.process.wait(10) == 0
    assert index.process.stdout.read() in (b"", None)
    index.process.stdout.close()
    index.process = None


def test_a_port_in_use_is_one_line(offline):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run("serve", "--data", offline.data, "--port", port, home=offline.folder)
    assert done.returncode == 1, done
    assert not done.stdout
    assert str(port) in one_line(done.stderr)


def test_a_data_folder_in_use_is_one_line(index):
    done = run("serve", "--data", index.data, "--port", free_port(), home=index.folder)
    assert done.returncode == 1, done
    assert not done.stdout
    assert str(index.data) in one_line(done.stderr)
    assert index.get("/healthz").status == 200


def test_settings_come_from_flags_then_variables_then_the_file(offline):
    offline.data.mkdir()
    ports = {"file": free_port(), "variable": free_port(), "flag": free_port()}
    (offline.data / "rind.yaml").write_text(f"port: {ports['file']}\n")

    def address(arguments, **variables):
        process = subprocess.Popen([str(BINARY), "serve", "--data", str(offline.data), *arguments],
                                   env={**offline.environment, **variables}, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, text=True)
        said = process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        process.stdout.close()
        return said

    assert str(ports["file"]) in address([])
    assert str(ports["variable"]) in address([], RIND_PORT=str(ports["variable"]))
    assert str(ports["flag"]) in address(["--port", str(ports["flag"])], RIND_PORT=str(ports["variable"]))


def test_all_mistakes_in_the_settings_are_reported_together(offline):
    done = subprocess.run([str(BINARY), "serve", "--data", str(offline.data)], capture_output=True, text=True,
                          timeout=60, env={**offline.environment, "RIND_PORT": "a lot", "RIND_BASE_URL": "not a URL"})
    assert done.returncode in (1, 2), done
    assert "RIND_PORT" in done.stderr and "RIND_BASE_URL" in done.stderr, done.stderr


# The doctor

@pytest.fixture
def patient(start_index, tmp_path):
    """A stopped index with a few files in it, and the folder of its blobs."""
    index = start_index()
    index.publish(*[packages.wheel(tmp_path, "patient", f"1.{n}", payload=os.urandom(5000)) for n in range(4)])
    index.stop()
    return index


def blobs(index):
    """The files by digest, the largest last."""
    return sorted((p for p in index.data.glob("blobs/??/*") if len(p.name) == 64), key=lambda p: p.stat().st_size)


def test_the_doctor_finds_nothing_in_a_healthy_index(patient):
    patient.rind("doctor")


def test_the_doctor_works_while_the_index_serves(index, tmp_path):
    index.publish(packages.wheel(tmp_path, "awake", "1.0"))
    index.rind("doctor")


def test_the_doctor_finds_a_flipped_byte(patient):
    victim = blobs(patient)[-1]
    data = bytearray(victim.read_bytes())
    data[len(data) // 2] ^= 1
    victim.chmod(0o644)
    victim.write_bytes(data)
    done = patient.rind("doctor", status=1)
    assert victim.name in done.stdout + done.stderr


def test_the_doctor_finds_a_missing_blob(patient):
    victim = blobs(patient)[-1]
    victim.unlink()
    done = patient.rind("doctor", status=1)
    assert "patient" in done.stdout + done.stderr or victim.name in done.stdout + done.stderr


def test_bytes_that_no_file_names_are_no_illness(patient):
    """What a crash leaves behind. They are named, and they are cleared away in time."""
    data = os.urandom(1000)
    name = hashlib.sha256(data).hexdigest()
    orphan = patient.data / "blobs" / name[:2] / name
    orphan.parent.mkdir(parents=True, exist_ok=True)
    orphan.write_bytes(data)
    assert name in patient.rind("doctor").stdout


def test_the_doctor_prints_facts_for_programs(patient):
    healthy = parsed(patient.rind("doctor", "--json").stdout)
    blobs(patient)[-1].unlink()
    sick = parsed(patient.rind("doctor", "--json", status=1).stdout)
    assert healthy != sick
    [problem] = sick["problems"]
    assert problem["kind"] == "bytes-missing" and "rind import" in problem["remedy"]


def test_the_doctor_says_after_each_finding_what_to_do(patient):
    blobs(patient)[-1].unlink()
    [found, remedy, total] = patient.rind("doctor", status=1).stdout.splitlines()
    assert "are missing" in found and remedy.startswith("    ") and "rind import FOLDER" in remedy and "problems" in total


# Backup

def test_a_backup_made_while_serving_restores_to_the_same_index(start_index, tmp_path):
    index = start_index()
    files = [packages.wheel(tmp_path, f"kept-{n}", "1.0", payload=os.urandom(2000)) for n in range(10)]
    index.publish(*files)
    index.rind("project", "yank", "kept-3", "1.0", "--reason", "why not")
    backup = tmp_path / "index.backup"
    index.rind("backup", backup)
    index.publish(packages.wheel(tmp_path, "too-late", "1.0"))

    written = backup.read_bytes()
    refused = one_line(index.rind("backup", backup, status=1).stderr)
    assert "--force" in refused and backup.read_bytes() == written
    index.rind("backup", tmp_path / "later.backup")
    index.rind("backup", "--force", tmp_path / "later.backup")

    other = start_index(serve=False)
    other.rind("restore", backup)
    other.start()
    assert other.get("/simple/too-late/").status == 404
    for n in range(10):
        assert other.page(f"kept-{n}")["files"] == [
            {**f, "url": other_file["url"]}
            for f, other_file in zip(index.page(f"kept-{n}")["files"], other.page(f"kept-{n}")["files"])]
        [name] = other.files(f"kept-{n}")
        assert http.get(other.file_url(f"kept-{n}", name)).body == (tmp_path / name).read_bytes()
    # The tokens work as before, and go on where they were.
    answer = http.upload(other.upload_url, index.token(), packages.wheel(tmp_path, "kept-0", "1.1"))
    assert answer.status == 200, answer
    other.rind("doctor")


def test_a_backup_is_not_restored_over_an_index(index, tmp_path):
    index.publish(packages.wheel(tmp_path, "precious", "1.0"))
    backup = tmp_path / "index.backup"
    index.rind("backup", backup)
    index.stop()
    assert one_line(index.rind("restore", backup, status=1).stderr)
    index.start()
    assert index.files("precious")


def test_a_cut_backup_is_not_restored(index, tmp_path, start_index):
    index.publish(packages.wheel(tmp_path, "whole", "1.0", payload=os.urandom(100_000)))
    backup = tmp_path / "index.backup"
    index.rind("backup", backup)
    cut = tmp_path / "cut.backup"
    cut.write_bytes(backup.read_bytes()[: backup.stat().st_size // 2])
    other = start_index(serve=False)
    assert one_line(other.rind("restore", cut, status=1).stderr)


# Import

@pytest.fixture
def folder(tmp_path):
    """Folders of packages as pypiserver or devpi leave them, and things that are none."""
    root = tmp_path / "old-index"
    for n in range(60):
        packages.wheel(root / f"{n % 7}", f"moved-{n}", "1.0", payload=os.urandom(20_000))
    packages.sdist(root / "source", "moved-0", "1.0")
    shutil.rmtree(root / "source/.built")
    (root / "README.txt").write_text("not a package")
    return root


def everything(index):
    return {p["name"] for p in index.get("/simple/", Accept=http.SIMPLE_JSON).json["projects"]}


def test_import_takes_a_folder_and_says_what_it_did(folder, start_index):
    index = start_index(serve=False)
    index.rind("user", "add", "ada", "--email", "ada@example.org")
    index.rind("import", folder, "--owner", "ada")
    index.start()
    assert len(everything(index)) == 60
    assert len(index.files("moved-0")) == 2
    # Again: nothing new, nothing wrong.
    serial = index.serial()
    index.rind("import", folder, "--owner", "ada")
    assert index.serial() == serial
    # The owner may publish.
    answer = http.upload(index.upload_url, index.rind("token", "issue", "ada").stdout.strip(),
                         packages.wheel(folder.parent, "moved-5", "2.0"))
    assert answer.status == 200, answer


def test_import_reports_what_it_does_not_take_and_takes_the_rest(folder, start_index):
    broken = folder / "broken_thing-1.0-py3-none-any.whl"
    broken.write_bytes(b"PK not really")
    index = start_index(serve=False)
    done = index.rind("import", folder, status=1)
    assert broken.name in done.stdout + done.stderr
    index.start()
    assert len(everything(index)) == 60


def test_what_an_import_passes_over_is_noted_and_installs(tmp_path, start_index):
    root, day = tmp_path / "old", 1_500_000_000
    for version in ("1.0", "2.0"):
        path = packages.wheel(root, "history", version)
        os.utime(path, (day, day) if version == "1.0" else None)
    # RECORD names a file that is not there any more, as in many a wheel on the public index.
    with zipfile.ZipFile(path) as old:
        members = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w") as new:
        for name, data in members.items():
            new.writestr(name, data + b"history/gone.c,sha256=AAAA,1\n" if name.endswith("RECORD") else data)
    # A file twice, and two gzip members.
    info = packages.metadata("history", "2.0")
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        for name, data in (("PKG-INFO", info), ("a", b"1"), ("a", b"2")):
            member = tarfile.TarInfo(f"history-2.0/{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    data = tar.getvalue()
    (root / "history-2.0.tar.gz").write_bytes(gzip.compress(data[:700]) + gzip.compress(data[700:]))
    index = start_index(serve=False)
    done = index.rind("import", root)
    assert "3 imported" in done.stdout and done.stdout.count("note: ") == 3, done.stdout
    notes = json.loads(index.rind("doctor", "--notes", "--json").stdout)
    assert [n["file"] for n in notes] == ["history-2.0-py3-none-any.whl"] + ["history-2.0.tar.gz"] * 2
    assert "gone.c" in notes[0]["note"]
    index.rind("doctor")
    index.start()
    assert index.files("history")["history-1.0-py3-none-any.whl"]["upload-time"].startswith("2017-07-14T02:40:00")
    for tool, option in (("pip", "--uploaded-prior-to"), ("uv", "--exclude-newer")):
        installer = Installer(tool, tmp_path / tool, index.simple)
        done = installer.install(option, "2018-01-01T00:00:00Z", "history")
        assert done and installer.installed() == {"history": "1.0"}, done.output
        done = installer.install("history==2.0")
        assert done and installer.installed() == {"history": "2.0"}, done.output


def test_an_import_that_was_killed_is_resumed(folder, start_index):
    index = start_index(serve=False)
    for round in range(3):
        process = subprocess.Popen([str(BINARY), "import", str(folder), "--data", str(index.data)],
                                   env=index.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        time.sleep(0.05 + 0.1 * round)
        process.kill()
        process.wait()
    index.rind("import", folder)
    index.start()
    assert len(everything(index)) == 60
    index.rind("doctor")


def test_an_import_works_while_the_index_serves(folder, index):
    index.rind("import", folder)
    assert wait(lambda: len(everything(index)) == 60)


def test_a_data_folder_that_cannot_be_written_is_one_line(tmp_path):
    blocked = tmp_path / "a-file"
    blocked.write_text("not a folder")
    for arguments in (["serve", "--port", str(free_port())], ["doctor"]):
        done = run(*arguments, "--data", blocked / "data", home=tmp_path)
        assert done.returncode == 1, done
        assert one_line(done.stderr)


def test_a_new_key_for_secrets_is_on_record(offline):
    offline.rind("user", "add", "ada", "--email", "ada@example.org")
    said = offline.rind("keys", "rotate").stdout
    [entry] = [e for e in parsed(offline.rind("log", "show", "--json").stdout) if e["action"] == "keys.rotate"]
    assert entry["actor"] == "operator" and f"Key {entry['details']['key']} is current" in said


def test_breached_passwords_are_imported_from_files_folders_and_a_pipe(offline, tmp_path):
    hashes = sorted(hashlib.sha1(b"password %d" % n).hexdigest().upper() for n in range(2000))
    whole = tmp_path / "hashes.txt"
    whole.write_text("".join(f"{h}:{n}\r\n" for n, h in enumerate(hashes, 1)), newline="")
    done = json.loads(offline.rind("passwords", "import", whole, "--json").stdout)
    assert done["passwords"] == 2000 and done["leftOut"] == 0
    made = offline.data / "breached-passwords"
    assert made.stat().st_size == done["bytes"]

    ranges = tmp_path / "ranges"
    ranges.mkdir()
    for n, h in enumerate(hashes, 1):
        with open(ranges / f"{h[:5]}.txt", "a") as file:
            file.write(f"{h[5:]}:{n}\n")
    assert json.loads(offline.rind("passwords", "import", ranges, "--json").stdout)["passwords"] == 2000

    done = offline.rind("passwords", "import", "-", "--json", input=whole.read_text())
    assert json.loads(done.stdout)["passwords"] == 2000

    entries = [e for e in parsed(offline.rind("log", "show", "--json").stdout) if e["action"] == "passwords.import"]
    assert len(entries) == 3 and entries[-1]["actor"] == "operator" and entries[-1]["details"]["passwords"] == "2000"

    done = offline.rind("passwords", "import", whole, "--minimum-count", "1001")
    assert "1000 passwords" in done.stdout and "1000 left out" in done.stdout
    assert one_line(offline.rind("passwords", "import", tmp_path / "nowhere", status=1).stderr)
    whole.write_text("hello\n")
    assert "line 1" in one_line(offline.rind("passwords", "import", whole, status=1).stderr)
    assert not (offline.data / "breached-passwords.partial").exists()
