"""Requests as no client makes them, over raw sockets: each gets its answer in bounded time, and nothing is half done."""
import os
import re
import resource
import socket
import threading
import time

import pytest

from support import http, packages
from support.index import Index


@pytest.fixture(scope="module")
def published(shared_index, tmp_path_factory):
    """A project with one file, and the file."""
    path = packages.wheel(tmp_path_factory.mktemp("files"), "wired", "1.0", payload=os.urandom(400_000))
    shared_index.publish(path)
    return path


def exchange(index, text, **more):
    return http.raw(("127.0.0.1", index.port), text.encode("latin-1"), **more)


# What could be read in two ways is not read at all.
FRAMING = {
    "no Host": "GET /simple/ HTTP/1.1\r\n\r\n",
    "two Hosts": "GET /simple/ HTTP/1.1\r\nHost: a.example.org\r\nHost: b.example.org\r\n\r\n",
    "length and chunks": "POST /legacy/ HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": "POST /legacy/ HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    "length with a sign": "POST /legacy/ HTTP/1.1\r\nHost: h\r\nContent-Length: +5\r\n\r\nhello",
    "negative length": "POST /legacy/ HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n",
    "unknown coding": "POST /legacy/ HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunked not last": "POST /legacy/ HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
    "chunks in HTTP/1.0": "POST /legacy/ HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "space before the colon": "GET /simple/ HTTP/1.1\r\nHost : h\r\n\r\n",
    "folded header": "GET /simple/ HTTP/1.1\r\nHost: h\r\nX-Long: a\r\n b\r\n\r\n",
    "bare line": "GET /simple/ HTTP/1.1\r\nHost: h\r\nnonsense\r\n\r\n",
    "bad chunk size": "POST /legacy/ HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
    "no HTTP at all": "EHLO mail.example.org\r\n\r\n",
    "endless header": "GET /simple/ HTTP/1.1\r\nHost: h\r\nX: " + "a" * 200_000 + "\r\n\r\n",
    "endless target": "GET /" + "a" * 200_000 + " HTTP/1.1\r\nHost: h\r\n\r\n",
}


@pytest.mark.parametrize("text", FRAMING.values(), ids=FRAMING.keys())
def test_what_is_ambiguous_is_refused_and_the_connection_closed(shared_index, text):
    smuggled = "GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n"
    answer = exchange(shared_index, text + smuggled)
    statuses = [int(s) for s in re.findall(rb"HTTP/1\.1 (\d{3}) ", answer)]
    assert len(statuses) <= 1 and all(400 <= s < 600 for s in statuses), answer[:1000]


def test_requests_in_a_row_on_one_connection_are_answered_in_order(shared_index, published):
    one = "GET /simple/wired/ HTTP/1.1\r\nHost: h\r\nAccept: {}\r\n\r\n"
    last = "GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
    answer = exchange(shared_index, one.format("text/html") + one.format(http.SIMPLE_JSON) + last)
    assert answer.count(b"HTTP/1.1 200") == 3, answer[:500]
    first, second = answer.lower().find(b"text/html"), answer.lower().find(b"application/vnd.pypi.simple.v1+json")
    assert 0 < first < second


def test_a_trickled_header_is_cut_off(shared_index):
    """Slowloris: a byte a second for ever would keep the connection as long as it likes."""
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", shared_index.port), timeout=5) as connection:
        connection.sendall(b"GET /simple/ HTTP/1.1\r\nHost: h\r\n")
        closed = False
        while not closed and time.monotonic() - began < 60:
            try:
                connection.sendall(b"X")
                connection.settimeout(0.5)
                closed = connection.recv(1000) == b"" or closed
            except TimeoutError:
                continue
            except OSError:
                closed = True
    assert closed
    assert shared_index.get("/healthz").status == 200


@pytest.mark.slow
def test_a_body_that_does_not_come_is_cut_off(shared_index):
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", shared_index.port), timeout=5) as connection:
        head = (f"POST /legacy/ HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n"
                f"Authorization: {http.basic('__token__', shared_index.token())}\r\n"
                "Content-Type: multipart/form-data; boundary=xyz\r\n\r\n--xyz\r\n")
        connection.sendall(head.encode())
        closed = False
        while not closed and time.monotonic() - began < 180:
            try:
                connection.settimeout(1)
                connection.sendall(b"X")
                closed = connection.recv(1000) == b""
            except TimeoutError:
                continue
            except OSError:
                closed = True
    assert closed


@pytest.mark.slow
def test_a_reader_that_does_not_read_is_cut_off_and_costs_no_memory(shared_index, tmp_path):
    path = packages.wheel(tmp_path, "unread", "1.0", payload=os.urandom(50_000_000))
    shared_index.publish(path)
    url = http.urllib.parse.urlsplit(shared_index.file_url("unread", path.name)).path
    before = shared_index.memory()
    lazy = []
    for _ in range(30):
        connection = socket.create_connection(("127.0.0.1", shared_index.port))
        connection.sendall(f"GET {url} HTTP/1.1\r\nHost: h\r\n\r\n".encode())
        lazy.append(connection)
    time.sleep(5)
    assert shared_index.memory() - before < 60_000_000
    assert shared_index.get("/healthz").status == 200
    for connection in lazy:
        connection.close()


def test_an_upload_that_breaks_off_leaves_nothing(shared_index, tmp_path):
    path = packages.wheel(tmp_path, "half-sent", "1.0", payload=os.urandom(100_000))
    body, kind = http.form(http.upload_fields(path), path.name, path.read_bytes())
    head = (f"POST /legacy/ HTTP/1.1\r\nHost: h\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
            f"Authorization: {http.basic('__token__', shared_index.token())}\r\n\r\n").encode()
    for part in (0.1, 0.5, 0.99):
        answer = http.raw(("127.0.0.1", shared_index.port), head + body[: int(len(body) * part)], close_write=True)
        assert b" 200 " not in answer.split(b"\r\n")[0]
    assert shared_index.get("/simple/half-sent/").status == 404
    shared_index.publish(path)


def test_an_upload_in_chunks_is_taken(shared_index, tmp_path):
    path = packages.wheel(tmp_path, "in-pieces", "1.0", payload=os.urandom(100_000))
    body, kind = http.form(http.upload_fields(path), path.name, path.read_bytes())
    answer = http.request("POST", shared_index.upload_url, (body[i:i + 999] for i in range(0, len(body), 999)),
                          {"Content-Type": kind, "Authorization": http.basic("__token__", shared_index.token())})
    assert answer.status == 200, answer


@pytest.mark.parametrize(["changes", "said"], [
    ({"sha256_digest": "0" * 64}, "digest"),
    ({"blake2_256_digest": "0" * 64}, "digest"),
    ({"name": None}, "name"),
    ({"version": None}, "version"),
    ({"version": "not a version"}, "version"),
    ({"name": "-"}, "name"),
    ({"name": "other-name"}, "name"),
    ({"version": "9.9"}, "version"),
    ({"filetype": "sdist"}, "sdist"),
    ({"filetype": "bdist_egg"}, "file"),
    ({"name": ["odd-one", "odd-one-again"]}, "name"),
    ({":action": "submit"}, "upload your files instead"),
    ({":action": None}, "action"),
    ({"protocol_version": "2"}, "protocol"),
    ({"requires_python": ">=2.5"}, "Requires-Python"),
    ({"metadata_version": "9.9"}, "metadata"),
], ids=str)
def test_a_form_that_does_not_fit_is_refused_in_words(shared_index, tmp_path, changes, said):
    path = packages.wheel(tmp_path, "odd-one", "1.0", requires_python=">=3.8")
    answer = http.upload(shared_index.upload_url, shared_index.token(), path, **changes)
    assert answer.status == (410 if changes.get(":action") == "submit" else 400), answer
    assert said.lower() in answer.text.lower(), answer
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.reason.isprintable() and answer.reason != "Bad Request"
    assert answer.text.startswith(answer.reason[:40].split("?")[0]), answer
    assert shared_index.get("/simple/odd-one/").status == 404


def test_without_credentials_an_upload_is_refused_with_a_challenge(shared_index, tmp_path):
    path = packages.wheel(tmp_path, "anonymous", "1.0")
    body, kind = http.form(http.upload_fields(path), path.name, path.read_bytes())
    answer = http.request("POST", shared_index.upload_url, body, {"Content-Type": kind})
    assert answer.status in (401, 403), answer
    assert answer.text


def test_a_range_is_served_and_a_wrong_one_refused(shared_index, published):
    data = published.read_bytes()
    url = shared_index.file_url("wired", published.name)
    whole = http.request("GET", url)
    assert whole.body == data
    tag = whole.headers["etag"]
    assert not tag.startswith("W/")
    table = [
        ({"Range": "bytes=0-99"}, 206, data[:100]),
        ({"Range": "bytes=-100"}, 206, data[-100:]),
        ({"Range": f"bytes={len(data) - 10}-"}, 206, data[-10:]),
        ({"Range": "bytes=100-", "If-Range": tag}, 206, data[100:]),
        ({"Range": "bytes=100-", "If-Range": '"another"'}, 200, data),
        ({"Range": f"bytes={len(data)}-"}, 416, None),
        ({"If-None-Match": tag}, 304, b""),
    ]
    for headers, status, body in table:
        answer = http.request("GET", url, headers=headers)
        assert answer.status == status, (headers, answer)
        if body is not None:
            assert answer.body == body, headers
    head = http.request("HEAD", url)
    assert head.status == 200 and head.body == b"" and int(head.headers["content-length"]) == len(data)
    assert "immutable" in head.headers["cache-control"]


def test_pages_say_what_they_are_and_when_they_changed(shared_index, published):
    tags = set()
    for accept, kind in [("*/*", "text/html"), (http.SIMPLE_HTML, http.SIMPLE_HTML), (http.SIMPLE_JSON, http.SIMPLE_JSON),
                         ("text/html", "text/html"), ("application/x-unheard-of", "text/html")]:
        answer = shared_index.get("/simple/wired/", Accept=accept)
        assert answer.status == 200 and answer.headers["content-type"].split(";")[0] == kind, answer
        assert answer.headers["cache-control"] == "no-cache"
        assert {"accept", "accept-encoding"} <= {v.strip().lower() for v in answer.headers["vary"].split(",")}
        assert int(answer.headers["x-pypi-last-serial"]) > 0
        assert not answer.headers["etag"].startswith("W/")
        tags.add((kind, answer.headers["etag"]))
        again = shared_index.get("/simple/wired/", Accept=accept, If_None_Match=answer.headers["etag"])
        assert again.status == 304 and not again.body
    assert len({tag for _, tag in tags}) == len({kind for kind, _ in tags})


def test_other_spellings_are_redirected_to_the_one(shared_index, published):
    for path in ("/simple/Wired/", "/simple/wired"):
        answer = shared_index.get(path)
        assert answer.status in (301, 308), answer
        assert answer.headers["location"].endswith("/simple/wired/")


@pytest.mark.slow
def test_ten_thousand_idle_connections_do_not_keep_others_out(start_index):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 10_500
    if hard != resource.RLIM_INFINITY and hard < wanted:
        pytest.skip(f"this machine allows only {hard} open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    index, idle = start_index(), []
    try:
        for _ in range(10_000):
            idle.append(socket.create_connection(("127.0.0.1", index.port)))
        began = time.monotonic()
        assert index.get("/simple/").status == 200
        assert time.monotonic() - began < 5
    finally:
        for connection in idle:
            connection.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_stop_waits_for_the_request_that_is_running_and_not_for_idle_connections(start_index, tmp_path):
    index = start_index()
    path = packages.wheel(tmp_path, "last-minute", "1.0", payload=os.urandom(50_000))
    body, kind = http.form(http.upload_fields(path), path.name, path.read_bytes())
    token = index.token()
    idle = socket.create_connection(("127.0.0.1", index.port))
    answers = []

    def slowly():
        for n in range(0, len(body), 20_000):
            time.sleep(0.3)
            yield body[n:n + 20_000]

    def publish():
        answers.append(http.request("POST", index.upload_url, slowly(), {
            "Content-Type": kind, "Authorization": http.basic("__token__", token)}))

    upload = threading.Thread(target=publish)
    upload.start()
    time.sleep(0.4)
    index.stop()  # insists on ten seconds
    upload.join(15)
    idle.close()
    assert answers and answers[0].status == 200, answers
    index.start()
    assert index.files("last-minute")


def test_health_and_metrics(shared_index, published):
    assert shared_index.get("/healthz").status == 200
    metrics = shared_index.get("/metrics")
    assert metrics.status == 200 and metrics.headers["content-type"].startswith("text/plain")
    lines = [line for line in metrics.text.splitlines() if line and not line.startswith("#")]
    assert lines and all(" " in line for line in lines)
    helps = [line.split()[2] for line in metrics.text.splitlines() if line.startswith("# HELP ")]
    types = [line.split()[2] for line in metrics.text.splitlines() if line.startswith("# TYPE ")]
    assert helps == types and len(set(helps)) == len(helps)
    values = dict(line.rsplit(" ", 1) for line in lines)
    assert float(values["process_resident_memory_bytes"]) > 1e6 and float(values["process_open_fds"]) > 3


def test_answers_from_memory_and_refusals_of_the_edge_are_counted_like_others(start_index, tmp_path):
    index = start_index()
    index.publish(packages.wheel(tmp_path, "timed", "1.0"))

    def value(name):
        lines = [line for line in index.get("/metrics").text.splitlines() if line.startswith(name)]
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines)
    before = value('rind_request_seconds_count{group="simple"}')
    immediate = value("rind_edge_immediate_total")
    for _ in range(50):
        assert index.get("/simple/timed/").status == 200
    assert value('rind_request_seconds_count{group="simple"}') == before + 50
    assert value("rind_edge_immediate_total") >= immediate + 49
    assert index.get("/simple/%2e%2e/").status == 400
    assert value('rind_refusals_total{code="edge.dot-segment"}') == 1


def test_an_index_says_what_it_is_to_people_and_programs(start_index, tmp_path):
    terms = tmp_path / "terms.md"
    terms.write_text("**Be kind.**\n")
    index = start_index("--name", "Acme & Co", "--terms", str(terms), "--contact", "help@example.org")
    assert "<title>Acme &amp; Co</title>" in index.get("/").text
    assert "<strong>Be kind.</strong>" in index.get("/terms/").text and index.get("/help/").status == 200
    assert index.get("/robots.txt").text.startswith("User-agent: *\n")
    text = index.get("/.well-known/security.txt")
    assert text.headers["content-type"] == "text/plain; charset=utf-8"
    assert "Contact: mailto:help@example.org\n" in text.text and "\nExpires: 20" in text.text
    assert "security.txt" not in index.tail()
    index.stop()
    index.options += ["--security-expires", "2020-02-29"]
    index.start()
    assert index.get("/.well-known/security.txt").status == 404
    assert "security.txt: it was good until 29 Feb 2020 and is not served any more" in index.tail()
    index.rind("mail", "test", "ada@example.org")
    [mail] = [path.read_text() for path in (index.data / "outbox").iterdir()]
    assert 'From: "Acme & Co" <rind@' in mail and "Sent by Acme & Co," in mail
    moved = index.get("/.well-known/change-password")
    assert moved.status == 303 and moved.headers["location"].endswith("/manage/account/change-password/")


def test_downloads_are_counted_by_what_installers_do(start_index, tmp_path):
    index: Index = start_index()
    path = packages.wheel(tmp_path, "counted", "1.0")
    index.publish(path)
    url = index.file_url("counted", path.name)
    pip = {"User-Agent": 'pip/26.3 {"installer":{"name":"pip","version":"26.3"},"python":"3.11.7"}'}
    for _ in range(3):
        assert http.request("GET", url, headers=pip).status == 200
    http.request("HEAD", url, headers=pip)
    http.request("GET", url + ".metadata", headers=pip)
    http.request("GET", url, headers={**pip, "Range": "bytes=-100"})
    http.request("GET", url, headers={"User-Agent": "Mozilla/5.0"})
    index.stop()  # flushes
    index.start()
    assert "3 downloads in all" in index.get("/project/counted/").text
