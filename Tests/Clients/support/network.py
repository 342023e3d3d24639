"""A man in the middle: notes every request, and cuts downloads where a test wants it."""
import http.client
import socket
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade"}


@dataclass
class Seen:
    method: str
    path: str
    status: int
    headers: dict

    def __str__(self):
        return f"{self.method} {self.path} {self.status}"


class Middle:
    """Forwards to a port on this machine, the Host header included, so that the index believes it is this proxy.

    `cuts` says for how many whole downloads of files to close the connection after half of the body. `origin` is what
    it says to be the origin of every request, and `host` whom it says to be asking, as somebody would who passes a page
    off as their own."""

    def __init__(self, port, cuts=0, origin=None, host=None):
        self.seen, self.cuts, self._lock = [], cuts, threading.Lock()
        middle = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def forward(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length) if length else None
                upstream = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
                for key, value in self.headers.items():
                    value = {"origin": origin, "host": host}.get(key.lower()) or value
                    if key.lower() not in HOP_BY_HOP:
                        upstream.putheader(key, value)
                upstream.endheaders(body)
                response = upstream.getresponse()
                data = response.read()
                upstream.close()
                with middle._lock:
                    headers = {k.lower(): v for k, v in self.headers.items()}
                    middle.seen.append(Seen(self.command, self.path, response.status, headers))
                    cut = (middle.cuts > 0 and self.command == "GET" and response.status == 200
                           and self.path.endswith((".whl", ".tar.gz")))
                    middle.cuts -= cut
                self.send_response_only(response.status, response.reason)
                for key, value in response.getheaders():
                    if key.lower() not in HOP_BY_HOP:
                        self.send_header(key, value)
                self.end_headers()
                if self.command == "HEAD":
                    return
                self.wfile.write(data[:len(data) // 2] if cut else data)
                if cut:
                    self.wfile.flush()
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)

            do_GET = do_HEAD = do_POST = forward

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.simple = f"{self.url}/simple/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def files(self, suffix):
        """The requests for whole files or parts of them with this ending."""
        return [s for s in self.seen if s.path.endswith(suffix)]
