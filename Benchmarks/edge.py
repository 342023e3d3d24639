"""Runs wrk against the edge, nginx and Hummingbird alone in turn, and prints requests per second, the edge's ratio to each
of them, and CPU per request.

Started by edge.sh, which starts the servers.
"""

import argparse
import os
import re
import socket
import statistics
import subprocess
import tempfile
import time

JSON = "application/vnd.pypi.simple.v1+json"
CASES = [
    # name, paths, headers
    ("JSON pages", [f"/simple/project-{n}/" for n in range(200)], [f"Accept: {JSON}"]),
    ("HTML pages", [f"/simple/project-{n}/" for n in range(200)], ["Accept: text/html"]),
    ("JSON pages, gzip", [f"/simple/project-{n}/" for n in range(200)],
     [f"Accept: {JSON}", "Accept-Encoding: gzip"]),
    ("large JSON page", ["/simple/large/"], [f"Accept: {JSON}"]),
    (".metadata", ["/packages/ab/cd/small-1.0-py3-none-any.whl.metadata"], []),
    ("10 KB file", ["/packages/ab/cd/small-1.0-py3-none-any.whl"], []),
    ("5 MB file", ["/packages/ab/cd/large-1.0-py3-none-any.whl"], []),
]
SCRIPT = """
local paths = {%s}
local requests, next = {}, 0
function init() for i, path in ipairs(paths) do requests[i] = wrk.format("GET", path) end end
function request() next = next %% #requests + 1 return requests[next] end
"""


def cpu(pid):
    """CPU seconds of a process and its children."""
    total = 0
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            fields = open(f"/proc/{entry}/stat").read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(entry) == pid or int(fields[1]) == pid:
            total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def resident(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{pid}/status").read()).group(1)) / 1024


def wrk(port, paths, headers, seconds, pid):
    script = os.path.join(tempfile.gettempdir(), f"edge-wrk-{os.getpid()}.lua")
    with open(script, "w") as file:
        file.write(SCRIPT % ",".join(f'"{path}"' for path in paths))
    command = ["wrk", "-t2", "-c32", f"-d{seconds}s", "-s", script]
    for header in headers:
        command += ["-H", header]
    before = cpu(pid)
    output = subprocess.run(command + [f"http://127.0.0.1:{port}"], capture_output=True, text=True, check=True).stdout
    used = cpu(pid) - before
    os.unlink(script)
    if "Non-2xx" in output:
        raise SystemExit(output)
    total = int(re.search(r"(\d+) requests in", output).group(1))
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", output).group(1))
    return rate, used / total * 1e6


def idle(port, pid, count=10_000):
    before = resident(pid)
    connections = []
    # More than one address of this machine, as one has too few ports left beside the other connections.
    for number in range(count):
        connection = socket.socket()
        connection.bind((f"127.0.0.{2 + number % 4}", 0))
        connection.connect(("127.0.0.1", port))
        if number % 2:  # half of them have asked for something before
            connection.sendall(b"GET /simple/project-1/ HTTP/1.1\r\nHost: a\r\n\r\n")
        connections.append(connection)
    for number, connection in enumerate(connections):
        if number % 2:
            while len(connection.recv(65536)) == 65536:
                pass
    time.sleep(2)
    after = resident(pid)
    for connection in connections:
        connection.close()
    return before, after


def main():
    parser = argparse.ArgumentParser()
    for name in ["seconds", "rounds", "ours", "theirs", "without", "edge", "nginx", "alone"]:
        parser.add_argument(f"--{name}", type=int, required=True)
    options = parser.parse_args()
    servers = [(options.ours, options.edge), (options.theirs, options.nginx), (options.without, options.alone)]
    print(f"{'':20} {'edge':>12} {'nginx':>12} {'ratio':>6} {'(range)':>13} {'alone':>12} {'ratio':>6} {'(range)':>15}"
          "   CPU µs per request: edge, nginx, alone")
    for name, paths, headers in CASES:
        rounds = []
        for _ in range(options.rounds):  # in turn, so that both meet the same weather
            rounds.append([wrk(port, paths, headers, options.seconds, pid) for port, pid in servers])
        rates = [statistics.median(one[server][0] for one in rounds) for server in range(3)]
        costs = [statistics.median(one[server][1] for one in rounds) for server in range(3)]
        line = f"{name:20} {rates[0]:10.0f}/s"
        for server in (1, 2):
            ratios = sorted(one[0][0] / one[server][0] for one in rounds)
            line += (f" {rates[server]:10.0f}/s {statistics.median(ratios):6.2f} "
                     f"({ratios[0]:.2f} to {ratios[-1]:.2f})")
        print(line, "  ", *(f"{cost:6.1f}" for cost in costs), flush=True)
    before, after = idle(options.ours, options.edge)
    print(f"memory: {before:.0f} MB, with 10,000 idle connections {after:.0f} MB")


main()
