"""What comes back on a connection, whatever was sent: answer by answer, as a client would read them."""
import hashlib
import re
import socket
import time
from dataclasses import dataclass

# When an answer was made, by what, and what is the connection's that brought it: everything else is what it means.
OF_THE_CONNECTION = {"date", "server", "connection", "keep-alive", "transfer-encoding"}


@dataclass(frozen=True)
class Reply:
    status: int
    fields: tuple
    body: str  # a digest of it, and its length
    made_by_nginx: bool


def split(received, methods, is_over):
    """The complete answers in some bytes, and whether no more is expected."""
    replies, rest, methods = [], received, list(methods)
    while rest:
        head, end, body = rest.partition(b"\r\n\r\n")
        match = re.match(rb"HTTP/1\.[01] (\d{3})", head)
        if not match or not end:
            break
        status = int(match[1])
        lines = [line.partition(b":") for line in head.split(b"\r\n")[1:]]
        fields = {name.strip().lower().decode("latin-1"): value.strip().decode("latin-1") for name, _, value in lines}
        method = (methods.pop(0) if methods else "GET") if status >= 200 else "GET"
        if method == "HEAD" or status < 200 or status in (204, 304):
            size, data = 0, b""
        elif fields.get("transfer-encoding", "").lower() == "chunked":
            size, data = unchunked(body)
            if size is None:
                break
            fields["content-length"] = str(len(data))
        elif "content-length" in fields:
            size = int(fields["content-length"])
            data = body[:size]
        else:
            size, data = len(body), body
            if not is_over:
                break
        if len(body) < size:
            break
        chosen = tuple(sorted((name, value) for name, value in fields.items() if name not in OF_THE_CONNECTION))
        replies.append(Reply(status, chosen, f"{hashlib.sha256(data).hexdigest()[:12]} {len(data)}", b"<center>nginx" in data))
        rest = body[size:]
    return replies, not methods and not rest


def unchunked(body):
    """How many bytes a chunked body takes, and what it says; None while it is not whole."""
    position, data = 0, b""
    while True:
        line = body.find(b"\r\n", position)
        if line < 0:
            return None, b""
        size = int(body[position:line].split(b";")[0], 16)
        end = line + 2 + size
        if len(body) < end + 2:
            return None, b""
        data += body[line + 2:end]
        position = end + 2
        if size == 0:
            return position, data


def exchange(port, data, methods, patience=2.0, limit=15.0):
    """Sends bytes and returns the answers. Where none comes for a while, the client says that it has no more to say."""
    received, is_over, has_ended = b"", False, False
    deadline = time.monotonic() + limit
    with socket.create_connection(("127.0.0.1", port), timeout=patience) as connection:
        try:
            connection.sendall(data)
        except OSError:
            pass  # it has hung up already; what it said is read below
        while time.monotonic() < deadline:
            try:
                piece = connection.recv(1 << 16)
            except TimeoutError:
                if has_ended:
                    break
                has_ended = True
                try:
                    connection.shutdown(socket.SHUT_WR)
                except OSError:
                    break
                continue
            except OSError:
                is_over = True
                break
            if not piece:
                is_over = True
                break
            received += piece
            replies, is_complete = split(received, methods, False)
            # An answer to what was never asked would come right behind.
            connection.settimeout(0.05 if is_complete else patience)
            has_ended = has_ended or is_complete
    return split(received, methods, is_over)[0]
