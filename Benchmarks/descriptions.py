#!/usr/bin/env python3
"""What it takes to render a description: starting the helper, a text in a fresh process, and the texts that people write.

usage: descriptions.py FOLDER [REPEATS]

    FOLDER  wheels; the tests keep sixty in .build/clients/packages/readmes

The helper is asked as the server asks it, one text after the other, without what is kept. Beside it stands what each text
would take if Python were started for it.
"""
import email
import re
import socket
import struct
import subprocess
import sys
import time
import zipfile
from pathlib import Path

PROGRAM = (Path(__file__).resolve().parent.parent / "Sources/Descriptions/Program/render.py").read_text()
# Seconds of processor, bytes of memory, bytes of HTML, seconds on the clock: what the server gives it.
LIMITS = ["3", str(512 << 20), str(2 << 20), "10"]


class Helper:
    def __init__(self):
        ours, theirs = socket.socketpair()
        self.socket = ours
        self.process = subprocess.Popen(["/usr/bin/python3", "-I", "-B", "-c", PROGRAM, *LIMITS], stdin=theirs,
                                        stdout=theirs, env={"LANG": "C.UTF-8"})
        theirs.close()
        self.versions = self._receive()[1].decode()

    def _read(self, size):
        data = bytearray()
        while len(data) < size:
            data += self.socket.recv(size - len(data)) or sys.exit("the helper ended")
        return bytes(data)

    def _receive(self):
        size, kind = struct.unpack(">IB", self._read(5))
        return kind, self._read(size)

    def ask(self, kind, payload):
        self.socket.sendall(struct.pack(">IB", len(payload), kind) + payload)
        return self._receive()

    def end(self):
        self.socket.close()
        self.process.wait()


def timed(body):
    start = time.perf_counter()
    body()
    return (time.perf_counter() - start) * 1000


def report(what, times):
    times = sorted(times)
    shares = {name: times[min(len(times) - 1, int(len(times) * share))] for name, share in
              (("p50", 0.5), ("p90", 0.9), ("p99", 0.99))}
    print(f"{what:44}" + "".join(f"{name} {value:7.1f} ms   " for name, value in shares.items()) + f"max {times[-1]:7.1f} ms")


def texts(folder):
    for wheel in sorted(Path(folder).glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            [name] = [n for n in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", n)]
            fields = email.message_from_bytes(archive.read(name))
        if "markdown" not in (fields["Description-Content-Type"] or ""):
            yield (fields.get_payload() or fields["Description"] or "").encode(errors="replace")


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    repeats = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    real = list(texts(sys.argv[1]))
    report("to start the helper", [timed(lambda: Helper().end()) for _ in range(repeats * 2)])
    helper = Helper()
    print(f"with {helper.versions}; {len(real)} texts, {sum(map(len, real)) / len(real) / 1000:.1f} kB each")
    report("a word, in a process of its own", [timed(lambda: helper.ask(1, b"*a*")) for _ in range(repeats * 40)])
    report("what people write", [timed(lambda text=text: helper.ask(1, text)) for text in real for _ in range(repeats)])
    code = b"def read(hour: int = 12) -> str:\n    return f'{hour}'  # noon\n" * 20
    block = struct.pack(">II", 6, len(code)) + b"python" + code
    report("forty lines of code", [timed(lambda: helper.ask(2, block)) for _ in range(repeats * 20)])
    helper.end()


if __name__ == "__main__":
    main()
