"""What happens to a credential while an upload with it is under way, on a raw socket."""
import calendar
import json
import os
import socket
import sqlite3
import time

import pytest

from support import http, packages


def held_back(index, path, token, meanwhile):
    """Sends all but the last 40 bytes of an upload, does something, and sends the rest."""
    body, kind = http.form(http.upload_fields(path), path.name, path.read_bytes())
    head = (f"POST /legacy/ HTTP/1.1\r\nHost: h\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
            f"Authorization: {http.basic('__token__', token)}\r\nConnection: close\r\n\r\n").encode()
    with socket.create_connection(("127.0.0.1", index.port)) as connection:
        connection.settimeout(30)
        connection.sendall(head + body[:-40])
        # The token has been let in as soon as there is a file that comes in.
        deadline = time.monotonic() + 10
        while not os.listdir(index.data / "blobs/incoming"):
            assert time.monotonic() < deadline, "the upload did not begin"
            time.sleep(0.02)
        meanwhile()
        connection.sendall(body[-40:])
        answer = b""
        while data := connection.recv(65536):
            answer += data
    return int(answer.split()[1]), answer.decode(errors="replace")


def blobs(index):
    return sorted(p.name for p in (index.data / "blobs").rglob("*") if p.is_file())


@pytest.mark.parametrize("event", ["revoked", "expired", "demoted", "archived", "more is asked"])
def test_what_an_upload_rests_on_ends_while_it_comes_in(start_index, tmp_path, event):
    index = start_index()
    index.publish(packages.wheel(tmp_path, "held", "1.0"))
    index.rind("user", "add", "bob", "--email", "bob@example.org")
    index.rind("project", "role", "add", "held", "bob", "owner")
    token = index.rind("token", "issue", "ada", "--expires", "1d").stdout.strip()
    known = json.loads(index.rind("token", "list", "ada", "--json").stdout)
    before, pages = blobs(index), index.page("held")

    def meanwhile():
        if event == "revoked":
            for one in known:
                index.rind("token", "revoke", one["id"])
        elif event == "expired":
            # What would take a day.
            database = sqlite3.connect(index.data / "index.sqlite", timeout=10)
            with database:
                database.execute("UPDATE token SET expires_at = ?", (int(time.time() * 1e6) - 1,))
            database.close()
        elif event == "demoted":
            index.rind("project", "role", "remove", "held", "ada")
        elif event == "archived":
            index.rind("project", "status", "held", "archived")
        else:
            index.rind("project", "require", "held", "second-factor")

    status, answer = held_back(index, packages.wheel(tmp_path, "held", "2.0", payload=os.urandom(300_000)), token, meanwhile)
    assert status == 403, answer
    said = {"revoked": "This API token was revoked before", "expired": "This API token expired on",
            "demoted": "isn't allowed to upload", "archived": "takes no new files", "more is asked": "second factor"}
    assert said[event] in answer
    assert blobs(index) == before
    assert index.page("held")["files"] == pages["files"]
    assert index.rind("doctor").returncode == 0


def test_an_upload_has_the_time_at_which_it_was_complete(start_index, tmp_path):
    index = start_index()
    token = index.token()
    began = time.time()
    status, answer = held_back(index, packages.wheel(tmp_path, "slow", "1.0", payload=os.urandom(300_000)), token, lambda: time.sleep(2))
    assert status == 200, answer
    [file] = index.page("slow")["files"]
    uploaded = calendar.timegm(time.strptime(file["upload-time"][:19], "%Y-%m-%dT%H:%M:%S"))
    assert uploaded >= int(began) + 2
