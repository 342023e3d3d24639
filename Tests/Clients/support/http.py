"""Requests by the standard library, so that nothing between a test and the wire corrects anything."""
import base64
import gzip
import hashlib
import http.client
import json
import secrets
import socket
import urllib.parse
from dataclasses import dataclass, field
from pathlib import Path

from support.packages import described

# What http.client raises when the other side ends in the middle.
BrokenAnswer = http.client.HTTPException

SIMPLE_JSON = "application/vnd.pypi.simple.v1+json"
SIMPLE_HTML = "application/vnd.pypi.simple.v1+html"


@dataclass
class Answer:
    status: int
    reason: str
    headers: dict
    body: bytes
    cookies: dict = field(default_factory=dict)  # those that it sets; "" takes one back

    @property
    def text(self):
        return self.body.decode()

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.reason}: {self.body[:300]!r}"


def request(method, url, body=None, headers=None, timeout=60):
    """One request on one connection. Header names of the answer are in lower case."""
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request(method, target, body, headers or {})
        response = connection.getresponse()
        data = response.read()
    finally:
        connection.close()
    names = {k.lower(): v for k, v in response.getheaders()}
    cookies = dict(v.split(";")[0].split("=", 1) for k, v in response.getheaders() if k.lower() == "set-cookie")
    if names.get("content-encoding") == "gzip":
        data = gzip.decompress(data)
    return Answer(response.status, response.reason, names, data, cookies)


def get(url, **headers):
    return request("GET", url, headers={k.replace("_", "-"): v for k, v in headers.items()})


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def upload_fields(path, **changes):
    """The fields that twine sends for a file, less those that only describe. `None` leaves a field out."""
    data = Path(path).read_bytes()
    name, version, kind, python = described(path)
    fields = {
        ":action": "file_upload", "protocol_version": "1", "metadata_version": "2.1", "name": name,
        "version": version, "filetype": kind, "pyversion": python,
        "sha256_digest": hashlib.sha256(data).hexdigest(),
        "blake2_256_digest": hashlib.blake2b(data, digest_size=32).hexdigest(),
    }
    fields.update(changes)
    return {k: v for k, v in fields.items() if v is not None}


def form(fields, filename, data):
    """A multipart form as (body, content type); a list as a value repeats the field."""
    boundary = secrets.token_hex(16)
    lines = []
    for key, values in fields.items():
        for value in values if isinstance(values, list) else [values]:
            lines.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode())
    lines.append(f'--{boundary}\r\nContent-Disposition: form-data; name="content"; filename="{filename}"\r\n'
                 "Content-Type: application/octet-stream\r\n\r\n".encode())
    lines += [data, f"\r\n--{boundary}--\r\n".encode()]
    return b"".join(lines), f"multipart/form-data; boundary={boundary}"


def upload(url, token, path, timeout=120, **changes):
    """Publishes a file as a client would; `changes` replaces fields of the form."""
    path = Path(path)
    body, kind = form(upload_fields(path, **changes), path.name, path.read_bytes())
    return request("POST", url, body, {"Content-Type": kind, "Authorization": basic("__token__", token)}, timeout)


def raw(address, data, timeout=10, close_write=False):
    """Sends bytes as they are and returns all that comes back until the server closes or `timeout` seconds pass."""
    with socket.create_connection(address, timeout=timeout) as connection:
        connection.sendall(data)
        if close_write:
            connection.shutdown(socket.SHUT_WR)
        received = b""
        while True:
            try:
                piece = connection.recv(65536)
            except (TimeoutError, ConnectionResetError):
                return received
            if not piece:
                return received
            received += piece
