"""Memory stays where it is, whatever is sent or asked."""
import hashlib
import http.client
import secrets
import socket
import time

import pytest

from support import http as wire
from support import packages

# An upload may take buffers, not its size.
FLAT = 48 << 20


def digest(path):
    with open(path, "rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def send_streaming(index, path):
    """Uploads a file without holding it here; returns (status, the most memory the server had)."""
    boundary = secrets.token_hex(16)
    name, version, kind, python = packages.described(path)
    fields = {":action": "file_upload", "protocol_version": "1", "metadata_version": "2.1", "name": name,
              "version": version, "filetype": kind, "pyversion": python, "sha256_digest": digest(path)}
    head = "".join(f'--{boundary}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items())
    head += (f'--{boundary}\r\nContent-Disposition: form-data; name="content"; filename="{path.name}"\r\n'
             "Content-Type: application/octet-stream\r\n\r\n")
    tail = f"\r\n--{boundary}--\r\n".encode()
    size = len(head.encode()) + path.stat().st_size + len(tail)
    connection = http.client.HTTPConnection("127.0.0.1", index.port, timeout=300)
    most = 0

    def body():
        nonlocal most
        yield head.encode()
        with open(path, "rb") as source:
            while piece := source.read(1 << 20):
                yield piece
                most = max(most, index.memory())
        yield tail

    connection.request("POST", "/legacy/", body(), {
        "Content-Type": f"multipart/form-data; boundary={boundary}", "Content-Length": str(size),
        "Authorization": wire.basic("__token__", index.token())})
    response = connection.getresponse()
    text = response.read()
    connection.close()
    assert response.status == 200, (response.status, response.reason, text)
    return max(most, index.memory())


@pytest.mark.parametrize("size", [300_000_000, pytest.param(1_000_000_000, marks=pytest.mark.slow)],
                         ids=["300MB", "1GB"])
def test_an_upload_takes_no_memory_of_its_size(index, tmp_path, size):
    warm = packages.wheel(tmp_path, "warm", "1.0")
    index.publish(warm)
    before = index.memory()
    path = packages.big_wheel(tmp_path, "mountain", "1.0", size)
    most = send_streaming(index, path)
    assert most - before < FLAT, f"{before >> 20} MiB before, {most >> 20} MiB at most"

    # And downloading it takes none either.
    url = index.file_url("mountain", path.name)
    parts = wire.urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", index.port, timeout=300)
    connection.request("GET", parts.path)
    response = connection.getresponse()
    received = 0
    while piece := response.read(1 << 20):
        received += len(piece)
        most = max(most, index.memory())
    connection.close()
    assert received == path.stat().st_size
    assert most - before < FLAT, f"{before >> 20} MiB before, {most >> 20} MiB at most"
    path.unlink()


def page_request(number):
    accept = wire.SIMPLE_JSON if number % 2 else "text/html"
    return f"GET /simple/many-{number % 5000}/ HTTP/1.1\r\nHost: h\r\nAccept: {accept}\r\n\r\n".encode()


def read_answer(answers):
    """One answer of many on a connection: it must be 200 and say how long it is."""
    assert answers.readline().startswith(b"HTTP/1.1 200")
    size = None
    while (line := answers.readline()) != b"\r\n":
        if line.lower().startswith(b"content-length:"):
            size = int(line.split(b":")[1])
    assert len(answers.read(size)) == size


@pytest.mark.slow
def test_five_thousand_projects_start_fast_and_stay_small(start_index, tmp_path):
    """Start to first answer under a second, and under 150 MB after 100,000 requests."""
    folder = tmp_path / "many"
    for number in range(5000):
        packages.wheel(folder, f"many-{number}", "1.0")
    index = start_index(serve=False)
    index.rind("import", folder, timeout=600)
    began = time.monotonic()
    index.start()
    assert index.get("/simple/many-1/").status == 200
    assert time.monotonic() - began < 1
    with socket.create_connection(("127.0.0.1", index.port), timeout=60) as connection:
        answers = connection.makefile("rb")
        for first in range(0, 100_000, 50):
            connection.sendall(b"".join(page_request(n) for n in range(first, first + 50)))
            for _ in range(50):
                read_answer(answers)
    assert index.memory() < 150_000_000, f"{index.memory() >> 20} MiB"
