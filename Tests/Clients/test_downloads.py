"""Counting: logs and tables through the real command, and what the server counts itself."""
import datetime
import gzip
import json
import random
import shutil
import signal
import subprocess
import time

import pytest

from support import http, packages
from support.index import BINARY, parsed

NOW = datetime.datetime.now(datetime.timezone.utc)
TODAY = NOW.date()
PIP = r'pip/26.3 {\"ci\":null,\"cpu\":\"x86_64\"}'


def day(ago):
    return TODAY - datetime.timedelta(days=ago)


def line(file="demo-1.0.tar.gz", ago=1, agent=PIP, method="GET", status=200, zone="+0000", address="192.0.2.1",
         clock="08:05:09"):
    return (f'{address} - - [{day(ago):%d/%b/%Y}:{clock} {zone}] "{method} /packages/aa/bb/{file} HTTP/1.1" '
            f'{status} 77 "-" "{agent}"')


@pytest.fixture
def offline(start_index):
    return start_index(serve=False)


@pytest.fixture
def log(tmp_path):
    """Writes a log and returns its path."""
    def write(*lines, name="access.log"):
        path = tmp_path / name
        text = "".join(f"{line}\n" for line in lines).encode()
        if name.endswith(".gz"):
            text = gzip.compress(text)
        path.write_bytes(text)
        if name.endswith(".zst"):
            path.unlink()
            subprocess.run(["zstd", "-q", "-o", str(path)], input=text, check=True)
        return path
    return write


def shown(index, name):
    return {row["day"]: row["downloads"] for row in parsed(index.rind("downloads", "show", name, "--json").stdout)}


def ingested(index, *arguments, status=0):
    return parsed(index.rind("downloads", "ingest", *arguments, "--json", status=status).stdout)


def test_a_log_counts_once_however_it_is_packed_and_called(offline, log):
    lines = [line(), line(ago=2), line("Demo-2.0-py3-none-any.whl"), line(agent="bandersnatch/6.8"), line(status=404)]
    [first] = ingested(offline, log(*lines))
    assert first["outcome"] == "applied" and first["summary"]["downloads"] == 3 and first["summary"]["mirrors"] == 1
    for name in ["access.log", "access.log.1", "access.log.2.gz"]:
        [again] = ingested(offline, log(*lines, name=name))
        assert again["outcome"] == "known"
    if shutil.which("zstd"):
        assert ingested(offline, log(*lines, name="access.log.zst"))[0]["outcome"] == "known"
    assert shown(offline, "demo") == {str(day(1)): 2, str(day(2)): 1}
    said = offline.rind("downloads", "ingest", log(*lines)).stdout
    assert "nothing has changed" in said


def test_a_log_is_counted_as_a_naive_reader_counts_it(offline, log):
    chance = random.Random(7)
    expected, lines = {}, []
    for _ in range(3000):
        name = chance.choice(["demo", "Zope.Interface", "a_b"])
        ago = chance.randrange(1, 20)
        zone, clock = chance.choice([("+0000", "12:00:00"), ("+0200", "01:30:00"), ("-0800", "23:59:59")])
        agent, counts = chance.choice([(PIP, True), ("uv/0.9", True), ("Mozilla/5.0", False), ("-", False)])
        method, status = chance.choice([("GET", 200)] * 3 + [("HEAD", 200), ("GET", 206), ("GET", 304)])
        lines.append(line(f"{name}-1.{chance.randrange(9)}.tar.gz", ago, agent, method, status, zone, clock=clock))
        if counts and method == "GET" and status == 200:
            offset = datetime.timedelta(hours=int(zone[:3]))
            at = datetime.datetime.combine(day(ago), datetime.time.fromisoformat(clock)) - offset
            key = (name.lower().replace(".", "-").replace("_", "-"), str(at.date()))
            expected[key] = expected.get(key, 0) + 1
    ingested(offline, log(*lines, name="a.log.gz"))
    found = {(name, day): count for name in ["demo", "zope-interface", "a-b"]
             for day, count in shown(offline, name).items()}
    assert found == expected


def test_bad_lines_are_counted_by_reason_and_shown_with_their_numbers(offline, log):
    lines = [line(), line()[:60], "\x00\x01\x02", "no log at all, is it", line(ago=-3), line("nonsense.whl"),
             line()]
    path = log(*lines)
    [report] = ingested(offline, path)
    assert report["summary"]["bad"] == {"cut": 1, "binary": 1, "format": 1, "future": 1, "name": 1}
    assert [bad["line"] for bad in report["badLines"]] == [2, 3, 4, 5, 6]
    [kept] = parsed(offline.rind("downloads", "list", "--json").stdout)["counted"]
    assert [bad["reason"] for bad in kept["badLines"]] == ["cut", "binary", "format", "future", "name"]
    assert shown(offline, "demo") == {str(day(1)): 2}


def test_a_truncated_archive_is_set_aside_and_counts_when_it_is_whole(offline, log):
    path = log(*[line(f"demo-1.{n}.tar.gz") for n in range(5000)], name="access.log.gz")
    whole = path.read_bytes()
    path.write_bytes(whole[:len(whole) // 2])
    done = offline.rind("downloads", "ingest", path, status=1)
    assert "set aside" in done.stderr and "access.log.gz" in done.stderr
    assert path.read_bytes() == whole[:len(whole) // 2]
    assert shown(offline, "demo") == {}
    [aside] = parsed(offline.rind("downloads", "list", "--json").stdout)["setAside"]
    assert aside["file"] == str(path)
    path.write_bytes(whole)
    assert ingested(offline, path)[0]["outcome"] == "applied"
    everything = parsed(offline.rind("downloads", "list", "--json").stdout)
    assert everything["setAside"] == [] and shown(offline, "demo") == {str(day(1)): 5000}


def test_a_crash_in_the_middle_changes_nothing(offline, log):
    path = log(*[line(f"demo-1.{n % 50}.tar.gz", ago=1 + n % 30) for n in range(400_000)])
    process = subprocess.Popen([str(BINARY), "downloads", "ingest", str(path), "--data", str(offline.data)],
                               env=offline.environment, stdout=subprocess.DEVNULL)
    time.sleep(0.15)
    process.send_signal(signal.SIGKILL)
    process.wait()
    counted = shown(offline, "demo") if offline.data.joinpath("index.sqlite").exists() else {}
    # Either it was killed before the commit or it was faster; never something between.
    assert sum(counted.values()) in (0, 400_000)
    ingested(offline, path)
    assert sum(shown(offline, "demo").values()) == 400_000


def test_a_log_that_has_grown_counts_only_what_came_since(offline, log):
    lines = [line(f"demo-1.{n}.tar.gz") for n in range(100)]
    ingested(offline, log(*lines[:40]))
    [report] = ingested(offline, log(*lines))
    assert report["outcome"] == "applied" and report["summary"]["lines"] == 60 and "came since" in report["note"]
    assert shown(offline, "demo") == {str(day(1)): 100}


def test_one_address_counts_no_more_than_its_cap(offline, log, tmp_path):
    lines = [line(clock="08:05:09", address=address) for address in ["192.0.2.1"] * 20 + ["2001:db8::1"] * 20]
    lines += [line(clock="09:05:09")] * 5
    [report] = ingested(offline, log(*lines), "--cap", "3")
    assert report["summary"]["downloads"] == 9 and report["summary"]["capped"] == 36


def test_lists_of_clients_are_the_operators(offline, log):
    offline.data.mkdir(exist_ok=True)
    (offline.data / "rind.yaml").write_text("download-mirrors: acme-cache, -bandersnatch\ndownload-installers: acme-pip=pip\n")
    lines = [line(agent="acme-cache/1"), line(agent="acme-pip/2"), line(agent="bandersnatch/6.8")]
    [report] = ingested(offline, log(*lines))
    assert report["summary"]["mirrors"] == 1 and report["summary"]["downloads"] == 1
    assert report["summary"]["otherClients"] == 1
    (offline.data / "rind.yaml").write_text("download-mirrors: not one product\n")
    assert "download-mirrors" in offline.rind("downloads", "ingest", log(*lines), status=1).stderr


def test_json_lines_with_fields_of_any_name(offline, log):
    lines = [json.dumps({"when": f"{day(1)}T08:05:09+00:00", "method": "GET", "path": "/packages/x/demo-1.0.tar.gz",
                         "status": 200, "client": {"agent": PIP.replace("\\", "")}}) for _ in range(3)]
    [report] = ingested(offline, log(*lines), "--field", "time=when", "--field", "agent=client.agent")
    assert report["summary"]["downloads"] == 3
    done = offline.rind("downloads", "ingest", log(*lines), "--field", "tmie=when", status=2)
    assert "tmie=when" in done.stderr


def test_a_table_of_counts_comes_in_once_or_not_at_all(offline, tmp_path):
    table = tmp_path / "history.csv"
    table.write_text(f"name,day,count\nDemo,{day(9)},1000\nother,{day(9)},5\n")
    for outcome in ["applied", "known"]:
        assert parsed(offline.rind("downloads", "import", table, "--json").stdout)["outcome"] == outcome
    assert shown(offline, "demo") == {str(day(9)): 1000}
    table.write_text(f"demo,{day(9)},1\nde mo,{day(9)},1\ndemo,{day(-2)},1\ndemo,{day(9)},many\n")
    done = offline.rind("downloads", "import", table, status=1)
    for number in [2, 3, 4]:
        assert f"line {number}:" in done.stderr
    assert shown(offline, "demo") == {str(day(9)): 1000}


def test_what_the_server_serves_and_what_logs_tell_are_one_count(index, tmp_path, log):
    index.publish(packages.wheel(tmp_path, "demo", "1.0"))
    url = index.file_url("demo", "demo-1.0-py3-none-any.whl")
    for _ in range(2):
        assert http.get(url, **{"User-Agent": "pip/26.3"}).status == 200
    assert http.get(url, **{"User-Agent": "bandersnatch/6.8.0"}).status == 200
    ingested(index, log(*[line("demo-1.0-py3-none-any.whl", ago=1)] * 3))
    deadline = time.monotonic() + 10
    while shown(index, "demo") != {str(TODAY): 2, str(day(1)): 3} and time.monotonic() < deadline:
        time.sleep(0.2)
    assert shown(index, "demo") == {str(TODAY): 2, str(day(1)): 3}


def test_the_server_holds_an_address_to_the_cap(start_index, tmp_path):
    index = start_index("--download-cap", "2", "--trusted-proxies", "127.0.0.1")
    index.publish(packages.wheel(tmp_path, "demo", "1.0"), packages.wheel(tmp_path, "demo", "1.1"))
    for version in ["1.0", "1.1"]:
        url = index.file_url("demo", f"demo-{version}-py3-none-any.whl")
        for address in ["192.0.2.1", "192.0.2.2"]:
            for _ in range(3):
                http.get(url, **{"User-Agent": "pip/26.3", "X-Forwarded-For": address})
    index.stop()
    assert shown(index, "demo") == {str(TODAY): 4}
