"""What the system refuses: every command says it in a sentence with what to do, and by its exit status."""
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import time

import pytest

from support import packages
from support.index import BINARY, clean_environment, free_port

# What no sentence for people has in it.
DUMPS = re.compile(r"Error Domain=|NSError|Optional\(|\w+Error[.(]|errno|SQLite error|Fatal|fatal error|Stack|0x[0-9a-f]{6}|\n\s+at ")


@pytest.fixture
def offline(start_index):
    """A data folder with an account in it, that nobody serves."""
    index = start_index(serve=False)
    index.rind("user", "add", "ada", "--email", "ada@example.org")
    return index


def run(index, *arguments, status, input="", **variables):
    """Runs a command, and insists on its status and on sentences."""
    done = subprocess.run([str(BINARY), *map(str, arguments)], capture_output=True, text=True, timeout=60,
                          env={**index.environment, **variables}, input=input, cwd=index.folder)
    said = done.stderr
    assert done.returncode == status, (arguments, done)
    assert said.strip(), (arguments, done)
    assert not DUMPS.search(said), said
    if status == 1:
        for line in said.strip().splitlines():
            assert re.match(r"rind: .*\S", line), line
        assert said.strip()[-1] in ".!?'" or re.search(r": (rind|chmod) \S.*$", said.strip()), said
    return said


# What commands do with a data folder of each kind. Each takes the folder with --data.
COMMANDS = [
    ["user", "list"], ["user", "add", "grace", "--email", "grace@example.org"], ["user", "password-link", "ada"],
    ["user", "vouch", "ada"], ["user", "sign-out", "ada"], ["user", "recovery", "ada", "--cancel"],
    ["token", "issue", "ada"], ["token", "list", "ada"], ["token", "revoke", "x"],
    ["project", "yank", "demo", "1.0"], ["project", "unyank", "demo", "1.0"], ["project", "reserve", "demo"],
    ["project", "role", "add", "demo", "ada", "owner"],
    ["critical", "list"], ["critical", "compute"], ["critical", "explain", "demo"],
    ["giveaway", "list"], ["authenticators", "list"], ["keys", "rotate"],
    ["downloads", "list"], ["downloads", "show", "demo"], ["downloads", "ingest", "access.log"],
    ["downloads", "import", "counts.csv"],
    ["mail", "list"], ["mail", "retry", "1"], ["mail", "test", "ada@example.org", "--wait", "1"], ["log", "show"],
    ["doctor"], ["backup", "rind.tar"], ["import", "packages"], ["serve", "--port", "0"],
]


def some_files(index):
    """What the commands above read, so that nothing but the data folder is wrong."""
    (index.folder / "packages").mkdir(exist_ok=True)
    (index.folder / "access.log").write_text(
        '127.0.0.1 - - [29/Nov/2026:00:00:00 +0000] "GET /x/demo-1.0.tar.gz HTTP/1.1" 200 1 "-" "pip/25.0"\n')
    (index.folder / "counts.csv").write_text("name,day,count\ndemo,2026-11-01,3\n")


@pytest.fixture
def broken(offline):
    """Breaks a data folder in some way, and returns a word that has to be said of it."""
    some_files(offline)
    database = offline.data / "index.sqlite"

    def breaks(how):
        if how == "damaged":
            database.write_bytes(b"not a database " * 1000)
            return "rind restore"
        if how == "newer":
            with sqlite3.connect(database) as connection:
                connection.execute("INSERT INTO migration VALUES ('9999-to-come')")
            connection.close()
            return "later version"
        if how == "unreleased":
            with sqlite3.connect(database) as connection:
                connection.execute("UPDATE migration SET name = '0001-index'")
            connection.close()
            return "before its first release"
        if how == "half restored":
            (offline.data / "index.sqlite.restoring").touch()
            return "rind restore"
        if how == "keys damaged":
            (offline.data / "keys.json").write_text("{}")
            return "key file"
        if how == "keys for all":
            (offline.data / "keys.json").chmod(0o644)
            return "chmod 600"
        if how == "settings":
            (offline.data / "rind.yaml").write_text("port: [8080\n")
            return "rind.yaml"
        if how == "a file":
            shutil.rmtree(offline.data)
            offline.data.write_text("not a folder")
            return str(offline.data)
        raise AssertionError(how)

    return breaks


@pytest.mark.parametrize("how", ["damaged", "newer", "unreleased", "half restored", "keys damaged", "keys for all",
                                 "settings", "a file"])
def test_a_folder_that_cannot_be_opened_is_a_sentence_for_every_command(how, broken, offline):
    word = broken(how)
    for command in COMMANDS:
        said = run(offline, *command, "--data", offline.data, status=1)
        assert word in said, (command, said)
        assert len(said.strip().splitlines()) == 1, said
    if how == "half restored":
        said = run(offline, "passwords", "import", "-", "--data", offline.data, status=1)
        assert word in said, said
        with sqlite3.connect(offline.data / "index.sqlite") as connection:
            assert connection.execute("SELECT COUNT(*) FROM account").fetchone() == (1,)
        connection.close()


def test_a_database_that_another_process_holds_is_a_sentence(offline):
    holder = sqlite3.connect(offline.data / "index.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        said = run(offline, "project", "reserve", "held", "--data", offline.data, status=1)
    finally:
        holder.execute("ROLLBACK")
        holder.close()
    assert "another process" in said
    offline.rind("project", "reserve", "held")


@pytest.mark.parametrize("command", [
    ["import", "nowhere"], ["restore", "nowhere"], ["downloads", "ingest", "nowhere"],
    ["downloads", "import", "nowhere"], ["passwords", "import", "nowhere"],
    ["authenticators", "import", "nowhere", "--root", "nowhere"], ["authenticators", "names", "nowhere"],
    ["authenticators", "add-root", "nowhere"],
    ["user", "add", "eve", "--email", "eve@example.org", "--password-file", "nowhere"],
    ["user", "list", "--config", "nowhere"], ["backup", "nowhere/rind.tar"], ["backup", "."],
    ["restore", "."], ["downloads", "ingest", "."], ["serve", "--config", "nowhere"],
], ids=" ".join)
def test_a_file_that_is_not_there_is_a_sentence_that_names_it(command, offline):
    # A restore would find the index that is there first.
    folder = offline.folder / "new" if command[0] == "restore" else offline.data
    said = run(offline, *command, "--data", folder, status=1)
    assert next(a for a in command if a.startswith(("nowhere", "."))).split("/")[0] in said
    assert not (offline.folder / "new").exists()


@pytest.mark.parametrize("arguments, word", [
    (["--host", "192.0.2.1", "--port", "0"], "--host"), (["--host", "no.such.host.invalid"], "--host"),
    (["--host", "not a host"], "--host"),
], ids=["another machine's address", "an unknown name", "no name"])
def test_an_address_that_cannot_be_listened_on_is_a_sentence(arguments, word, offline):
    assert word in run(offline, "serve", "--data", offline.data, *arguments, status=1)


def test_a_mail_server_that_is_not_there_is_a_sentence(offline):
    said = run(offline, "mail", "test", "ada@example.org", "--wait", "5", "--data", offline.data, status=1,
               RIND_SMTP="smtp://127.0.0.1:1", RIND_SMTP_TLS="none")
    assert "mail" in said


@pytest.mark.parametrize("flags, variables, status", [
    (["--port", "a lot"], {}, 2), (["--log-level", "loud"], {}, 2), (["--base-url", "nonsense"], {}, 2),
    (["--max-file-size", "huge"], {}, 2), (["--port", "70000"], {}, 2),
    ([], {"RIND_PORT": "a lot"}, 1), ([], {"RIND_NONSENSE": "1"}, 1),
])
def test_a_wrong_flag_is_wrong_usage_and_a_wrong_variable_is_a_failure(flags, variables, status, offline):
    run(offline, "serve", "--data", offline.data, *flags, status=status, **variables)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_a_sentence(offline):
    some_files(offline)
    offline.data.chmod(0o500)
    try:
        for command in COMMANDS:
            done = subprocess.run([str(BINARY), *command, "--data", str(offline.data)], capture_output=True, text=True,
                                  timeout=60, env=offline.environment, cwd=offline.folder)
            assert not DUMPS.search(done.stderr), (command, done)
    finally:
        offline.data.chmod(0o700)


# Where it is served

def test_links_of_commands_lead_to_where_the_index_is_served(start_index):
    index = start_index()
    link = index.rind("user", "add", "ada", "--email", "ada@example.org").stdout
    assert link.startswith(f"{index.url}/account/"), link
    assert index.get(link.strip().removeprefix(index.url)).status in (200, 303)
    # Stopped: it will be there again. Started elsewhere: there.
    index.stop()
    stopped = index.rind("user", "password-link", "ada")
    assert stopped.stdout.startswith(f"{index.url}/account/") and "No server runs on" in stopped.stderr
    index.port = free_port()
    index.start()
    started = index.rind("user", "password-link", "ada")
    assert started.stdout.startswith(f"{index.url}/account/") and started.stdout.count("\n") == 1
    assert "No server" not in started.stderr
    assert "sets the password of ada with it, once, until 20" in started.stderr and "days)" in started.stderr
    index.stop()
    index.options = ["--base-url", "https://packages.example.org"]
    index.start()
    assert index.rind("user", "password-link", "ada").stdout.startswith("https://packages.example.org/account/")
    # It wins over a setting that the server was not started with. What somebody has written into the note does not
    # become part of a link.
    def printed():
        done = subprocess.run([str(BINARY), "user", "password-link", "ada", "--data", str(index.data)], text=True,
                              capture_output=True,
                              env={**index.environment, "RIND_BASE_URL": "https://other.example.org"})
        assert done.returncode == 0, done
        return done

    assert printed().stdout.startswith("https://packages.example.org/account/")
    for note in ["nonsense\n", "https://evil.example.org/ \x1b[2J\n", "ftp://x\n", "x" * 5000]:
        (index.data / "served-address").write_text(note)
        assert index.rind("user", "password-link", "ada").stdout.startswith("http://127.0.0.1:8080/account/")
        assert printed().stdout.startswith("https://other.example.org/account/")
    # Where no server runs, the next one will most likely be where the setting says.
    (index.data / "served-address").write_text("https://packages.example.org\n")
    index.stop()
    stopped = printed()
    assert stopped.stdout.startswith("https://other.example.org/account/") and "No server runs on" in stopped.stderr


# What is left after a stop

def test_after_a_stop_the_log_is_folded_into_the_database(index, tmp_path):
    index.publish(packages.wheel(tmp_path, "folded", "1.0"))
    assert (index.data / "index.sqlite-wal").stat().st_size > 0
    for how in (signal.SIGTERM, signal.SIGINT):
        if index.process is None:
            index.start()
        index.get("/simple/folded/")
        index.rind("user", "list")
        index.process.send_signal(how)
        assert index.process.wait(10) == 0
        index.process.stdout.close()
        index.process = None
        assert not list(index.data.glob("index.sqlite-*"))
    # One file, which can be read alone.
    with sqlite3.connect(f"file:{index.data}/index.sqlite?immutable=1", uri=True) as connection:
        assert connection.execute("SELECT COUNT(*) FROM file").fetchone() == (1,)
    connection.close()


# Backups that are killed

def test_killed_backups_leave_nothing_behind_for_good(index, tmp_path):
    index.publish(*[packages.wheel(tmp_path, f"big-{n}", "1.0", payload=os.urandom(3_000_000)) for n in range(4)])
    folder = tmp_path / "backups"
    folder.mkdir()
    for delay in (0.02, 0.05, 0.1, 0.2):
        process = subprocess.Popen([str(BINARY), "backup", str(folder / "killed.tar"), "--data", str(index.data)],
                                   env=index.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(delay)
        process.kill()
        process.wait()
    index.rind("backup", folder / "whole.tar")
    assert {p.name for p in folder.iterdir()} <= {"whole.tar", "killed.tar"}
    assert stat.S_IMODE((folder / "whole.tar").stat().st_mode) == 0o600


def test_two_backups_at_once_are_both_whole(index, tmp_path, start_index):
    index.publish(*[packages.wheel(tmp_path, f"twice-{n}", "1.0", payload=os.urandom(300_000)) for n in range(4)])
    same, other = tmp_path / "same.tar", tmp_path / "other.tar"
    running = [subprocess.Popen([str(BINARY), "backup", str(p), "--force", "--data", str(index.data)], env=index.environment,
                                stdout=subprocess.DEVNULL) for p in (same, same, other)]
    assert [p.wait(60) for p in running] == [0, 0, 0]
    for path in (same, other):
        restored = start_index(serve=False)
        restored.rind("restore", path)
        restored.rind("doctor")


def test_a_restore_that_is_killed_is_served_by_nobody_and_done_again(index, tmp_path, start_index):
    index.publish(*[packages.wheel(tmp_path, f"half-{n}", "1.0", payload=os.urandom(4_000_000)) for n in range(8)])
    backup = tmp_path / "whole.tar"
    index.rind("backup", backup)
    halves = 0
    for delay in (0.05, 0.1, 0.15, 0.2, 0.3, 0.4):
        other = start_index(serve=False)
        process = subprocess.Popen([str(BINARY), "restore", str(backup), "--data", str(other.data)],
                                   env=other.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(delay)
        process.kill()
        process.wait()
        if (other.data / "index.sqlite.restoring").exists():
            halves += 1
            for command in (["serve", "--port", "0"], ["doctor"], ["user", "list"]):
                assert "rind restore" in run(other, *command, "--data", other.data, status=1)
        if not (other.data / "index.sqlite").exists():
            other.rind("restore", backup)
        other.start()
        assert len(other.get("/simple/", Accept="application/vnd.pypi.simple.v1+json").json["projects"]) == 8
        other.stop()
        assert "nothing is wrong" in other.rind("doctor").stdout
        assert json.loads(other.rind("doctor", "--json").stdout)["orphans"] == []
    assert halves, "no restore was caught in the middle"


def test_a_restore_into_a_folder_in_use_or_not_empty_is_refused(index, tmp_path):
    backup = tmp_path / "whole.tar"
    index.rind("backup", backup)
    assert "There is an index" in run(index, "restore", backup, "--data", index.data, status=1)
    home = tmp_path / "home"
    home.mkdir()
    (home / "letters").write_text("dear")
    assert "not empty" in run(index, "restore", backup, "--data", home, status=1)
    assert [p.name for p in home.iterdir()] == ["letters"]
